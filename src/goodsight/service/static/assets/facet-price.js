// @ts-check
/** Narrowing by price: ranges with counts to choose from, and two fields for one's own. */

import { catalogue } from "./catalogue.js";
import { keepBrowsing } from "./chips.js";
import { h, icon } from "./dom.js";
import { checkRow, facetGroup } from "./facet-group.js";
import { t } from "./i18n.js";
import { navigate, state } from "./state.js";
import { priceRangeText } from "./wording.js";

/** A range as the service names it: "25-50", "-25", "100-". */
const RANGE = /^(\d+(?:\.\d+)?)?-(\d+(?:\.\d+)?)?$/;

/**
 * @param {Record<string, number>} counts
 * @param {import("./state.js").State} now
 * @returns {HTMLElement | null}
 */
export function priceFacet(counts, now) {
  const ranges = Object.entries(counts).flatMap(([name, count]) => {
    const found = RANGE.exec(name);
    return found && count > 0 ? [{ from: found[1] ?? null, to: found[2] ?? null, count }] : [];
  });
  if (ranges.length === 0 && !now.priceFrom && !now.priceTo) return null;
  ranges.sort((a, b) => Number(a.from ?? 0) - Number(b.from ?? 0));
  const rows = ranges.map((range) => h("li", {}, rangeRow(range, now)));
  return facetGroup("price", h("ul", { class: "facet-values" }, ...rows), fields(now));
}

/**
 * @param {{from: string | null, to: string | null, count: number}} range
 * @param {import("./state.js").State} now
 */
function rangeRow({ from, to, count }, now) {
  const same = now.priceFrom === from && now.priceTo === to;
  const chosen = same && Boolean(from || to) && (now.priceBelow || to === null);
  const change = () => {
    const range = chosen
      ? { priceFrom: null, priceTo: null, priceBelow: false }
      : { priceFrom: from, priceTo: to, priceBelow: to !== null };
    navigate({ ...keepBrowsing(state()), ...range });
  };
  const words = () => priceRangeText(from, to, catalogue()?.currency ?? null);
  return checkRow(`price ${from}-${to}`, chosen, words, count, change);
}

/** @param {import("./state.js").State} now */
function fields(now) {
  const from = amountField("price-from", now.priceFrom);
  const to = amountField("price-to", now.priceTo);
  const fault = h("p", { class: "fault", id: "price-fault", role: "alert", hidden: true }, () =>
    t("price.order"),
  );
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const range = { priceFrom: from.value || null, priceTo: to.value || null, priceBelow: false };
    const reversed = Boolean(from.value && to.value) && Number(from.value) > Number(to.value);
    fault.hidden = !reversed;
    to.toggleAttribute("aria-invalid", reversed);
    if (!reversed) navigate({ ...keepBrowsing(state()), ...range });
  };
  return h(
    "form",
    { class: "price-form", novalidate: true, on: { submit } },
    from,
    h("span", { "aria-hidden": "true" }, "–"),
    to,
    h(
      "button",
      { class: "icon-button", test: "price-apply", "aria-label": () => t("price.apply") },
      icon("arrow"),
    ),
    fault,
  );
}

/** @param {"price-from" | "price-to"} name @param {string | null} value */
function amountField(name, value) {
  const key = name.replace("-", ".");
  const field = h("input", {
    type: "number",
    class: "field",
    min: 0,
    step: "any",
    inputmode: "decimal",
    test: name,
    "data-focus": name,
    "aria-label": () => t(key),
    placeholder: () => t(key),
  });
  field.value = value ?? "";
  return field;
}
