// @ts-check
/** English words of the suggestions. @type {import("../i18n.js").Words} */
export const words = {
  "suggest.label": "Suggestions",
  "suggest.count": { one: "{n} suggestion", other: "{n} suggestions" },
  "suggest.category": "category",
  "suggest.brand": "brand",
  "suggest.word": "word",
  "suggest.product": "product",
};
