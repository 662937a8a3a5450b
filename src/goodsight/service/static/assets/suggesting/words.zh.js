// @ts-check
/** Chinese words of the suggestions. @type {import("../i18n.js").Words} */
export const words = {
  "suggest.label": "搜索建议",
  "suggest.count": "{n} 条建议",
  "suggest.category": "分类",
  "suggest.brand": "品牌",
  "suggest.word": "词",
  "suggest.product": "商品",
};
