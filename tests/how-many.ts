/** How many samples a seeded or random test draws: `usual` in `npm test`, `long` in `npm run test:long`. */
export function howMany(usual: number, long: number): number {
  return process.env.FAIRLEAD_LONG === "1" ? long : usual;
}
