import { parse } from "unbash";

/** A command that a line of shell runs, as far as it can be told without running it. */
export interface ShellCommand {
  name: string;
  /** What is filled in when the line runs (variables, other commands) stands as "1", which is a name and a number. */
  args: string[];
  /** Text that it is given by a here-document. */
  input?: string;
}

/** What a piece of shell runs, also inside loops, pipes and substitutions; or what is wrong with its syntax. */
export function commandsIn(shell: string): { commands: ShellCommand[]; error?: string } {
  const script = parse(shell);
  const [error] = script.errors ?? [];
  if (error) return { commands: [], error: error.message };
  // Plain objects: nodes work out what is inside of them only when they are asked.
  const plain: unknown = JSON.parse(JSON.stringify(script));
  // Shells read such a text to its end and only warn: whoever pastes it waits for a prompt that does not come.
  if (hasOpenHereDocument(plain)) return { commands: [], error: "a here-document has no end" };
  const found: ShellCommand[] = [];
  visit(plain, found);
  return { commands: found };
}

function hasOpenHereDocument(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const { type, closing } = value as Node;
  if (type === "HereDoc" && closing === undefined) return true;
  return Object.values(value).some(hasOpenHereDocument);
}

interface Node {
  type?: string;
  text?: string;
  value?: unknown;
  parts?: Node[];
  name?: Node;
  suffix?: Node[];
  /** Where a here-document ends, if it does. */
  closing?: unknown;
  redirects?: { operator?: string; body?: { content?: string; text?: string } }[];
}

function visit(value: unknown, found: ShellCommand[]): void {
  if (value === null || typeof value !== "object") return;
  const node = value as Node;
  if (node.type === "Command" && node.name) found.push(commandOf(node, node.name));
  for (const child of Object.values(value)) visit(child, found);
}

function commandOf(node: Node, name: Node): ShellCommand {
  const words = (node.suffix ?? []).filter((part) => part.type === "Word");
  const body = JSON.stringify(node).includes('"HereDoc') ? hereDocument(node) : undefined;
  return { name: filled(name), args: words.map(filled), ...(body !== undefined && { input: body }) };
}

function hereDocument(node: unknown): string | undefined {
  if (node === null || typeof node !== "object") return undefined;
  const { type, value, text } = node as Node;
  if (type === "HereDocBody") return typeof value === "string" ? value : text;
  for (const child of Object.values(node)) {
    const found = hereDocument(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function filled({ type, value, text, parts }: Node): string {
  if (parts && type !== "Glob") return parts.map(filled).join("");
  if (/Expansion$/.test(type ?? "") && type !== "BraceExpansion") return "1";
  return typeof value === "string" ? value : (text ?? "");
}
