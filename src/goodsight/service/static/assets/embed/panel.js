// @ts-check
/** The panel: a photo is dropped, pasted, chosen or taken, and the shop's products like it appear. */

import { card, h } from "./cards.js";
import { photoIn, prepared } from "./photos.js";
import { Refused, serviceOf } from "./service.js";
import { STYLES } from "./styles.js";
import { WORDS } from "./words.js";

/**
 * @param {ShadowRoot} root
 * @param {import("./service.js").Options} options
 */
export function makePanel(root, options) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const panel = new Panel(options);
  root.append(panel.dialog);
  return { open: () => panel.open(), close: () => panel.dialog.close() };
}

class Panel {
  /** @param {import("./service.js").Options} options */
  constructor(options) {
    this.language = options.language;
    this.words = WORDS[options.language];
    this.service = serviceOf(options);
    this.searching = new AbortController();
    this.body = h("div", { class: "body" });
    this.said = h("p", { class: "s", role: "status", "data-test": "goodsight-status" });
    this.dialog = this.makeDialog();
  }

  open() {
    if (!this.body.hasChildNodes()) this.askForPhoto();
    if (!this.dialog.open) this.dialog.showModal();
  }

  makeDialog() {
    const shut = { class: "x", type: "button", "aria-label": this.words.close, "data-test": "goodsight-close" };
    const head = h("header", {}, h("h2", { id: "title" }, this.words.title), h("button", { ...shut, onclick: () => dialog.close() }, "✕"));
    const dialog = /** @type {HTMLDialogElement} */ (
      h("dialog", { "aria-labelledby": "title", "data-test": "goodsight-panel" }, head, this.body)
    );
    dialog.addEventListener("close", () => this.searching.abort());
    // The dialog itself is hit only beside its content, on the backdrop.
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("dragover", (event) => {
      event.preventDefault();
      dialog.classList.add("over");
    });
    dialog.addEventListener("dragleave", () => dialog.classList.remove("over"));
    dialog.addEventListener("drop", (event) => {
      event.preventDefault();
      dialog.classList.remove("over");
      this.take(photoIn(event.dataTransfer));
    });
    dialog.addEventListener("paste", (event) => this.take(photoIn(event.clipboardData)));
    return dialog;
  }

  /** @param {File | undefined} photo */
  take(photo) {
    if (photo) this.search(photo);
  }

  /** @param {string} label @param {string} kind @param {Record<string, string>} more */
  picker(label, kind, more) {
    const chosen = (/** @type {any} */ event) => {
      const [file] = event.target.files;
      event.target.value = "";
      this.take(file);
    };
    const input = h("input", { class: "in", type: "file", accept: "image/*", onchange: chosen, ...more });
    return h("label", { class: kind }, input, label);
  }

  choices() {
    return [
      this.picker(this.words.choose, "b solid", { "data-test": "goodsight-file", autofocus: "" }),
      this.picker(this.words.camera, "b phone", { "data-test": "goodsight-camera", capture: "environment" }),
    ];
  }

  askForPhoto() {
    const drop = h("div", { class: "drop" }, h("p", {}, this.words.drop), h("div", { class: "row" }, ...this.choices()));
    this.body.replaceChildren(drop, this.said);
  }

  /** @param {Blob} file */
  async search(file) {
    this.searching.abort();
    this.searching = new AbortController();
    const { signal } = this.searching;
    const { blob, shown } = await prepared(file);
    if (signal.aborted) return;
    const { title, list } = this.showSearching(shown);
    try {
      const answer = await this.service.search(blob, signal);
      this.showFound(answer, title, list, signal);
    } catch (error) {
      if (!signal.aborted) this.refuse(error, () => this.search(file));
    }
  }

  /** @param {HTMLCanvasElement} shown */
  showSearching(shown) {
    const { words } = this;
    shown.setAttribute("role", "img");
    shown.setAttribute("aria-label", words.photo);
    const title = h("p", {}, words.searching);
    const other = this.picker(words.other, "b", { "data-test": "goodsight-file" });
    const plates = Array.from({ length: 4 }, () => h("li", { "aria-hidden": "true" }, h("div", { class: "wait" })));
    const list = h("ul", { "aria-busy": "true" }, ...plates);
    this.said.className = "s";
    this.said.textContent = "";
    this.body.replaceChildren(h("div", { class: "query" }, shown, title, other), this.said, list);
    return { title, list };
  }

  /** @param {any} answer @param {HTMLElement} title @param {HTMLElement} list @param {AbortSignal} signal */
  showFound(answer, title, list, signal) {
    const { words } = this;
    const count = answer.hits.length;
    list.removeAttribute("aria-busy");
    list.replaceChildren(...this.cards(answer.hits));
    title.textContent = count === 0 ? words.empty : answer.no_match ? words.none : words.found;
    this.said.textContent = count === 0 ? "" : words.count.replace("{n}", String(count));
    if (answer.next_cursor && answer.image_id) this.body.append(this.moreButton(list, answer, signal));
  }

  /** @param {any[]} hits */
  cards(hits) {
    return hits.map((hit) => card(hit, this));
  }

  /** @param {HTMLElement} list @param {any} answer @param {AbortSignal} signal */
  moreButton(list, { image_id: image, next_cursor: first }, signal) {
    let cursor = first;
    const showMore = async () => {
      try {
        const next = await this.service.searchOn(image, cursor, signal);
        list.append(...this.cards(next.hits));
        cursor = next.next_cursor;
      } catch {
        // The service has forgotten the photo: what is shown stays.
        cursor = null;
      }
      row.hidden = !cursor;
    };
    const row = h("div", { class: "row" }, h("button", { class: "b", type: "button", "data-test": "goodsight-more", onclick: showMore }, this.words.more));
    return row;
  }

  /** @param {unknown} error @param {() => void} again */
  refuse(error, again) {
    const { words } = this;
    const status = error instanceof Refused ? error.status : 0;
    const unreadable = [413, 415, 422].includes(status);
    this.said.className = "";
    this.said.textContent = unreadable ? words.unreadable : status === 429 ? words.busy : words.failed;
    const retry = h("button", { class: "b", type: "button", "data-test": "goodsight-again", onclick: again }, words.again);
    this.body.replaceChildren(this.said, h("div", { class: "row" }, ...(unreadable ? [] : [retry]), ...this.choices()));
  }
}
