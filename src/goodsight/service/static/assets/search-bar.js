// @ts-check
/** The bar at the top: words to search by, or to add to a photo. */

import { notify } from "./announcer.js";
import { catalogue } from "./catalogue.js";
import { find, setAttribute } from "./dom.js";
import { t } from "./i18n.js";
import { hasSight, navigate, state } from "./state.js";

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
  find("#voice").addEventListener("click", async () => {
    const voice = await import("./voice/control.js").catch(() => null);
    if (voice === null) notify(t("problem.unreachable"));
    else voice.press();
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
  if (words === state().words && !state().literal) return;
  // Words beside a photo keep the choices; words alone begin anew.
  const anew = hasSight(state()) ? {} : { browse: false, product: null };
  navigate({ words, literal: false, ...anew });
}

/** Show the words of the URL in the field. */
export function showWords() {
  const input = /** @type {HTMLInputElement} */ (find("#words"));
  input.value = state().words;
  input.placeholder = t(placeholder());
  // Without a safe connection browsers give no microphone.
  find("#voice").hidden = !(catalogue()?.voice && navigator.mediaDevices);
  showClear();
}

function showClear() {
  find("#words-clear").hidden = /** @type {HTMLInputElement} */ (find("#words")).value === "";
}

/** @returns {string} key of the words */
function placeholder() {
  return hasSight(state()) ? "search.beside" : "search.placeholder";
}
