// @ts-check
/** What terms are called, and their pictures; the products among them are asked for once. */

import { readProduct, uploadPath } from "../api.js";
import { catalogue } from "../catalogue.js";
import { h, icon } from "../dom.js";
import { heldPhoto } from "../held-photos.js";
import { t } from "../i18n.js";
import { showPhoto, sized } from "../photo-source.js";
import { recentPhoto } from "../recent-searches.js";
import { foundHit } from "../results.js";
import { state } from "../state.js";

/** @typedef {import("./list.js").Term} Term */
/** @typedef {{title: string, photo: string | null}} Known */

/** @type {Map<string, Known>} */
const products = new Map();

/** @param {{id: string, title: string, photo: string | null}} product */
export function keepTitle({ id, title, photo }) {
  products.set(id, { title, photo });
}

/** @param {Term} term @returns {"photo" | "link" | "product" | "text"} */
export function natureOf({ kind }) {
  const { image, link } = state();
  if (kind === "words" || kind === "text") return "text";
  if (kind === "product" || (kind === "sight" && !image && !link)) return "product";
  return kind === "link" || (kind === "sight" && !image) ? "link" : "photo";
}

/** @param {Term} term @returns {string} */
export function termName(term) {
  const { kind, value } = term;
  const nature = natureOf(term);
  if (nature === "text") return t("chips.words", { words: value });
  if (nature === "product") return products.get(value)?.title ?? value;
  if (nature === "link") return t("query.link", { host: URL.parse?.(value)?.host ?? value });
  return t(kind === "sight" ? "query.title" : "terms.photo");
}

/**
 * @param {Term} term
 * @param {() => void} onKnown told once more is known of a product
 * @returns {HTMLElement}
 */
export function termPicture(term, onKnown) {
  const nature = natureOf(term);
  const place = h("span", { class: "term-picture", "aria-hidden": "true" });
  place.append(icon(nature === "text" ? "search" : nature === "link" ? "link" : "photo"));
  if (nature === "photo") showUpload(place, term.value);
  if (nature === "product") {
    known(term.value).then((product) => {
      const photo = product?.photo;
      if (photo) show(place, (image) => showPhoto(image, sized(photo, "small")));
      onKnown();
    });
  }
  return place;
}

/** @param {HTMLElement} place @param {string} id of the photo */
function showUpload(place, id) {
  const own = heldPhoto(id) ?? recentPhoto(id);
  if (own === null) {
    show(place, (image) => showPhoto(image, uploadPath(id)));
    return;
  }
  const address = URL.createObjectURL(own);
  show(place, (image) => {
    image.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
    image.src = address;
  });
}

/** @param {HTMLElement} place @param {(image: HTMLImageElement) => void} load */
function show(place, load) {
  const image = h("img", { alt: "" });
  // Until it is there, and where it cannot be had, the icon does.
  image.addEventListener("load", () => place.replaceChildren(image), { once: true });
  load(image);
}

/** @param {string} id of a product @returns {Promise<Known | null>} null where it is gone */
async function known(id) {
  const found = products.get(id) ?? foundHit(id)?.product ?? null;
  if (found === null) {
    const collection = state().collection ?? catalogue()?.name ?? "default";
    const product = await readProduct(collection, id).catch(() => null);
    if (product !== null) keepTitle(product);
  } else {
    products.set(id, found);
  }
  return products.get(id) ?? null;
}
