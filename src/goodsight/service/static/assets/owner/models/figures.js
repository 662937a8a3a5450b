// @ts-check
/** How figures of a tuning run are written; one that is none is a dash. */

import { number } from "../../i18n.js";

const NONE = "–";

/** @param {number | null} value in 0..1 */
export function percent(value) {
  return value === null ? NONE : number(value, { style: "percent", maximumFractionDigits: 1 });
}

/** @param {number | null} value a difference in 0..1, written in points with its sign */
export function points(value) {
  if (value === null) return NONE;
  return number(value * 100, { signDisplay: "exceptZero", minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** @param {number | null} value */
export function decimal(value) {
  return value === null ? NONE : number(value, { maximumSignificantDigits: 3 });
}
