// @ts-check
/** The microphone: on while something is recorded, and off in every other moment. */

/** Longer requests are none. */
const LONGEST_MS = 15_000;
const BITS_PER_SECOND = 96_000;
/** What browsers do to voices in calls takes from them what a recogniser listens for. */
const AS_IT_SOUNDS = {
  channelCount: 1,
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

/**
 * A recording that goes on.
 * @typedef {object} Recording
 * @property {Promise<Blob | null>} done what was recorded; null where it was given up
 * @property {() => void} stop that was all
 * @property {() => void} cancel forget it
 */

/**
 * Ask for the microphone and record.
 * @returns {Promise<Recording>}
 * @throws {DOMException} where the visitor or the system says no
 */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_SOUNDS });
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_PER_SECOND });
  /** @type {Blob[]} */
  const parts = [];
  let wanted = true;
  const stop = () => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  const cancel = () => {
    wanted = false;
    stop();
  };
  const timer = setTimeout(stop, LONGEST_MS);
  /** @type {Promise<Blob | null>} */
  const done = new Promise((resolve) => {
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      clearTimeout(timer);
      for (const track of stream.getTracks()) track.stop();
      resolve(wanted ? new Blob(parts, { type: recorder.mimeType }) : null);
    });
  });
  recorder.start();
  return { done, stop, cancel };
}
