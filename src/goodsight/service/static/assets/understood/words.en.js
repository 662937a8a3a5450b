// @ts-check
/** English words of what was understood. @type {import("../i18n.js").Words} */
export const words = {
  "understood.said": "Read as: {list}",
  "understood.and": ", ",
  "understood.or": " or ",
  "understood.not": "not {name}",
  "understood.literally": "Search for exactly these words",
  "understood.literal": "exactly these words",
  "told.read_as": "Showing results for “{words}”",
  "told.any": "Nothing here has all of “{words}”; these come nearest.",
  "told.none": "Nothing here has “{words}”; shown without it.",
};
