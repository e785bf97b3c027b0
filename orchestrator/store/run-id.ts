import { randomBytes } from "node:crypto";

let lastMilliseconds = 0;
let count = 0;

/**
 * A new id of version 7 (RFC 9562): 48 bits of milliseconds, 12 bits that count within one of them, 62 random bits. Ids of one
 * process ascend, so that new rows stand together at the end of every index and a list in order of ids is one in order of time.
 */
export function newRunId(now: number = Date.now()): string {
  // A clock that was set back must not put new runs before old ones of this process.
  if (now > lastMilliseconds) {
    lastMilliseconds = now;
    count = 0;
  } else if (++count > 0xfff) {
    lastMilliseconds++;
    count = 0;
  }
  const bytes = randomBytes(16);
  bytes.writeUIntBE(lastMilliseconds, 0, 6);
  bytes.writeUInt16BE(0x7000 | count, 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The lowest id that a run of that millisecond may have: version 7 begins with the time. */
export function firstIdOf(milliseconds: number): string {
  const hex = Math.max(0, Math.floor(milliseconds)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
