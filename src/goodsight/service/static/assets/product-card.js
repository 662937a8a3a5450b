// @ts-check
/**
 * One product found: its photo first, then name, price, and what one needs to know to choose.
 *
 * @typedef {import("./api-types.js").Hit} Hit
 * @typedef {{test: string, onOpen: (hit: Hit) => void, onLike: (hit: Hit) => void,
 *   onWhy?: (hit: Hit) => void, also?: (hit: Hit) => HTMLElement}} CardUse without `onWhy`
 *   nobody can ask why
 */

import { h, icon, keepWritten } from "./dom.js";
import { t } from "./i18n.js";
import { platedPhoto } from "./plate.js";
import { urlOf } from "./state.js";
import { categoryText, confidenceLevel, percent, priceText, stockWords } from "./wording.js";

/**
 * @param {Hit} hit
 * @param {CardUse} use
 * @returns {HTMLLIElement}
 */
export function productCard(hit, use) {
  const { product } = hit;
  const link = h(
    "a",
    {
      class: "card-link",
      href: urlOf({ product: product.id }),
      test: `${use.test}-title`,
      on: {
        click: (/** @type {MouseEvent} */ event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          use.onOpen(hit);
        },
      },
    },
    product.title,
  );
  return h(
    "li",
    { class: "card", test: use.test, "data-product": product.id },
    platedPhoto(hit.photo ?? product.photo, "medium"),
    likeButton(hit, use),
    use.also?.(hit),
    h(
      "div",
      { class: "card-words" },
      h("p", { class: "card-kind" }, product.brand || categoryText(product)),
      h("h3", { class: "card-title" }, link),
      h("p", { class: "card-price", test: `${use.test}-price` }, () => priceText(product, product.currency)),
      stockLine(product),
      reasons(hit, use),
    ),
  );
}

/** @param {Hit} hit @param {CardUse} use */
function likeButton(hit, use) {
  const label = () => t("results.like", { title: hit.product.title });
  return h(
    "button",
    {
      type: "button",
      class: "icon-button card-like",
      test: `${use.test}-more-like-this`,
      "aria-label": label,
      title: () => t("product.like"),
      on: { click: () => use.onLike(hit) },
    },
    icon("similar"),
  );
}

/** @param {import("./api-types.js").ProductDocument} product */
export function stockLine(product) {
  const line = h("p", { class: "stock", test: "stock" });
  keepWritten(line, (node) => {
    const { level, text } = stockWords(product);
    node.dataset.level = level;
    node.textContent = text;
    node.hidden = text === "";
  });
  return line;
}

/** @param {Hit} hit @param {CardUse} use how sure it is, and the way to why */
function reasons(hit, { onWhy, test }) {
  const line = confidenceLine(hit);
  if (!onWhy) return line;
  const label = () => t("why.of", { title: hit.product.title });
  const why = h(
    "button",
    {
      type: "button",
      class: "link-button card-why",
      test: `${test}-why`,
      "aria-label": label,
      on: { click: () => onWhy(hit) },
    },
    () => t("why.title"),
  );
  return h("div", { class: "card-reasons" }, line, why);
}

/** @param {Hit} hit words for the eye, and the number for who asks */
function confidenceLine({ confidence }) {
  if (confidence === null || confidence === undefined) return null;
  const level = confidenceLevel(confidence);
  const share = () => t("confidence.share", { share: percent(confidence) });
  return h(
    "p",
    { class: "confidence", "data-level": level, title: share },
    h("span", { test: "card-confidence" }, () => t(`confidence.${level}`)),
    h("span", { class: "visually-hidden" }, () => ` (${share()})`),
  );
}

/** @param {number} count @returns {HTMLLIElement[]} where cards are about to be */
export function skeletonCards(count) {
  return Array.from({ length: count }, () =>
    h(
      "li",
      { class: "card skeleton", "aria-hidden": "true" },
      h("div", { class: "plate" }),
      h("div", { class: "bone" }),
      h("div", { class: "bone short" }),
    ),
  );
}
