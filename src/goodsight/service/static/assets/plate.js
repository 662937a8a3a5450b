// @ts-check
/** A photo on its plate: cropped with care, on a ground that suits it, and never blurred. */

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { hasPlainGround } from "./photo-ground.js";
import { showPhoto, sized } from "./photo-source.js";

const PLATE_RATIO = 4 / 5;
/** How far a photo's shape may be from the plate's before filling it would cut off too much. */
const FILLING_RATIO = { plain: 1.12, picture: 2.4 };
/** Longer side of the service's small pictures; one that is smaller has no larger original. */
const SMALL_SIDE_PIXELS = 320;
/** Stretched further than this, a small picture looks blurred. */
const STRETCHED_AT_MOST = 1.25;

/**
 * The small picture is there at once; a larger one takes its place where it would look blurred.
 * The title stands beside the photo, so the photo itself is decoration here.
 * @param {string | null} url
 * @param {"small" | "medium" | "large"} size the largest to fetch
 * @returns {HTMLElement}
 */
export function platedPhoto(url, size) {
  const plate = h("div", { class: "plate" });
  if (url === null) {
    plate.append(emptyPlate());
    return plate;
  }
  const image = h("img", { alt: "", decoding: "async", loading: "lazy", class: "photo" });
  image.addEventListener("load", () => {
    fit(plate, image);
    if (size !== "small" && isStretched(plate, image)) sharpen(image, sized(url, size));
  });
  image.addEventListener("error", () => image.replaceWith(emptyPlate()));
  plate.append(image);
  showPhoto(image, sized(url, "small"));
  return plate;
}

/** @param {HTMLElement} plate @param {HTMLImageElement} image loaded */
function fit(plate, image) {
  const plain = hasPlainGround(image);
  const ratio = image.naturalWidth / image.naturalHeight / PLATE_RATIO;
  const most = plain ? FILLING_RATIO.plain : FILLING_RATIO.picture;
  plate.classList.toggle("plain", plain);
  plate.classList.toggle("whole", ratio > most || ratio < 1 / most);
  plate.classList.add("loaded");
}

/** @param {HTMLElement} plate @param {HTMLImageElement} image loaded */
function isStretched(plate, image) {
  const { naturalWidth: width, naturalHeight: height } = image;
  if (Math.max(width, height) < SMALL_SIDE_PIXELS) return false;
  const scales = [plate.clientWidth / width, plate.clientHeight / height];
  const scale = plate.classList.contains("whole") ? Math.min(...scales) : Math.max(...scales);
  return scale * devicePixelRatio > STRETCHED_AT_MOST;
}

/**
 * Put a larger picture in the place of the small one once it is there; without it the small
 * one does.
 * @param {HTMLImageElement} image
 * @param {string} url of the larger one
 */
function sharpen(image, url) {
  const sharper = h("img", { alt: image.alt, decoding: "async", class: "photo" });
  sharper.addEventListener("load", () => {
    sharper.alt = image.alt;
    image.replaceWith(sharper);
  });
  showPhoto(sharper, url);
}

function emptyPlate() {
  return h("span", { class: "plate-empty" }, icon("photo"), h("span", {}, () => t("product.no.photo")));
}
