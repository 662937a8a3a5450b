// @ts-check
/** Chinese words of speaking. @type {import("../i18n.js").Words} */
export const words = {
  "voice.stop": "停止录音",
  "voice.starting": "正在打开麦克风…",
  "voice.recording": "正在听：请用英语说出商品名称。说完再按一次，按 Esc 取消。",
  "voice.working": "正在识别…",
  "voice.cancelled": "已取消录音",
  "voice.heard": "听到：{text}。如有需要请修改，然后按回车键。",
  "voice.nothing": "没有听懂。请靠近麦克风，用英语说出商品名称。",
  "voice.denied": "此页面无法使用麦克风。您可以在浏览器地址栏中允许，或改为输入文字。",
  "voice.missing": "没有找到麦克风。请改为输入文字。",
  "voice.busy": "麦克风正被其他程序使用。",
  "voice.unreadable": "浏览器无法录音。请重试，或改为输入文字。",
};
