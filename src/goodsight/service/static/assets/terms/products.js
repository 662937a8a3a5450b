// @ts-check
/** "More like this" and "less like this" on the products found, added to what is searched with. */

import { announce, notify } from "../announcer.js";
import { find, h } from "../dom.js";
import { t } from "../i18n.js";
import { CARD_USE, searchLike } from "../results.js";
import { navigate, state } from "../state.js";
import { TERMS_AT_MOST, termsOf, withTerm } from "./list.js";
import { keepTitle } from "./names.js";
import { WEIGHTS } from "./weights.js";

/** @typedef {import("../api-types.js").ProductDocument} ProductDocument */

/** @param {() => boolean} isComposed whether the row of terms is shown: then "more" adds to it */
export function startProducts(isComposed) {
  CARD_USE.onLike = ({ product }) => {
    if (isComposed()) add(product, "more");
    else searchLike(product.id);
  };
  CARD_USE.also = ({ product }) =>
    h(
      "button",
      {
        type: "button",
        class: "icon-button card-like card-less",
        test: "card-less-like-this",
        "aria-label": () => t("terms.less.of", { title: product.title }),
        title: () => t("terms.less"),
        on: { click: () => add(product, "less") },
      },
      h("span", { class: "terms-minus", "aria-hidden": "true" }),
    );
  CARD_USE.inView = (/** @type {ProductDocument} */ product) =>
    h("div", { class: "terms-view" }, viewButton(product, "more"), viewButton(product, "less"));
}

/** @param {ProductDocument} product @param {"more" | "less"} kind */
function viewButton(product, kind) {
  const properties = {
    type: "button",
    class: "button small",
    test: `${kind}-like-this-too`,
    on: { click: () => add(product, kind) },
  };
  const drawn = kind === "less" ? "terms-minus" : "terms-plus";
  const sign = h("span", { class: drawn, "aria-hidden": "true" });
  return h("button", properties, sign, () => t(`terms.${kind}`));
}

/** @param {ProductDocument} product @param {"more" | "less"} kind */
function add(product, kind) {
  const term = /** @type {const} */ ({ kind: "product", value: product.id, weight: WEIGHTS[kind] });
  keepTitle(product);
  if (!addTerm(term, { product: null })) return;
  announce(t(`terms.${kind}.of`, { title: product.title }));
}

/**
 * @param {import("./list.js").Term} term
 * @param {Partial<import("../state.js").State>} [besides] changed with it
 * @returns {boolean} whether there was room for it
 */
export function addTerm(term, besides = {}) {
  const change = withTerm(state(), term);
  const terms = termsOf({ ...state(), ...change });
  if (terms.length > TERMS_AT_MOST) {
    notify(t("terms.full"));
    return false;
  }
  navigate({ ...change, ...besides });
  scrollTo({ top: 0 });
  find("#results-title").focus({ preventScroll: true });
  // As what it was added: where there was none, it has become the main one.
  const added = terms.find(({ value }) => value === term.value);
  if (added && terms.length > 1) import("./row.js").then((row) => row.focusTerm(added), () => {});
  return true;
}
