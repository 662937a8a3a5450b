// @ts-check
/**
 * What an index run or the catalogue's health lists as left out: a table to filter and to take
 * away as CSV.
 *
 * @typedef {{ref: string, row: number | null, reason: string}} Skip
 */

import { h, icon, replace } from "../dom.js";
import { number, t } from "../i18n.js";
import { downloadCsv } from "./csv.js";

const ROWS_SHOWN = 100;

/**
 * @param {Skip[]} skips
 * @param {number} count of all there are; the service keeps the first ones
 * @param {string} fileName
 */
export function skipTable(skips, count, fileName) {
  const rows = h("tbody");
  const said = h("p", { class: "faint", role: "status" });
  const filter = h("input", {
    type: "search",
    class: "field",
    test: "skip-filter",
    "aria-label": () => t("skips.filter"),
    placeholder: () => t("skips.filter"),
    on: { input: () => show() },
  });
  const show = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = skips.filter((skip) => matches(skip, wanted));
    replace(rows, ...found.slice(0, ROWS_SHOWN).map(rowOf));
    replace(said, () => shownWords(Math.min(found.length, ROWS_SHOWN), skips.length, count));
  };
  show();
  return h(
    "div",
    { class: "stack", test: "skips" },
    h("div", { class: "row" }, filter, csvButton(skips, fileName)),
    tableOf(rows),
    said,
  );
}

/** @param {number} shown @param {number} kept @param {number} count of all */
function shownWords(shown, kept, count) {
  if (kept < count) return t("skips.shown.kept", { shown, kept, count });
  return shown < count ? t("skips.shown", { shown, count }) : "";
}

/** @param {Skip} skip @param {string} wanted */
function matches(skip, wanted) {
  return `${skip.ref}\n${skip.reason}\n${skip.row ?? ""}`.toLowerCase().includes(wanted);
}

/** @param {Skip} skip */
function rowOf(skip) {
  const row = skip.row;
  return h(
    "tr",
    {},
    h("td", { class: "number" }, row === null ? "–" : () => number(row, { useGrouping: false })),
    h("td", {}, skip.ref),
    h("td", {}, skip.reason),
  );
}

/** @param {HTMLTableSectionElement} rows */
function tableOf(rows) {
  const head = h(
    "tr",
    {},
    ...["skips.row", "skips.ref", "skips.reason"].map((name) => h("th", { scope: "col" }, () => t(name))),
  );
  return h(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": () => t("skips.table") },
    h("table", { class: "skip-table" }, h("thead", {}, head), rows),
  );
}

/** @param {Skip[]} skips @param {string} fileName */
function csvButton(skips, fileName) {
  const save = () =>
    downloadCsv(fileName, ["row", "reference", "reason"], skips.map((s) => [s.row, s.ref, s.reason]));
  return h(
    "button",
    { type: "button", class: "button", test: "skips-csv", on: { click: save } },
    h("span", { class: "down" }, icon("arrow")),
    () => t("skips.csv"),
  );
}
