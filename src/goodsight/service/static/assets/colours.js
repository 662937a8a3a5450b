// @ts-check
/** The colours that have names: how each is shown, and what it is called. */

import { h } from "./dom.js";
import { hasWords, t } from "./i18n.js";

/** The name under which the service filters by, and counts, what photos show. */
export const SEEN_COLOUR = "seen_colour";

/** Key to what stands for it; a test holds this to the service's own table. @type {Record<string, string>} */
export const COLOURS = {
  black: "#000000",
  grey: "#8e8e90",
  white: "#ffffff",
  red: "#c81e23",
  burgundy: "#5c1a26",
  orange: "#f08020",
  yellow: "#f5d820",
  olive: "#6b6b2f",
  green: "#2e8b3c",
  teal: "#1e8080",
  blue: "#2050b0",
  navy: "#14204a",
  purple: "#6a2c90",
  pink: "#f0a0b8",
  brown: "#6b4326",
  beige: "#e2d4b8",
};

/** @param {string} colour a key, or #rrggbb, which says itself @returns {string} */
export function colourName(colour) {
  return hasWords(`colour.${colour}`) ? t(`colour.${colour}`) : colour;
}

/** @param {string} text @returns {boolean} whether the page can show, and the service compare, it */
export function isColour(text) {
  return Object.hasOwn(COLOURS, text) || /^#[0-9a-f]{6}$/i.test(text);
}

/** @param {string} colour @returns {HTMLElement} a dot of it; its neighbour says its name */
export function swatch(colour) {
  const dot = h("span", { class: "swatch", "aria-hidden": "true" });
  dot.style.setProperty("--swatch", COLOURS[colour] ?? colour);
  return dot;
}
