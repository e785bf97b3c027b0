import type { Environment } from "../../model/model.ts";
import type { ToolFinding } from "./judge.ts";

type Stage = Environment["stage"];

/** What is not asked of environments of some stages, and why. */
const NOT_ASKED: readonly { ids: readonly string[]; of: readonly Stage[]; why: string }[] = [
  {
    ids: ["deployment-replicas", "deployment-has-poddisruptionbudget", "horizontalpodautoscaler-replicas"],
    of: ["local", "dev"],
    why: "one of everything is enough where nobody is served",
  },
  {
    ids: ["container-image-pull-policy", "CKV_K8S_15"],
    of: ["local"],
    why: "images of a local cluster are loaded into it: there is nowhere to pull them from",
  },
];

/** Whether a finding counts in an environment of that stage. */
export function isAsked({ id, at }: Pick<ToolFinding, "id" | "at">): boolean {
  return !NOT_ASKED.some(({ ids, of }) => ids.includes(id) && of.includes(at.environment.stage));
}
