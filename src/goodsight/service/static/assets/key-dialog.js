// @ts-check
/** Asking for the key that a closed catalogue needs. */

import { setKey, key } from "./api.js";
import { find, openDialog } from "./dom.js";

/** @param {() => void} onKey told once there is a new key to try */
export function startKeyDialog(onKey) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#key"));
  const input = /** @type {HTMLInputElement} */ (find("#key-input"));
  find("#key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim() === "") return;
    setKey(input.value.trim());
    input.value = "";
    dialog.close();
    onKey();
  });
  find("#key-close").addEventListener("click", () => dialog.close());
}

/** Ask; where a key was given already, it was the wrong one. */
export function askForKey() {
  find("#key-wrong").hidden = key() === null;
  setKey(null);
  openDialog(find("#key"));
}
