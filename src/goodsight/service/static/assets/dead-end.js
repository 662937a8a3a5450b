// @ts-check
/**
 * Nothing was found: never a dead end. Where choices narrow, each is tried without, and those
 * whose removal brings products back are offered.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {import("./chips.js").Choice} Choice
 */

import { isAborted, searchProducts } from "./api.js";
import { catalogue } from "./catalogue.js";
import { choicesOf, keepBrowsing, withoutChoices } from "./chips.js";
import { h, replace } from "./dom.js";
import { t } from "./i18n.js";
import { notice } from "./notice.js";
import { requestFor } from "./searching.js";
import { NO_NARROWING, NO_QUERY, navigate, onState } from "./state.js";

const TRIED_AT_MOST = 6;
/** @type {AbortController | null} */
let trying = null;
onState(() => trying?.abort());

/** @param {HTMLElement} place @param {State} state */
export function showNothing(place, state) {
  // What is compared orders the products; it keeps none away.
  const choices = choicesOf(state).filter(({ name }) => name !== "look");
  if (choices.length === 0) {
    const key = state.words ? "nothing.words" : "start.empty";
    const texts = [() => t(`${key}.text`)];
    const browse = state.words !== "" && browseButton();
    replace(place, notice("nothing", "search", () => t(`${key}.title`), texts, browse));
    return;
  }
  const ways = h("ul", { class: "ways", "aria-live": "polite" }, h("li", {}, () => t("nothing.checking")));
  const clear = h(
    "button",
    {
      type: "button",
      class: "button",
      test: "nothing-clear",
      on: { click: () => navigate(withoutChoices(state)) },
    },
    () => t("nothing.all"),
  );
  const [only, ...others] = choices;
  const alone = others.length === 0;
  const title = () => (alone ? t("nothing.one.title", { name: only.said() }) : t("nothing.title"));
  const text = () => t(alone ? "nothing.one.text" : "nothing.text");
  replace(place, notice("nothing", "sliders", title, [text], ways, !alone && clear));
  offerWays(ways, state, choices);
}

function browseButton() {
  const browse = () => navigate({ ...NO_QUERY, ...NO_NARROWING, browse: true });
  return h(
    "button",
    { type: "button", class: "button", test: "nothing-browse", on: { click: browse } },
    () => t("start.browse"),
  );
}

/** @param {HTMLElement} place @param {State} state @param {Choice[]} choices */
async function offerWays(place, state, choices) {
  trying?.abort();
  trying = new AbortController();
  const { signal } = trying;
  const ways = [];
  try {
    for (const choice of choices.slice(0, TRIED_AT_MOST)) {
      const count = await countWithout(state, choice, signal);
      if (count.shown > 0) ways.push(wayOut(state, choice, count));
    }
  } catch (error) {
    if (isAborted(error)) return;
  }
  // Where no single choice is in the way, any of them can still be left out.
  const offered = ways.length > 0 ? ways : choices.map((choice) => wayOut(state, choice, null));
  replace(place, ...offered.map((way) => h("li", {}, way)));
}

/** @typedef {{shown: number, total: number | null, more: boolean}} Count */

/**
 * @param {State} state
 * @param {Choice} choice
 * @param {AbortSignal} signal
 * @returns {Promise<Count>}
 */
async function countWithout(state, choice, signal) {
  const request = { ...requestFor({ ...state, ...choice.without }), facets: [], explain: false };
  const collection = state.collection ?? catalogue()?.name ?? "default";
  const answer = await searchProducts(collection, request, null, { signal });
  return { shown: answer.hits.length, total: answer.total, more: answer.next_cursor !== null };
}

/** @param {State} state @param {Choice} choice @param {Count | null} count */
function wayOut(state, choice, count) {
  const words = () => {
    const without = t("nothing.without", { name: choice.said() });
    if (count === null) return without;
    const n = count.total ?? count.shown;
    const more = count.total === null && count.more;
    return `${without} · ${t(more ? "nothing.without.more" : "nothing.without.count", { n })}`;
  };
  return h(
    "button",
    {
      type: "button",
      class: "button solid",
      test: "way-out",
      on: { click: () => navigate({ ...keepBrowsing(state), ...choice.without }) },
    },
    words,
  );
}
