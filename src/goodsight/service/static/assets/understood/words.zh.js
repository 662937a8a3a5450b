// @ts-check
/** Chinese words of what was understood. @type {import("../i18n.js").Words} */
export const words = {
  "understood.said": "理解为：{list}",
  "understood.and": "、",
  "understood.or": "或",
  "understood.not": "不要 {name}",
  "understood.literally": "按原文搜索",
  "understood.literal": "按原文",
};
