import { installTools, progressLine, providerMirror, type ToolName } from "../../tools/index.ts";

/**
 * Finds or builds the tools of a deploy, and says where Terraform's providers come from; returns the variables by which Terraform finds
 * them. Throws a ToolMissingError.
 */
export async function prepareTools(
  names: readonly ToolName[],
  say: (line: string) => void,
): Promise<Record<string, string>> {
  const onProgress = (progress: Parameters<typeof progressLine>[0]) => say(progressLine(progress));
  await installTools([...names], { onProgress });
  const { env, from, reason } = await providerMirror({ onProgress });
  say(`providers: from ${from === "mirror" ? "a mirror built here" : "Terraform's registry"} (${reason})`);
  return env;
}
