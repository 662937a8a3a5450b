// @ts-check
/**
 * What is being looked at, held in the page's URL: so back, forward, reload and sharing work.
 *
 * @typedef {import("./api-types.js").Box} Box
 * @typedef {"match" | "price" | "-price"} Sort
 * @typedef {"style" | "both" | "colour" | "pattern"} Look
 *
 * @typedef {object} State
 * @property {string | null} collection null: the first there is
 * @property {string | null} image an uploaded photo's id
 * @property {string | null} link URL of a photo elsewhere
 * @property {string | null} like id of a product to find the like of
 * @property {Box | null} box null: the whole photo
 * @property {Look} look what is compared with the photo or product
 * @property {string | null} colour picked by hand, instead of the photo's; null with the look "style"
 * @property {string} words
 * @property {string[]} terms see terms/list.js
 * @property {boolean} literal words are searched for as they are
 * @property {Record<string, string[]>} filters facet name to the values chosen, any of which will do
 * @property {string | null} priceFrom decimal text
 * @property {string | null} priceTo
 * @property {boolean} priceBelow whether `priceTo` itself is left out, as in the buckets of facets
 * @property {boolean} inStock
 * @property {Sort} sort
 * @property {boolean} browse look through everything, without a query
 * @property {string | null} product id of the product whose view is open
 */

import { isColour } from "./colours.js";

const FILTER_PREFIX = "f.";
const BOX_DECIMALS = 4;
const BELOW = "<";
const SORTS = ["match", "price", "-price"];

/** @type {State} */
const NOTHING = {
  collection: null,
  image: null,
  link: null,
  like: null,
  box: null,
  look: "style",
  colour: null,
  words: "",
  terms: [],
  literal: false,
  filters: {},
  priceFrom: null,
  priceTo: null,
  priceBelow: false,
  inStock: false,
  sort: "match",
  browse: false,
  product: null,
};

/** Leaves out whatever narrows: facets, price, stock. */
export const NO_NARROWING = /** @type {const} */ ({
  filters: {},
  priceFrom: null,
  priceTo: null,
  priceBelow: false,
  inStock: false,
});

/** Compares the style alone, as long as nobody says otherwise. */
export const NO_LOOK = /** @type {const} */ ({ look: "style", colour: null });

/** Leaves out the query, and all that belongs to it. */
export const NO_QUERY = /** @type {Partial<State>} */ ({
  image: null,
  link: null,
  like: null,
  box: null,
  ...NO_LOOK,
  words: "",
  terms: [],
  literal: false,
  sort: "match",
  browse: false,
  product: null,
});

/** @param {string} search a URL's query string @returns {State} */
export function parseState(search) {
  const given = new URLSearchParams(search);
  /** @type {Record<string, string[]>} */
  const filters = {};
  for (const [name, value] of given) {
    if (name.startsWith(FILTER_PREFIX) && value) {
      const facet = name.slice(FILTER_PREFIX.length);
      filters[facet] = [...(filters[facet] ?? []), value];
    }
  }
  const [from, to = ""] = (given.get("price") ?? "").split("~");
  const sort = given.get("sort") ?? "";
  return {
    collection: given.get("c"),
    image: given.get("image"),
    link: given.get("link"),
    like: given.get("like"),
    box: parseBox(given.get("box")),
    ...parseLook(given.get("look") ?? "", given.get("colour") ?? ""),
    words: given.get("q") ?? "",
    terms: given.getAll("with"),
    literal: given.has("literal"),
    filters,
    priceFrom: amount(from),
    priceTo: amount(to.replace(BELOW, "")),
    priceBelow: to.startsWith(BELOW),
    inStock: given.get("stock") === "in",
    sort: /** @type {Sort} */ (SORTS.includes(sort) ? sort : "match"),
    browse: given.has("all"),
    product: given.get("product"),
  };
}

