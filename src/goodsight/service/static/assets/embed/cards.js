// @ts-check
/** Products as cards that lead to the shop's own pages. */

import { paintSoon } from "./photos.js";

/**
 * An element with attributes and children; `on…` attributes are listeners.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** @param {string | null} url a product's page @returns {string | null} unless it is none */
function safeAddress(url) {
  if (!url) return null;
  try {
    const address = new URL(url, location.href);
    // A feed may hold anything: `javascript:` too.
    return /^https?:$/.test(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

/** @param {{price: string | null, currency: string | null}} product @param {string} language */
function money({ price, currency }, language) {
  if (price === null) return "";
  try {
    const style = currency ? { style: /** @type {const} */ ("currency"), currency } : {};
    return new Intl.NumberFormat(language, style).format(Number(price));
  } catch {
    return `${price} ${currency}`;
  }
}

/**
 * A product; without a page in the shop it leads to Goodsight's own.
 * @param {any} hit
 * @param {object} panel
 * @param {ReturnType<typeof import("./service.js").serviceOf>} panel.service
 * @param {{stock: string, out: string}} panel.words
 * @param {string} panel.language
 */
export function card({ product, photo }, { service, words, language }) {
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { "aria-hidden": "true" }));
  const picture = photo ?? product.photo;
  if (picture) paintSoon(canvas, service.photo(picture));
  const stock = product.in_stock === null ? "" : product.in_stock ? words.stock : words.out;
  const page = safeAddress(product.url);
  const link = page === null ? { href: service.page(product.id), target: "_blank", rel: "noopener" } : { href: page };
  return h(
    "li",
    {},
    h(
      "a",
      { ...link, "data-test": "goodsight-product" },
      canvas,
      h("span", { class: "t" }, product.title || product.id),
      h("span", { class: "p" }, money(product, language)),
      h("span", { class: "s" }, stock),
    ),
  );
}
