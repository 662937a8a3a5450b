// @ts-check
/**
 * How an index run started by an upload goes on, asked for until it ends.
 *
 * @typedef {object} Job
 * @property {string} job_id
 * @property {string} collection
 * @property {string} source
 * @property {"waiting" | "running" | "done" | "interrupted" | "failed"} status
 * @property {{products: number, photos: number, indexed: number, skipped: number}} progress
 * @property {Report | null} report
 * @property {string | null} error
 *
 * @typedef {object} Report
 * @property {{seen: number, added: number, changed: number, unchanged: number, removed: number}} products
 * @property {{seen: number, indexed: number, unchanged: number, removed: number}} photos
 * @property {import("./skips.js").Skip[]} skipped
 * @property {number} seconds
 */

import { announce } from "../announcer.js";
import { Problem, isAborted, pause } from "../api.js";
import { h, icon, replace } from "../dom.js";
import { number, t } from "../i18n.js";
import { explained, figure } from "./parts.js";
import { addressOf } from "./router.js";
import { read } from "./session.js";
import { skipTable } from "./skips.js";

const ASK_EVERY_MS = 1000;
const UNFINISHED = new Set(["waiting", "running"]);

/**
 * Show a job until it is done; comes back then.
 * @param {HTMLElement} place
 * @param {string} id
 * @param {AbortSignal} signal
 */
export async function followJob(place, id, signal) {
  for (;;) {
    try {
      const job = /** @type {Job} */ (await read(`/v1/jobs/${encodeURIComponent(id)}`, signal));
      showJob(place, job);
      if (!UNFINISHED.has(job.status)) {
        announce(t(`upload.${job.status}`));
        return;
      }
      await pause(ASK_EVERY_MS, signal);
    } catch (error) {
      if (isAborted(error) || signal.aborted) return;
      const refused = { class: "refused", role: "alert", test: "job-lost" };
      replace(place, h("p", refused, () => lostWords(error)));
      return;
    }
  }
}

/** @param {unknown} error */
function lostWords(error) {
  return error instanceof Problem && error.status === 404 ? t("upload.forgotten") : explained(error);
}

/** @param {HTMLElement} place @param {Job} job */
function showJob(place, job) {
  if (UNFINISHED.has(job.status)) replace(place, running(job));
  else if (job.status === "failed") replace(place, failed(job));
  else replace(place, done(job));
}

/** @param {Job} job */
function running({ progress, status }) {
  return h(
    "div",
    { class: "card stack", test: "job", "data-status": status },
    h("h2", {}, () => t(`upload.${status}`)),
    h("progress", { "aria-label": () => t(`upload.${status}`) }),
    h(
      "dl",
      { class: "figures small" },
      figure(() => number(progress.products), "upload.products"),
      figure(() => number(progress.photos), "upload.photos.looked"),
      figure(() => number(progress.indexed), "upload.indexed"),
      figure(() => number(progress.skipped), "upload.skipped"),
    ),
    h("p", { class: "faint" }, () => t("upload.running.text")),
  );
}

/** @param {Job} job */
function failed(job) {
  return h(
    "div",
    { class: "card stack", test: "job", "data-status": "failed", role: "alert" },
    h("h2", {}, () => t("upload.failed")),
    h("p", { class: "refused" }, job.error ?? (() => t("owner.problem.internal"))),
  );
}

/** @param {Job} job */
function done(job) {
  const report = job.report;
  const skipped = report?.skipped ?? [];
  const photos = report === null ? 0 : report.photos.indexed + report.photos.unchanged;
  const outcome = job.status === "done" && photos === 0 ? "nothing" : job.status;
  const well = outcome === "done";
  return h(
    "div",
    { class: "card stack", test: "job", "data-status": job.status },
    h(
      "h2",
      { class: well ? "done" : "done doubtful" },
      icon(well ? "check" : "warning"),
      () => t(`upload.${outcome}`),
    ),
    job.status === "interrupted" && h("p", { class: "faint" }, () => t("upload.interrupted.text")),
    report &&
      h(
        "dl",
        { class: "figures small" },
        figure(() => number(report.products.added), "upload.added"),
        figure(() => number(report.products.changed), "runs.changed"),
        figure(() => number(report.products.unchanged), "upload.unchanged"),
        figure(() => number(report.products.removed), "runs.removed"),
        figure(() => number(report.photos.indexed), "runs.photos"),
      ),
    skipped.length > 0 && h("h3", {}, () => t("runs.skipped", { n: skipped.length })),
    skipped.length > 0 && skipTable(skipped, skipped.length, `${job.collection}-upload.csv`),
    h(
      "div",
      { class: "row" },
      h("a", { class: "button", href: `/?c=${encodeURIComponent(job.collection)}` }, icon("look"), () =>
        t("collections.open"),
      ),
      h("a", { class: "button plain", href: addressOf("health", job.collection) }, () => t("health.nav")),
    ),
  );
}
