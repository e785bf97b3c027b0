import { createHash } from "node:crypto";

/** Two numbers from 0 to 1 that are the same for the same call of the same seed: what a script leaves to chance can be repeated. */
export function draws(seed: number, call: number): [number, number] {
  const digest = createHash("sha256").update(`${seed}/${call}`).digest();
  return [digest.readUInt32BE(0) / 2 ** 32, digest.readUInt32BE(4) / 2 ** 32];
}
