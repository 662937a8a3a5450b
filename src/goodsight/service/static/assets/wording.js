// @ts-check
/** How a product's price, stock and confidence are said in the reader's words. */

import { SEEN_COLOUR, colourName } from "./colours.js";
import { hasWords, money, number, t } from "./i18n.js";

/** @typedef {import("./api-types.js").ProductDocument} ProductDocument */

const FEW_LEFT = 5;
/** The least confidence for each wording; a likelihood, so no word promises more than it says. */
const CONFIDENCE_WORDS = /** @type {const} */ ([
  [0.85, "sure"],
  [0.6, "likely"],
  [0.35, "possible"],
  [0, "akin"],
]);

/** @param {{price: string | null}} priced @param {string | null} currency */
export function priceText(priced, currency) {
  return priced.price === null ? t("price.none") : money(priced.price, currency);
}

/** @typedef {{level: "in" | "few" | "out" | "unknown", text: string}} StockWords */

/** @param {{stock: number | null, in_stock: boolean | null}} stocked @returns {StockWords} */
export function stockWords({ stock, in_stock: inStock }) {
  if (inStock === false) return { level: "out", text: t("stock.out") };
  if (stock !== null && stock > 0 && stock <= FEW_LEFT) {
    return { level: "few", text: t("stock.few", { n: stock }) };
  }
  return inStock ? { level: "in", text: t("stock.in") } : { level: "unknown", text: "" };
}

/** @param {number} confidence 0..1 @returns {"sure" | "likely" | "possible" | "akin"} */
export function confidenceLevel(confidence) {
  const [, level] = CONFIDENCE_WORDS.find(([least]) => confidence >= least) ?? [0, "akin"];
  return level;
}

/** @param {{categories: string[]}} product @returns {string} the last level of its first path */
export function categoryText({ categories }) {
  return categories[0]?.split("/").pop()?.trim() ?? "";
}

/** @param {string} name of a facet or attribute @returns {string} as a heading */
export function facetName(name) {
  const key = `facet.${name.toLowerCase()}`;
  if (hasWords(key)) return t(key);
  const spaced = name.replaceAll("_", " ").trim();
  return spaced.charAt(0).toLocaleUpperCase() + spaced.slice(1);
}

/** @param {string} name of a facet @param {string} value of it @returns {string} with all its levels */
export function facetValue(name, value) {
  return name === SEEN_COLOUR ? colourName(value) : value.replaceAll("/", " / ");
}

/** @param {string | string[]} value @returns {string} */
export function listText(value) {
  return Array.isArray(value) ? value.join(", ") : value;
}

/** @param {number} share 0..1 */
export function percent(share) {
  return number(share, { style: "percent", maximumFractionDigits: 0 });
}

/** @param {string | null} from @param {string | null} to @param {string | null} currency */
export function priceRangeText(from, to, currency) {
  const said = (/** @type {string} */ amount) => money(String(Number(amount)), currency, 0);
  if (from && to) return t("price.between", { from: said(from), to: said(to) });
  return from ? t("price.over", { from: said(from) }) : t("price.under", { to: said(to ?? "0") });
}
