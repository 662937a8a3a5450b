// @ts-check
/**
 * All photos of a product: one large, the others small beneath it.
 *
 * @typedef {{element: HTMLElement, show: (url: string) => void}} Gallery
 */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { platedPhoto } from "./plate.js";
import { showPhoto, sized } from "./photo-source.js";

/** How wide or narrow the frame may be, width over height. */
const NARROWEST = 0.75;
const WIDEST = 1.6;

/** @param {string | null} url of the photo known already @returns {HTMLElement} */
export function waitingGallery(url) {
  const element = h("div", { class: "gallery" });
  const plate = platedPhoto(url, "small");
  frameBy(element, plate.querySelector("img"));
  element.append(plate);
  return element;
}

/**
 * Give the gallery the shape of its first photo; it keeps that for the others, so that nothing
 * moves while one looks through them.
 * @param {HTMLElement} gallery
 * @param {HTMLImageElement | null} image
 */
function frameBy(gallery, image) {
  image?.addEventListener("load", () => {
    if (gallery.style.getPropertyValue("--frame") !== "") return;
    const shape = image.naturalWidth / image.naturalHeight;
    gallery.style.setProperty("--frame", String(Math.min(WIDEST, Math.max(NARROWEST, shape))));
  });
}

/**
 * @param {import("./api-types.js").FullProduct} product
 * @param {string | null} first the photo to begin with
 * @param {HTMLElement | null} before the gallery that was shown while waiting
 * @returns {Gallery}
 */
export function createGallery(product, first, before) {
  const urls = product.photos.map(({ url }) => url);
  let current = Math.max(0, urls.indexOf(first ?? ""));
  const stage = h("div", { class: "gallery-stage", test: "gallery-stage" });
  const thumbs = urls.map((url, index) => thumb(url, index, urls.length, () => show(index)));
  /** @param {number} index */
  const show = (index) => {
    current = (index + urls.length) % urls.length;
    const plate = platedPhoto(urls[current] ?? null, "large");
    const image = plate.querySelector("img");
    if (image) {
      image.alt = product.title;
      frameBy(element, image);
    }
    stage.replaceChildren(plate, ...(urls.length > 1 ? [step(-1), step(1)] : []));
    thumbs.forEach((each, place) => each.setAttribute("aria-pressed", String(place === current)));
    thumbs[current]?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  };
  const previous = stepButton("previous", () => show(current - 1));
  const next = stepButton("next", () => show(current + 1));
  const step = (/** @type {number} */ way) => (way < 0 ? previous : next);
  const element = h("div", { class: "gallery" }, stage);
  element.style.setProperty("--frame", before?.style.getPropertyValue("--frame") ?? "");
  if (urls.length > 1) {
    const list = h("ul", { class: "gallery-thumbs", "aria-label": () => t("product.photos") });
    list.append(...thumbs.map((each) => h("li", {}, each)));
    element.append(list);
  }
  if (urls.length > 0) show(current);
  else stage.append(platedPhoto(null, "large"));
  return {
    element,
    show: (url) => {
      const index = urls.indexOf(url);
      if (index >= 0) show(index);
    },
  };
}

/** @param {"previous" | "next"} way @param {() => void} click */
function stepButton(way, click) {
  const label = () => t(`product.${way}`);
  return h(
    "button",
    { type: "button", class: `icon-button step ${way}`, "aria-label": label, on: { click } },
    icon("arrow"),
  );
}

/**
 * @param {string} url
 * @param {number} index
 * @param {number} count
 * @param {() => void} click
 */
function thumb(url, index, count, click) {
  const image = h("img", { alt: "", loading: "lazy" });
  showPhoto(image, sized(url, "small"));
  return h(
    "button",
    {
      type: "button",
      class: "thumb",
      test: "gallery-thumb",
      "aria-pressed": "false",
      "aria-label": () => t("product.photo", { n: index + 1, total: count }),
      on: { click },
    },
    image,
  );
}
