// @ts-check
/**
 * The tuning runs of a collection, newest first, and what each came to.
 *
 * @typedef {object} RunSummary
 * @property {number} id
 * @property {string} method
 * @property {"running" | "switched" | "refused" | "interrupted" | "failed"} status
 * @property {string} started_at
 * @property {string | null} finished_at
 * @property {boolean} forced
 * @property {number | null} space_id
 * @property {boolean | null} passed
 * @property {number | null} before recall@1 in 0..1
 * @property {number | null} after
 * @property {string[]} reasons of the verdict
 * @property {string} reason what else ended it
 * @property {import("./verdict.js").Comparison[]} comparisons
 * @property {number} gains
 * @property {number} losses
 */

import { h } from "../../dom.js";
import { hasWords, number, t } from "../../i18n.js";
import { badge, empty, figure } from "../parts.js";
import { addressOf } from "../router.js";
import { times } from "../runs.js";
import { percent } from "./figures.js";
import { reasonList } from "./verdict.js";

const KINDS = /** @type {const} */ ({
  running: "busy",
  switched: "good",
  refused: "calm",
  interrupted: "calm",
  failed: "bad",
});

/** @param {string} collection @param {RunSummary[]} runs */
export function runList(collection, runs) {
  if (runs.length === 0) {
    const command = h("pre", { tabindex: "0" }, h("code", {}, `goodsight tune --collection ${collection}`));
    return empty("models.none.title", "models.none.text", command);
  }
  return h("ol", { class: "stack" }, ...runs.map((run) => card(collection, run)));
}

/** @param {RunSummary} run @returns {string} */
export function methodName(run) {
  const key = `models.method.${run.method}`;
  return hasWords(key) ? t(key) : run.method;
}

/** @param {RunSummary} run what it came to, and whether it was forced */
export function statusBadges(run) {
  return h(
    "span",
    {},
    badge(KINDS[run.status], () => t(`models.status.${run.status}`)),
    run.forced && badge("busy", () => t("models.forced")),
  );
}

/** @param {string} collection @param {RunSummary} run */
function card(collection, run) {
  return h(
    "li",
    { class: "card run", test: "tuning-run", "data-id": run.id, "data-status": run.status },
    h(
      "div",
      { class: "run-head" },
      h(
        "h3",
        {},
        h(
          "a",
          {
            href: addressOf("models", collection, String(run.id)),
            test: "open-run",
            "aria-label": () => `${t("models.open", { id: String(run.id) })}: ${methodName(run)}`,
          },
          () => methodName(run),
        ),
      ),
      statusBadges(run),
    ),
    h("p", { class: "faint" }, () => times(run)),
    run.before !== null && figures(run),
    reasonList(run),
  );
}

/** @param {RunSummary} run */
function figures(run) {
  return h(
    "dl",
    { class: "figures small pairs" },
    figure(() => percent(run.before), "models.before"),
    figure(() => percent(run.after), "models.after"),
    figure(() => number(run.gains), "models.gains"),
    figure(() => number(run.losses), "models.losses"),
  );
}
