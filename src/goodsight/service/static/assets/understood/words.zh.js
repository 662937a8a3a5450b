// @ts-check
/** Chinese words of what was understood. @type {import("../i18n.js").Words} */
export const words = {
  "understood.said": "理解为：{list}",
  "understood.and": "、",
  "understood.or": "或",
  "understood.not": "不要 {name}",
  "understood.literally": "按原文搜索",
  "understood.literal": "按原文",
  "told.read_as": "以下是“{words}”的搜索结果",
  "told.any": "没有商品同时包含“{words}”，以下商品最为接近。",
  "told.none": "没有商品包含“{words}”，以下结果未使用这些词。",
};
