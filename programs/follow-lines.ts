import { open } from "node:fs/promises";
import { setTimeout as after } from "node:timers/promises";

const PAUSE_MS = 200;

/** Tells each line of a file that another process writes, until that has ended; returns all of its text. */
export async function followLines(
  path: string,
  { onLine, ended }: { onLine: (line: string) => void; ended: Promise<unknown> },
): Promise<string> {
  const file = await open(path, "r");
  try {
    let hasEnded = false;
    const end = ended.then(
      () => (hasEnded = true),
      () => (hasEnded = true),
    );
    const chunks: Buffer[] = [];
    let begun = Buffer.alloc(0);
    for (let isLast = false; ; ) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536);
      const read = buffer.subarray(0, bytesRead);
      chunks.push(read);
      begun = Buffer.concat([begun, read]);
      for (let at = begun.indexOf("\n"); at >= 0; at = begun.indexOf("\n")) {
        onLine(begun.subarray(0, at).toString());
        begun = begun.subarray(at + 1);
      }
      if (bytesRead > 0) continue;
      if (isLast) break;
      // What was written just before the end is read once more.
      isLast = hasEnded;
      if (!isLast) await Promise.race([end, after(PAUSE_MS)]);
    }
    if (begun.length > 0) onLine(begun.toString());
    return Buffer.concat(chunks).toString();
  } finally {
    await file.close();
  }
}
