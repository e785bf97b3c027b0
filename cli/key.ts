import { keyEntry, makeKey } from "../delivery/signing/key-pair.ts";
import { UsageError } from "../problems/problem.ts";
import { exitCodes } from "./exit-codes.ts";
import { printData, printNote } from "./terminal.ts";

/** `fairlead key NAME`, `fairlead key --show`. The entry alone goes to standard output. */
export async function key(
  name: string | undefined,
  { show, role = [] }: { show?: true; role?: string[] },
): Promise<number> {
  if (name === undefined && !show) {
    const message = "a key is named after one person or machine, and no name is given";
    const fix = "fairlead key NAME; or --show for the one that is here";
    throw new UsageError([{ rule: "signing/no-name", severity: "error", message, fix }]);
  }
  const about = { name: name ?? "NAME", roles: role, env: process.env };
  const { entry, file } = show ? await keyEntry(about) : await makeKey(about);
  printData(JSON.stringify(entry, undefined, 2));
  if (!show)
    printNote(
      `The private key is in ${file}; nobody else needs it. Have the entry added to the keys of approvers.json.`,
    );
  return exitCodes.done;
}
