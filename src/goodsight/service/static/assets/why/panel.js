// @ts-check
/**
 * Why a product was found, in a dialog: what speaks for it on both photos, each kind of
 * likeness, how sure it is, and how all that was found out. Loaded when first asked for.
 *
 * @typedef {import("../api-types.js").Hit} Hit
 * @typedef {import("./heat-photo.js").HeatMap} HeatMap
 * @typedef {import("../api-types.js").SearchTerm} SearchTerm
 *
 * @typedef {object} Explanation
 * @property {"exact" | "occlusion"} method
 * @property {number} score
 * @property {number | null} confidence
 * @property {Record<string, number>} shares
 * @property {{kind: "photo" | "product" | "text", name: string, weight: number,
 *   share: number}[]} terms
 * @property {number} likeness
 * @property {(HeatMap & {term: number})[]} query
 * @property {HeatMap} hit
 * @property {string | null} photo
 * @property {boolean} from_thumbnail
 */

import { Problem, collectionPath, isAborted, postJson } from "../api.js";
import { catalogue } from "../catalogue.js";
import { h, icon, loadStyle, openDialog, replace } from "../dom.js";
import { shareList } from "../explanation.js";
import { heldPhoto } from "../held-photos.js";
import { addWords, number, t } from "../i18n.js";
import { notice } from "../notice.js";
import { problemWords } from "../problem-words.js";
import { requestFor } from "../searching.js";
import { state } from "../state.js";
import { confidenceLevel, percent } from "../wording.js";
import { termShares } from "./term-shares.js";
import { heatPhoto, productPhoto, queryPhoto } from "./heat-photo.js";
import { words as english } from "./words.en.js";
import { words as chinese } from "./words.zh.js";

addWords("en", english);
addWords("zh", chinese);

/** @type {AbortController | null} */
let asking = null;
const styled = loadStyle("/assets/why/why.css");
const body = h("div", { class: "dialog-body why-body" });
const dialog = h(
  "dialog",
  { class: "why-dialog", "aria-labelledby": "why-title", test: "why-panel" },
  h(
    "div",
    { class: "dialog-head" },
    h("h2", { id: "why-title" }, () => t("why.title")),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": () => t("product.close"),
        test: "why-close",
        on: { click: () => dialog.close() },
      },
      icon("close"),
    ),
  ),
  body,
);
dialog.addEventListener("close", () => asking?.abort());
document.body.append(dialog);

/** @param {Hit} hit of the search that the page shows */
export async function showWhy(hit) {
  await styled;
  openDialog(dialog);
  await explain(hit);
}

/** @param {Hit} hit */
async function explain(hit) {
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  showWaiting(hit);
  try {
    const found = await ask(hit.product.id, mine.signal);
    if (asking === mine) showFound(hit, found);
  } catch (error) {
    if (!isAborted(error) && asking === mine) showFault(hit, error);
  }
}

/**
 * Ask the service; where it has let go of the photo, it is sent along.
 * @param {string} id of the product
 * @param {AbortSignal} signal
 * @returns {Promise<Explanation>}
 */
async function ask(id, signal) {
  const now = state();
  const path = collectionPath(now.collection ?? catalogue()?.name ?? "default", "explanation");
  const request = { ...requestFor(now), product_id: id };
  try {
    return await postJson(path, request, { signal });
  } catch (error) {
    const expired = error instanceof Problem && error.kind === "upload-expired";
    if (!expired || !request.query.some(isHeld)) throw error;
    const query = await Promise.all(request.query.map(sentAlong));
    return postJson(path, { ...request, query }, { signal });
  }
}

/** @param {SearchTerm} term @returns {boolean} whether it is a photo that this tab still has */
function isHeld({ image_id: id }) {
  return id !== undefined && heldPhoto(id) !== null;
}

/** @param {SearchTerm} term @returns {Promise<SearchTerm>} with the photo itself, where we have it */
async function sentAlong({ image_id: id, ...term }) {
  const photo = id === undefined ? null : heldPhoto(id);
  return photo === null ? { ...term, image_id: id } : { ...term, image: await base64(photo) };
}

/** @param {Blob} photo @returns {Promise<string>} */
function base64(photo) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).split(",", 2)[1] ?? ""));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(photo);
  });
}

/** @param {Hit} hit */
function showWaiting(hit) {
  const bones = () => h("div", { class: "why-photo skeleton" }, h("div", { class: "plate" }));
  body.setAttribute("aria-busy", "true");
  replace(
    body,
    lead(hit, hit.confidence),
    h("p", { class: "hint", role: "status" }, () => t("why.asking")),
    h("div", { class: "why-photos", "aria-hidden": "true" }, bones(), bones()),
  );
}

/** @param {Hit} hit @param {unknown} error */
function showFault(hit, error) {
  const again = h(
    "button",
    { type: "button", class: "button solid", on: { click: () => explain(hit) } },
    icon("retry"),
    () => t("results.again"),
  );
  body.removeAttribute("aria-busy");
  const text = () => problemWords(error);
  replace(body, notice("why-fault", "warning", () => t("problem.title"), [text], again));
}

/** @param {Hit} hit @param {Explanation} found */
function showFound(hit, found) {
  const asked = requestFor(state()).query;
  const title = () => hit.product.title;
  body.removeAttribute("aria-busy");
  replace(
    body,
    lead(hit, found.confidence),
    h(
      "div",
      { class: "why-photos" },
      ...found.query.map((map) => {
        const id = asked[map.term]?.image_id;
        const key = id === state().image ? "query.title" : "terms.photo";
        return id && heatPhoto(queryPhoto(id), map, () => t(key), "why-query");
      }),
      found.photo && heatPhoto(productPhoto(found.photo), found.hit, title, "why-hit"),
    ),
    legend(),
    shareList(found.shares),
    found.terms.length > 1 && termShares(found.terms),
    method(found),
  );
}

/** @param {Hit} hit @param {number | null} confidence */
function lead(hit, confidence) {
  return h(
    "p",
    { class: "why-lead", test: "why-lead" },
    h("strong", {}, hit.product.title),
    confidence !== null &&
      h("span", { class: "confidence", "data-level": confidenceLevel(confidence) }, () =>
        t("why.sure", {
          words: t(`confidence.${confidenceLevel(confidence)}`),
          share: percent(confidence),
        }),
      ),
  );
}

function legend() {
  return h(
    "p",
    { class: "why-legend" },
    h("span", {}, () => t("why.against")),
    h("span", { class: "why-scale", "aria-hidden": "true" }),
    h("span", {}, () => t("why.for")),
    h("span", { class: "why-unseen" }, () => t("why.unseen")),
  );
}

/** @param {Explanation} found */
function method(found) {
  const likeness = () => number(found.likeness, { maximumFractionDigits: 3 });
  return h(
    "p",
    { class: "why-method", test: "why-method" },
    () => t(`why.method.${found.method}`, { likeness: likeness() }),
    found.from_thumbnail && (() => ` ${t("why.thumbnail")}`),
  );
}
