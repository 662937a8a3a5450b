// @ts-check
/**
 * Words of the page in the reader's language, and how numbers, money and dates are written in it.
 *
 * A word is a text with `{name}` places, or a table of plural forms (`one`, `other`) chosen by
 * the number `n`. Every page registers its own words with `addWords`.
 *
 * @typedef {string | {one?: string, other: string}} Word
 * @typedef {Record<string, Word>} Words
 * @typedef {"en" | "zh"} Language
 */

import { keep, kept } from "./storage.js";

const STORAGE_NAME = "goodsight.language";
/** What the page offers: the tag for `lang` and `Intl`, and its own name for the switch. */
export const LANGUAGES = /** @type {const} */ ({
  en: { tag: "en", name: "English" },
  zh: { tag: "zh-Hans", name: "中文" },
});

/** @type {Record<Language, Words>} */
const dictionary = { en: {}, zh: {} };
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Language} */
let current = preferred();

/** @returns {Language} the language chosen earlier, else the browser's first one we speak */
function preferred() {
  const chosen = kept(STORAGE_NAME);
  if (chosen === "en" || chosen === "zh") return chosen;
  for (const tag of navigator.languages ?? [navigator.language]) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "en" || primary === "zh") return primary;
  }
  return "en";
}

/**
 * @param {Language} language
 * @param {Words} words
 */
export function addWords(language, words) {
  Object.assign(dictionary[language], words);
}

/** @returns {Language} */
export function language() {
  return current;
}

/** @returns {string} the tag for `Intl`; the browser's regional form of our language if it has one */
export function locale() {
  const own = navigator.languages?.find((tag) => tag.toLowerCase().startsWith(current));
  return own ?? LANGUAGES[current].tag;
}

/** @param {Language} next switch, remember, and tell everybody who shows words */
export function setLanguage(next) {
  current = next;
  keep(STORAGE_NAME, next);
  applyLanguage();
  for (const listener of listeners) listener();
}

/** Write the language into the document, for screen readers, fonts and hyphenation. */
export function applyLanguage() {
  document.documentElement.lang = LANGUAGES[current].tag;
}

/** @param {() => void} listener called after the language has changed */
export function onLanguageChange(listener) {
  listeners.add(listener);
}

/**
 * The words for `key` in the current language; English where a translation is missing.
 * @param {string} key
 * @param {Record<string, string | number>} [values] for the places; numbers are written locally
 * @returns {string}
 */
export function t(key, values = {}) {
  const word = dictionary[current][key] ?? dictionary.en[key];
  if (word === undefined) return key;
  const text = typeof word === "string" ? word : pluralForm(word, Number(values.n));
  return text.replace(/\{(\w+)\}/g, (place, name) => {
    const value = values[name];
    if (value === undefined) return place;
    return typeof value === "number" ? number(value) : value;
  });
}

/** @param {string} key @returns {boolean} whether anybody wrote words for it */
export function hasWords(key) {
  return key in dictionary.en;
}

/**
 * @param {{one?: string, other: string}} forms
 * @param {number} count
 */
function pluralForm(forms, count) {
  const category = new Intl.PluralRules(locale()).select(count);
  return category === "one" && forms.one !== undefined ? forms.one : forms.other;
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  return new Intl.NumberFormat(locale(), options).format(value);
}

/**
 * A price as the reader writes it; the bare number where the catalogue names no currency.
 * @param {string} amount decimal text as the API gives it
 * @param {string | null} [currency] ISO 4217
 * @param {number} [leastDecimals] fewer than usual, for round bounds
 */
export function money(amount, currency, leastDecimals = 2) {
  const own = (amount.split(".")[1] ?? "").length;
  const value = Number(amount);
  /** @param {number} usual decimals of the currency */
  const decimals = (usual) => {
    const count = value % 1 === 0 ? Math.min(usual, leastDecimals) : Math.max(usual, own);
    return { minimumFractionDigits: count, maximumFractionDigits: count };
  };
  if (!currency) return number(value, decimals(2));
  try {
    const style = /** @type {const} */ ({ style: "currency", currency });
    const usual = new Intl.NumberFormat(locale(), style).resolvedOptions().maximumFractionDigits;
    return number(value, { ...style, ...decimals(usual ?? 2) });
  } catch {
    // No currency that the browser knows: said as the catalogue says it.
    return `${number(value, decimals(2))} ${currency}`;
  }
}

/** @param {string} iso @returns {string} date and time as the reader writes them */
export function dateTime(iso) {
  const form = /** @type {const} */ ({ dateStyle: "medium", timeStyle: "short" });
  return new Intl.DateTimeFormat(locale(), form).format(new Date(iso));
}
