import { createProject, type ProjectChoices } from "../init/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { printNote } from "./terminal.ts";

/** `fairlead init DIR`. */
export async function init(folder: string, choices: ProjectChoices): Promise<number> {
  await createProject(folder, choices);
  printNote(`Made ${folder}: a platform of one service, with an SLO, an alert, a dashboard, a load test and a gate.${choices.promotion ? `\n${PROMOTION}` : ""}

Next:
  cd ${folder}
  npm install
  npx fairlead generate    write generated/ from the catalog
  npx fairlead check       prove it with the real tools
  npx cdktf synth          Terraform stacks of the local environment`);
  return exitCodes.done;
}

const PROMOTION = `Releases go from local to prod, as catalog/platforms/hello/promotion.ts says. The ledger is kept in Git: add a remote "origin",
and people to approvers.json (fairlead key makes their keys).`;
