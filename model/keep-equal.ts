type Parts = Record<string, unknown>;

/**
 * `after`, in which each part that equals its counterpart in `before` is that very counterpart: what nothing has changed is the
 * same object as before, and is told by a comparison of references. Entries of lists are matched by their names, others by their
 * places. `after` is changed in place and must be nobody else's.
 */
export function keepEqual<T>(before: unknown, after: T): T {
  return kept(before, after, new Map()) as T;
}

function kept(before: unknown, after: unknown, seen: Map<object, unknown>): unknown {
  if (!isParts(after) || before === after) return after;
  // Parts are shared: a metric stands in all that is measured by it.
  if (seen.has(after)) return seen.get(after);
  seen.set(after, after);
  const was = isParts(before) && Array.isArray(before) === Array.isArray(after) ? before : undefined;
  const keys = Object.keys(after);
  // In another order they mean the same, and what is generated may still follow it.
  const keysBefore = was ? Object.keys(was) : [];
  let isSame = was !== undefined && keysBefore.length === keys.length;
  const matching = was && counterparts(was, after);
  for (const [i, key] of keys.entries()) {
    const part = kept(matching?.(key), after[key], seen);
    if (part !== after[key] && !Object.isFrozen(after)) after[key] = part;
    isSame &&= keysBefore[i] === key && Object.is(was?.[key], part);
  }
  if (isSame) seen.set(after, was);
  return isSame ? was : after;
}

/** Whether two values are plain data and the same, keys in the same order. */
export function isSameData(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isParts(one) || !isParts(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  if (keys.length !== others.length) return false;
  return keys.every((key, i) => key === others[i] && isSameData(one[key], other[key]));
}

function isParts(value: unknown): value is Parts {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

function counterparts(before: Parts, after: Parts): (key: string) => unknown {
  const byPlace = (key: string) => before[key];
  if (!Array.isArray(before) || nameOf(before[0]) === undefined) return byPlace;
  const named = new Map(before.map((entry: unknown) => [nameOf(entry), entry]));
  return (key) => named.get(nameOf(after[key])) ?? before[Number(key)];
}

function nameOf(entry: unknown): unknown {
  return isParts(entry) ? entry.name : undefined;
}
