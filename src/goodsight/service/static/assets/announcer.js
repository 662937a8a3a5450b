// @ts-check
/** Saying things in passing: to screen readers, and where wanted in a short note on the page. */

import { find } from "./dom.js";

const NOTE_MS = 5000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/** @param {string} text spoken politely by screen readers, not shown */
export function announce(text) {
  const place = find("#announcer");
  // Emptied first, so that the same text is spoken a second time.
  place.textContent = "";
  setTimeout(() => {
    place.textContent = text;
  }, 60);
}

/** @param {string} text shown for some seconds at the page's foot, and spoken */
export function notify(text) {
  const note = find("#note");
  note.textContent = text;
  note.hidden = false;
  announce(text);
  clearTimeout(fading);
  fading = setTimeout(() => {
    note.hidden = true;
  }, NOTE_MS);
}
