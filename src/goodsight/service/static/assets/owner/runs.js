// @ts-check
/**
 * Index runs of a collection, newest first, each with what it left out.
 *
 * @typedef {object} Run
 * @property {number} id
 * @property {string} source
 * @property {"running" | "complete" | "interrupted" | "lost"} status
 * @property {string} started_at
 * @property {string | null} finished_at
 * @property {number} products_seen
 * @property {number} products_changed
 * @property {number} products_removed
 * @property {number} photos_indexed
 * @property {number} photos_removed
 * @property {number} skipped_count
 * @property {import("./skips.js").Skip[]} skipped
 */

import { collectionPath } from "../api.js";
import { h } from "../dom.js";
import { dateTime, number, t } from "../i18n.js";
import { badge, empty, figure, load } from "./parts.js";
import { showOfCollection } from "./section.js";
import { read } from "./session.js";
import { skipTable } from "./skips.js";

const KINDS = /** @type {const} */ ({
  running: "busy",
  complete: "good",
  interrupted: "calm",
  lost: "bad",
});

/** @type {import("./section.js").Section} */
export function showRuns(place, context) {
  showOfCollection(place, context, "runs", (body, collection) => {
    const path = collectionPath(collection, "runs");
    const readRuns = () => /** @type {Promise<{runs: Run[]}>} */ (read(path, context.signal));
    load(body, context.signal, readRuns, ({ runs }) => [
      runs.length === 0
        ? empty("runs.none.title", "runs.none.text")
        : h("ol", { class: "stack" }, ...runs.map((run) => runCard(run, collection))),
    ]);
  });
}

/** @param {Run} run @param {string} collection */
function runCard(run, collection) {
  return h(
    "li",
    { class: "card run", test: "run", "data-status": run.status },
    h(
      "div",
      { class: "run-head" },
      h("h2", { class: "path" }, run.source),
      badge(KINDS[run.status], () => t(`runs.${run.status}`)),
    ),
    h("p", { class: "faint" }, () => times(run)),
    h(
      "dl",
      { class: "figures small" },
      ...[
        figure(() => number(run.products_seen), "runs.seen"),
        figure(() => number(run.products_changed), "runs.changed"),
        figure(() => number(run.products_removed), "runs.removed"),
        figure(() => number(run.photos_indexed), "runs.photos"),
        figure(() => number(run.photos_removed), "runs.photos.removed"),
      ],
    ),
    run.skipped_count > 0 && skips(run, collection),
  );
}

/** @param {Run} run @param {string} collection */
function skips(run, collection) {
  const summary = h("summary", { test: "run-skips" }, () => t("runs.skipped", { n: run.skipped_count }));
  const details = h("details", { class: "hint" }, summary);
  details.addEventListener(
    "toggle",
    () => details.append(skipTable(run.skipped, run.skipped_count, `${collection}-run-${run.id}.csv`)),
    { once: true },
  );
  return details;
}

/** @param {{started_at: string, finished_at: string | null}} run when it began, and how long it took */
export function times(run) {
  const started = dateTime(run.started_at);
  if (run.finished_at === null) return t("runs.started", { when: started });
  const seconds = (Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000;
  return t("runs.took", { when: started, time: duration(seconds) });
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 60) return t("runs.seconds", { time: number(seconds, { maximumFractionDigits: 1 }) });
  return t("runs.minutes", { time: number(seconds / 60, { maximumFractionDigits: 1 }) });
}
