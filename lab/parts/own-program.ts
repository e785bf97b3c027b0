import { packageFile } from "../../package-root.ts";
import type { Program } from "../processes.ts";
import { type Lab, plainEnvironment } from "./part.ts";

/** A program of this package, by its path in it, with what it is told. */
export function ownProgram(
  path: string,
  lab: Lab,
  { env = {}, args = [] }: { env?: Record<string, string>; args?: readonly string[] },
): Omit<Program, "log"> {
  const cwd = lab.folder.path;
  return {
    file: process.execPath,
    args: [packageFile(`dist/${path}`), ...args],
    cwd,
    env: { ...plainEnvironment(cwd), ...env },
  };
}

/** The addresses in the line with which our programs say that they are ready: all its fields that are URLs. */
export function saidReady(said: string): Record<string, string> | undefined {
  for (const line of said.split("\n")) {
    if (!line.includes('"message":"ready"')) continue;
    const fields = Object.entries(JSON.parse(line) as Record<string, unknown>);
    return Object.fromEntries(
      fields.filter((field): field is [string, string] => /^[a-z]+:\/\//.test(String(field[1]))),
    );
  }
  return undefined;
}
