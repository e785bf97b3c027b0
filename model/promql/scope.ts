import type { Inspection } from "./inspect.ts";

/**
 * The query with `platform="…"` added to every selector that does not say a platform itself, so that platforms can share a
 * Prometheus and still only see their own series.
 */
export function scopeToPlatform(query: string, inspection: Inspection, platform: string): string {
  let scoped = query;
  for (const selector of inspection.selectors.toReversed()) {
    if (selector.matchers.some((m) => m.label === "platform")) continue;
    const text = scoped.slice(selector.from, selector.to);
    scoped =
      scoped.slice(0, selector.from) +
      withMatcher(text, `platform="${platform}"`) +
      scoped.slice(selector.to);
  }
  return scoped;
}

function withMatcher(selector: string, matcher: string): string {
  const open = selector.indexOf("{");
  if (open < 0) return `${selector}{${matcher}}`;
  const rest = selector.slice(open + 1);
  return `${selector.slice(0, open)}{${matcher}${/^\s*}/.test(rest) ? "" : ","}${rest}`;
}