/** @param {State} state @returns {string} the URL's query string, "" or beginning with "?" */
export function writeState(state) {
  const written = new URLSearchParams();
  /** @param {string} name @param {string | null | false} value */
  const put = (name, value) => value && written.append(name, value);
  put("c", state.collection);
  put("image", state.image);
  put("link", state.link);
  put("like", state.like);
  put("box", state.box && state.box.map((side) => side.toFixed(BOX_DECIMALS)).join(","));
  put("look", state.look !== "style" && state.look);
  put("colour", state.colour);
  put("q", state.words);
  for (const term of state.terms) put("with", term);
  put("literal", state.literal && "1");
  put("all", state.browse && "1");
  for (const [facet, values] of Object.entries(state.filters)) {
    for (const value of values) put(FILTER_PREFIX + facet, value);
  }
  if (state.priceFrom || state.priceTo) {
    const below = state.priceTo && state.priceBelow ? BELOW : "";
    put("price", `${state.priceFrom ?? ""}~${below}${state.priceTo ?? ""}`);
  }
  put("stock", state.inStock && "in");
  put("sort", state.sort !== "match" && state.sort);
  put("product", state.product);
  const text = written.toString();
  return text && `?${text}`;
}

/** @param {string | null} text @returns {Box | null} null too where it is no box within a photo */
function parseBox(text) {
  const sides = (text ?? "").split(",").map(Number);
  if (!text || sides.length !== 4 || sides.some((side) => !(side >= 0 && side <= 1))) return null;
  return sides[2] > 0 && sides[3] > 0 ? /** @type {Box} */ (sides) : null;
}

/**
 * A colour picked by hand counts, as the service has it too, whether or not the look says so.
 * @param {string} look
 * @param {string} picked
 * @returns {Pick<State, "look" | "colour">}
 */
function parseLook(look, picked) {
  const colour = isColour(picked) ? picked : null;
  if (look === "both" || look === "colour") return { look, colour };
  if (look === "pattern" && colour === null) return { look, colour };
  return { look: colour === null ? "style" : "both", colour };
}

/** @param {string | undefined} text @returns {string | null} */
function amount(text) {
  return text && /^\d+(\.\d+)?$/.test(text) ? text : null;
}

/** @type {State} */
let current = parseState(location.search);
/** @type {Set<(state: State, previous: State) => void>} */
const listeners = new Set();

/** @returns {State} what is looked at now */
export function state() {
  return current;
}

/** @param {(state: State, previous: State) => void} listener called after each change */
export function onState(listener) {
  listeners.add(listener);
}

/**
 * Look at something else.
 * @param {Partial<State>} change
 * @param {{replace?: boolean, quiet?: boolean}} [how] `replace` keeps the history's length;
 *   `quiet` writes the URL without telling anybody
 */
export function navigate(change, how = {}) {
  const previous = current;
  current = { ...current, ...change };
  const url = location.pathname + writeState(current);
  if (how.replace) history.replaceState(history.state, "", url);
  else if (writeState(previous) !== writeState(current)) history.pushState({ inside: true }, "", url);
  if (!how.quiet) tell(previous);
}

/** @param {Partial<State>} change @returns {string} the URL that shows it, for a link */
export function urlOf(change) {
  return location.pathname + writeState({ ...current, ...change });
}

/** @param {string} search a query string kept earlier */
export function navigateTo(search) {
  navigate({ ...NOTHING, ...parseState(search) });
}

/** @param {State} given @returns {boolean} whether anything is looked for */
export function hasQuery(given) {
  return hasSight(given) || given.words !== "" || given.terms.join().includes(":") || isBrowsing(given);
}

/** @param {State} given @returns {boolean} whether there is a photo or a product to compare with */
export function hasSight(given) {
  const { image, link, like, terms } = given;
  return Boolean(image || link || like || terms.some((term) => /^[ilp].+:/.test(term)));
}

/** @param {State} given @returns {boolean} whether the catalogue is looked through as it is */
export function isBrowsing(given) {
  return given.browse || narrowings(given) > 0;
}

/** @param {State} given @returns {number} how many choices narrow the results */
export function narrowings(given) {
  const chosen = Object.values(given.filters).reduce((sum, values) => sum + values.length, 0);
  return chosen + Number(Boolean(given.priceFrom || given.priceTo)) + Number(given.inStock);
}

/** @param {State} previous */
function tell(previous) {
  for (const listener of listeners) listener(current, previous);
}

addEventListener("popstate", () => {
  const previous = current;
  current = parseState(location.search);
  tell(previous);
});
