// @ts-check
/**
 * The verdict on a tuned model: what it says in plain words, and the comparisons behind it.
 *
 * @typedef {object} Comparison both models asked with the same photos
 * @property {string} suite
 * @property {string} category "" for all of them
 * @property {number} queries
 * @property {number | null} before recall@1 in 0..1
 * @property {number | null} after
 * @property {number | null} low of the difference's 95 % interval
 * @property {number | null} high
 * @property {boolean} is_gain better by more than chance
 * @property {boolean} is_loss
 */

import { h, icon } from "../../dom.js";
import { hasWords, number, t } from "../../i18n.js";
import { badge } from "../parts.js";
import { drawn } from "./drawing.js";
import { percent, points } from "./figures.js";

/** @typedef {import("./runs.js").RunSummary} RunSummary */

/** Fewer prove nothing; the gate's own number. */
const LEAST_QUERIES = 50;
const COLUMNS = ["suite", "queries", "column.before", "column.after", "difference", "outcome"];
const WIDTH = 120;
const HEIGHT = 16;

/** @param {RunSummary} run what became of it, and why */
export function verdictPanel(run) {
  const kind = run.status === "switched" ? (run.forced ? "forced" : "better") : run.status;
  const good = kind === "better";
  return h(
    "div",
    { class: `verdict ${good ? "good" : ""}`, test: "tuning-verdict", "data-kind": kind },
    icon(good ? "check" : run.status === "running" ? "clock" : "warning"),
    h(
      "div",
      { class: "stack tight" },
      h("p", { class: "strong" }, () => t(`models.verdict.${kind}`)),
      reasonList(run),
    ),
  );
}

/** @param {RunSummary} run why it was refused or ended, in the reader's words where we have them */
export function reasonList(run) {
  const known = explainedReasons(run);
  const reasons = known.length === run.reasons.length ? known : run.reasons;
  if (reasons.length === 0 && run.reason === "") return null;
  return h(
    "ul",
    { class: "reasons", test: "reasons" },
    ...reasons.map((reason) => h("li", { lang: typeof reason === "string" && "en" }, reason)),
    run.reason !== "" && h("li", { lang: "en" }, run.reason),
  );
}

/** @param {RunSummary} run @returns {(() => string)[]} the gate's reasons, from what it compared */
function explainedReasons({ comparisons: [first, ...others] }) {
  if (first === undefined) return [];
  const found = others.filter((one) => one.is_loss).map((one) => reason("worse", one));
  if (first.queries < LEAST_QUERIES) {
    return [() => t("models.reason.few", { n: first.queries }), ...found];
  }
  return first.is_gain ? found : [reason("alike", first), ...found];
}

/** @param {"worse" | "alike"} kind @param {Comparison} one */
function reason(kind, one) {
  return () =>
    t(`models.reason.${kind}`, {
      suite: asked(one),
      before: percent(one.before),
      after: percent(one.after),
    });
}

/** @param {Comparison} one @returns {string} with which photos */
function asked({ suite, category }) {
  const key = `models.suite.${suite}`;
  const name = hasWords(key) ? t(key) : suite;
  return category === "" ? name : t("models.suite.category", { suite: name, category });
}

/** @param {Comparison[]} comparisons */
export function comparisonTable(comparisons) {
  const shown = comparisons.filter((one) => one.queries > 0);
  const widest = Math.max(...shown.flatMap((one) => [Math.abs(one.low ?? 0), Math.abs(one.high ?? 0)]), 1e-6);
  const head = h("tr", {}, ...COLUMNS.map((name) => h("th", { scope: "col" }, () => t(`models.${name}`))));
  return h(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": () => t("models.compared.table") },
    h(
      "table",
      { class: "comparisons", test: "comparisons" },
      h("thead", {}, head),
      h("tbody", {}, ...shown.map((one) => row(one, widest))),
    ),
  );
}

/** @param {Comparison} one @param {number} widest */
function row(one, widest) {
  const outcome = one.is_gain ? "better" : one.is_loss ? "worse" : "alike";
  const kind = /** @type {const} */ ({ better: "good", worse: "bad", alike: "calm" })[outcome];
  return h(
    "tr",
    { "data-outcome": outcome },
    h("th", { scope: "row", class: one.category === "" ? "" : "part-of" }, () => asked(one)),
    h("td", { class: "figure-cell" }, () => number(one.queries)),
    h("td", { class: "figure-cell" }, () => percent(one.before)),
    h("td", { class: "figure-cell" }, () => percent(one.after)),
    h(
      "td",
      {},
      h(
        "div",
        { class: "difference" },
        h("span", { class: "interval-text" }, () => span(one)),
        interval(one, widest, outcome),
      ),
    ),
    h("td", {}, badge(kind, () => t(`models.${outcome}`))),
  );
}

/** @param {Comparison} one */
function span({ low, high }) {
  return t("models.interval", { low: points(low), high: points(high) });
}

/**
 * The interval as a line against the middle, where there is no difference. The text says the same.
 * @param {Comparison} one @param {number} widest @param {string} outcome
 */
function interval({ low, high }, widest, outcome) {
  /** @param {number} value */
  const place = (value) => (WIDTH / 2) * (1 + (0.94 * value) / widest);
  const middle = WIDTH / 2;
  return drawn(
    "svg",
    { class: `interval ${outcome}`, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true", focusable: "false" },
    drawn("line", { class: "axis", x1: middle, x2: middle, y1: 1, y2: HEIGHT - 1 }),
    low !== null &&
      high !== null &&
      drawn("line", { class: "span", x1: place(low), x2: place(high), y1: HEIGHT / 2, y2: HEIGHT / 2 }),
  );
}
