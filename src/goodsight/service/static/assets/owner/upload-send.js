// @ts-check
/** Sending a form with progress, which `fetch` does not tell. */

import { Problem, Unreachable } from "../api.js";
import { proof } from "./session.js";

/**
 * @param {string} path
 * @param {FormData} form
 * @param {(sent: number, total: number) => void} progress bytes
 * @param {AbortSignal} signal
 * @returns {Promise<any>} the answer's JSON
 */
export function sendForm(path, form, progress, signal) {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", path);
    sending.responseType = "json";
    sending.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(proof())) sending.setRequestHeader(name, value);
    sending.upload.addEventListener("progress", (event) => progress(event.loaded, event.total));
    sending.addEventListener("load", () => {
      if (sending.status >= 200 && sending.status < 300) resolve(sending.response);
      else reject(new Problem(sending.status, sending.response ?? { title: sending.statusText }));
    });
    sending.addEventListener("error", () => reject(new Unreachable()));
    sending.addEventListener("abort", () => reject(new DOMException("given up", "AbortError")));
    if (signal.aborted) sending.abort();
    signal.addEventListener("abort", () => sending.abort(), { once: true });
    sending.send(form);
  });
}
