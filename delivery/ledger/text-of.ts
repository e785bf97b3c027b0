import { isUtf8 } from "node:buffer";

/** The text that bytes are; of those that are no UTF-8 one that is no record: they must not be taken for another text's. */
export function textOf(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : "\ufffd";
}
