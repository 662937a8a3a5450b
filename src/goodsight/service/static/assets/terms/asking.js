// @ts-check
/**
 * Asking with several terms. Photos are sent first, one by one, for the service names one photo
 * of an answer; what it has let go of is sent again where we still have it.
 *
 * @typedef {import("../state.js").State} State
 * @typedef {import("../api-types.js").SearchAnswer} SearchAnswer
 * @typedef {import("../api-types.js").SearchRequest} SearchRequest
 * @typedef {import("../api-types.js").SearchTerm} SearchTerm
 * @typedef {import("../api-types.js").Understood} Understood
 * @typedef {import("./list.js").Term} Term
 */

import { Problem, collectionPath, postJson, searchProducts } from "../api.js";
import { catalogue } from "../catalogue.js";
import { heldPhoto, hold, isUnsent } from "../held-photos.js";
import { recentPhoto, renameRecent } from "../recent-searches.js";
import { composing, requestFor } from "../searching.js";
import { navigate, state } from "../state.js";
import { take } from "../understood/chips.js";
import { TERMS_AT_MOST, mainWeight, renamed, termsOf } from "./list.js";

/** A text of weight 1 would be read as one request with the search bar's words; this is its own. */
const OWN_WEIGHT = 0.999;

/** How the words last asked with a weight of their own were read. */
let read = { words: "", understood: /** @type {Understood | null} */ (null) };

composing.request = (wanted, plain) => (wanted.terms.length > 0 ? composed(wanted, plain) : plain);

/**
 * @param {State} wanted
 * @param {string | null} cursor
 * @param {AbortSignal} signal
 * @returns {Promise<SearchAnswer>}
 */
export async function askComposed(wanted, cursor, signal) {
  await understand(wanted, signal);
  let asked = await send(wanted, isUnsent, signal);
  const search = () =>
    searchProducts(collectionOf(wanted), requestFor(asked, cursor), null, { signal });
  /** @type {SearchAnswer} */
  let answer;
  try {
    answer = await search();
  } catch (error) {
    const kind = error instanceof Problem ? error.kind : "";
    if (kind === "invalid-request") throw new Problem(422, { type: "/problems/terms" });
    if (kind !== "upload-expired" || !photosOf(asked).some(ours)) throw error;
    asked = await send(asked, () => true, signal);
    answer = await search();
  }
  const understood = understoodOf(wanted) ?? answer.understood ?? null;
  // Chips of the same words may be left from when they narrowed.
  if (wanted.words && understood === null) take({ understood }, wanted);
  // The photos have their names by now; only a link's is told by the answer.
  const named = wanted.link !== null && mainWeight(wanted, "sight") !== 0;
  return {
    ...answer,
    ...(isOneSight(wanted) ? {} : undoubted(answer)),
    image_id: named ? answer.image_id : null,
    understood,
  };
}

/** @param {State} wanted @returns {boolean} whether there is one thing that is looked for */
function isOneSight(wanted) {
  const seen = termsOf(wanted).filter(
    ({ kind, weight }) => weight !== 0 && kind !== "words" && kind !== "text",
  );
  return seen.length === 1 && seen[0].weight > 0;
}

/**
 * How sure an answer is was learnt from photos of one product: of a mixture it says nothing.
 * @param {SearchAnswer} answer
 * @returns {Pick<SearchAnswer, "hits" | "no_match">}
 */
function undoubted({ hits }) {
  return { hits: hits.map((hit) => ({ ...hit, confidence: null })), no_match: hits.length === 0 };
}

/** @param {State} wanted */
function collectionOf(wanted) {
  return wanted.collection ?? catalogue()?.name ?? "default";
}

/** @param {State} wanted @param {SearchRequest} plain @returns {SearchRequest} */
function composed(wanted, plain) {
  const understood = understoodOf(wanted);
  const query = termsOf(wanted).flatMap((term) => asked(term, wanted)).slice(0, TERMS_AT_MOST);
  const seen = query.some(({ text }) => text === undefined);
  const named = understood?.colours.length ? understood.colours : undefined;
  const filters = [plain.filter, understood?.filter].flatMap((text) => (text ? [`(${text})`] : []));
  return {
    ...plain,
    query,
    filter: filters.join(" and ") || undefined,
    look: seen ? plain.look : undefined,
    colours: seen ? (plain.colours ?? named) : undefined,
    understand: (mainWeight(wanted, "words") === 1 && plain.understand) || undefined,
  };
}

/** @param {Term} term @param {State} wanted @returns {SearchTerm[]} none where it does not count */
function asked({ kind, value, weight }, wanted) {
  if (weight === 0) return [];
  const box = wanted.box ? { box: wanted.box } : {};
  switch (kind) {
    case "sight":
      if (wanted.image) return [{ image_id: value, ...box, weight }];
      return [wanted.link ? { image_url: value, ...box, weight } : { product_id: value, weight }];
    case "words": {
      const text = understoodOf(wanted)?.text ?? value;
      return text ? [{ text, weight }] : [];
    }
    case "text":
      return [{ text: value, weight: weight === 1 ? OWN_WEIGHT : weight }];
    case "image":
      return [{ image_id: value, weight }];
    case "link":
      return [{ image_url: value, weight }];
    default:
      return [{ product_id: value, weight }];
  }
}

/** @param {State} wanted @returns {Understood | null} where its words were read beforehand */
function understoodOf(wanted) {
  return isReadBefore(wanted) && read.words === wanted.words ? read.understood : null;
}

/**
 * Weighed words are taken as they are, so what they say of prices and the like is read first.
 * Of words that are not wanted nothing narrows: "not red" would show what is red.
 * @param {State} wanted
 */
function isReadBefore(wanted) {
  const weight = mainWeight(wanted, "words");
  return wanted.words !== "" && !wanted.literal && weight > 0 && weight !== 1;
}

/** @param {State} wanted @param {AbortSignal} signal */
async function understand(wanted, signal) {
  if (!isReadBefore(wanted) || read.words === wanted.words) return;
  const { words } = wanted;
  const path = collectionPath(collectionOf(wanted), "understanding");
  read = { words, understood: await postJson(path, { text: words }, { signal }) };
}

/** @param {State} wanted @returns {string[]} ids of its photos */
function photosOf(wanted) {
  const photos = termsOf(wanted).filter(
    ({ kind, weight }) => weight !== 0 && (kind === "image" || (kind === "sight" && wanted.image)),
  );
  return photos.map(({ value }) => value);
}

/** @param {string} id @returns {Blob | null} */
function ours(id) {
  return heldPhoto(id) ?? recentPhoto(id);
}

/**
 * @param {State} wanted
 * @param {(id: string) => boolean} isNeeded
 * @param {AbortSignal} signal
 * @returns {Promise<State>} the same, with the names that the service gave them
 */
async function send(wanted, isNeeded, signal) {
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const id of photosOf(wanted).filter(isNeeded)) {
    const photo = ours(id);
    if (photo === null) {
      if (isUnsent(id)) throw new Problem(404, { type: "/problems/upload-expired" });
      continue;
    }
    const search = { query: [], limit: 1 };
    const answer = await searchProducts(collectionOf(wanted), search, photo, { signal });
    if (answer.image_id === null) continue;
    hold(answer.image_id, photo);
    renameRecent(id, answer.image_id);
    names.set(id, answer.image_id);
  }
  if (names.size === 0) return wanted;
  navigate(renamed(state(), names), { replace: true, quiet: true });
  return { ...wanted, ...renamed(wanted, names) };
}
