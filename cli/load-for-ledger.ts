import { loadProject, type Project } from "../model/project.ts";

/**
 * The project, for commands that ask the ledger what runs: lock files are not read, so that a torn one keeps nobody from asking, or from going back.
 * Throws a ProblemsError with everything else that is wrong.
 */
export function loadForLedger(root: string): Promise<Project> {
  return loadProject(root, { lockFiles: [] });
}
