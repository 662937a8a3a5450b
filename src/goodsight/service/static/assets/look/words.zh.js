// @ts-check
/** Chinese words of what is compared. @type {import("../i18n.js").Words} */
export const words = {
  "look.title": "比较什么",
  "look.style": "款式",
  "look.both": "两者",
  "look.colour": "颜色",
  "look.pattern": "图案",
  "look.colours": "哪种颜色",
  "look.any": "任意颜色",
  "look.shown": "与图中相同",
};
