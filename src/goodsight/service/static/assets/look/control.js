// @ts-check
/**
 * What of the photo or product is compared: its style, its colour, both, or its pattern; and a
 * colour picked by hand in place of its own. Loaded when there first is something to compare with.
 *
 * @typedef {import("../state.js").State} State
 */

import { catalogue } from "../catalogue.js";
import { COLOURS, SEEN_COLOUR, colourName, swatch } from "../colours.js";
import { h, loadStyle } from "../dom.js";
import { addWords, t } from "../i18n.js";
import { navigate, state } from "../state.js";
import { words as english } from "./words.en.js";
import { words as chinese } from "./words.zh.js";

addWords("en", english);
addWords("zh", chinese);

const LOOKS = /** @type {const} */ (["style", "both", "colour", "pattern"]);
/** They have no colour: one that is picked counts with "both" at least. */
const COLOURLESS = ["style", "pattern"];
/** The value of the choice that picks none. */
const NONE = "";
const styled = loadStyle("/assets/look/look.css");
const looks = LOOKS.map((look) =>
  choice("look", look, { class: "look-kind", test: `look-${look}` }, () => t(`look.${look}`)),
);
const none = choice("look-colour", NONE, { class: "look-none", test: "colour-any" }, () =>
  // Nothing picked means any colour, unless the photo's own counts.
  t(COLOURLESS.includes(state().look) ? "look.any" : "look.shown"),
);
const swatches = Object.keys(COLOURS).map((colour) =>
  choice(
    "look-colour",
    colour,
    { class: "look-swatch", test: `colour-${colour}`, title: () => colourName(colour) },
    () => colourName(colour),
    swatch(colour),
  ),
);

/** @param {HTMLElement} place shows what the URL says; nothing where it would make no difference */
export async function showLook(place) {
  await styled;
  if (place.childElementCount === 0) place.append(kinds(), colours());
  const { look, colour } = state();
  const seen = catalogue()?.facets?.includes(SEEN_COLOUR) ?? false;
  place.hidden = !seen && look === "style";
  for (const { element, input } of looks) {
    element.hidden = input.value === "pattern" && look !== "pattern" && !catalogue()?.patterns;
  }
  for (const [choices, chosen] of [
    [looks, look],
    [[none, ...swatches], colour ?? NONE],
  ]) {
    for (const { input } of /** @type {typeof looks} */ (choices)) {
      input.checked = input.value === chosen;
    }
  }
  none.renew();
}

function kinds() {
  return h(
    "div",
    { class: "look-kinds", role: "radiogroup", "aria-label": () => t("look.title") },
    ...looks.map(({ element }) => element),
  );
}

function colours() {
  return h(
    "div",
    { class: "look-colours", role: "radiogroup", "aria-labelledby": "look-colours" },
    h(
      "div",
      { class: "look-head" },
      h("span", { id: "look-colours" }, () => t("look.colours")),
      none.element,
    ),
    h("div", { class: "look-swatches" }, ...swatches.map(({ element }) => element)),
  );
}

/**
 * @param {string} name
 * @param {string} value
 * @param {{class: string, test: string, title?: () => string}} properties
 * @param {() => string} words
 * @param {HTMLElement | null} [dot] shown in place of the words
 */
function choice(name, value, { test, ...properties }, words, dot = null) {
  const change = () => choose(name === "look" ? { look: /** @type {any} */ (value) } : { colour: value || null });
  const input = h("input", { type: "radio", name, value, test, on: { change } });
  const said = h("span", { class: dot === null ? "look-words" : "visually-hidden" }, words);
  const renew = () => {
    said.textContent = words();
  };
  return { element: h("label", properties, input, dot, said), input, renew };
}

/** @param {Partial<State>} change */
function choose(change) {
  if (change.look && COLOURLESS.includes(change.look)) navigate({ ...change, colour: null });
  else if (change.colour && COLOURLESS.includes(state().look)) navigate({ look: "both", ...change });
  else navigate(change);
}
