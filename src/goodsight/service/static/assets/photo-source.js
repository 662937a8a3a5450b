// @ts-check
/**
 * Showing a photo of the service. An `<img>` cannot send a key, so where one is needed the
 * photo is fetched and shown from memory.
 */

import { key, request } from "./api.js";

/**
 * @param {HTMLImageElement} image
 * @param {string} url
 */
export function showPhoto(image, url) {
  if (key() === null || !url.startsWith("/v1/")) {
    image.src = url;
    return;
  }
  request(url, { headers: { Accept: "image/*" } })
    .then((response) => response.blob())
    .then((blob) => {
      const address = URL.createObjectURL(blob);
      image.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
      image.src = address;
    })
    .catch(() => image.dispatchEvent(new Event("error")));
}

/** @param {string} url of a catalogue photo @param {"small" | "medium" | "large"} size */
export function sized(url, size) {
  return `${url}${url.includes("?") ? "&" : "?"}size=${size}`;
}
