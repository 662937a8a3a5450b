// @ts-check
/**
 * What is searched with, as a list of terms, each with its weight.
 *
 * The photo or product that was searched with first and the words of the search bar are the main
 * terms: `sight` and `words`. Each further one is written in the URL as the command line has it,
 * `with=product:p3^-0.5`, and so is a main term's weight, `with=sight^2`. Of weight 0 a term
 * stays in the list and does not count.
 *
 * @typedef {import("../state.js").State} State
 * @typedef {"sight" | "words" | "image" | "link" | "product" | "text"} Kind
 * @typedef {{kind: Kind, value: string, weight: number}} Term `value` is a photo's or product's
 *   id, a photo's URL, or words
 */

/** As many as the service takes. */
export const TERMS_AT_MOST = 10;
const FURTHER = /^(image|link|product|text):(.+)\^(-?[\d.]+)$/s;
const MAIN = /^(sight|words)\^(-?[\d.]+)$/;
const HEAVIEST = 10;

/** @param {State} state @returns {Term[]} the main terms, then the further ones in their order */
export function termsOf(state) {
  const sight = state.image ?? state.link ?? state.like;
  /** @type {Term[]} */
  const main = [];
  if (sight) main.push({ kind: "sight", value: sight, weight: mainWeight(state, "sight") });
  if (state.words) {
    main.push({ kind: "words", value: state.words, weight: mainWeight(state, "words") });
  }
  const further = state.terms.flatMap((text) => {
    const [, kind, value, weight] = text.match(FURTHER) ?? [];
    return kind ? [{ kind: /** @type {Kind} */ (kind), value, weight: weightOf(weight) }] : [];
  });
  return [...main, ...further];
}

/** @param {State} state @param {"sight" | "words"} kind @returns {number} 1 where it is not said */
export function mainWeight(state, kind) {
  const written = state.terms.map((text) => text.match(MAIN)).find((match) => match?.[1] === kind);
  return written ? weightOf(written[2]) : 1;
}

/** @param {string} text */
function weightOf(text) {
  const weight = Number(text);
  return Number.isFinite(weight) ? Math.max(-HEAVIEST, Math.min(HEAVIEST, weight)) : 1;
}

/** @param {Term} one @param {Term} other @returns {boolean} whether they differ in weight alone */
export function isSame(one, other) {
  return one.kind === other.kind && (isMain(one) || one.value === other.value);
}

/** @param {Term} term */
export function isMain({ kind }) {
  return kind === "sight" || kind === "words";
}

/**
 * The change that adds a term, or gives the one that is there already its new weight.
 * @param {State} state
 * @param {Term} term
 * @returns {Partial<State>}
 */
export function withTerm(state, term) {
  const terms = termsOf(state);
  const wanted = isLiked(state, term) ? { ...terms[0], weight: term.weight } : term;
  const known = terms.some((one) => isSame(one, wanted));
  const changed = terms.map((one) => (isSame(one, wanted) ? wanted : one));
  return stateOf(state, known ? changed : [...terms, wanted]);
}

/** @param {State} state @param {Term} term @returns {boolean} whether it is the main product */
function isLiked({ image, link, like }, { kind, value }) {
  return kind === "product" && !image && !link && like === value;
}

/** @param {State} state @param {Term} term @returns {Partial<State>} the change without it */
export function withoutTerm(state, term) {
  return stateOf(
    state,
    termsOf(state).filter((one) => !isSame(one, term)),
  );
}

/**
 * Where a main term is gone a further one takes its place, and a term left alone needs no
 * weight: so the page of one photo, product or text is the same however one came there.
 * @param {State} state
 * @param {Term[]} terms
 * @returns {Partial<State>}
 */
function stateOf(state, terms) {
  const kept = terms.some(({ kind }) => kind === "sight");
  const sight = kept
    ? null
    : terms.find(({ kind, weight }) => weight > 0 && !["words", "text"].includes(kind));
  const words =
    terms.find(({ kind }) => kind === "words") ??
    terms.find(({ kind, weight }) => weight > 0 && kind === "text");
  const alone = terms.length === 1 && terms[0].weight > 0;
  const written = terms.flatMap((term) => {
    const { kind, value, weight } = term;
    if (term === words) return alone || weight === 1 ? [] : [`words^${weight}`];
    if (term === sight || kind === "sight") return alone || weight === 1 ? [] : [`sight^${weight}`];
    return [`${kind}:${value}^${weight}`];
  });
  const fields = { image: "image", link: "link", product: "like" };
  const seen = kept ? {} : { image: null, link: null, like: null, box: null };
  const moved = sight ? { [/** @type {any} */ (fields)[sight.kind]]: sight.value } : {};
  return { ...seen, ...moved, words: words?.value ?? "", terms: written };
}

/** @param {State} state @param {Map<string, string>} names new ids of photos by their old ones */
export function renamed({ image, terms }, names) {
  const written = terms.map((text) => {
    const [, kind, value, weight] = text.match(FURTHER) ?? [];
    const name = kind === "image" ? names.get(value) : undefined;
    return name === undefined ? text : `image:${name}^${weight}`;
  });
  return { image: image && (names.get(image) ?? image), terms: written };
}
