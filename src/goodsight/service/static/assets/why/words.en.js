// @ts-check
/** English words of "why this?". @type {import("../i18n.js").Words} */
export const words = {
  "why.asking": "Looking at both photos…",
  "why.sure": "{words} · {share}",
  "why.for": "speaks for the match",
  "why.against": "speaks against it",
  "why.unseen": "pale: not looked at",
  "why.where": "{share} of what speaks for it comes from {places}.",
  "why.where.against": " A little speaks against it: {share}.",
  "why.nothing": "Nothing in it speaks for the match.",
  "why.and": ", ",
  "why.place.00": "the upper left",
  "why.place.01": "the top",
  "why.place.02": "the upper right",
  "why.place.10": "the left",
  "why.place.11": "the centre",
  "why.place.12": "the right",
  "why.place.20": "the lower left",
  "why.place.21": "the bottom",
  "why.place.22": "the lower right",
  "why.method.exact":
    "This is exact: the coloured parts of your photo add up to how alike it and the product look, {likeness}.",
  "why.method.occlusion":
    "Found by covering: each part was hidden in turn, and the colour shows how much likeness ({likeness} in all) that took away. Such parts do not add up.",
  "why.thumbnail": "The product’s original photo is gone; its map was made of a small copy.",
};
