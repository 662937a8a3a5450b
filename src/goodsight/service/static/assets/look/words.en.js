// @ts-check
/** English words of what is compared. @type {import("../i18n.js").Words} */
export const words = {
  "look.title": "Compare",
  "look.style": "Style",
  "look.both": "Both",
  "look.colour": "Colour",
  "look.pattern": "Pattern",
  "look.colours": "Which colour",
  "look.any": "Any colour",
  "look.shown": "As shown",
};
