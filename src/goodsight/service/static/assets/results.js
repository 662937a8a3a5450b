// @ts-check
/**
 * The results: a heading, how many, the cards, and how to get more. Every state has words of
 * its own: searching, slow, found, not in this catalogue, nothing left, cancelled, failed.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {import("./api-types.js").SearchAnswer} SearchAnswer
 * @typedef {import("./api-types.js").Hit} Hit
 */

import { announce } from "./announcer.js";
import { Problem } from "./api.js";
import { showNothing } from "./dead-end.js";
import { find, h, icon, replace } from "./dom.js";
import { t } from "./i18n.js";
import { notice } from "./notice.js";
import { productCard, skeletonCards } from "./product-card.js";
import { problemWords } from "./problem-words.js";
import { cancel, hasMore, search, showMore } from "./searching.js";
import { NO_NARROWING, NO_QUERY, hasQuery, navigate } from "./state.js";
import { askWhy, canAskWhy } from "./why.js";

const SKELETONS = 12;
/** So many pages come by scrolling; after them the button asks, and the page's foot is reachable. */
const PAGES_BY_SCROLLING = 5;
const AHEAD = "900px";
/** Refusals that trying again does not change. */
const FAULTS_OF_PHOTO = new Set([
  "photo-unreadable",
  "unsupported-type",
  "too-large",
  "upload-expired",
  "fetch-refused",
]);

/** @type {Map<string, Hit>} */
const found = new Map();
let pages = 0;
/** @type {number | null} */
let total = null;
let askForPhoto = () => {};
/** Tells when the end of the list comes near. @type {IntersectionObserver} */
let watcher;

/** @param {string} id of a product @returns {Hit | null} as it was found last */
export function foundHit(id) {
  return found.get(id) ?? null;
}

/**
 * Watch the end of the list, and the buttons for those who do not scroll.
 * @param {() => void} onNewPhoto asked for another photo
 */
export function startResults(onNewPhoto) {
  askForPhoto = onNewPhoto;
  find("#more").addEventListener("click", () => {
    pages = 0;
    showMore();
  });
  find("#slow-cancel").addEventListener("click", cancel);
  watcher = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting) && pages < PAGES_BY_SCROLLING) showMore();
    },
    { rootMargin: AHEAD },
  );
}

/** @param {State} state @param {string} [likedTitle] */
export function showTitle(state, likedTitle = "") {
  replace(find("#results-title"), () => titleOf(state, likedTitle));
}

/** @param {State} state @param {string} likedTitle */
function titleOf(state, likedTitle) {
  if (state.image || state.link) return t("results.title.photo");
  if (state.like) return t("results.title.like", { title: likedTitle || state.like });
  if (state.words) return t("results.title.words", { words: state.words });
  if (!hasQuery(state)) return t("start.title");
  return t("results.title.browse");
}

/** Skeletons in place of the cards; what was found before is gone at once. */
export function showSearching() {
  found.clear();
  pages = 0;
  clearNotice();
  find("#results").setAttribute("aria-busy", "true");
  say(() => t("results.searching"));
  replace(find("#cards"), ...skeletonCards(SKELETONS));
  find("#cards").hidden = false;
  showTail(false);
}

/** The search takes long: say so, and offer to cancel it. */
export function showSlow() {
  find("#slow").hidden = false;
  announce(t("results.slow"));
}

/** @param {SearchAnswer} answer @param {State} state */
export function showAnswer(answer, state) {
  settle();
  total = answer.total;
  replace(find("#cards"));
  add(answer.hits);
  const cards = find("#cards");
  cards.hidden = answer.hits.length === 0;
  find("#sort").hidden = answer.hits.length === 0;
  if (answer.hits.length === 0) showNothing(find("#notice"), state);
  else if (answer.no_match) showNoMatch(state);
  showCount();
  showTail(hasMore());
}

/** @param {SearchAnswer} answer the next ones */
export function showFurther(answer) {
  settleTail();
  pages += 1;
  add(answer.hits);
  showCount();
  showTail(hasMore());
}

