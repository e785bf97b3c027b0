const LONGEST = 60;

// As in https://ann:secret@git.example: up to the last @ before the path.
const PASSWORD = /(:\/\/[^\s/:@]*:)[^\s/]+(?=@)/g;

/** A value as a message shows it: short, on one line, never the inside of an object, and without the password of an address. */
export function showValue(value: unknown): string {
  if (typeof value === "string") {
    const shown = value.replace(PASSWORD, "$1…");
    return JSON.stringify(shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown);
  }
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return value instanceof Date ? "a date" : "an object";
}

/** `a, b or c`. */
export function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** The last property of a path as a message names it: `objective`, `windows[2]`. */
export function pathEnd(path: readonly (string | number)[]): string {
  const name = path.findLastIndex((key) => typeof key === "string");
  const indices = path.slice(name + 1).map((index) => `[${index}]`);
  return `${name < 0 ? "the value" : path[name]}${indices.join("")}`;
}
