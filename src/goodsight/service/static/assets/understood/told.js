// @ts-check
/**
 * How the words were used, told above what they found: misspelt ones as they were read, and that
 * no product has all of them. Loaded with the first answer that has something to tell.
 *
 * @typedef {import("../state.js").State} State
 * @typedef {import("../api-types.js").SearchAnswer} SearchAnswer
 */

import { announce } from "../announcer.js";
import { find, h } from "../dom.js";
import { t } from "../i18n.js";
import "./words.js";

/** After the count of results and what was understood, which are spoken first. */
const SPOKEN_AFTER_MS = 1400;

/** @param {SearchAnswer} answer that is shown @param {State} wanted what was asked */
export function tell({ read_as: corrected, some_words: some, understood }, wanted) {
  const words = corrected ?? understood?.text ?? wanted.words;
  const use = understood?.word_use === "none" ? "none" : "any";
  /** @type {HTMLElement[]} */
  const told = [];
  if (corrected) told.push(line("read-as", () => t("told.read_as", { words })));
  if (some) told.push(line("word-use", () => t(`told.${use}`, { words })));
  find("#notice").prepend(...told);
  const spoken = () => told.map((each) => each.textContent).join(" ");
  setTimeout(() => told[0]?.isConnected && announce(spoken()), SPOKEN_AFTER_MS);
}

/** @param {string} test @param {() => string} words */
function line(test, words) {
  return h("p", { class: "hint", test }, words);
}
