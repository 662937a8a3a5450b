// @ts-check
/** What went wrong, in words that say what to do. */

import { Problem, Unreachable } from "./api.js";
import { hasWords, t } from "./i18n.js";

/** @param {unknown} error @returns {string} */
export function problemWords(error) {
  if (error instanceof Unreachable) return t("problem.unreachable");
  if (!(error instanceof Problem)) return t("problem.internal");
  const key = `problem.${error.kind}`;
  const words = hasWords(key) ? t(key) : error.message;
  // Only what we cannot explain needs the number by which the shop finds it in its log.
  if (error.status < 500 || error.requestId === null) return words;
  return t("problem.request", { words, id: error.requestId });
}
