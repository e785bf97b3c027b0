/** Entries of two catalogs, side by side. */
export interface Pairs<T> {
  gone: T[];
  added: T[];
  kept: [before: T, after: T][];
  /** Gone under one name and there under another, with the same content. */
  renamed: [before: T, after: T][];
}

/**
 * Pairs entries by name. Those that are left are taken for renamed where `content` says the same of exactly one on either side;
 * without `content` nothing counts as renamed.
 */
export function pairs<T extends { name: string }>(
  before: readonly T[],
  after: readonly T[],
  content?: (entry: T) => string,
): Pairs<T> {
  const now = new Map(after.map((entry) => [entry.name, entry]));
  const then = new Set(before.map((entry) => entry.name));
  const kept = before.flatMap((entry): [T, T][] => {
    const other = now.get(entry.name);
    return other ? [[entry, other]] : [];
  });
  const gone = before.filter((entry) => !now.has(entry.name));
  const added = after.filter((entry) => !then.has(entry.name));
  const renamed = content ? sameContent(gone, added, content) : [];
  const moved = new Set(renamed.flat());
  return {
    gone: gone.filter((entry) => !moved.has(entry)),
    added: added.filter((entry) => !moved.has(entry)),
    kept,
    renamed,
  };
}

function sameContent<T>(gone: readonly T[], added: readonly T[], content: (entry: T) => string): [T, T][] {
  return gone.flatMap((entry): [T, T][] => {
    const text = content(entry);
    const isOnlyOne = gone.filter((other) => content(other) === text).length === 1;
    const [match, ...others] = added.filter((other) => content(other) === text);
    return isOnlyOne && match && others.length === 0 ? [[entry, match]] : [];
  });
}
