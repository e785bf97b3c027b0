/** JSON whose keys are sorted throughout, in one line or indented: equal values, equal bytes. Of plain JSON alone: nothing is asked for a `toJSON`. */
export function canonicalJson(value: object, indent?: number): string {
  return JSON.stringify(sorted(value), undefined, indent);
}

// A copy, and not a replacer: that would be called for every value, and make ten thousand decisions wait.
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const of = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(of)
      .sort()
      .map((key) => [key, sorted(of[key])]),
  );
}
