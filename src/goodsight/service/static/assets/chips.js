// @ts-check
/**
 * The choices that narrow the results, each with the change that takes it back.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {{name: string, said: () => string, without: Partial<State>}} Choice
 */

import { announce } from "./announcer.js";
import { catalogue } from "./catalogue.js";
import { colourName } from "./colours.js";
import { find, h, icon, replace } from "./dom.js";
import { t } from "./i18n.js";
import { NO_LOOK, NO_NARROWING, hasSight, navigate } from "./state.js";
import { facetName, facetValue, priceRangeText } from "./wording.js";

/** Choices made in words, and the words without them: `understood/chips.js` knows. */
export const understood = {
  choices: (/** @type {State} */ _) => /** @type {Choice[]} */ ([]),
  rest: (/** @type {State} */ state) => state.words,
};

/**
 * @param {State} state
 * @returns {Choice[]}
 */
export function choicesOf(state) {
  /** @type {Choice[]} */
  const choices = understood.choices(state);
  const { look, colour } = state;
  if (look !== "style" && hasSight(state)) {
    const compared = () => t(`chips.look.${look}`);
    const said = () => t("chips.facet", { name: compared(), value: colourName(colour ?? "") });
    choices.push({ name: "look", said: colour ? said : compared, without: NO_LOOK });
  }
  for (const [name, values] of Object.entries(state.filters)) {
    for (const value of values) {
      choices.push({
        name,
        said: () => t("chips.facet", { name: facetName(name), value: facetValue(name, value) }),
        without: { filters: { ...state.filters, [name]: values.filter((each) => each !== value) } },
      });
    }
  }
  if (state.priceFrom || state.priceTo) {
    const { priceFrom, priceTo } = state;
    choices.push({
      name: "price",
      said: () => priceRangeText(priceFrom, priceTo, catalogue()?.currency ?? null),
      without: { priceFrom: null, priceTo: null, priceBelow: false },
    });
  }
  if (state.inStock) {
    choices.push({ name: "in_stock", said: () => t("facet.in_stock"), without: { inStock: false } });
  }
  return choices;
}

/** @returns {Partial<State>} the change that takes all choices back, but not the query */
export function withoutChoices(/** @type {State} */ state) {
  const words = understood.rest(state);
  // Where only choices were made, what is left is looking through everything.
  return { ...NO_NARROWING, ...NO_LOOK, words, ...keepBrowsing({ ...state, words }) };
}

/** @param {State} state shown as chips over the results */
export function showChips(state) {
  const place = find("#chips");
  const choices = choicesOf(state);
  place.hidden = choices.length === 0;
  const chips = choices.map((choice) => {
    const remove = () => {
      navigate({ ...keepBrowsing(state), ...choice.without });
      announce(t("chips.remove", { name: choice.said() }));
      // The pressed chip is gone; the next one, or the results, take the focus.
      const next = find("#chips").querySelector("button");
      if (next === null) find("#results-title").focus();
      else next.focus();
    };
    const label = () => t("chips.remove", { name: choice.said() });
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "chip", test: "chip", "aria-label": label, on: { click: remove } },
        h("span", {}, choice.said),
        icon("close"),
      ),
    );
  });
  const clear = h(
    "button",
    {
      type: "button",
      class: "link-button",
      test: "clear-all",
      on: {
        click: () => {
          navigate(withoutChoices(state));
          find("#results-title").focus();
        },
      },
    },
    () => t("chips.clear"),
  );
  replace(find("#chips-list"), ...chips, choices.length > 0 && h("li", {}, clear));
}

/** @param {State} state @returns {Partial<State>} going on browsing when the last choice is taken back */
export function keepBrowsing(state) {
  return hasSight(state) || state.words ? {} : { browse: true };
}
