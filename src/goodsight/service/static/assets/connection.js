// @ts-check
/**
 * When nobody answers: say so in a banner, keep trying, and go on by ourselves once the service
 * is back.
 */

import { notify } from "./announcer.js";
import { find } from "./dom.js";
import { t } from "./i18n.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 8000;
/** @type {Set<() => void>} */
const waiting = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let pauseMs = FIRST_PAUSE_MS;

/** Listen to the browser, and to the impatient. */
export function startConnection() {
  find("#offline-try").addEventListener("click", tryNow);
  addEventListener("online", () => {
    if (!find("#offline").hidden) tryNow();
  });
  addEventListener("offline", () => lost());
}

/** @param {() => void} [goOn] called once the service answers again */
export function lost(goOn = undefined) {
  if (goOn) waiting.add(goOn);
  const banner = find("#offline");
  if (!banner.hidden) return;
  banner.hidden = false;
  pauseMs = FIRST_PAUSE_MS;
  schedule();
}

function schedule() {
  clearTimeout(timer);
  timer = setTimeout(tryNow, pauseMs);
  pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.6);
}

async function tryNow() {
  clearTimeout(timer);
  try {
    const answer = await fetch("/v1/health/live", { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
  } catch {
    schedule();
    return;
  }
  find("#offline").hidden = true;
  notify(t("offline.back"));
  const calls = [...waiting];
  waiting.clear();
  for (const call of calls) call();
}
