// @ts-check
/**
 * What the browser keeps for the reader. Storage may be full, switched off or forbidden; then
 * the page works all the same and simply forgets.
 */

/** @param {string} name @param {Storage} [store] @returns {string | null} */
export function kept(name, store = undefined) {
  try {
    return (store ?? localStorage).getItem(name);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string | null} value null forgets it
 * @param {Storage} [store]
 * @returns {boolean} whether it was kept
 */
export function keep(name, value, store = undefined) {
  try {
    if (value === null) (store ?? localStorage).removeItem(name);
    else (store ?? localStorage).setItem(name, value);
    return true;
  } catch {
    return false;
  }
}
