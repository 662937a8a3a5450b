// @ts-check
/**
 * One tuning run: the verdict with what is behind it, how it learnt, and the searches that changed.
 *
 * @typedef {import("./runs.js").RunSummary & {
 *   settings: {name: string, value: string}[],
 *   curve: import("./curve.js").CurvePoint[],
 *   model: Record<string, string | number> | null,
 *   changed: import("./gallery.js").ChangedQuery[],
 * }} Run
 */

import { collectionPath } from "../../api.js";
import { h, icon, replace } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { load } from "../parts.js";
import { addressOf } from "../router.js";
import { times } from "../runs.js";
import { read } from "../session.js";
import { curveFigures } from "./curve.js";
import { changedGallery } from "./gallery.js";
import { methodName, statusBadges } from "./runs.js";
import { comparisonTable, verdictPanel } from "./verdict.js";

const CARD_LINES = ["base_model", "dimension", "photos", "products", "licence", "space", "base_space", "data"];

/** @param {HTMLElement} place @param {string} collection @param {string} id @param {AbortSignal} signal */
export function showRun(place, collection, id, signal) {
  const body = h("div", { class: "stack" });
  const back = h("a", { class: "back", href: addressOf("models", collection), test: "all-models" }, icon("arrow"), () =>
    t("models.all"),
  );
  replace(place, h("p", {}, back), h("h1", { class: "run-title" }, () => t("models.run", { id })), body);
  const path = collectionPath(collection, "tuning-runs", id);
  const readRun = () => /** @type {Promise<Run>} */ (read(path, signal));
  load(body, signal, readRun, report);
}

/** @param {Run} run */
function report(run) {
  return [
    h(
      "div",
      { class: "row", test: "tuning-report", "data-id": run.id },
      h("span", { class: "strong" }, () => methodName(run)),
      statusBadges(run),
      h("span", { class: "faint" }, () => times(run)),
    ),
    verdictPanel(run),
    run.comparisons.some(({ queries }) => queries > 0) && part("compared", comparisonTable(run.comparisons), true),
    run.changed.length > 0 && part("changed", changedGallery(run.changed), true),
    run.curve.length > 0 && part("curve", curveFigures(run.curve)),
    run.settings.length > 0 && part("settings", facts(run.settings.map(({ name, value }) => [name, value]))),
    run.model !== null && part("card", modelCard(run.model)),
  ];
}

/** @param {string} name its words are `models.NAME` @param {HTMLElement} content @param {boolean} [hasLead] */
function part(name, content, hasLead = false) {
  return h(
    "section",
    { class: "finding", test: `run-${name}`, "aria-labelledby": `run-${name}` },
    h("h2", { id: `run-${name}` }, () => t(`models.${name}`)),
    hasLead && h("p", { class: "lead" }, () => t(`models.${name}.lead`)),
    content,
  );
}

/** @param {[string | (() => string), string | (() => string)][]} lines */
function facts(lines) {
  const pairs = lines.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", { class: "mono" }, value)));
  return h("dl", { class: "card facts" }, ...pairs);
}

/** @param {Record<string, string | number>} model */
function modelCard(model) {
  return facts(
    CARD_LINES.map((name) => {
      const value = model[name];
      return [() => t(`models.card.${name}`), typeof value === "number" ? () => number(value) : value];
    }),
  );
}
