// @ts-check
/** Chinese words of "why this?". @type {import("../i18n.js").Words} */
export const words = {
  "why.asking": "正在对比两张照片…",
  "why.sure": "{words} · {share}",
  "why.for": "支持匹配",
  "why.against": "不支持匹配",
  "why.unseen": "淡色：未参与比较",
  "why.where": "支持匹配的部分中，{share} 来自{places}。",
  "why.where.against": "少量内容不支持匹配：{share}。",
  "why.nothing": "照片中没有支持匹配的内容。",
  "why.and": "、",
  "why.place.00": "左上方",
  "why.place.01": "上方",
  "why.place.02": "右上方",
  "why.place.10": "左侧",
  "why.place.11": "中央",
  "why.place.12": "右侧",
  "why.place.20": "左下方",
  "why.place.21": "下方",
  "why.place.22": "右下方",
  "why.method.exact": "这是精确的分解：您照片中各着色部分相加，正好等于它与商品的相似度 {likeness}。",
  "why.method.occlusion":
    "通过遮挡得出：依次遮住各个部分，颜色表示相似度（共 {likeness}）因此减少多少。各部分不能相加。",
  "why.thumbnail": "商品原图已不在，其热图由小图生成。",
};