/** The next ones are on their way. */
export function showLoadingMore() {
  find("#more").setAttribute("aria-disabled", "true");
  replace(find("#more"), () => t("results.loading.more"));
}

/** @param {unknown} error while fetching the next ones; what is shown stays */
export function showFurtherFailed(error) {
  settleTail();
  pages = PAGES_BY_SCROLLING;
  showTail(true);
  say(() => problemWords(error));
}

/** @param {unknown} error */
export function showFailure(error) {
  settle();
  replace(find("#cards"));
  find("#cards").hidden = true;
  showTail(false);
  say(() => "");
  announce(problemWords(error));
  const photoAtFault = error instanceof Problem && FAULTS_OF_PHOTO.has(error.kind);
  replace(
    find("#notice"),
    notice(
      "problem",
      "warning",
      () => t("problem.title"),
      [() => problemWords(error)],
      !photoAtFault && againButton(),
      newPhotoButton(photoAtFault),
    ),
  );
}

/** The reader gave up waiting. */
export function showCancelled() {
  settle();
  replace(find("#cards"));
  find("#cards").hidden = true;
  showTail(false);
  say(() => "");
  announce(t("results.cancelled.title"));
  const text = () => t("results.cancelled.text");
  replace(
    find("#notice"),
    notice("cancelled", "clock", () => t("results.cancelled.title"), [text], againButton()),
  );
}

/** @param {State} state the honest answer: it is not here, and this is what comes nearest */
function showNoMatch(state) {
  const texts = [() => t("nomatch.text")];
  if (state.image && !state.box) texts.push(() => t("nomatch.region"));
  replace(
    find("#notice"),
    notice("no-match", "look", () => t("nomatch.title"), texts),
    h("h2", { class: "near-title" }, () => t("nomatch.near")),
  );
}

function againButton() {
  return h(
    "button",
    { type: "button", class: "button solid", test: "retry", on: { click: search } },
    icon("retry"),
    () => t("results.again"),
  );
}

/** @param {boolean} solid whether another photo is the one thing that helps */
function newPhotoButton(solid) {
  const kind = solid ? "button solid" : "button";
  const properties = { type: "button", class: kind, test: "new-photo", on: { click: askForPhoto } };
  return h("button", properties, () => t("query.new"));
}

/** @param {Hit[]} hits */
function add(hits) {
  for (const hit of hits) found.set(hit.product.id, hit);
  const use = canAskWhy() ? { ...CARD_USE, onWhy: askWhy } : CARD_USE;
  find("#cards").append(...hits.map((hit) => productCard(hit, use)));
}

/** @type {import("./product-card.js").CardUse & Record<string, any>} */
export const CARD_USE = {
  test: "card",
  onOpen: (hit) => navigate({ product: hit.product.id }),
  onLike: (hit) => searchLike(hit.product.id),
};

/** @param {string} id look for things like this product */
export function searchLike(id) {
  navigate({ ...NO_QUERY, ...NO_NARROWING, like: id });
  scrollTo({ top: 0 });
  find("#results-title").focus({ preventScroll: true });
}

function settle() {
  find("#results").removeAttribute("aria-busy");
  settleTail();
  clearNotice();
}

function settleTail() {
  find("#slow").hidden = true;
  find("#more").removeAttribute("aria-disabled");
}

function clearNotice() {
  find("#slow").hidden = true;
  replace(find("#notice"));
}

/** @param {boolean} more */
function showTail(more) {
  const any = found.size > 0;
  replace(find("#more"), () => t("results.more"));
  find("#more").hidden = !more;
  find("#end").hidden = more || !any || pages === 0;
  watcher.disconnect();
  // Watched anew, so that an end that is near already, in a large window, is told too.
  if (more) watcher.observe(find("#tail"));
}

function showCount() {
  const shown = found.size;
  say(() => {
    if (shown === 0) return t("results.none");
    if (total === null) return t("results.shown", { n: shown });
    return total > shown
      ? t("results.some", { n: shown, total })
      : t("results.total", { n: total });
  });
}

/** @param {() => string} words in the live line above the results */
function say(words) {
  replace(find("#status"), words);
}
