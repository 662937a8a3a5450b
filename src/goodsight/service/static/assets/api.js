// @ts-check
/**
 * Talking to the service: requests, refusals as `Problem`, retries with back-off, and the key.
 *
 * The key, where one is needed, stays in this tab's session storage.
 *
 * @typedef {import("./api-types.js").SearchRequest} SearchRequest
 * @typedef {import("./api-types.js").SearchAnswer} SearchAnswer
 * @typedef {import("./api-types.js").CollectionDocument} CollectionDocument
 * @typedef {import("./api-types.js").FullProduct} FullProduct
 * @typedef {{method?: string, body?: BodyInit | null, headers?: Record<string, string>,
 *   signal?: AbortSignal, retries?: number}} RequestOptions
 */

import { keep, kept } from "./storage.js";

const KEY_NAME = "goodsight.key";
const RETRIES = 2;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 6000;
/** Answers after which the same request may be sent again: too many requests, unavailable. */
const PASSING = new Set([429, 503]);

/** A refusal by the service (RFC 9457). `kind` is the end of its type, such as "upload-expired". */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {{type?: string, title?: string, detail?: string, request_id?: string,
   *   position?: number}} document
   */
  constructor(status, document) {
    super(document.detail || document.title || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.kind = (document.type ?? "").split("/").pop() || "internal";
    this.requestId = document.request_id ?? null;
    this.position = document.position ?? null;
  }
}

/** Nobody answered at all: the service is down or the network is. */
export class Unreachable extends Error {
  constructor() {
    super("the service cannot be reached");
    this.name = "Unreachable";
  }
}

/** @param {unknown} error @returns {boolean} whether we ourselves gave up the request */
export function isAborted(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

/** @returns {string | null} */
export function key() {
  return kept(KEY_NAME, sessionStorage);
}

/** @param {string | null} value null forgets it */
export function setKey(value) {
  keep(KEY_NAME, value, sessionStorage);
}

/**
 * Send a request, patiently: passing refusals and a lost network are tried again.
 * @param {string} path
 * @param {RequestOptions} [options]
 * @returns {Promise<Response>} only ever a successful one
 * @throws {Problem | Unreachable | DOMException}
 */
export async function request(path, options = {}) {
  const { retries = RETRIES, signal } = options;
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attemptOnce(path, options);
    if (outcome instanceof Response && outcome.ok) return outcome;
    const passing = !(outcome instanceof Response) || PASSING.has(outcome.status);
    if (!passing || attempt >= retries) {
      throw outcome instanceof Response ? await problemOf(outcome) : outcome;
    }
    await pause(waitBefore(attempt, outcome), signal);
  }
}

/**
 * @param {string} path
 * @param {RequestOptions} options
 * @returns {Promise<Response | Unreachable>}
 */
async function attemptOnce(path, options) {
  const headers = new Headers(options.headers);
  const secret = key();
  if (secret) headers.set("Authorization", `Bearer ${secret}`);
  headers.set("Accept", headers.get("Accept") ?? "application/json");
  try {
    return await fetch(path, {
      method: options.method ?? "GET",
      body: options.body ?? null,
      headers,
      signal: options.signal ?? null,
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch (error) {
    if (isAborted(error)) throw error;
    return new Unreachable();
  }
}

/** @param {number} attempt @param {Response | Unreachable} outcome @returns {number} milliseconds */
function waitBefore(attempt, outcome) {
  const asked = outcome instanceof Response ? Number(outcome.headers.get("Retry-After")) : 0;
  const own = FIRST_PAUSE_MS * 2 ** attempt * (0.75 + Math.random() / 2);
  return Math.min(LONGEST_PAUSE_MS, Math.max(own, (asked || 0) * 1000));
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer);
      reject(new DOMException("given up", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    }, milliseconds);
    if (signal?.aborted) giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}

/** @param {Response} response @returns {Promise<Problem>} */
async function problemOf(response) {
  try {
    return new Problem(response.status, await response.json());
  } catch {
    return new Problem(response.status, { title: response.statusText });
  }
}

/**
 * @template T
 * @param {string} path
 * @param {RequestOptions} [options]
 * @returns {Promise<T>}
 */
export async function getJson(path, options) {
  return (await request(path, options)).json();
}

/**
 * @template T
 * @param {string} path
 * @param {unknown} document
 * @param {RequestOptions} [options]
 * @returns {Promise<T>}
 */
export async function postJson(path, document, options = {}) {
  const headers = { "Content-Type": "application/json", ...options.headers };
  const body = JSON.stringify(document);
  return (await request(path, { ...options, method: "POST", body, headers })).json();
}

/** @param {string} collection @param {...string} parts @returns {string} a path below a collection */
export function collectionPath(collection, ...parts) {
  return ["/v1/collections", ...[collection, ...parts].map(encodeURIComponent)].join("/");
}

/** @param {RequestOptions} [options] @returns {Promise<CollectionDocument[]>} */
export async function listCollections(options) {
  const answer = /** @type {{collections: CollectionDocument[]}} */ (
    await getJson("/v1/collections", options)
  );
  return answer.collections;
}

/** @param {string} collection @param {RequestOptions} [options] @returns {Promise<CollectionDocument>} */
export function readCollection(collection, options) {
  return getJson(collectionPath(collection), options);
}

/**
 * @param {string} collection
 * @param {string} id
 * @param {RequestOptions} [options]
 * @returns {Promise<FullProduct>}
 */
export function readProduct(collection, id, options) {
  return getJson(collectionPath(collection, "products", id), options);
}

/**
 * Search. With a photo to upload the request travels as a form, else as JSON.
 * @param {string} collection
 * @param {SearchRequest} search
 * @param {Blob | null} upload
 * @param {RequestOptions} [options]
 * @returns {Promise<SearchAnswer>}
 */
export async function searchProducts(collection, search, upload, options = {}) {
  const path = collectionPath(collection, "search");
  if (upload === null) return postJson(path, search, options);
  const body = searchForm(search, upload);
  return (await request(path, { ...options, method: "POST", body })).json();
}

/** @param {SearchRequest} search @param {Blob} upload @returns {FormData} */
function searchForm(search, upload) {
  const form = new FormData();
  form.append("image", upload, upload instanceof File ? upload.name : "photo.jpg");
  for (const term of search.query) {
    if (term.text) form.append("text", term.text);
    if (term.box) form.append("box", term.box.join(","));
  }
  if (search.filter) form.append("filter", search.filter);
  if (search.facets?.length) form.append("facets", search.facets.join(","));
  if (search.sort) form.append("sort", search.sort);
  if (search.limit) form.append("limit", String(search.limit));
  if (search.understand) form.append("understand", "true");
  if (search.explain) form.append("explain", "true");
  return form;
}

/** @param {string} id @returns {string} where the service keeps an uploaded photo for some minutes */
export function uploadPath(id) {
  return `/v1/uploads/${encodeURIComponent(id)}`;
}
