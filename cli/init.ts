import { type CiServer, createProject } from "../init/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { printNote } from "./terminal.ts";

/** `fairlead init DIR`. */
export async function init(folder: string, { ci }: { ci: CiServer }): Promise<number> {
  await createProject(folder, ci);
  printNote(`Made ${folder}: a platform of one service, with an SLO, an alert, a dashboard, a load test and a gate.

Next:
  cd ${folder}
  npm install
  npx fairlead generate    write generated/ from the catalog
  npx fairlead check       prove it with the real tools
  npx cdktf synth          Terraform stacks of the local environment`);
  return exitCodes.done;
}
