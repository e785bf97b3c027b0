import { deployedFiles } from "../../alerts/index.ts";
import { dashboards } from "../../dashboards/index.ts";
import type { Project } from "../../model/project.ts";
import { admissionPolicies } from "../../policies/admission/index.ts";
import { type SynthesisedStack, synthesise } from "../index.ts";
import { type Selection, selectedPart } from "../selection.ts";

/** Synthesises a part of a project with the files that it deploys. FAIRLEAD_STATE keeps local state elsewhere. */
export function synthesisePart(
  { model, root }: Pick<Project, "model" | "root">,
  { outdir, ...selected }: Selection & { outdir: string },
): SynthesisedStack[] {
  const part = selectedPart(model, selected);
  const { FAIRLEAD_STATE } = process.env;
  const artifacts = [...deployedFiles(part), ...dashboards(part), ...admissionPolicies(part)];
  return synthesise(part, artifacts, {
    ...selected,
    projectRoot: root,
    outdir,
    ...(FAIRLEAD_STATE && { stateFolder: FAIRLEAD_STATE }),
  });
}
