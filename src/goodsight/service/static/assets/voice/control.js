// @ts-check
/**
 * Speaking instead of typing. Loaded at the first press of the microphone; a second press ends
 * the recording, Escape gives it up. What was understood stands in the search box, to be looked
 * at before it counts. The recording goes to this service and to nobody else.
 *
 * @typedef {"idle" | "starting" | "recording" | "working"} Stage
 * @typedef {{text: string}} Transcript
 */

import { announce, notify } from "../announcer.js";
import { request } from "../api.js";
import { catalogue } from "../catalogue.js";
import { find, h, loadStyle, setAttribute } from "../dom.js";
import { addWords, t } from "../i18n.js";
import { problemWords } from "../problem-words.js";
import { state } from "../state.js";
import { record } from "./recorder.js";
import { toWave } from "./wave.js";
import { words as english } from "./words.en.js";
import { words as chinese } from "./words.zh.js";

addWords("en", english);
addWords("zh", chinese);

/** @type {Stage} */
let stage = "idle";
/** @type {import("./recorder.js").Recording | null} */
let recording = null;
const styled = loadStyle("/assets/voice/voice.css");
const button = find("#voice");
const input = /** @type {HTMLInputElement} */ (find("#words"));
const told = h("p", { class: "voice-told", role: "status", test: "voice-status", hidden: true });
button.after(told);
setAttribute(button, "aria-label", () => t(stage === "recording" ? "voice.stop" : "search.voice"));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || stage !== "recording") return;
  event.preventDefault();
  recording?.cancel();
});
// Nobody is listened to behind their back.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) recording?.cancel();
});

/** The button was pressed: begin, or that was all. */
export async function press() {
  if (stage === "recording") recording?.stop();
  if (stage !== "idle") return;
  await styled;
  show("starting");
  try {
    recording = await record();
    show("recording");
    const recorded = await recording.done;
    show("working");
    if (recorded === null) announce(t("voice.cancelled"));
    else await understand(recorded);
  } catch (error) {
    notify(reasonOf(error));
  } finally {
    recording = null;
    show("idle");
  }
}

/** @param {Blob} recorded */
async function understand(recorded) {
  const form = new FormData();
  form.append("audio", await toWave(recorded), "recording.wav");
  const collection = state().collection ?? catalogue()?.name;
  if (collection) form.append("collection", collection);
  const answer = await request("/v1/transcribe", { method: "POST", body: form });
  const { text } = /** @type {Transcript} */ (await answer.json());
  if (text === "") {
    notify(t("voice.nothing"));
    return;
  }
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
  notify(t("voice.heard", { text }));
}

/** @param {Stage} next */
function show(next) {
  stage = next;
  button.dataset.stage = stage;
  button.setAttribute("aria-label", t(stage === "recording" ? "voice.stop" : "search.voice"));
  told.hidden = stage === "idle";
  told.textContent = stage === "idle" ? "" : t(`voice.${stage}`);
}

/** @param {unknown} error @returns {string} why nothing was recorded or understood */
function reasonOf(error) {
  if (!(error instanceof DOMException)) return problemWords(error);
  const { name } = error;
  if (name === "NotAllowedError" || name === "SecurityError") return t("voice.denied");
  if (name === "NotFoundError" || name === "OverconstrainedError") return t("voice.missing");
  return t(name === "NotReadableError" ? "voice.busy" : "voice.unreadable");
}
