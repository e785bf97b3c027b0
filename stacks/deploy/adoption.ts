// Objects that are in the cluster already and are to be the stacks' from now on: by Terraform's import blocks, beside the stacks.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nameOf } from "../../delivery/plan/kubernetes-object.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { unknownChoices } from "../../problems/unknown-choices.ts";
import type { SynthesisedStack } from "../index.ts";
import { objectsOf, type StackObject } from "./stack-objects.ts";

/**
 * Has the stacks' plans take over the objects that are named as KIND/NAME, and no others. What is in the state already stays as it is. Throws a
 * ProblemsError where no stack makes such an object.
 */
export async function adopt(stacks: readonly SynthesisedStack[], names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const all = await objectsOf(stacks);
  const known = [...new Set(all.map(({ object }) => nameOf(object)))].sort();
  const unknown = unknownChoices("object", names, known);
  if (unknown.length > 0) throw new ProblemsError(unknown.map(asProblem));
  for (const stack of stacks) {
    const adopted = all.filter((one) => one.stack === stack && names.includes(nameOf(one.object)));
    if (adopted.length === 0) continue;
    const blocks = adopted.map((one) => ({ to: one.address, id: importId(one) }));
    const text = `${JSON.stringify({ import: blocks }, undefined, 2)}\n`;
    await writeFile(join(stack.folder, "adopted.tf.json"), text);
  }
}

function asProblem(problem: Problem): Problem {
  return {
    ...problem,
    rule: "plan/adopt-unknown",
    fix: `${problem.fix}; only what the stacks make can be taken over, and a layer that is not planned makes nothing`,
  };
}

/** By what a provider finds an object: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs, "Import" of each type. */
function importId({ type, object: { apiVersion, kind, namespace, name } }: StackObject): string {
  const inNamespace = namespace === undefined ? [] : [`namespace=${namespace}`];
  if (type === "kubernetes_manifest")
    return [`apiVersion=${apiVersion}`, `kind=${kind}`, ...inNamespace, `name=${name}`].join(",");
  return namespace === undefined ? name : `${namespace}/${name}`;
}
