// @ts-check
/// <reference lib="webworker" />
/**
 * Lets the installed page open without a network, and receives photos shared from other apps.
 *
 * The page's own files come from the network first, so they are never stale, and from the
 * shelf when nobody answers. Thumbnails, whose address names their content, are kept up to a
 * bound. Answers of the API are never kept.
 */

const VERSION = "1";
const SHELL = `goodsight-shell-${VERSION}`;
const PHOTOS = "goodsight-photos";
const SHARED = "goodsight-shared";
const PHOTOS_AT_MOST = 240;
const PHOTO_PATH = /^\/v1\/collections\/[^/]+\/photos\/[^/]+$/;
const SHELL_PATHS = [
  "/",
  "/icon.svg",
  "/assets/chevron.svg",
  "/manifest.webmanifest",
  ...[
    ...["base", "camera", "cards", "controls", "dialogs", "facets", "layout", "photo-input"],
    ...["product", "query", "results", "search-bar", "start", "states", "tokens"],
  ].map((name) => `/assets/${name}.css`),
  ...[
    ...["announcer", "api", "api-types", "camera", "catalogue", "chips", "colours", "connection"],
    ...["dead-end", "dom", "early", "explanation", "facet-group", "facet-price", "facet-values"],
    ...["facets", "filter-text", "gallery", "held-photos", "i18n", "icons", "key-dialog"],
    ...["language-switch", "main", "notice", "page-drop", "page-paste", "photo-input"],
    ...["photo-ground", "photo-scale", "photo-source", "plate", "problem-words", "product-card"],
    ...["product-view", "query-panel", "recent-searches", "region", "region-geometry", "results"],
    ...["search-bar", "searching", "shared-photo", "sort", "start", "state", "storage", "theme"],
    ...["variant-picker", "whole-rows", "why", "wording", "words.en", "words.zh"],
  ].map((name) => `/assets/${name}.js`),
];

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((shell) => shell.addAll(SHELL_PATHS))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(dropOldShells().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (request.method === "POST" && url.pathname === "/share-photo") {
    event.respondWith(receiveShared(request));
  } else if (request.method !== "GET") {
    return;
  } else if (PHOTO_PATH.test(url.pathname) && request.destination === "image") {
    event.respondWith(photo(request));
  } else if (SHELL_PATHS.includes(url.pathname)) {
    event.respondWith(shell(request, url.pathname));
  }
});

async function dropOldShells() {
  for (const name of await caches.keys()) {
    if (name.startsWith("goodsight-shell-") && name !== SHELL) await caches.delete(name);
  }
}

/** @param {Request} request @param {string} path the query string is the page's own affair */
async function shell(request, path) {
  const shelf = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (answer.ok) await shelf.put(path, answer.clone());
    return answer;
  } catch (error) {
    const kept = await shelf.match(path);
    if (kept) return kept;
    throw error;
  }
}

/** @param {Request} request */
async function photo(request) {
  const shelf = await caches.open(PHOTOS);
  const kept = await shelf.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await keepPhoto(shelf, request, answer.clone());
  return answer;
}

/** @param {Cache} shelf @param {Request} request @param {Response} answer */
async function keepPhoto(shelf, request, answer) {
  await shelf.put(request, answer);
  const all = await shelf.keys();
  // Kept in order of arrival, so the first are the oldest.
  for (const oldest of all.slice(0, Math.max(0, all.length - PHOTOS_AT_MOST))) {
    await shelf.delete(oldest);
  }
}

/** @param {Request} request a form with the shared photo */
async function receiveShared(request) {
  const file = (await request.formData()).get("photo");
  if (!(file instanceof File)) return Response.redirect("/", 303);
  const shelf = await caches.open(SHARED);
  await shelf.put("/shared-photo", new Response(file, { headers: { "Content-Type": file.type } }));
  return Response.redirect("/?shared=1", 303);
}
