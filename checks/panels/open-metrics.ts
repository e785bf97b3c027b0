import { type History, moments, NOW, type Readings } from "./history.ts";

// Some megabytes: enough that writing costs little, few enough to be held at once.
const PIECE = 4_000_000;

/**
 * Histories as OpenMetrics text, in pieces, for `promtool tsdb create-blocks-from openmetrics`. Without types: blocks hold none,
 * and queries ask for none.
 */
export function* openMetrics(histories: Iterable<History>, { offsets }: Readings): Generator<string> {
  const usual = moments([]);
  let piece = "";
  for (const { name, labels, valueAt } of histories) {
    const series = `${name}{${Object.entries(labels)
      .map(([label, value]) => `${label}="${escaped(value)}"`)
      .join(",")}}`;
    const lookedAt = offsets.get(name);
    for (const moment of lookedAt ? moments(lookedAt) : usual)
      piece += `${series} ${valueAt(moment)} ${NOW - moment.age}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}# EOF\n`;
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`));
}
