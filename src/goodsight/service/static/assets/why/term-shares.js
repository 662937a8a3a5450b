// @ts-check
/**
 * What each photo, product and text of a query adds to a match or takes from it, as shares of
 * all that was added and taken: words are on another scale than likeness, which ends at 1.
 */

import { readProduct } from "../api.js";
import { catalogue } from "../catalogue.js";
import { h, replace } from "../dom.js";
import { number, t } from "../i18n.js";
import { foundHit } from "../results.js";
import { requestFor } from "../searching.js";
import { state } from "../state.js";

/** @typedef {import("./panel.js").Explanation["terms"]} TermShares */

/** @param {TermShares} terms @returns {HTMLElement} */
export function termShares(terms) {
  const all = terms.reduce((sum, { share }) => sum + Math.abs(share), 0) || 1;
  const photos = photoNames();
  const lines = terms.map((term) => {
    const bar = h("span", { class: "why-bar", "aria-hidden": "true" });
    const share = term.share / all;
    bar.style.setProperty("--share", `${Math.abs(share) * 100}%`);
    return h(
      "li",
      { class: term.share < 0 ? "why-against" : false, "data-kind": term.kind },
      nameOf(term, term.kind === "photo" ? (photos.shift() ?? "") : ""),
      h("span", { class: "why-share" }, () => signed(share)),
      bar,
    );
  });
  return h(
    "section",
    { class: "why-terms" },
    h("h3", {}, () => t("why.terms")),
    h("ul", { class: "why-parts", test: "why-terms" }, ...lines),
  );
}

/** @param {number} share */
function signed(share) {
  return number(share, { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" });
}

/** @returns {string[]} keys of what the query's photos are called, in their order */
function photoNames() {
  const { image, link } = state();
  const photos = requestFor(state()).query.filter((term) => term.image_id ?? term.image_url);
  return photos.map(({ image_id: id, image_url: url }) =>
    id === image || url === link ? "query.title" : "terms.photo",
  );
}

/** @param {TermShares[number]} term @param {string} photo key of what a photo is called */
function nameOf({ kind, name, weight }, photo) {
  const words = () => (kind === "photo" ? t(photo) : t("chips.words", { words: name }));
  const said = h("span", {}, kind === "product" ? name : words);
  if (kind === "product") title(name).then((known) => replace(said, known), () => {});
  if (weight >= 0) return said;
  return h("span", {}, said, " ", h("span", { class: "hint" }, () => t("why.unwanted")));
}

/** @param {string} id of a product @returns {Promise<string>} */
async function title(id) {
  const found = foundHit(id);
  if (found !== null) return found.product.title;
  const collection = state().collection ?? catalogue()?.name ?? "default";
  return (await readProduct(collection, id)).title;
}
