/** Entries in an order in which each comes after those that it names; a circle keeps the order it has. */
export function inOrder<T>(
  entries: readonly T[],
  of: (entry: T) => { name: string; after: readonly string[] },
): T[] {
  const left = [...entries];
  const ordered: T[] = [];
  while (left.length > 0) {
    const waitsFor = (entry: T) => of(entry).after.some((name) => left.some((one) => of(one).name === name));
    const free = left.findIndex((entry) => !waitsFor(entry));
    ordered.push(...left.splice(Math.max(free, 0), 1));
  }
  return ordered;
}
