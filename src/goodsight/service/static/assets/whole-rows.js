// @ts-check
/** A list of cards that ends with a whole row, however many columns the window has. */

/**
 * @param {HTMLElement} list laid out as a grid
 * @returns {() => void} to call when its cards have changed
 */
export function keepWholeRows(list) {
  const fit = () => {
    const columns = getComputedStyle(list).gridTemplateColumns.split(" ").length;
    const cards = /** @type {HTMLElement[]} */ ([...list.children]);
    const rest = cards.length > columns ? cards.length % columns : 0;
    cards.forEach((card, place) => {
      card.hidden = place >= cards.length - rest;
    });
  };
  new ResizeObserver(fit).observe(list);
  return fit;
}
