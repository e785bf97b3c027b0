/**
 * A value as JSON that PostgreSQL's `jsonb` takes: it knows neither U+0000 nor halves of surrogate pairs, which agents and clients may
 * well send; U+FFFD stands for them.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  // JSON.stringify writes both as escapes, so that most texts are settled by one search.
  return /\\u(0000|d[89a-f])/.test(text) ? JSON.stringify(value, replaceUnstorable) : text;
}

function replaceUnstorable(_key: string, value: unknown): unknown {
  if (typeof value === "string") return storable(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [storable(key), member]));
}

function storable(text: string): string {
  return text.replace(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
