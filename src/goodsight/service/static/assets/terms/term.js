// @ts-check
/**
 * One term: its picture and name, a slider that says how much it counts, and a way to take it
 * away.
 *
 * @typedef {import("./list.js").Term} Term
 * @typedef {{element: HTMLElement, renew: (term: Term) => void, focus: () => void}} TermChip
 */

import { h, icon, keepWritten } from "../dom.js";
import { t } from "../i18n.js";
import { natureOf, termName, termPicture } from "./names.js";
import { LAST_STEP, stepName, stepOf, weightAt } from "./weights.js";

/** The results follow once the hand rests. */
const REST_MS = 350;

/**
 * @param {Term} first
 * @param {(term: Term) => void} onWeight told once the slider rests
 * @param {(term: Term) => void} onRemove
 * @returns {TermChip}
 */
export function createTerm(first, onWeight, onRemove) {
  let term = first;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  const isText = natureOf(first) === "text";
  const name = h("span", { class: "term-name", test: "term-name" });
  const said = h("output", { class: "term-weight", test: "term-weight", "aria-hidden": "true" });
  const slider = h("input", {
    type: "range",
    class: "term-slider",
    test: "term-slider",
    min: -LAST_STEP,
    max: LAST_STEP,
    step: 1,
  });
  const remove = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      test: "term-remove",
      on: { click: () => onRemove(term) },
    },
    icon("close"),
  );
  const element = h("li", { class: "term", test: "term" });
  const write = () => {
    const step = Number(slider.value);
    const words = stepName(step, isText);
    element.dataset.side = step < 0 ? "against" : step > 0 ? "for" : "none";
    element.style.setProperty("--at", String((step + LAST_STEP) / (2 * LAST_STEP)));
    said.textContent = words;
    slider.setAttribute("aria-valuetext", words);
  };
  const writeName = () => {
    const called = termName(term);
    name.textContent = called;
    name.title = called;
    slider.setAttribute("aria-label", t("terms.weight", { name: called }));
    remove.setAttribute("aria-label", t("chips.remove", { name: called }));
  };
  slider.addEventListener("input", () => {
    write();
    clearTimeout(resting);
    resting = setTimeout(() => {
      resting = undefined;
      onWeight({ ...term, weight: weightAt(Number(slider.value)) });
    }, REST_MS);
  });
  element.append(
    termPicture(first, writeName),
    h("span", { class: "term-words" }, name, said),
    h("span", { class: "term-track" }, slider),
    remove,
  );
  const renew = (/** @type {Term} */ renewed) => {
    term = renewed;
    // What the hand is at counts for more than what was answered meanwhile.
    if (resting === undefined) slider.value = String(stepOf(term.weight));
    write();
    writeName();
  };
  keepWritten(element, () => renew(term));
  return { element, renew, focus: () => slider.focus({ preventScroll: true }) };
}
