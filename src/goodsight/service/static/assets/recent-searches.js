// @ts-check
/**
 * One's own recent searches, kept in this browser only and forgotten on demand. A photo is kept
 * as a small copy, good enough to search with again once the service has deleted it.
 *
 * @typedef {object} Recent
 * @property {string} search the URL's query string
 * @property {string} at when, ISO 8601
 * @property {"photo" | "like" | "words"} kind
 * @property {string} said the words or the product's title
 * @property {string | null} image id of the upload
 * @property {string | null} picture a data URL, or the address of a catalogue photo
 */

import { notify } from "./announcer.js";
import { find, h, icon, replace } from "./dom.js";
import { dateTime, t } from "./i18n.js";
import { blobOfDataUrl, keepsake } from "./photo-scale.js";
import { showPhoto } from "./photo-source.js";
import { navigateTo, writeState } from "./state.js";
import { keep, kept } from "./storage.js";

const STORAGE_NAME = "goodsight.recent";
const KEPT_AT_MOST = 8;

/** @returns {Recent[]} newest first */
function recents() {
  try {
    const list = JSON.parse(kept(STORAGE_NAME) ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** @param {Recent[]} list kept as far as there is room */
function keepAll(list) {
  const shorter = list.slice(0, KEPT_AT_MOST);
  while (shorter.length > 0 && !keep(STORAGE_NAME, JSON.stringify(shorter))) shorter.pop();
  if (shorter.length === 0) keep(STORAGE_NAME, null);
}

/** @param {string} image id of an upload @returns {Blob | null} our small copy of it */
export function recentPhoto(image) {
  const picture = recents().find((recent) => recent.image === image)?.picture;
  return picture?.startsWith("data:") ? blobOfDataUrl(picture) : null;
}

/**
 * Remember a search that was answered. Narrowing the same photo or words further renews its
 * entry instead of adding one.
 * @param {import("./state.js").State} state
 * @param {{photo: Blob | null, title: string, picture: string | null}} shown
 */
export async function remember(state, { photo, title, picture }) {
  const kind = state.image ? "photo" : state.like ? "like" : "words";
  if (kind === "words" && !state.words) return;
  const before = recents();
  const same = (/** @type {Recent} */ recent) =>
    recent.kind === kind &&
    (kind === "photo" ? recent.image === state.image : recent.said === (title || state.words));
  const known = before.find(same);
  const copy = photo && !known?.picture ? await keepsake(photo).catch(() => null) : null;
  const entry = {
    search: writeState({ ...state, product: null }),
    at: new Date().toISOString(),
    kind,
    said: kind === "like" ? title : state.words,
    image: state.image,
    picture: copy ?? known?.picture ?? picture,
  };
  if (kind === "photo" && entry.picture === null) return;
  const repeats = (/** @type {Recent} */ recent) =>
    same(recent) || (kind === "photo" && recent.picture === entry.picture);
  keepAll([/** @type {Recent} */ (entry), ...recents().filter((recent) => !repeats(recent))]);
}

/** Tell the list that an upload has a new name, so that its small copy is found again. */
export function renameRecent(/** @type {string} */ before, /** @type {string} */ after) {
  const list = recents();
  for (const recent of list) {
    if (recent.image !== before) continue;
    recent.image = after;
    recent.search = recent.search.replace(encodeURIComponent(before), encodeURIComponent(after));
  }
  keepAll(list);
}

/** Show them on the start page, where there are any. */
export function showRecents() {
  const place = find("#recents");
  const list = recents();
  place.hidden = list.length === 0;
  const items = list.map((recent) => h("li", {}, recentButton(recent)));
  replace(find("#recents-list"), ...items);
}

/** Forget them all. */
export function forgetRecents() {
  keep(STORAGE_NAME, null);
  showRecents();
  notify(t("recent.cleared"));
}

/** @param {Recent} recent */
function recentButton(recent) {
  const label = () =>
    t(`recent.${recent.kind}`, {
      when: dateTime(recent.at),
      title: recent.said,
      words: recent.said,
    });
  const button = h("button", {
    type: "button",
    class: `thumb recent-${recent.kind}`,
    test: "recent",
    "aria-label": label,
    title: label,
    on: { click: () => navigateTo(recent.search) },
  });
  if (recent.picture) {
    const image = h("img", { alt: "", loading: "lazy" });
    showPhoto(image, recent.picture);
    button.append(image);
  } else {
    button.append(icon("search"), h("span", { class: "thumb-words" }, recent.said));
  }
  return button;
}
