// @ts-check
/**
 * What was understood of the words, as chips among the others. Taking one away takes its words
 * out of the request: the request in the address is all there is to remember. Loaded with the
 * first answer that understood something.
 *
 * @typedef {import("../state.js").State} State
 * @typedef {import("../chips.js").Choice} Choice
 * @typedef {import("../api-types.js").Understood} Understood
 * @typedef {import("../api-types.js").UnderstoodChip} Chip
 */

import { announce } from "../announcer.js";
import { showChips, understood } from "../chips.js";
import { find, h } from "../dom.js";
import { t } from "../i18n.js";
import { hasSight, navigate, state } from "../state.js";
import { chipText } from "./chip-text.js";
import "./words.js";

/** After the count of results, which is spoken first. */
const SPOKEN_AFTER_MS = 700;

/** The request that `chips` were read from. */
let request = "";
/** @type {Chip[]} */
let chips = [];
let rest = "";
/** The request whose chips are on the page before its answer came. @type {string | null} */
let foretold = null;

understood.choices = (wanted) => {
  if (wanted.literal && wanted.words) return [asTheyAre()];
  if (wanted.words !== request) foretell(wanted.words);
  return wanted.words === request ? shown().map((chip) => choiceOf(chip, wanted)) : [];
};
understood.rest = (wanted) => (wanted.words === request && !wanted.literal ? rest : wanted.words);

/**
 * Take over what an answer understood, and show it where it is not shown yet.
 * @param {{understood?: Understood | null}} answer
 * @param {State} wanted what was asked
 */
export function take({ understood: read }, wanted) {
  const expected = foretold === wanted.words && read && said(read.chips) === said(chips);
  request = wanted.words;
  chips = read?.chips ?? [];
  rest = read?.text ?? wanted.words;
  foretold = null;
  if (wanted.words !== state().words || wanted.literal !== state().literal) return;
  if (!expected) showChips(state());
  if (wanted.literal || shown().length === 0) return;
  offerLiteral();
  const spoken = t("understood.said", { list: said(shown()) });
  setTimeout(() => announce(spoken), SPOKEN_AFTER_MS);
}

/** @returns {Chip[]} those that narrow, or leave something out; other words speak for themselves */
function shown() {
  return chips.filter(({ filter, words }) => filter || words.startsWith("-"));
}

/** @param {Chip[]} list */
function said(list) {
  return list.map(chipText).join(t("understood.and"));
}

/** @param {Chip} chip @param {State} wanted @returns {Choice} */
function choiceOf(chip, wanted) {
  const words = wordsWithout(chip);
  const without = words || hasSight(wanted) ? { words } : { words, browse: true };
  return { name: `understood.${chip.kind}`, said: () => chipText(chip), without };
}

/**
 * Where the words are the request without one chip, the others are known before the answer: they
 * stay on the page, and the focus among them.
 * @param {string} words
 */
function foretell(words) {
  const gone = chips.find((chip) => wordsWithout(chip) === words);
  if (!gone) return;
  const moved = words.length - request.length;
  const move = (/** @type {Chip} */ chip) =>
    chip.start < gone.end ? chip : { ...chip, start: chip.start + moved, end: chip.end + moved };
  chips = chips.filter((chip) => chip !== gone).map(move);
  request = words;
  foretold = words;
}

/** A way out for whom we misunderstood. */
function offerLiteral() {
  const list = find("#chips-list");
  if (list.querySelector("[data-test=literally]")) return;
  const click = () => {
    navigate({ literal: true });
    find("#results-title").focus();
  };
  const properties = { type: "button", class: "link-button", test: "literally", on: { click } };
  list.append(h("li", {}, h("button", properties, () => t("understood.literally"))));
}

/** @returns {Choice} */
function asTheyAre() {
  return { name: "literal", said: () => t("understood.literal"), without: { literal: false } };
}

/** @param {Chip} chip @returns {string} the request without what said this */
function wordsWithout({ start, end }) {
  const { head, tail } = partsAround(start, end);
  return head && tail ? `${head} ${tail}` : head + tail;
}

/** @param {number} start @param {number} end */
function partsAround(start, end) {
  const tail = request.slice(end).replace(/^[\s,，、;；]+/, "");
  const head = request.slice(0, start).trimEnd();
  return { head: tail ? head : head.replace(/[\s,，、;；]+$/, ""), tail };
}
