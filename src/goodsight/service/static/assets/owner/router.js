// @ts-check
/**
 * Which section is shown, from the address: `#/runs/default` is the runs of "default", and
 * `#/models/default/12` a thing within a section.
 *
 * @typedef {{section: string, collection: string | null, item: string | null}} Place
 */

/** @returns {Place} */
export function placeNow() {
  const [section = "", collection, item] = location.hash.replace(/^#\//, "").split("/");
  return {
    section: location.hash.startsWith("#/") ? section : "",
    collection: decoded(collection),
    item: decoded(item),
  };
}

/** @param {string} section @param {...string} parts the collection, then what of it @returns {string} */
export function addressOf(section, ...parts) {
  return [`#/${section}`, ...parts.map(encodeURIComponent)].join("/");
}

/** @param {string | undefined} text @returns {string | null} */
function decoded(text) {
  try {
    return text ? decodeURIComponent(text) : null;
  } catch {
    return null;
  }
}
