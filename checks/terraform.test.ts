import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Problem } from "../problems/problem.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import type { CheckContext } from "./check.ts";
import { withContext } from "./run-alone.ts";
import { validateStacks } from "./terraform.ts";

const model = modelOf([shop], policies);
const kubernetes = { kubernetes: { source: "hashicorp/kubernetes", version: ">= 2.38.0, < 4.0.0" } };

/** Validates stacks that are written as Terraform JSON, all of them in production. */
async function validated(
  stacks: Record<string, object>,
  given: Partial<CheckContext> = {},
): Promise<Problem[]> {
  return withContext(["terraform"], { model, ...given }, async (context) => {
    const folder = await context.workspace();
    const written = Object.entries(stacks).map(async ([id, stack]) => {
      await mkdir(join(folder, id));
      await writeFile(join(folder, id, "cdk.tf.json"), JSON.stringify(stack, null, 2));
      return {
        id,
        platform: "shop",
        environment: "prod",
        layer: "services" as const,
        after: [],
        folder: join(folder, id),
      };
    });
    return (await validateStacks(context, await Promise.all(written))).problems;
  });
}

const service = (spec: object) => ({
  terraform: { required_providers: kubernetes },
  resource: { kubernetes_service_v1: { api_service: { metadata: { name: "api" }, spec } } },
});

test("stacks that the provider accepts pass, and so do two that share their providers", async () => {
  const good = service({ port: [{ port: 8080 }] });
  const lines: string[] = [];
  expect(await validated({ one: good, two: good }, { progress: (text) => lines.push(text) })).toEqual([]);
  expect(lines).toEqual(["fetching the providers", "2 of 2 stacks"]);
});

test("every error of every stack is shown at the service that the resource was made for", async () => {
  const problems = await validated({
    "shop-prod-services": service({ port: [{ port: "many" }], selecto: {} }),
    "shop-local-services": service({ port: [{ prt: 1 }] }),
  });
  const shown = problems.map((p) => `${p.location?.file}, ${p.path}: ${p.message}`).sort();
  expect(shown).toMatchInlineSnapshot(`
    [
      "catalog/parts/0/services/api.ts, stack shop-local-services, resource.kubernetes_service_v1.api_service.spec.port[0]: terraform: Extraneous JSON object property: No argument or block type is named "prt". Did you mean "port"?",
      "catalog/parts/0/services/api.ts, stack shop-local-services, resource.kubernetes_service_v1.api_service.spec.port[0]: terraform: Missing required argument: The argument "port" is required, but no definition was found.",
      "catalog/parts/0/services/api.ts, stack shop-prod-services, resource.kubernetes_service_v1.api_service.spec.port[0]: terraform: Incorrect attribute value type: Inappropriate value for attribute "port": a number is required.",
      "catalog/parts/0/services/api.ts, stack shop-prod-services, resource.kubernetes_service_v1.api_service.spec: terraform: Extraneous JSON object property: No argument or block type is named "selecto". Did you mean "selector"?",
    ]
  `);
});

test("an error outside of a service's resources is shown at the environment", async () => {
  const reference = ["$", "{local.gone}"].join("");
  const [problem] = await validated({ "shop-prod-foundation": { output: { a: { value: reference } } } });
  expect(problem).toMatchInlineSnapshot(`
    {
      "location": {
        "column": 5,
        "exact": true,
        "file": "catalog/parts/2/environments/prod.ts",
        "line": 3,
      },
      "message": "terraform: Reference to undeclared local value: A local value with the name "gone" has not been declared.",
      "path": "stack shop-prod-foundation, output.a",
      "rule": "check/terraform",
      "severity": "error",
    }
  `);
});

test("a provider that cannot be had is told once for each stack, in Terraform's words", async () => {
  const stack = {
    terraform: { required_providers: { kubernetes: { ...kubernetes.kubernetes, version: "0.0.1" } } },
  };
  const [problem] = await validated({ "shop-prod-services": stack });
  expect(problem?.message).toMatch(/^terraform init failed: .*hashicorp\/kubernetes/);
  expect(problem?.path).toBe("stack shop-prod-services");
});

test("what Terraform only warns of is a warning", async () => {
  const stack = {
    terraform: { required_providers: kubernetes },
    resource: {
      kubernetes_service: { api_service: { metadata: { name: "api" }, spec: { port: [{ port: 1 }] } } },
    },
  };
  expect((await validated({ "shop-prod-services": stack })).map((p) => p.severity)).toEqual(["warning"]);
});
