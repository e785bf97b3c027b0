import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type KubernetesObject, objectOf } from "../../delivery/plan/kubernetes-object.ts";
import type { SynthesisedStack } from "../index.ts";

/** What a synthesised stack makes. */
export interface StackObject {
  stack: SynthesisedStack;
  /** Terraform's address: "kubernetes_deployment_v1.api_deployment". */
  address: string;
  /** Terraform's type. */
  type: string;
  object: KubernetesObject;
  /** As the stack has it. */
  value: unknown;
}

/** Everything that synthesised stacks make, in the order of the stacks and of addresses. */
export async function objectsOf(stacks: readonly SynthesisedStack[]): Promise<StackObject[]> {
  const all = await Promise.all(
    stacks.map(async (stack) => {
      const text = await readFile(join(stack.folder, "cdk.tf.json"), "utf8");
      const { resource = {} } = JSON.parse(text) as { resource?: Record<string, Record<string, unknown>> };
      return Object.entries(resource).flatMap(([type, named]) =>
        Object.entries(named).map(([name, value]) => {
          const address = `${type}.${name}`;
          return { stack, address, type, object: objectOf(type, value, address), value };
        }),
      );
    }),
  );
  return all.flat();
}
