// Data goes to stdout; progress, problems and notes go to stderr.
import { stripVTControlCharacters } from "node:util";
import { withoutCommands } from "../problems/printable.ts";

/** Whether colour is wanted on a stream (https://no-color.org). */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

/** Writes data; a reader that went away (`| head`) ends the process quietly. */
export function printData(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Writes a note for a person; no log takes a line of it for a command. */
export function printNote(note: string): void {
  const text = withoutCommands(note);
  const shown = wantsColor(process.stderr) ? text : stripVTControlCharacters(text);
  process.stderr.write(shown.endsWith("\n") ? shown : `${shown}\n`);
}

// Nobody reads on (`| head`).
let endQuietly: () => void = () => process.exit(0);

/** Has a command that started processes end them too when its reader or its terminal goes away: as when it is interrupted. */
export function endWithReader(): void {
  endQuietly = () => void process.emit("SIGINT");
  process.once("SIGHUP", () => endQuietly());
}

// EIO: the terminal was closed.
const isGone = ({ code }: NodeJS.ErrnoException) => code === "EPIPE" || code === "EIO";
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (!isGone(error)) throw error;
  endQuietly();
});
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (!isGone(error)) throw error;
});
