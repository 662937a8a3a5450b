// @ts-check
/** Bringing products in: a feed and its photos are chosen, sent and followed until indexed. */

import { collectionPath, isAborted } from "../api.js";
import { h, icon, replace } from "../dom.js";
import { t } from "../i18n.js";
import { keep, kept } from "../storage.js";
import { followJob } from "./job-progress.js";
import { explained, sectionHead } from "./parts.js";
import { dropPlace, showChosen } from "./upload-choice.js";
import { collectionField, currencyField, keepChoice, profileChoice } from "./upload-fields.js";
import { pathOf, sizeText, sorted } from "./upload-files.js";
import { sendForm } from "./upload-send.js";

/** @typedef {import("./upload-choice.js").Chosen} Chosen */

const JOB_NAME = "goodsight.owner.job";

/** @type {import("./section.js").Section} */
export function showUpload(place, { collection, signal }) {
  const progress = h("div", { class: "stack" });
  const form = uploadForm(collection, signal, (fields, chosen) =>
    sendAndFollow(progress, fields, chosen, signal),
  );
  replace(place, sectionHead("upload"), progress, form);
  resume(progress, form, signal);
}

/**
 * @param {string | null} collection
 * @param {AbortSignal} signal
 * @param {(fields: FormData, chosen: Chosen) => Promise<boolean>} send true once the files arrived
 */
function uploadForm(collection, signal, send) {
  /** @type {Chosen} */
  let chosen = { feed: null, photos: [] };
  const list = h("div", { class: "stack tight", role: "status", test: "chosen" });
  const go = h(
    "button",
    { type: "submit", class: "button solid", test: "send", disabled: true },
    icon("upload"),
    () => t("upload.go"),
  );
  /** @param {Iterable<File>} files */
  const take = (files) => {
    const { feed, photos, others } = sorted(files);
    chosen = { feed: feed ?? chosen.feed, photos: [...chosen.photos, ...photos] };
    go.disabled = chosen.feed === null;
    showChosen(list, chosen, others);
  };
  const fields = [collectionField(collection, signal), currencyField(), profileChoice()];
  const form = h(
    "form",
    { class: "card stack", test: "upload-form" },
    dropPlace(take),
    list,
    h("div", { class: "fields" }, ...fields),
    keepChoice(),
    h("div", { class: "row end" }, go),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.hidden = true;
    const arrived = await send(new FormData(form), chosen);
    form.hidden = false;
    if (!arrived) return;
    chosen = { feed: null, photos: [] };
    go.disabled = true;
    replace(list);
  });
  return form;
}

/**
 * Go on showing the job that this tab began before.
 * @param {HTMLElement} progress
 * @param {HTMLElement} form
 * @param {AbortSignal} signal
 */
async function resume(progress, form, signal) {
  const job = kept(JOB_NAME, sessionStorage);
  if (job === null) return;
  form.hidden = true;
  await followJob(progress, job, signal);
  if (signal.aborted) return;
  keep(JOB_NAME, null, sessionStorage);
  form.hidden = false;
}

/**
 * @param {HTMLElement} progress
 * @param {FormData} fields
 * @param {Chosen} chosen
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether the files arrived
 */
async function sendAndFollow(progress, fields, chosen, signal) {
  const stop = new AbortController();
  signal.addEventListener("abort", () => stop.abort(), { once: true });
  const told = sendingCard(progress, () => stop.abort());
  const path = collectionPath(String(fields.get("collection")).trim(), "feeds");
  try {
    const { job_id: job } = await sendForm(path, formOf(fields, chosen), told, stop.signal);
    keep(JOB_NAME, job, sessionStorage);
    await followJob(progress, job, signal);
    if (!signal.aborted) keep(JOB_NAME, null, sessionStorage);
    return true;
  } catch (error) {
    const refused = { class: "refused", role: "alert", test: "upload-refused" };
    replace(progress, isAborted(error) ? null : h("p", refused, () => explained(error)));
    return false;
  }
}

/** @param {FormData} fields @param {Chosen} chosen */
function formOf(fields, { feed, photos }) {
  const form = new FormData();
  const currency = String(fields.get("currency") ?? "").toUpperCase();
  const profile = String(fields.get("profile") ?? "");
  if (currency) form.append("currency", currency);
  if (profile) form.append("profile", profile);
  if (fields.has("keep_missing")) form.append("keep_missing", "true");
  if (feed !== null) form.append("feed", feed, feed.name);
  for (const photo of photos) form.append("photos", photo, pathOf(photo));
  return form;
}

/**
 * @param {HTMLElement} place
 * @param {() => void} cancel
 * @returns {(sent: number, total: number) => void}
 */
function sendingCard(place, cancel) {
  const words = () => t("upload.sending");
  const bar = h("progress", { max: 1, value: 0, test: "sending", "aria-label": words });
  const said = h("p", { class: "faint" });
  const button = h(
    "button",
    { type: "button", class: "button", test: "cancel", on: { click: cancel } },
    () => t("owner.cancel"),
  );
  replace(
    place,
    h("div", { class: "card stack" }, h("h2", {}, words), bar, said, h("div", { class: "row end" }, button)),
  );
  return (sent, total) => {
    bar.value = total > 0 ? sent / total : 0;
    replace(said, () => t("upload.sent", { sent: sizeText(sent), total: sizeText(total) }));
  };
}
