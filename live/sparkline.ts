const BLOCKS = [..."▁▂▃▄▅▆▇█"];

/**
 * A curve in one line of text: a block for each value between the least and the greatest of them, a blank where there is none.
 * Values that are all the same are a line at the foot if they are 0, and in the middle otherwise.
 */
export function sparkline(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  const level = (value: number): number => {
    if (greatest === least) return greatest === 0 ? 0 : 3;
    return Math.round(((value - least) / (greatest - least)) * (BLOCKS.length - 1));
  };
  return values
    .map((value) => {
      if (value === undefined || Number.isNaN(value)) return " ";
      if (!Number.isFinite(value)) return value > 0 ? BLOCKS.at(-1) : BLOCKS[0];
      return BLOCKS[level(value)];
    })
    .join("");
}
