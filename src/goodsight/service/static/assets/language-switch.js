// @ts-check
/** The switch between the page's two languages; it carries the name of the other one. */

import { h, keepWritten } from "./dom.js";
import { LANGUAGES, language, setLanguage, t } from "./i18n.js";

/** @returns {import("./i18n.js").Language} */
const other = () => (language() === "en" ? "zh" : "en");

/** @returns {HTMLButtonElement} */
export function languageSwitch() {
  const button = h("button", {
    type: "button",
    class: "button plain small",
    test: "language",
    on: { click: () => setLanguage(other()) },
  });
  keepWritten(button, (node) => {
    const { tag, name } = LANGUAGES[other()];
    node.textContent = name;
    node.lang = tag;
    // The visible name comes first, so that speaking it to the browser presses the button.
    node.setAttribute("aria-label", `${name} – ${t("page.language", { name })}`);
  });
  return button;
}
