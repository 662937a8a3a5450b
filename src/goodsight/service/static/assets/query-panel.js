// @ts-check
/** What is searched with, always in sight: the photo with its region, or the product. */

import { h, icon, find, replace } from "./dom.js";
import { hasWords, t } from "./i18n.js";
import { heldPhoto, isUnsent } from "./held-photos.js";
import { uploadPath } from "./api.js";
import { showPhoto, sized } from "./photo-source.js";
import { recentPhoto } from "./recent-searches.js";
import { createRegion } from "./region.js";
import { composing } from "./searching.js";
import { NO_QUERY, navigate, state } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {{photo: string | null, title: string}} LikedProduct */

/** @type {import("./region.js").Region | null} */
let region = null;
/** Which query the panel shows now; the same one keeps its elements, and the focus in them. */
let shownQuery = "";
/** The photo it shows, where we have it; it stays shown when the service gives it a name. */
let shownPhoto = /** @type {Blob | null} */ (null);

/** @param {() => void} onNew asked for another photo */
export function startQueryPanel(onNew) {
  find("#query-new").addEventListener("click", onNew);
  find("#query-remove").addEventListener("click", () => {
    navigate({ ...NO_QUERY, ...composing.withoutSight(state()) });
  });
  find("#region-whole").addEventListener("click", () => {
    navigate({ box: null });
    find("#query .region-box").focus();
  });
}

/**
 * @param {State} now
 * @param {LikedProduct | null} [liked] the product of a "more like this", once it is known
 */
export function showQuery(now, liked = null) {
  const panel = find("#query");
  const query = now.image ?? now.link ?? now.like;
  panel.hidden = query === null;
  find("#query-thumb").hidden = query === null;
  document.body.classList.toggle("with-query", query !== null);
  if (query === null) {
    shownQuery = "";
    shownPhoto = null;
    return;
  }
  const identity = JSON.stringify([query, liked?.photo ?? null]);
  const photo = now.image === null ? null : heldPhoto(now.image);
  if (identity !== shownQuery && (photo === null || photo !== shownPhoto)) {
    shownPhoto = photo;
    draw(now, liked);
  }
  shownQuery = identity;
  region?.set(now.box);
  const isPhoto = Boolean(now.image);
  find("#region-whole").hidden = now.box === null;
  find("#region-hint").hidden = !isPhoto || now.box !== null;
  showLook();
}

/** What of it is compared: loaded once there is something to compare with. */
async function showLook() {
  const control = await import("./look/control.js").catch(() => null);
  await control?.showLook(find("#look"));
}

/** @param {State} now @param {LikedProduct | null} liked */
function draw(now, liked) {
  const figure = find("#query-figure");
  const thumb = find("#query-thumb");
  region = null;
  figure.classList.remove("unshown");
  replace(thumb, icon("photo"));
  showFindings([]);
  replace(find("#query-title"), () => t(now.like ? "query.like" : "query.title"));
  if (now.image) {
    region = createRegion((box) => navigate({ box }));
    const image = queryImage(() => t("query.photo"));
    const unshown = h("p", { class: "query-unshown" }, icon("photo"), () => t("query.unshown"));
    replace(figure, image, region.element, unshown);
    showUpload(image, now.image);
    const small = h("img", { alt: "" });
    showUpload(small, now.image, () => replace(thumb, small));
  } else if (now.like && liked?.photo) {
    const { photo, title } = liked;
    const image = queryImage(() => t("query.product", { title }));
    replace(figure, image);
    showPhoto(image, sized(photo, "large"));
    const small = h("img", { alt: "" });
    small.addEventListener("load", () => replace(thumb, small));
    showPhoto(small, sized(photo, "small"));
  } else {
    const host = now.link ? new URL(now.link).host : "";
    const words = now.link ? () => t("query.link", { host }) : () => now.like ?? "";
    replace(figure, h("p", { class: "query-elsewhere" }, icon("link"), words));
  }
}

/** @param {() => string} alt */
function queryImage(alt) {
  return h("img", { class: "query-photo", test: "query-photo", alt, draggable: "false" });
}

/**
 * @param {HTMLImageElement} image
 * @param {string} id of the upload
 * @param {() => void} [onShown]
 */
function showUpload(image, id, onShown = undefined) {
  const own = heldPhoto(id) ?? recentPhoto(id);
  image.addEventListener("load", () => onShown?.(), { once: true });
  if (own === null) {
    showPhoto(image, uploadPath(id));
    return;
  }
  const address = URL.createObjectURL(own);
  const forget = () => URL.revokeObjectURL(address);
  image.addEventListener("load", forget, { once: true });
  image.addEventListener("error", () => showServed(image, id, forget), { once: true });
  image.src = address;
}

/**
 * A kind of photo this browser cannot open: the service keeps one that it can, once it has it.
 * @param {HTMLImageElement} image
 * @param {string} id
 * @param {() => void} forget
 */
function showServed(image, id, forget) {
  forget();
  shownPhoto = null;
  const figure = find("#query-figure");
  figure.classList.toggle("unshown", isUnsent(id));
  if (!isUnsent(id)) showPhoto(image, uploadPath(id));
}

/** @param {string[]} findings what the service noticed about the photo, said kindly */
export function showFindings(findings) {
  const known = findings.filter((finding) => hasWords(`finding.${finding}`));
  const place = find("#findings");
  place.hidden = known.length === 0;
  replace(
    place,
    ...known.map((finding) => h("li", {}, icon("light"), h("span", {}, () => t(`finding.${finding}`)))),
  );
}
