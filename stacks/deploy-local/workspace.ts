import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopCluster } from "../../tools/index.ts";
import { openRunFolder } from "../deploy/run-folder.ts";

/** A folder for one run: cluster, Terraform state and cdktf's output, so that two runs never meet. */
export interface Workspace {
  folder: string;
  clusterFolder: string;
  remove(): Promise<void>;
}

/** Makes the folder of a run, after removing what killed runs left: their clusters are ended first. */
export async function openWorkspace(): Promise<Workspace> {
  const clusterOf = (folder: string) => join(folder, "cluster");
  const { folder, remove } = await openRunFolder(join(tmpdir(), "fairlead-deploy-"), (left) =>
    stopCluster(clusterOf(left)),
  );
  return { folder, clusterFolder: clusterOf(folder), remove };
}
