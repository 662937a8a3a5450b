// @ts-check
/**
 * The versions of a product: one row of choices per option (colour, size …), or a plain list
 * where versions have no options. What is sold out stays visible, and says so.
 *
 * @typedef {import("./api-types.js").FullProduct} FullProduct
 * @typedef {import("./api-types.js").VariantDocument} VariantDocument
 * @typedef {(variant: VariantDocument, chosenByHand: boolean) => void} OnVariant
 */

import { h, replace } from "./dom.js";
import { t } from "./i18n.js";
import { facetName, listText, priceText, stockWords } from "./wording.js";

/** Keeps the radio groups of one view apart from those of the next. */
let views = 0;

/**
 * @param {FullProduct} product
 * @param {string | null} wanted id of the variant that the photo shows
 * @param {OnVariant} onVariant
 * @returns {HTMLElement | null} null where there is nothing to choose
 */
export function variantPicker(product, wanted, onVariant) {
  const { variants } = product;
  if (variants.length < 2) return null;
  const first =
    variants.find(({ id }) => id === wanted) ??
    variants.find((variant) => variant.in_stock !== false) ??
    variants[0];
  views += 1;
  const names = optionNames(variants);
  const root = h("div", { class: "variants", test: "variants" });
  /** @param {VariantDocument} chosen @param {string | null} focused option to give the focus back to */
  const show = (chosen, focused) => {
    const choose = (/** @type {VariantDocument} */ variant, /** @type {string} */ name) =>
      show(variant, name);
    const groups =
      names.length > 0
        ? names.map((name) => optionGroup(name, variants, chosen, choose))
        : [variantList(product, chosen, choose)];
    replace(root, ...groups, h("p", { class: "variant-id" }, () => `${t("product.id")} ${chosen.id}`));
    onVariant(chosen, focused !== null);
    if (focused !== null) {
      /** @type {HTMLElement | null} */ (
        root.querySelector(`fieldset[data-option="${CSS.escape(focused)}"] input:checked`)
      )?.focus();
    }
  };
  show(first, null);
  return root;
}

/** @param {VariantDocument[]} variants @returns {string[]} options that differ between them */
function optionNames(variants) {
  const names = [...new Set(variants.flatMap(({ options }) => Object.keys(options)))];
  return names.filter((name) => new Set(variants.map((each) => valueOf(each, name))).size > 1);
}

/** @param {VariantDocument} variant @param {string} name */
function valueOf(variant, name) {
  return listText(variant.options[name] ?? "");
}

/**
 * @param {string} name
 * @param {VariantDocument[]} variants
 * @param {VariantDocument} chosen
 * @param {(variant: VariantDocument, name: string) => void} choose
 */
function optionGroup(name, variants, chosen, choose) {
  const values = [...new Set(variants.map((each) => valueOf(each, name)))].filter(Boolean);
  const choices = values.map((value) => {
    const variant = nearest(variants, chosen, name, value);
    const soldOut = variant.in_stock === false;
    return radio(name, value, () => value, variant === chosen, soldOut, () => choose(variant, name));
  });
  return group(name, () => facetName(name), choices);
}

/**
 * @param {FullProduct} product
 * @param {VariantDocument} chosen
 * @param {(variant: VariantDocument, name: string) => void} choose
 */
function variantList(product, chosen, choose) {
  const choices = product.variants.map((variant) => {
    const words = () => {
      const priced = variant.price === null ? product : variant;
      const parts = [variant.id, priceText(priced, product.currency), stockWords(variant).text];
      return parts.filter(Boolean).join(" · ");
    };
    const soldOut = variant.in_stock === false;
    const pick = () => choose(variant, "version");
    return radio("version", variant.id, words, variant === chosen, soldOut, pick);
  });
  return group("version", () => t("product.variants"), choices);
}

/** @param {string} name @param {() => string} words @param {HTMLElement[]} choices */
function group(name, words, choices) {
  return h(
    "fieldset",
    { class: "option", test: `variant-${name}`, "data-option": name },
    h("legend", {}, words),
    h("div", { class: "option-values" }, ...choices),
  );
}

/**
 * @param {string} name
 * @param {string} value
 * @param {() => string} words
 * @param {boolean} checked
 * @param {boolean} soldOut
 * @param {() => void} change
 */
function radio(name, value, words, checked, soldOut, change) {
  const input = h("input", {
    type: "radio",
    class: "visually-hidden",
    name: `option-${views}-${name}`,
    value,
    on: { change },
  });
  input.checked = checked;
  return h(
    "label",
    { class: soldOut ? "option-value sold-out" : "option-value" },
    input,
    h("span", {}, words, soldOut && h("span", { class: "visually-hidden" }, () => ` – ${t("stock.out")}`)),
  );
}

/**
 * The variant that has this value and agrees best with the chosen one, those in stock first.
 * @param {VariantDocument[]} variants
 * @param {VariantDocument} chosen
 * @param {string} name
 * @param {string} value
 */
function nearest(variants, chosen, name, value) {
  const having = variants.filter((each) => valueOf(each, name) === value);
  const others = Object.keys(chosen.options).filter((other) => other !== name);
  const agreement = (/** @type {VariantDocument} */ each) =>
    others.filter((other) => valueOf(each, other) === valueOf(chosen, other)).length * 2 +
    Number(each.in_stock !== false);
  return having.reduce((best, each) => (agreement(each) > agreement(best) ? each : best));
}
