// @ts-check
/**
 * Asking the service from another origin: always with the key in a header, never with cookies.
 *
 * @typedef {{home: string, collection: string, key: string | null, language: "en" | "zh",
 *   limit: number}} Options
 */

/** A refusal, by its status. */
export class Refused extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

/** @param {Options} options */
export function serviceOf({ home, collection, key, limit }) {
  const path = `/v1/collections/${encodeURIComponent(collection)}/search`;

  /** @param {string} address @param {RequestInit} [init] */
  async function call(address, init = {}) {
    const headers = new Headers(init.headers);
    if (key) headers.set("Authorization", `Bearer ${key}`);
    const answer = await fetch(home + address, { ...init, headers, credentials: "omit" });
    if (!answer.ok) throw new Refused(answer.status);
    return answer;
  }

  return {
    /** @param {Blob} photo @param {AbortSignal} signal */
    async search(photo, signal) {
      const body = new FormData();
      body.append("image", photo, "photo.jpg");
      body.append("limit", String(limit));
      return (await call(path, { method: "POST", body, signal })).json();
    },

    /** @param {string} image @param {string} cursor @param {AbortSignal} signal */
    async searchOn(image, cursor, signal) {
      const body = JSON.stringify({ query: [{ image_id: image }], limit, cursor });
      const headers = { "Content-Type": "application/json" };
      return (await call(path, { method: "POST", body, headers, signal })).json();
    },

    /** @param {string} product id @returns {string} where Goodsight's own page shows it */
    page(product) {
      return `${home}/?${new URLSearchParams({ c: collection, product })}`;
    },

    /** @param {string} address of a photo of the catalogue @returns {Promise<Blob>} */
    async photo(address) {
      return (await call(`${address}?size=small`)).blob();
    },
  };
}
