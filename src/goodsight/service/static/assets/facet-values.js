// @ts-check
/** Which values of a facet are offered, and in which order. */

/** @typedef {Record<string, number>} Counts */

const YES_OR_NO = new Set(["yes", "no", "true", "false", "1", "0"]);
const YES = new Set(["yes", "true", "1"]);

/** @param {string[]} list @param {string} value @returns {boolean} regardless of case, as the service compares */
export function has(list, value) {
  return list.some((each) => each.toLowerCase() === value.toLowerCase());
}

/** @param {string} name of a facet @returns {boolean} whether its values are paths of levels */
export function isTree(name) {
  return name === "category";
}

/** @param {string} path @param {string} upper @returns {boolean} */
export function isBelow(path, upper) {
  return path.toLowerCase().startsWith(`${upper.toLowerCase()}/`);
}

/** @param {Counts} counts @param {string[]} chosen @returns {string[]} chosen ones first, then the most frequent */
export function orderedValues(counts, chosen) {
  const others = Object.keys(counts).filter((value) => !has(chosen, value));
  return [...chosen, ...others.sort(byCount(counts))];
}

/** @param {Counts} counts @returns {(a: string, b: string) => number} */
function byCount(counts) {
  return (a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a.localeCompare(b);
}

/**
 * Paths as an opened tree: each level under its upper one, lower levels only where the reader
 * has gone. A root that stands alone is open already.
 * @param {Counts} counts
 * @param {string[]} chosen
 * @returns {string[]}
 */
export function openLevels(counts, chosen) {
  const paths = [...new Set([...Object.keys(counts), ...chosen])].sort(byCount(counts));
  const upperOf = (/** @type {string} */ path) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
  const roots = paths.filter((path) => !paths.includes(upperOf(path)));
  const isOpen = (/** @type {string} */ path) =>
    roots.length === 1 && path === roots[0]
      ? true
      : chosen.some((each) => each === path || isBelow(each, path));
  /** @type {(path: string) => string[]} */
  const withLower = (path) => {
    const lower = isOpen(path) ? paths.filter((each) => upperOf(each) === path) : [];
    return [path, ...lower.flatMap(withLower)];
  };
  return roots.flatMap(withLower);
}

/**
 * @param {Counts} counts
 * @returns {string | null} how this facet writes "yes"; null where it is no matter of yes or no
 */
export function yesOf(counts) {
  const values = Object.keys(counts);
  if (values.length === 0 || !values.every((value) => YES_OR_NO.has(value.toLowerCase()))) {
    return null;
  }
  return values.find((value) => YES.has(value.toLowerCase())) ?? null;
}
