import type { Layer } from "./layer.ts";

/**
 * A stack's Terraform JSON for review: sorted keys, without cdktf's notes on where in its tree a resource came from. No stack refers to
 * another one, so none is prepared for that: it would resolve everything once more.
 */
export function normalised(layer: Layer): string {
  return `${JSON.stringify(sorted(layer.toTerraform()), undefined, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value)
    // "//" is Terraform's comment; no name of ours is spelt so.
    .filter(([key]) => key !== "//")
    .map(([key, member]): [string, unknown] => [key, sorted(member)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members);
}
