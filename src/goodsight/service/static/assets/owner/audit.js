// @ts-check
/**
 * The record of administrative acts, newest first.
 *
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} at
 * @property {string} actor
 * @property {string} action
 * @property {string} target
 * @property {Record<string, unknown>} detail
 */

import { append, h, replace } from "../dom.js";
import { dateTime, hasWords, t } from "../i18n.js";
import { empty, explained, load, sectionHead } from "./parts.js";
import { read } from "./session.js";

const PAGE = 50;

/** @type {import("./section.js").Section} */
export function showAudit(place, { signal }) {
  const body = h("div", {});
  replace(place, sectionHead("audit"), body);
  load(body, signal, () => readEntries(null, signal), (entries) => [
    entries.length === 0 ? empty("audit.none.title", "audit.none.text") : list(entries, signal),
  ]);
}

/** @param {number | null} before @param {AbortSignal} signal @returns {Promise<Entry[]>} */
async function readEntries(before, signal) {
  const from = before === null ? "" : `&before=${before}`;
  const path = `/v1/audit?limit=${PAGE}${from}`;
  return /** @type {{entries: Entry[]}} */ (await read(path, signal)).entries;
}

/** @param {Entry[]} entries @param {AbortSignal} signal */
function list(entries, signal) {
  const acts = h("ol", { class: "card acts", test: "audit" }, ...entries.map(act));
  return h("div", { class: "stack" }, acts, entries.length === PAGE && olderButton(acts, entries, signal));
}

/** @param {HTMLElement} acts @param {Entry[]} shown @param {AbortSignal} signal */
function olderButton(acts, shown, signal) {
  let last = shown[shown.length - 1].id;
  const said = h("span", { role: "status", class: "faint" });
  const button = h("button", { type: "button", class: "button", test: "audit-older" }, () => t("audit.older"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const older = await readEntries(last, signal);
      append(acts, ...older.map(act));
      last = older.at(-1)?.id ?? last;
      button.hidden = older.length < PAGE;
      replace(said);
    } catch (error) {
      replace(said, () => explained(error));
    }
    button.disabled = false;
  });
  return h("div", { class: "row" }, button, said);
}

/** @param {Entry} entry */
function act(entry) {
  const key = `audit.act.${entry.action}`;
  return h(
    "li",
    { class: "act", test: "act" },
    h("time", { class: "faint", datetime: entry.at }, () => dateTime(entry.at)),
    h(
      "p",
      {},
      h("span", { class: "strong" }, () => (hasWords(key) ? t(key) : entry.action)),
      entry.target === "session" ? null : ` ${entry.target}`,
      h("br"),
      h("span", { class: "faint" }, () => t("audit.by", { who: entry.actor })),
    ),
    h("p", { class: "faint" }, () => detailText(entry.detail)),
  );
}

/** @param {Record<string, unknown>} detail */
function detailText(detail) {
  const told = Object.entries(detail ?? {}).filter(([, value]) => value !== null);
  return told.map(([name, value]) => said(name, textOf(value))).join(" · ");
}

/** @param {string} name @param {string} value */
function said(name, value) {
  const key = `audit.detail.${name}`;
  return hasWords(key) ? t(key, { value }) : `${name}: ${value}`;
}

/** @param {unknown} value */
function textOf(value) {
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
