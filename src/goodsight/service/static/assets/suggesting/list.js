// @ts-check
/**
 * Suggestions below the search field, as an ARIA combobox with a list: arrows choose, Enter
 * searches, Escape closes. Focus stays in the field. Loaded when the field is first focused.
 *
 * @typedef {{text: string, kind: "category" | "brand" | "word" | "product", products: number}} Suggested
 */

import { collectionPath, getJson, isAborted } from "../api.js";
import { catalogue } from "../catalogue.js";
import { find, h, loadStyle, replace, setAttribute } from "../dom.js";
import { addWords, t } from "../i18n.js";
import { words as english } from "./words.en.js";
import { words as chinese } from "./words.zh.js";

addWords("en", english);
addWords("zh", chinese);

const PAUSE_MS = 120;
const LIST_ID = "suggestions";
const input = /** @type {HTMLInputElement} */ (find("#words"));
const list = h("ul", {
  id: LIST_ID,
  class: "suggestions",
  role: "listbox",
  "aria-label": () => t("suggest.label"),
  test: "suggestions",
  hidden: true,
});
const count = h("p", { class: "visually-hidden", role: "status", test: "suggestions-count" });
/** What was typed, while a suggestion stands in the field. */
let typed = "";
/** Place of the chosen suggestion; -1: what was typed. */
let chosen = -1;
/** @type {AbortController | null} */
let asking = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

/** @param {(words: string) => void} lookFor searches */
export async function startSuggestions(lookFor) {
  await loadStyle("/assets/suggesting/suggestions.css");
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": LIST_ID,
  })) {
    setAttribute(input, name, value);
  }
  find("#search").append(list, count);
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", close);
  find("#search").addEventListener("submit", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = /** @type {HTMLElement} */ (event.target).closest("[role=option]");
    if (option === null) return;
    input.value = /** @type {HTMLElement} */ (option).dataset["text"] ?? "";
    close();
    lookFor(input.value);
  });
  if (document.activeElement === input && input.value) ask();
}

async function ask() {
  asking?.abort();
  typed = input.value;
  if (!typed.trim()) {
    close();
    return;
  }
  asking = new AbortController();
  const path = collectionPath(catalogue().name, "suggestions");
  const asked = new URLSearchParams({ text: typed, limit: "8" });
  try {
    const answer = /** @type {{suggestions: Suggested[]}} */ (
      await getJson(`${path}?${asked}`, { signal: asking.signal, retries: 0 })
    );
    show(answer.suggestions);
  } catch (error) {
    // Searching goes on without them; a refusal is told when one searches.
    if (!isAborted(error)) close();
  }
}

/** @param {Suggested[]} suggestions */
function show(suggestions) {
  if (document.activeElement !== input) return;
  chosen = -1;
  replace(list, ...suggestions.map(option));
  list.hidden = suggestions.length === 0;
  setAttribute(input, "aria-expanded", String(!list.hidden));
  input.removeAttribute("aria-activedescendant");
  replace(count, () => t("suggest.count", { n: suggestions.length }));
}

/** @param {Suggested} suggested @param {number} place */
function option(suggested, place) {
  return h(
    "li",
    {
      id: `${LIST_ID}-${place}`,
      role: "option",
      "aria-selected": "false",
      "data-text": suggested.text,
      test: "suggestion",
    },
    h("span", { class: "suggestion-text" }, suggested.text),
    h("span", { class: "suggestion-kind" }, () => t(`suggest.${suggested.kind}`)),
  );
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (list.hidden || event.isComposing) return;
  const options = list.children.length;
  if (event.key === "Escape") {
    event.preventDefault();
    input.value = typed;
    close();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    // Through the suggestions and what was typed, round and round.
    choose(((chosen + 1 + step + options + 1) % (options + 1)) - 1);
  }
}

/** @param {number} place */
function choose(place) {
  chosen = place;
  for (const [number, element] of [...list.children].entries()) {
    setAttribute(element, "aria-selected", String(number === place));
  }
  const element = /** @type {HTMLElement | undefined} */ (list.children[place]);
  input.value = element?.dataset["text"] ?? typed;
  if (element === undefined) input.removeAttribute("aria-activedescendant");
  else {
    setAttribute(input, "aria-activedescendant", element.id);
    element.scrollIntoView({ block: "nearest" });
  }
}

function close() {
  clearTimeout(waiting);
  asking?.abort();
  chosen = -1;
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}
