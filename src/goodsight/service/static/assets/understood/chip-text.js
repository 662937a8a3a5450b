// @ts-check
/**
 * A chip's filter in the reader's words. The service writes the filter, so only its few forms
 * have to be told apart; of any other the service's own label is shown.
 *
 * @typedef {import("../api-types.js").UnderstoodChip} Chip
 */

import { catalogue } from "../catalogue.js";
import { t } from "../i18n.js";
import { facetName, facetValue, priceRangeText } from "../wording.js";

/** `name = 'value'` or `name in ('value', 'value')`. */
const VALUES =
  /^("[^"]+"|[^\s'"()=]+) (?:= ('(?:[^']|'')*')|in \(((?:'(?:[^']|'')*'(?:, )?)+)\))$/;
const PRICE = /^price (<=?|>=?) ([\d.]+)(?: and price <= ([\d.]+))?$/;

/** @param {Chip} chip @returns {string} */
export function chipText({ filter, label, words }) {
  if (filter === "") return leftOut(words) ?? t("chips.words", { words });
  if (filter === "not in_stock") return t("stock.out");
  const denied = filter.startsWith("not ");
  const said = (/** @type {string} */ name) => (denied ? t("understood.not", { name }) : name);
  return conditionText(denied ? filter.slice(4) : filter, said) ?? label;
}

/** @param {string} words @returns {string | null} */
function leftOut(words) {
  if (!words.startsWith("-")) return null;
  const name = words.slice(1).replaceAll('"', "");
  return t("understood.not", { name: t("chips.words", { words: name }) });
}

/** @typedef {(name: string) => string} Say says a name, as wanted or not */

/** @param {string} filter @param {Say} said @returns {string | null} null for a form we do not know */
function conditionText(filter, said) {
  if (filter === "in_stock") return t("facet.in_stock");
  const price = priceText(filter);
  return price === null ? valuesText(filter, said) : said(price);
}

/** @param {string} filter @returns {string | null} */
function priceText(filter) {
  const [, sign, amount, to] = filter.match(PRICE) ?? [];
  if (!amount) return null;
  const from = sign.startsWith(">") ? amount : null;
  return priceRangeText(from, from ? (to ?? null) : amount, catalogue()?.currency ?? null);
}

/** @param {string} filter @param {Say} said @returns {string | null} */
function valuesText(filter, said) {
  const [, name, one, several] = filter.match(VALUES) ?? [];
  if (!name) return null;
  const plain = name.replaceAll('"', "");
  const quoted = (one ?? several).match(/'(?:[^']|'')*'/g) ?? [];
  const values = quoted.map((text) => capital(facetValue(plain, unquoted(text))));
  const value = said(values.join(t("understood.or")));
  return plain === "category" ? value : t("chips.facet", { name: facetName(plain), value });
}

/** @param {string} text */
function unquoted(text) {
  return text.slice(1, -1).replaceAll("''", "'");
}

/** Filters compare without regard to case, so values come in small letters. @param {string} text */
function capital(text) {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
