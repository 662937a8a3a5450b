// @ts-check
/**
 * Light and dark: as the system says, or as chosen here. The chosen one is written on the root
 * element as `data-theme`, which tokens.css reads; without one the system decides.
 */

import { h, icon, replace } from "./dom.js";
import { t } from "./i18n.js";
import { keep, kept } from "./storage.js";

/** @typedef {"system" | "light" | "dark"} Theme */

const STORAGE_NAME = "goodsight.theme";
const ORDER = /** @type {const} */ (["system", "light", "dark"]);
const ICON_OF = /** @type {const} */ ({ system: "half", light: "sun", dark: "moon" });

/** @returns {Theme} */
export function chosenTheme() {
  const chosen = kept(STORAGE_NAME);
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** Write the chosen theme on the document; early.js has done so before the first paint. */
function applyTheme() {
  const chosen = chosenTheme();
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** @returns {HTMLButtonElement} a switch: system, light, dark, and round again */
export function themeSwitch() {
  const button = h("button", {
    type: "button",
    class: "icon-button",
    test: "theme",
    "aria-label": () => t(`theme.${chosenTheme()}`),
    title: () => t(`theme.${chosenTheme()}`),
    on: {
      click: () => {
        const next = ORDER[(ORDER.indexOf(chosenTheme()) + 1) % ORDER.length];
        keep(STORAGE_NAME, next === "system" ? null : next);
        applyTheme();
        show();
      },
    },
  });
  const show = () => {
    replace(button, icon(ICON_OF[chosenTheme()]));
    button.setAttribute("aria-label", t(`theme.${chosenTheme()}`));
    button.title = t(`theme.${chosenTheme()}`);
  };
  show();
  return button;
}
