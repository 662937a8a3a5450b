// @ts-check
/**
 * One product in full, in a dialog over the results: all photos, versions, details, why it was
 * found, and the way to the shop. The URL names it, so back closes it and a link opens it.
 *
 * @typedef {import("./api-types.js").FullProduct} FullProduct
 * @typedef {import("./api-types.js").Hit} Hit
 */

import { Problem, isAborted, readProduct } from "./api.js";
import { catalogue } from "./catalogue.js";
import { find, h, icon, openDialog, replace } from "./dom.js";
import { explanation } from "./explanation.js";
import { t } from "./i18n.js";
import { createGallery, waitingGallery } from "./gallery.js";
import { notice } from "./notice.js";
import { problemWords } from "./problem-words.js";
import { stockLine } from "./product-card.js";
import { CARD_USE, foundHit, searchLike } from "./results.js";
import { navigate, onState, state } from "./state.js";
import { variantPicker } from "./variant-picker.js";
import { facetName, listText, priceText } from "./wording.js";

/** @type {AbortController | null} */
let loading = null;
/** @type {string | null} */
let shownId = null;
/** Whether opening it added an entry to the history, which closing takes back. */
let openedHere = false;

/** @returns {HTMLDialogElement} */
const dialog = () => find("#product");

/** Open and close with the URL. */
export function startProductView() {
  dialog().addEventListener("close", () => {
    shownId = null;
    loading?.abort();
    if (state().product === null) return;
    if (openedHere) history.back();
    else navigate({ product: null }, { replace: true });
  });
  find("#product-close").addEventListener("click", () => dialog().close());
  onState((now, before) => {
    openedHere = now.product !== null && before.product === null && history.state?.inside === true;
    followProduct();
  });
}

/** Show the product that the URL names, or none. */
export function followProduct() {
  const { product: id } = state();
  if (id === null) {
    if (dialog().open) dialog().close();
    return;
  }
  if (id === shownId) return;
  shownId = id;
  const hit = foundHit(id);
  const body = find("#product-body");
  showWaiting(body, hit);
  openDialog(dialog());
  body.scrollTop = 0;
  load(id, body, hit);
}

/** @param {string} id @param {HTMLElement} body @param {Hit | null} hit */
async function load(id, body, hit) {
  loading?.abort();
  loading = new AbortController();
  const collection = state().collection ?? catalogue()?.name ?? "default";
  try {
    const product = await readProduct(collection, id, { signal: loading.signal });
    if (shownId === id) showProduct(body, product, hit);
  } catch (error) {
    if (!isAborted(error) && shownId === id) showFault(body, error, () => load(id, body, hit));
  }
}

/** @param {HTMLElement} body @param {Hit | null} hit what is known already */
function showWaiting(body, hit) {
  const title = hit ? hit.product.title : () => t("product.loading");
  replace(
    body,
    waitingGallery(hit?.photo ?? hit?.product.photo ?? null),
    h("div", { class: "product-words", "aria-busy": "true" }, heading(title), bones()),
  );
}

function bones() {
  const bone = (/** @type {string} */ kind) => h("div", { class: `bone ${kind}` });
  return h("div", { class: "skeleton", "aria-hidden": "true" }, bone("short"), bone(""), bone(""));
}

/** @param {import("./dom.js").Child} title */
function heading(title) {
  return h("h2", { id: "product-title", class: "product-title", test: "product-title" }, title);
}

/** @param {HTMLElement} body @param {unknown} error @param {() => void} again */
function showFault(body, error, again) {
  const missing = error instanceof Problem && error.kind === "product-not-found";
  const retry = h("button", { type: "button", class: "button solid", on: { click: again } }, () =>
    t("results.again"),
  );
  const title = () => t(missing ? "product.missing.title" : "problem.title");
  const text = () => (missing ? t("product.missing.text") : problemWords(error));
  replace(body, notice("product-fault", "warning", title, [text], !missing && retry));
  find("h2", body).id = "product-title";
}

/** @param {HTMLElement} body @param {FullProduct} product @param {Hit | null} hit */
function showProduct(body, product, hit) {
  /** @type {HTMLElement | null} */
  const before = body.querySelector(".gallery");
  const gallery = createGallery(product, hit?.photo ?? product.photo, before);
  const price = h("p", { class: "product-price", test: "product-price" });
  const stock = h("div", { class: "product-stock" });
  /** @param {{price: string | null, stock: number | null, in_stock: boolean | null}} buyable */
  const showBuyable = (buyable) => {
    const priced = buyable.price === null ? product : buyable;
    replace(price, () => priceText(priced, product.currency));
    const known = buyable.in_stock === null && buyable.stock === null ? product : buyable;
    replace(stock, stockLine({ ...product, stock: known.stock, in_stock: known.in_stock }));
  };
  showBuyable(product);
  const picker = variantPicker(product, hit?.variant ?? null, (variant, chosenByHand) => {
    showBuyable(variant);
    if (chosenByHand && variant.photos[0]) gallery.show(variant.photos[0]);
  });
  replace(
    body,
    gallery.element,
    h(
      "div",
      { class: "product-words" },
      (product.brand || product.categories[0]) && kindLine(product),
      heading(product.title),
      price,
      stock,
      picker,
      actions(product),
      product.description &&
        section("product.description", h("p", { class: "description" }, product.description)),
      details(product),
      hit && explanation(hit),
    ),
  );
}

/** @param {FullProduct} product */
function kindLine({ brand, categories }) {
  const path = categories[0]?.replaceAll("/", " / ");
  return h("p", { class: "card-kind" }, [brand, path].filter(Boolean).join(" · "));
}

/** @param {FullProduct} product */
function actions(product) {
  return h(
    "div",
    { class: "product-actions" },
    product.url &&
      /^https?:/i.test(product.url) &&
      h(
        "a",
        {
          class: "button solid",
          href: product.url,
          target: "_blank",
          rel: "noopener noreferrer",
          test: "shop-link",
        },
        () => t("product.shop"),
        icon("outside"),
      ),
    h(
      "button",
      {
        type: "button",
        class: "button",
        test: "more-like-this",
        on: { click: () => searchLike(product.id) },
      },
      icon("similar"),
      () => t("product.like"),
    ),
    CARD_USE.inView?.(product),
  );
}

/** @param {string} title key of the words @param {...import("./dom.js").Child} content */
export function section(title, ...content) {
  return h("section", { class: "product-section" }, h("h3", {}, () => t(title)), ...content);
}

/** @param {FullProduct} product */
function details(product) {
  const rows = Object.entries(product.attributes).filter(([, value]) => listText(value) !== "");
  const list = rows.map(([name, value]) =>
    h("div", { class: "detail" }, h("dt", {}, () => facetName(name)), h("dd", {}, listText(value))),
  );
  const id = h("div", { class: "detail" }, h("dt", {}, () => t("product.id")), h("dd", {}, product.id));
  return section("product.details", h("dl", { class: "details", test: "attributes" }, ...list, id));
}
