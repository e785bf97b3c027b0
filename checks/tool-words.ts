// A tool that lists every series of a test would fill the screen.
const LONGEST = 1000;

/** What a tool said about files of a temporary folder, as if it had been started in the project. */
export function withoutFolder(said: string, folder: string): string {
  return said.replaceAll(`${folder}/`, "");
}

/** A tool's words on one line, for a message. */
export function oneLine(said: string): string {
  const line = said.replace(/\s+/g, " ").trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)} …`;
}
