// @ts-check
/**
 * A photo with what each part of it adds to the match laid over it: orange for, blue against.
 * The two stay apart for colour-blind eyes (Okabe and Ito's vermilion and blue); the photo turns
 * grey, so that its own colours are not taken for an answer. The words beneath say it too.
 *
 * @typedef {{rows: number[][], box: import("../api-types.js").Box}} HeatMap
 */

import { uploadPath } from "../api.js";
import { h } from "../dom.js";
import { heldPhoto, isUnsent } from "../held-photos.js";
import { showPhoto, sized } from "../photo-source.js";
import { recentPhoto } from "../recent-searches.js";
import { summary } from "./summary.js";

const FOR = [213, 94, 0];
const AGAINST = [0, 114, 178];
const MOST_OPAQUE = 0.82;

/** @param {string} id of the upload @returns {HTMLImageElement} */
export function queryPhoto(id) {
  const image = h("img", { alt: "" });
  const own = heldPhoto(id) ?? recentPhoto(id);
  if (own === null) {
    showPhoto(image, uploadPath(id));
    return image;
  }
  const address = URL.createObjectURL(own);
  const forget = () => URL.revokeObjectURL(address);
  image.addEventListener("load", forget, { once: true });
  image.addEventListener(
    "error",
    () => {
      forget();
      // A kind that this browser cannot open: the service keeps one that it can.
      if (!isUnsent(id)) showPhoto(image, uploadPath(id));
    },
    { once: true },
  );
  image.src = address;
  return image;
}

/** @param {string} url of a catalogue photo @returns {HTMLImageElement} */
export function productPhoto(url) {
  const image = h("img", { alt: "" });
  showPhoto(image, sized(url, "medium"));
  return image;
}

/**
 * @param {HTMLImageElement} image
 * @param {HeatMap} map
 * @param {() => string} title
 * @param {string} test
 */
export function heatPhoto(image, map, title, test) {
  const said = () => `${title()}: ${summary(map.rows)}`;
  const stage = h("div", { class: "why-stage", role: "img", "aria-label": said }, image, cells(map));
  image.addEventListener("load", () => {
    stage.style.setProperty("--shape", String(image.naturalWidth / image.naturalHeight));
  });
  return h(
    "figure",
    { class: "why-photo", test },
    h("div", { class: "why-ground" }, stage),
    h(
      "figcaption",
      { "aria-hidden": "true" },
      h("b", {}, title),
      h("span", { test: `${test}-words` }, () => summary(map.rows)),
    ),
  );
}

/** @param {HeatMap} map @returns {HTMLCanvasElement} a pixel for each cell; the browser smooths it */
function cells({ rows, box: [x, y, width, height] }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  canvas.width = rows[0]?.length ?? 1;
  canvas.height = rows.length;
  const strongest = Math.max(...rows.flat().map(Math.abs)) || 1;
  const context = canvas.getContext("2d");
  const picture = context?.createImageData(canvas.width, canvas.height);
  if (context && picture) {
    rows.flat().forEach((cell, at) => {
      const strength = (Math.abs(cell) / strongest) * MOST_OPAQUE;
      picture.data.set([...(cell < 0 ? AGAINST : FOR), Math.round(strength * 255)], at * 4);
    });
    context.putImageData(picture, 0, 0);
  }
  const place = { left: x, top: y, width, height };
  for (const [side, share] of Object.entries(place)) {
    canvas.style.setProperty(side, `${share * 100}%`);
  }
  return canvas;
}
