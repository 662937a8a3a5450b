// @ts-check
/** Why a product was found, in plain words: the parts of its likeness that the service names. */

import { h } from "./dom.js";
import { hasWords, t } from "./i18n.js";
import { facetName, percent } from "./wording.js";

/**
 * @param {import("./api-types.js").Hit} hit
 * @returns {HTMLElement | null} null where there is nothing to explain
 */
export function explanation(hit) {
  const parts = Object.entries(hit.explanation).filter(
    /** @returns {part is [string, number]} */ (part) => typeof part[1] === "number",
  );
  if (parts.length === 0) return null;
  const lines = parts.map(([name, share]) =>
    h(
      "li",
      {},
      h("span", {}, () => partName(name)),
      h("span", { class: "why-share" }, () => percent(Math.max(0, share))),
      meter(share),
    ),
  );
  return h(
    "section",
    { class: "product-section why", test: "why" },
    h("h3", {}, () => t("why.title")),
    h("ul", { class: "why-parts" }, ...lines),
  );
}

/** @param {string} name */
function partName(name) {
  return hasWords(`why.${name}`) ? t(`why.${name}`) : facetName(name);
}

/** @param {number} share shown as a bar; the words beside it say the same */
function meter(share) {
  const bar = h("span", { class: "why-bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", `${Math.min(1, Math.max(0, share)) * 100}%`);
  return bar;
}
