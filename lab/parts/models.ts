import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../orchestrator/store/embedded.ts";
import { packageFile } from "../../package-root.ts";
import type { LabFolder } from "../folder.ts";
import { modelProviders } from "./local-servers.ts";
import type { Lab } from "./part.ts";

/** Seconds after which a call of a model or a tool is late: more than either ever takes here, little to wait for. */
const timeoutSeconds = 2;

/**
 * Tells an orchestrator its model providers and its tools; gives the file's path. The tools' server is the orchestrator's own program, which it
 * starts anew when it is lost.
 */
export async function writeModels(lab: Lab, number: number): Promise<string> {
  const port = String((await knownPort(lab.folder, number)) ?? (await freePort()));
  const models = {
    providers: modelProviders.map(({ name }) => ({
      ...{ name, baseUrl: `${lab.address(name)}/v1`, model: "small", timeoutSeconds },
      usdPerMillionTokens: { input: 1, output: 5 },
    })),
    tools: {
      command: [process.execPath, packageFile("dist/orchestrator/local-tools.js"), "--stdio", "--port", port],
      timeoutSeconds,
    },
  };
  await writeFile(modelsFile(lab.folder, number), `${JSON.stringify(models, null, 2)}\n`);
  return modelsFile(lab.folder, number);
}

/** Where an orchestrator's tools take their script, as soon as a first task has asked one of them. */
export async function toolsUrl(folder: LabFolder, number: number): Promise<string> {
  return `http://127.0.0.1:${await knownPort(folder, number)}`;
}

function modelsFile({ path }: LabFolder, number: number): string {
  return join(path, `models-${number}.json`);
}

async function knownPort(folder: LabFolder, number: number): Promise<string | undefined> {
  const text = await readFile(modelsFile(folder, number), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  return (JSON.parse(text) as { tools: { command: string[] } }).tools.command.at(-1);
}
