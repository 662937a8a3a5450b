// @ts-check
/** Where on a photo a match comes from, in words. */

import { t } from "../i18n.js";
import { percent } from "../wording.js";

/** Regions are named until they hold this much of what speaks for the match. */
const ENOUGH = 0.5;
const MOST_NAMES = 3;
/** Below this nothing is said of what speaks against it. */
const WORTH_SAYING = 0.03;
const PARTS = 3;

/** @param {number[][]} rows cells, from top to bottom @returns {string} */
export function summary(rows) {
  const sums = regions(rows);
  const all = sums.reduce((sum, [, share]) => sum + share, 0);
  if (all === 0) return t("why.nothing");
  /** @type {string[]} */
  const names = [];
  let held = 0;
  for (const [name, share] of sums) {
    if (names.length === MOST_NAMES || held / all >= ENOUGH) break;
    names.push(name);
    held += share;
  }
  const places = names.map((name) => t(`why.place.${name}`)).join(t("why.and"));
  const text = t("why.where", { places, share: percent(held / all) });
  const against = -rows.flat().reduce((sum, cell) => sum + Math.min(0, cell), 0);
  if (against / all < WORTH_SAYING) return text;
  return `${text}${t("why.where.against", { share: percent(against / all) })}`;
}

/**
 * What speaks for the match in each ninth of the map, the most first; a cell counts where its
 * middle lies.
 * @param {number[][]} rows
 * @returns {[string, number][]}
 */
function regions(rows) {
  const sums = new Map();
  rows.forEach((row, down) =>
    row.forEach((cell, across) => {
      const name = `${part(down, rows.length)}${part(across, row.length)}`;
      sums.set(name, (sums.get(name) ?? 0) + Math.max(0, cell));
    }),
  );
  return [...sums].sort((one, other) => other[1] - one[1]);
}

/** @param {number} place @param {number} count @returns {number} 0, 1 or 2 */
function part(place, count) {
  return Math.floor(((place + 0.5) / count) * PARTS);
}
