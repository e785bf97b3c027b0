// How GitHub's runner reads the lines of a log (actions/runner: ActionCommand.cs, ActionCommandManager.cs).
const registered = new Set(
  [
    ...[
      "set-env",
      "set-output",
      "save-state",
      "set-secret",
      "add-mask",
      "add-path",
      "add-matcher",
      "remove-matcher",
    ],
    ...[
      "warning",
      "error",
      "notice",
      "debug",
      "group",
      "endgroup",
      "echo",
      "internal-set-repo-path",
      "stop-commands",
    ],
  ].map((name) => name.toLowerCase()),
);

/** A command that the runner would carry out. */
export interface LogCommand {
  name: string;
  properties: Record<string, string>;
  data: string;
}

/** The commands in a log, in their order, those after `::stop-commands::TOKEN` up to `::TOKEN::` left out. */
export function commandsIn(log: string): LogCommand[] {
  const found: LogCommand[] = [];
  let stoppedBy: string | undefined;
  for (const line of log.split(/\r\n|\r|\n/)) {
    const known = stoppedBy === undefined ? registered : new Set([stoppedBy]);
    const command = colons(line, known) ?? brackets(line, known);
    if (command === undefined) continue;
    if (stoppedBy !== undefined) stoppedBy = undefined;
    else {
      found.push(command);
      if (command.name === "stop-commands") stoppedBy = command.data;
    }
  }
  return found;
}

function colons(line: string, known: ReadonlySet<string>): LogCommand | undefined {
  const [, info, data] = /^\s*::(.*?)::(.*)$/s.exec(line) ?? [];
  return info === undefined || data === undefined
    ? undefined
    : commandOf(info, { data, known, between: "," });
}

function brackets(line: string, known: ReadonlySet<string>): LogCommand | undefined {
  const [, info, data] = /##\[(.*?)\](.*)$/s.exec(line) ?? [];
  return info === undefined || data === undefined
    ? undefined
    : commandOf(info, { data, known, between: ";" });
}

function commandOf(
  info: string,
  { data, known, between }: { data: string; known: ReadonlySet<string>; between: string },
): LogCommand | undefined {
  const space = info.indexOf(" ");
  const name = space < 0 ? info : info.slice(0, space);
  if (![...known].some((one) => one.toLowerCase() === name.toLowerCase())) return undefined;
  const pairs = (space < 0 ? "" : info.slice(space + 1).trim()).split(between).filter(Boolean);
  const properties = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), unescaped(pair.slice(pair.indexOf("=") + 1))]),
  );
  return { name, properties, data: unescaped(data) };
}

function unescaped(text: string): string {
  const meanings = { "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%" };
  return Object.entries(meanings).reduce((all, [from, to]) => all.replaceAll(from, to), text);
}
