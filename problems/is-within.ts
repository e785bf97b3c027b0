/** Whether a path is `outer`, or leads further into it. */
export function isWithin(path: readonly (string | number)[], outer: readonly (string | number)[]): boolean {
  return outer.length <= path.length && outer.every((key, i) => key === path[i]);
}
