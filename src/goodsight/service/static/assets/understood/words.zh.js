// @ts-check
/** Chinese words of what was understood. @type {import("../i18n.js").Words} */
export const words = {
  "understood.said": "理解为：{list}",
  "understood.and": "、",
  "understood.or": "或",
  "understood.not": "不要 {name}",
  "understood.any": "没有商品同时包含“{words}”，以下商品包含其中一部分。",
  "understood.none": "没有商品包含“{words}”，以下结果未使用这些词。",
  "understood.literally": "按原文搜索",
  "understood.literal": "按原文",
};
