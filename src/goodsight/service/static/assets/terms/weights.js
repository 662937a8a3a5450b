// @ts-check
/** How much a term counts: a few steps with names, as many for as against, and none. */

import { t } from "../i18n.js";

const STEPS = [-2, -1, -0.5, 0, 0.5, 1, 2];
export const LAST_STEP = (STEPS.length - 1) / 2;

/**
 * What the ways of adding a term begin with. Half against is enough: of nine photos of a sample
 * store eight then had the unwanted product, third before, beyond the first fifty, and kept four
 * to eight of their first ten.
 */
export const WEIGHTS = /** @type {const} */ ({ more: 1, less: -0.5, without: -1 });

/** @param {number} weight @returns {number} the step that comes nearest, 0 in the middle */
export function stepOf(weight) {
  const gaps = STEPS.map((step) => Math.abs(step - weight));
  return gaps.indexOf(Math.min(...gaps)) - LAST_STEP;
}

/** @param {number} step @returns {number} */
export function weightAt(step) {
  return STEPS[step + LAST_STEP] ?? 1;
}

/** @param {number} step @param {boolean} text whether it is words that are weighed */
export function stepName(step, text) {
  return t(step < 0 && text ? `terms.step.text${step}` : `terms.step.${step}`);
}
