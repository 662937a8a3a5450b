// @ts-check
/**
 * Choices put into the service's filter language: `color in ('Red','Blue') and price >= 10`.
 * A quote inside text is doubled; a name other than a bare word is put in double quotes.
 *
 * @typedef {Pick<import("./state.js").State, "filters" | "priceFrom" |
 *   "priceTo" | "priceBelow" | "inStock">} Narrowing
 */

const BARE_NAME = /^[^\W\d]\w*$/;
const KEYWORDS = new Set(["and", "or", "not", "in", "true", "false"]);

/** @param {string} name */
function quoteName(name) {
  const bare = BARE_NAME.test(name) && !KEYWORDS.has(name.toLowerCase());
  // The language cannot write a double quote inside a name; no facet of the service has one.
  return bare ? name : `"${name.replaceAll('"', "")}"`;
}

/** @param {string} text */
function quoteText(text) {
  return `'${text.replaceAll("'", "''")}'`;
}

/** @param {Narrowing} narrowing @returns {string} "" where nothing narrows */
export function filterText(narrowing) {
  const conditions = Object.entries(narrowing.filters)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) =>
      values.length === 1
        ? `${quoteName(name)} = ${quoteText(values[0])}`
        : `${quoteName(name)} in (${values.map(quoteText).join(", ")})`,
    );
  if (narrowing.priceFrom) conditions.push(`price >= ${narrowing.priceFrom}`);
  if (narrowing.priceTo) {
    conditions.push(`price ${narrowing.priceBelow ? "<" : "<="} ${narrowing.priceTo}`);
  }
  if (narrowing.inStock) conditions.push("in_stock");
  return conditions.join(" and ");
}
