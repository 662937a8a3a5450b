// @ts-check
/** Why a product was found, in plain words: the kinds of likeness that the service names. */

import { h, icon } from "./dom.js";
import { hasWords, t } from "./i18n.js";
import { askWhy, canAskWhy } from "./why.js";
import { facetName, percent } from "./wording.js";

/**
 * @param {import("./api-types.js").Hit} hit
 * @returns {HTMLElement | null} null where there is nothing to explain
 */
export function explanation(hit) {
  const list = shareList(hit.explanation);
  if (list === null) return null;
  const button = h(
    "button",
    { type: "button", class: "button small", test: "why-photos", on: { click: () => askWhy(hit) } },
    icon("look"),
    () => t("why.photos"),
  );
  return h(
    "section",
    { class: "product-section why", test: "why" },
    h("h3", {}, () => t("why.title")),
    list,
    canAskWhy() && h("div", {}, button),
  );
}

/**
 * @param {Record<string, unknown>} shares by name; what is no number is left out
 * @returns {HTMLElement | null} null where there are none
 */
export function shareList(shares) {
  const parts = Object.entries(shares).filter(
    /** @returns {part is [string, number]} */ (part) => typeof part[1] === "number" && part[0] !== "text",
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
  return h("ul", { class: "why-parts", test: "why-shares" }, ...lines);
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
