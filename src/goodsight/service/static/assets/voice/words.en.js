// @ts-check
/** English words of speaking. @type {import("../i18n.js").Words} */
export const words = {
  "voice.stop": "Stop recording",
  "voice.starting": "Starting the microphone…",
  "voice.recording": "Listening: say a product’s name. Press again when done, Escape to cancel.",
  "voice.working": "Understanding…",
  "voice.cancelled": "Recording cancelled",
  "voice.heard": "Heard: {text}. Change it if need be, then press Enter.",
  "voice.nothing": "Nothing was understood. Say a product’s name, in English and near the microphone.",
  "voice.denied": "The microphone is blocked for this page. You can allow it in the browser’s address bar, or type instead.",
  "voice.missing": "No microphone was found. Type instead.",
  "voice.busy": "The microphone is in use by another program.",
  "voice.unreadable": "The browser could not record. Try again, or type instead.",
};
