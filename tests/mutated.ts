/** Bytes with something done to them that happens to files: cut, a piece lost, doubled or overwritten, a character altered. */
export function mutated(clean: Buffer, random: () => number): Buffer {
  const place = () => Math.floor(random() * (clean.length + 1));
  const [from, to] = [place(), place()].sort((a, b) => a - b) as [number, number];
  const around = (middle: Uint8Array) => Buffer.concat([clean.subarray(0, from), middle, clean.subarray(to)]);
  const alter = (byte: number) =>
    Buffer.concat([clean.subarray(0, from), Buffer.of(byte), clean.subarray(from + 1)]);
  const changes = [
    () => clean.subarray(0, from),
    () => around(new Uint8Array()),
    () => Buffer.concat([clean.subarray(0, to), clean.subarray(from)]),
    () => around(Buffer.alloc(to - from)),
    () => around(Buffer.from("NaN")),
    () => alter(48 + Math.floor(random() * 10)),
    () => alter(Math.floor(random() * 256)),
    () => Buffer.concat([clean, clean]),
  ];
  return changes[Math.floor(random() * changes.length)]?.() ?? clean;
}
