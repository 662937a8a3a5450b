// @ts-check
/**
 * Which section is shown, from the address: `#/runs/default` is the runs of "default".
 *
 * @typedef {{section: string, collection: string | null}} Place
 */

/** @returns {Place} */
export function placeNow() {
  const [section = "", collection] = location.hash.replace(/^#\//, "").split("/");
  return { section: location.hash.startsWith("#/") ? section : "", collection: decoded(collection) };
}

/** @param {string} section @param {string | null} [collection] @returns {string} */
export function addressOf(section, collection = null) {
  return collection === null ? `#/${section}` : `#/${section}/${encodeURIComponent(collection)}`;
}

/** @param {string | undefined} text @returns {string | null} */
function decoded(text) {
  try {
    return text ? decodeURIComponent(text) : null;
  } catch {
    return null;
  }
}
