// @ts-check
/** The bar at the top: words to search by, or to narrow a photo's matches with. */

import { find, setAttribute } from "./dom.js";
import { t } from "./i18n.js";
import { navigate, state } from "./state.js";

/** @param {() => void} onPhoto asked to search by photo */
export function startSearchBar(onPhoto) {
  const form = find("#search");
  const input = /** @type {HTMLInputElement} */ (find("#words"));
  setAttribute(input, "placeholder", () => t(placeholder()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    lookFor(input.value.trim());
  });
  input.addEventListener("input", showClear);
  const suggest = () => import("./suggesting/list.js").then((it) => it.startSuggestions(lookFor));
  input.addEventListener("focus", () => void suggest().catch(() => {}), { once: true });
  find("#words-clear").addEventListener("click", () => {
    input.value = "";
    showClear();
    input.focus();
    if (state().words) lookFor("");
  });
  find("#photo-button").addEventListener("click", onPhoto);
  find("#query-thumb").addEventListener("click", () => {
    scrollTo({ top: 0, behavior: "smooth" });
    const place = find("#query").querySelector(".region-box") ?? find("#query-new");
    /** @type {HTMLElement} */ (place).focus({ preventScroll: true });
  });
}

/** @param {string} words */
function lookFor(words) {
  if (words === state().words) return;
  const { image, link, like } = state();
  // Words beside a photo narrow it and keep the choices; words alone begin anew.
  navigate(image || link || like ? { words } : { words, browse: false, product: null });
}

/** Show the words of the URL in the field. */
export function showWords() {
  const input = /** @type {HTMLInputElement} */ (find("#words"));
  input.value = state().words;
  input.placeholder = t(placeholder());
  showClear();
}

function showClear() {
  find("#words-clear").hidden = /** @type {HTMLInputElement} */ (find("#words")).value === "";
}

/** @returns {string} key of the words */
function placeholder() {
  const { image, link, like } = state();
  return image || link || like ? "search.narrow" : "search.placeholder";
}
