// @ts-check
/**
 * The way into searches with several things at once, loaded with the first search: "less like
 * this" on the products, and the row of terms as soon as there are two.
 */

import { understood } from "../chips.js";
import { loadStyle } from "../dom.js";
import { addWords } from "../i18n.js";
import { composing } from "../searching.js";
import { state } from "../state.js";
import { startAdding } from "./adding.js";
import { termsOf, withoutTerm } from "./list.js";
import { startProducts } from "./products.js";
import { words as english } from "./words.en.js";
import { words as chinese } from "./words.zh.js";

addWords("en", english);
addWords("zh", chinese);
const styled = loadStyle("/assets/terms/terms.css");

/** @typedef {import("../state.js").State} State */
/** @typedef {import("./list.js").Term} Term */

/** @type {typeof import("./row.js") | null} */
let row = null;

composing.withoutSight = (now) => withoutTerm(now, { kind: "sight", value: "", weight: 1 });
startProducts(() => row?.isShown() ?? false);
startAdding();

/** @param {State} now @returns {Term[]} those to weigh; words that only narrow are chips enough */
export function weighable(now) {
  return termsOf(now).filter(({ kind }) => kind !== "words" || understood.rest(now) !== "");
}

/**
 * Show what the URL says, where it is more than one photo, product or text.
 * @param {boolean} [answered] whether it is known by now how the words were read
 */
export async function showTerms(answered = false) {
  const now = state();
  const several = weighable(now).length > 1;
  const further = now.terms.some((term) => term.includes(":"));
  if (further || (several && (answered || now.terms.length > 0))) {
    await styled;
    row ??= await import("./row.js").catch(() => null);
    row?.showRow(weighable(state()));
  } else if (!several) {
    row?.hideRow();
  }
}
