// @ts-check
/** What groups of choices are made of: a heading, rows with a box to tick, and counts. */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { facetName } from "./wording.js";

/**
 * @param {string} name
 * @param {...import("./dom.js").Child} content
 */
export function facetGroup(name, ...content) {
  return h(
    "fieldset",
    { class: "facet", test: `facet-${name}` },
    h("legend", {}, () => facetName(name === "in_stock" ? "availability" : name)),
    ...content,
  );
}

/**
 * @param {string} focus by which the focus is found again after a new answer
 * @param {boolean} checked
 * @param {string | (() => string)} words
 * @param {number | undefined} count
 * @param {() => void} change
 * @param {HTMLElement | null} [mark] shown before the words
 */
export function checkRow(focus, checked, words, count, change, mark = null) {
  const box = h("input", { type: "checkbox", "data-focus": focus, on: { change } });
  box.checked = checked;
  return h(
    "label",
    { class: "facet-value" },
    box,
    mark,
    h("span", { class: "facet-name" }, words),
    count !== undefined && countBadge(count),
  );
}

/** @param {number} count */
export function countBadge(count) {
  return h(
    "span",
    { class: "facet-count" },
    h("span", { "aria-hidden": "true" }, () => t("facet.number", { n: count })),
    h("span", { class: "visually-hidden" }, () => `, ${t("facet.count", { n: count })}`),
  );
}
