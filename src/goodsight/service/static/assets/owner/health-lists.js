// @ts-check
/** The lists of a catalogue's health: duplicates, displaced products, products without photo. */

import { h, icon } from "../dom.js";
import { number, t } from "../i18n.js";
import { downloadCsv } from "./csv.js";
import { thumbnail } from "./parts.js";

/** @typedef {import("./health.js").Displaced} Displaced */
/** @typedef {import("./health.js").Duplicate} Duplicate */
/** @typedef {import("./health.js").Named} Named */

const PRODUCTS_SHOWN = 6;
const NAMES_SHOWN = 60;
const HUNDREDTHS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

/** @param {Displaced[]} displaced */
export function displacedList(displaced) {
  return h("ul", { class: "cards wide" }, ...displaced.map(pair));
}

/** @param {Displaced} one */
function pair(one) {
  return h(
    "li",
    { class: "card pair", test: "displaced" },
    side(one.product, "health.searched", one.score),
    icon("arrow"),
    side(one.found, "health.found", one.found_score),
  );
}

/** @param {Named} product @param {string} role @param {number | null} score */
function side(product, role, score) {
  return h(
    "figure",
    { class: "side" },
    thumbnail(product.photo),
    h(
      "figcaption",
      {},
      h("span", { class: "overline" }, () => t(role)),
      h("span", { class: "strong" }, product.title || product.id),
      h("span", { class: "faint" }, product.id),
      score !== null &&
        h("span", { class: "faint" }, () =>
          t("health.score", { score: number(score, HUNDREDTHS) }),
        ),
    ),
  );
}

/** @param {Duplicate[]} duplicates @param {number} count */
export function duplicateList(duplicates, count) {
  return h(
    "div",
    { class: "stack" },
    h("ul", { class: "stack" }, ...duplicates.map(twins)),
    more(duplicates.length, count),
  );
}

/** @param {Duplicate} duplicate */
function twins(duplicate) {
  const rest = duplicate.products.length - PRODUCTS_SHOWN;
  const figures = duplicate.products.slice(0, PRODUCTS_SHOWN).map(({ id, title }) =>
    h(
      "figure",
      { class: "twin" },
      thumbnail(duplicate.photo),
      h("figcaption", {}, h("span", { class: "strong" }, title || id), h("span", { class: "faint" }, id)),
    ),
  );
  return h(
    "li",
    { class: "card twins", test: "duplicate" },
    ...figures,
    rest > 0 && h("p", { class: "faint" }, () => t("health.more", { n: rest })),
  );
}

/** @param {Named[]} products @param {number} count @param {string} collection */
export function withoutPhotoList(products, count, collection) {
  const save = () =>
    downloadCsv(
      `${collection}-without-photo.csv`,
      ["product_id", "title"],
      products.map((product) => [product.id, product.title]),
    );
  return h(
    "div",
    { class: "stack" },
    h(
      "ul",
      { class: "names" },
      ...products.slice(0, NAMES_SHOWN).map(({ id, title }) =>
        h("li", {}, h("span", {}, title || id), h("span", { class: "faint" }, id)),
      ),
    ),
    more(Math.min(products.length, NAMES_SHOWN), count),
    h(
      "div",
      {},
      h(
        "button",
        { type: "button", class: "button", test: "without-csv", on: { click: save } },
        h("span", { class: "down" }, icon("arrow")),
        () => t("skips.csv"),
      ),
    ),
  );
}

/** @param {number} shown @param {number} count */
function more(shown, count) {
  return shown < count && h("p", { class: "faint" }, () => t("health.more", { n: count - shown }));
}
