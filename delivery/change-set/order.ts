/** Something that others of its kind come before. */
interface Needing {
  name: string;
  needs: readonly string[];
}

/** Each after all that it needs; what may come next in any order is in the order given. A cycle, and what needs one, is left out. */
export function inOrder<T extends Needing>(all: readonly T[]): T[] {
  const ordered: T[] = [];
  const isDone = (name: string) => ordered.some((one) => one.name === name);
  while (true) {
    const next = all.find(({ name, needs }) => !isDone(name) && needs.every(isDone));
    if (!next) return ordered;
    ordered.push(next);
  }
}

/** The names along one cycle, its first again at its end; nothing where there is none. Names that nobody has are left out of account. */
export function cycleIn(all: readonly Needing[]): string[] | undefined {
  const names = new Set(all.map(({ name }) => name));
  const known = all.map(({ name, needs }) => ({ name, needs: needs.filter((need) => names.has(need)) }));
  const ordered = new Set(inOrder(known).map(({ name }) => name));
  const waiting = known.filter(({ name }) => !ordered.has(name));
  // Whatever waits needs something that waits too: whoever follows that comes back to where he was.
  const way: string[] = [];
  let here = waiting[0];
  while (here && !way.includes(here.name)) {
    way.push(here.name);
    const { needs } = here;
    here = waiting.find(({ name }) => needs.includes(name));
  }
  return here && [...way.slice(way.indexOf(here.name)), here.name];
}

/** All that one needs, and what those need in turn, in the order of `all`. */
export function neededBy<T extends Needing>(one: Needing, all: readonly T[]): T[] {
  const direct = all.filter(({ name }) => one.needs.includes(name));
  const further = new Set(direct.flatMap((need) => [need, ...neededBy(need, all)]));
  return all.filter((other) => further.has(other));
}
