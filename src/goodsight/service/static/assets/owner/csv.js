// @ts-check
/** Tables as CSV files, made in the browser. */

// Spreadsheets take a cell that begins so for a formula; an apostrophe makes it text.
const FORMULA = /^[=+\-@\t\r]/;

/** @param {string | number | null} value */
function cell(value) {
  if (value === null) return "";
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {string[]} header @param {(string | number | null)[][]} rows @returns {string} */
export function csvText(header, rows) {
  return [header, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/**
 * Offer a table as a file.
 * @param {string} name the file's
 * @param {string[]} header
 * @param {(string | number | null)[][]} rows
 */
export function downloadCsv(name, header, rows) {
  // The mark at the start tells spreadsheets that this is UTF-8.
  const file = new Blob(["\ufeff", csvText(header, rows)], { type: "text/csv" });
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
