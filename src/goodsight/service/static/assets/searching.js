// @ts-check
/**
 * Running searches for what the URL says: one at a time, an older answer never over a newer one.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {import("./api-types.js").SearchAnswer} SearchAnswer
 * @typedef {import("./api-types.js").SearchRequest} SearchRequest
 *
 * @typedef {object} SearchView what is shown while, and after, searching
 * @property {(state: State) => void} start nothing is looked for
 * @property {(state: State) => void} searching
 * @property {() => void} slow
 * @property {(answer: SearchAnswer, state: State) => void} answered
 * @property {() => void} loadingMore
 * @property {(answer: SearchAnswer) => void} more
 * @property {(error: unknown) => void} moreFailed
 * @property {(error: unknown, state: State) => void} failed
 * @property {() => void} cancelled
 */

import { Problem, isAborted, searchProducts } from "./api.js";
import { catalogue } from "./catalogue.js";
import { filterText } from "./filter-text.js";
import { heldPhoto, hold, isUnsent } from "./held-photos.js";
import { recentPhoto, renameRecent } from "./recent-searches.js";
import { hasQuery, hasSight, navigate, state, writeState } from "./state.js";

const PAGE_SIZE = 24;
/** After this long the reader is told that it takes longer, and may cancel. */
const SLOW_MS = 4000;

/** @type {SearchView} */
let view;
/** @type {AbortController | null} */
let running = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let slowness;
/** What the results on the page answer; null where there are none. @type {string | null} */
let answeredKey = null;
/** @type {string | null} */
let nextCursor = null;
let loadingMore = false;

/** @param {SearchView} shown */
export function startSearching(shown) {
  view = shown;
}

/** @param {State} given @returns {string} the same for states with the same results */
function keyOf(given) {
  return writeState({ ...given, product: null });
}

/** Show what the URL says; does nothing where that is shown already. */
export function follow() {
  const wanted = state();
  if (!hasQuery(wanted)) {
    stop();
    answeredKey = null;
    view.start(wanted);
  } else if (keyOf(wanted) !== answeredKey) {
    search();
  }
}

/** Search again, for instance after a failure. */
export function search() {
  stop();
  const wanted = state();
  const mine = new AbortController();
  running = mine;
  nextCursor = null;
  answeredKey = keyOf(wanted);
  view.searching(wanted);
  slowness = setTimeout(() => view.slow(), SLOW_MS);
  const terms = import("./terms/terms.js").catch(() => null);
  terms.then((it) => it?.showTerms());
  ask(wanted, null, mine.signal)
    .then(async (answer) => {
      // Choices made in words are known before the answer is shown.
      if (wanted.literal || answer.understood?.chips.length) {
        await import("./understood/chips.js").then(({ take }) => take(answer, wanted), () => {});
      }
      const told = answer.read_as || answer.some_words ? import("./understood/told.js") : null;
      const telling = await told?.catch(() => null);
      const shown = await terms;
      if (running !== mine) return;
      stop();
      nextCursor = answer.next_cursor;
      view.answered(answer, adopt(answer, wanted));
      telling?.tell(answer, wanted);
      shown?.showTerms(true);
    })
    .catch((error) => {
      if (running !== mine || isAborted(error)) return;
      stop();
      answeredKey = null;
      view.failed(error, wanted);
    });
}

/** Give up the running search. */
export function cancel() {
  stop();
  view.cancelled();
}

function stop() {
  running?.abort();
  running = null;
  loadingMore = false;
  clearTimeout(slowness);
}

/** @returns {boolean} whether there are more results to be had */
export function hasMore() {
  return nextCursor !== null;
}

/** Fetch the next results, where there are any and nothing is running. */
export async function showMore() {
  if (nextCursor === null || loadingMore || running !== null) return;
  loadingMore = true;
  const mine = new AbortController();
  running = mine;
  view.loadingMore();
  try {
    const answer = await ask(state(), nextCursor, mine.signal);
    if (running !== mine) return;
    nextCursor = answer.next_cursor;
    stop();
    view.more(answer);
  } catch (error) {
    if (running !== mine || isAborted(error)) return;
    stop();
    view.moreFailed(error);
  }
}

/**
 * Ask the service; a photo it does not have any more is sent again where we still have it.
 * @param {State} wanted
 * @param {string | null} cursor
 * @param {AbortSignal} signal
 * @returns {Promise<SearchAnswer>}
 */
async function ask(wanted, cursor, signal) {
  if (wanted.terms.length > 0) {
    return (await import("./terms/asking.js")).askComposed(wanted, cursor, signal);
  }
  const request = requestFor(wanted, cursor);
  const collection = wanted.collection ?? catalogue()?.name ?? "default";
  const photo = wanted.image === null ? null : (heldPhoto(wanted.image) ?? recentPhoto(wanted.image));
  if (wanted.image !== null && isUnsent(wanted.image)) {
    if (photo === null) throw new Problem(404, { type: "/problems/upload-expired" });
    return searchProducts(collection, request, photo, { signal });
  }
  try {
    return await searchProducts(collection, request, null, { signal });
  } catch (error) {
    const expired = error instanceof Problem && error.kind === "upload-expired";
    if (!expired || photo === null) throw error;
    return searchProducts(collection, { ...request, cursor: null }, photo, { signal });
  }
}

/** Several terms: see terms/. */
export const composing = {
  request: (/** @type {State} */ _, /** @type {SearchRequest} */ plain) => plain,
  withoutSight: (/** @type {State} */ { words }) => /** @type {Partial<State>} */ ({ words }),
};

/**
 * @param {State} wanted
 * @param {string | null} [cursor]
 * @returns {SearchRequest}
 */
export function requestFor(wanted, cursor = null) {
  /** @type {import("./api-types.js").SearchTerm[]} */
  const query = [];
  const box = wanted.box ? { box: wanted.box } : {};
  if (wanted.image) query.push({ image_id: wanted.image, ...box });
  else if (wanted.link) query.push({ image_url: wanted.link, ...box });
  else if (wanted.like) query.push({ product_id: wanted.like });
  if (wanted.words) query.push({ text: wanted.words });
  const compared = hasSight(wanted) && wanted.look !== "style";
  return composing.request(wanted, {
    query,
    filter: filterText(wanted) || undefined,
    look: compared ? wanted.look : undefined,
    colours: compared && wanted.colour ? [wanted.colour] : undefined,
    facets: catalogue()?.facets ?? ["*"],
    sort: wanted.sort,
    limit: PAGE_SIZE,
    cursor,
    explain: true,
    understand: (wanted.words && !wanted.literal) || undefined,
  });
}

/**
 * Take over the name under which the service keeps the photo now.
 * @param {SearchAnswer} answer
 * @param {State} wanted
 * @returns {State} what is looked at from now on
 */
function adopt(answer, wanted) {
  const id = answer.image_id;
  if (id && id !== wanted.image && (wanted.image || wanted.link)) {
    const photo = wanted.image && (heldPhoto(wanted.image) ?? recentPhoto(wanted.image));
    if (photo) hold(id, photo);
    if (wanted.image) renameRecent(wanted.image, id);
    navigate({ image: id, link: null }, { replace: true, quiet: true });
  }
  answeredKey = keyOf(state());
  return state();
}
