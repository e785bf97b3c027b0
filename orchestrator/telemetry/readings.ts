import type { Reading } from "./instruments.ts";

/** The one series of a gauge without labels. */
export const plain = (value: number): Reading[] => [{ labels: {}, value }];

/** A series for each entry. */
export function byLabel(label: string, values: Readonly<Record<string, number>>): Reading[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

/** A series for each name: 1 for those that are on, 0 for the others. */
export function oneOrZero(label: string, names: readonly string[], on: ReadonlySet<string>): Reading[] {
  return names.map((name) => ({ labels: { [label]: name }, value: on.has(name) ? 1 : 0 }));
}
