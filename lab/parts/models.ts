import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
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
  // Of the server that a predecessor had.
  await rm(toolsFile(lab.folder, number), { force: true });
  const models = {
    providers: modelProviders.map(({ name }) => ({
      ...{ name, baseUrl: `${lab.address(name)}/v1`, model: "small", timeoutSeconds },
      usdPerMillionTokens: { input: 1, output: 5 },
    })),
    tools: {
      command: [
        ...[process.execPath, packageFile("dist/orchestrator/local-tools.js"), "--stdio"],
        ...["--ready", toolsFile(lab.folder, number)],
      ],
      timeoutSeconds,
    },
  };
  await writeFile(modelsFile(lab.folder, number), `${JSON.stringify(models, null, 2)}\n`);
  return modelsFile(lab.folder, number);
}

/** Where an orchestrator's tools take their script; throws until a first task has asked one of them, which starts their server. */
export async function toolsUrl(folder: LabFolder, number: number): Promise<string> {
  const { url } = JSON.parse(await readFile(toolsFile(folder, number), "utf8")) as { url: string };
  return new URL(url).origin;
}

/** Where a server of tools says that it is ready: its standard output is the protocol's, and its port a free one. */
function toolsFile({ path }: LabFolder, number: number): string {
  return join(path, `tools-${number}.json`);
}

function modelsFile({ path }: LabFolder, number: number): string {
  return join(path, `models-${number}.json`);
}
