// @ts-check
/**
 * The owner's session: a cookie the page cannot read, and the token that goes with every change.
 *
 * @typedef {{role: string, csrf_token: string, expires_at: string}} Session
 */

import { Problem, getJson, postJson, request, setKey } from "../api.js";

const PATH = "/v1/session";
const OWNER = "admin";
/** @type {Session | null} */
let current = null;
/** @type {() => void} */
let whenEnded = () => {};

/** @param {() => void} listener called when the service no longer knows the session */
export function onSessionEnd(listener) {
  whenEnded = listener;
}

/** @returns {Promise<boolean>} whether an owner is signed in here already */
export async function resumeSession() {
  try {
    current = await getJson(PATH);
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    current = null;
  }
  return current?.role === OWNER;
}

/** @param {string} key @returns {Promise<void>} @throws {Problem} where the key is none or no owner's */
export async function signIn(key) {
  current = await postJson(PATH, { key }, { retries: 0 });
  if (current?.role !== OWNER) {
    await signOut();
    throw new Problem(403, { type: "/problems/forbidden" });
  }
  // A customer's key of this tab would come before the cookie.
  setKey(null);
}

/** End the session here and at the service. */
export async function signOut() {
  try {
    await change("DELETE", PATH);
  } finally {
    current = null;
  }
}

/** @returns {Record<string, string>} what a change must carry */
export function proof() {
  return { "X-CSRF-Token": current?.csrf_token ?? "" };
}

/**
 * Read something; a session that has ended leads back to signing in.
 * @template T
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function read(path, signal) {
  return watched(getJson(path, signal ? { signal } : {}));
}

/**
 * Change something. Never tried twice: the first attempt may have arrived.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [document]
 * @returns {Promise<Response>}
 */
export async function change(method, path, document) {
  const headers = { ...proof() };
  if (document !== undefined) headers["Content-Type"] = "application/json";
  const body = document === undefined ? null : JSON.stringify(document);
  return watched(request(path, { method, body, headers, retries: 0 }));
}

/**
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
async function watched(work) {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && current !== null) {
      current = null;
      whenEnded();
    }
    throw error;
  }
}
