import type { Inspection } from "./inspect.ts";

/**
 * The query with `platform="…"` added to every selector that does not say a platform itself, so that platforms can share a
 * Prometheus and still only see their own series.
 */
export function scopeToPlatform(query: string, inspection: Inspection, platform: string): string {
  const unscoped = inspection.selectors.filter(
    ({ matchers }) => !matchers.some((m) => m.label === "platform"),
  );
  return narrowed(query, { selectors: unscoped }, `platform="${platform}"`);
}

/** The query with a matcher, such as `pod="a"`, added to each of these selectors. */
export function narrowed(
  query: string,
  { selectors }: Pick<Inspection, "selectors">,
  matcher: string,
): string {
  return selectors.toReversed().reduce((text, { from, to }) => {
    return text.slice(0, from) + withMatcher(text.slice(from, to), matcher) + text.slice(to);
  }, query);
}

function withMatcher(selector: string, matcher: string): string {
  const open = selector.indexOf("{");
  if (open < 0) return `${selector}{${matcher}}`;
  const rest = selector.slice(open + 1);
  return `${selector.slice(0, open)}{${matcher}${/^\s*}/.test(rest) ? "" : ","}${rest}`;
}
