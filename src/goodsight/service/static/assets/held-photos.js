// @ts-check
/**
 * The photos searched with in this tab, so that one which the service has let go of is simply
 * sent again. A photo not sent yet has a name of our own.
 */

const HELD_AT_MOST = 12;
const OWN_PREFIX = "local-";
/** @type {Map<string, Blob>} */
const held = new Map();

/** @param {string} id @param {Blob} photo */
export function hold(id, photo) {
  held.delete(id);
  held.set(id, photo);
  for (const oldest of [...held.keys()].slice(0, -HELD_AT_MOST)) held.delete(oldest);
}

/** @param {Blob} photo @returns {string} its name until the service gives it one */
export function holdNew(photo) {
  const id = OWN_PREFIX + crypto.getRandomValues(new Uint32Array(2)).join("");
  hold(id, photo);
  return id;
}

/** @param {string} id @returns {Blob | null} */
export function heldPhoto(id) {
  return held.get(id) ?? null;
}

/** @param {string} id @returns {boolean} whether the service cannot know it */
export function isUnsent(id) {
  return id.startsWith(OWN_PREFIX);
}
