import { TerraformStack, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { RELEASE_ANNOTATION } from "../model/admission.ts";
import type { Site } from "./layer.ts";

/**
 * The annotation by which a pod says which release it is of, where the cluster asks; nothing elsewhere. The digest is a variable of the
 * stack, `TF_VAR_release`: of all that is deployed it alone is known only when a release is made.
 */
export function releaseOf(scope: Construct, { environment }: Site): { annotations?: Record<string, string> } {
  if (!environment.admission?.rules["signed-releases"]) return {};
  const stack = TerraformStack.of(scope);
  if (!stack.node.tryFindChild(VARIABLE)) {
    new TerraformVariable(stack, VARIABLE, {
      type: "string",
      nullable: false,
      // What promotion brought here, unless told otherwise.
      ...(environment.lock && { default: environment.lock.release }),
      description: "Digest of the release that is deployed, sha256: and 64 hexadecimal digits.",
      validation: [
        {
          condition: `\${can(regex("^sha256:[a-f0-9]{64}$", var.${VARIABLE}))}`,
          errorMessage: "Give the release's digest in TF_VAR_release: sha256: and 64 hexadecimal digits.",
        },
      ],
    });
  }
  return { annotations: { [RELEASE_ANNOTATION]: `\${var.${VARIABLE}}` } };
}

const VARIABLE = "release";
