import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DefaultLogger } from "@openfeature/core";
import { MemoryStorage } from "@openfeature/flagd-core";
import { parse } from "yaml";
import { admissionJsonSchema } from "../catalog/admission.ts";
import { schemaChecker } from "../catalog/load/json-schema.ts";
import { policyJsonSchema } from "../catalog/policy.ts";
import { admissionFile } from "../model/policies.ts";
import { pathLabel } from "../model/problems.ts";
import { packageFile } from "../package-root.ts";
import type { Problem } from "../problems/problem.ts";
import { type Check, type CheckContext, problemIn } from "./check.ts";
import { type CustomObject, customObjects } from "./custom-objects.ts";
import { filesOf, type GeneratedFile } from "./generated-files.ts";
import { policyFiles } from "./policies.ts";

const rule = "check/schema";

/** Files against JSON Schemas: generated ones against those of this folder and flagd's own, policies against the one that editors use. */
export const schemas: Check = {
  name: "schemas",
  title:
    "JSON Schemas of policies, gates, load profiles, dashboards and canaries (ajv), and of flags (flagd)",
  needs: [],
  async run(context) {
    const generated = [
      ...filesOf("gates", context.artifacts).map((file) => ({ file, schema: "gate" })),
      ...filesOf("loadProfiles", context.artifacts).map((file) => ({ file, schema: "load-profile" })),
      ...filesOf("dashboards", context.artifacts).map((file) => ({ file, schema: "dashboard" })),
      ...filesOf("fleetDashboards", context.artifacts).map((file) => ({ file, schema: "dashboard" })),
    ];
    const objects = filesOf("services", context.artifacts).flatMap(customObjects);
    const written = await writtenPolicies(context);
    const wrong = await Promise.all(written.map((one) => checkPolicy(context, one)));
    const flags = filesOf("flags", context.artifacts);
    const problems = [
      ...flags.flatMap((file) => checkFlags(context, file)),
      ...generated.flatMap(({ file, schema }) => checkGenerated(context, file, schema)),
      ...objects.flatMap((object) => checkObject(context, object)),
      ...wrong.flat(),
    ];
    return { problems, files: generated.length + flags.length + objects.length + written.length };
  },
};

const read = new Map<string, object>();

function schemaNamed(name: string): object {
  const schema =
    read.get(name) ?? JSON.parse(readFileSync(packageFile(`checks/schemas/${name}.schema.json`), "utf8"));
  read.set(name, schema);
  return schema;
}

/** Terraform takes a manifest as it is: what is in it, its controller's own definition says. */
function checkObject({ locate }: CheckContext, { file, name, kind, manifest }: CustomObject): Problem[] {
  return schemaChecker(schemaNamed(kind))
    .check(manifest)
    .map(({ message, path }) =>
      problemIn(file, { rule, message: `${name}, ${pathLabel(path)}: ${message}` }, locate),
    );
}

function checkGenerated({ locate }: CheckContext, file: GeneratedFile, schema: string): Problem[] {
  const issues = schemaChecker(schemaNamed(schema)).check(JSON.parse(file.content));
  return issues.map(({ message, path }) => {
    const at = pathLabel(path) || "the whole file";
    return problemIn(file, { rule, message: `${at}: ${message}` }, locate);
  });
}

/** flagd's library has the schemas that flagd publishes compiled in. */
function checkFlags({ locate }: CheckContext, file: GeneratedFile): Problem[] {
  try {
    new MemoryStorage(new DefaultLogger()).setConfigurations(file.content, true);
    return [];
  } catch (error) {
    const message = (error as Error).message.replace(/\s+/g, " ");
    return [problemIn(file, { rule, message }, locate)];
  }
}

interface WrittenPolicy {
  file: string;
  kind: "policy" | "admission";
}

/** What people write below `policies/`, and what of each it is. */
async function writtenPolicies({ root, model }: CheckContext): Promise<WrittenPolicy[]> {
  const names = model.platforms.map((p) => p.name);
  const admissions = await Promise.all(names.map((name) => admissionFile(root, name)));
  return [
    ...(await policyFiles(root, names)).map((file) => ({ file, kind: "policy" as const })),
    ...admissions.flatMap((file) => (file ? [{ file, kind: "admission" as const }] : [])),
  ];
}

const OWN_SCHEMAS = { policy: policyJsonSchema, admission: admissionJsonSchema };

/** Loading checked the file already, but not against what was generated for editors. */
async function checkPolicy(context: CheckContext, { file, kind }: WrittenPolicy): Promise<Problem[]> {
  const published = context.artifacts.find((a) => a.path === `generated/policies/${kind}.schema.json`);
  const schema = published ? (JSON.parse(published.content) as object) : OWN_SCHEMAS[kind]();
  const value: unknown = parse(await readFile(join(context.root, file), "utf8"));
  return schemaChecker(schema)
    .check(value)
    .map(({ message, path, fix }) => {
      const location = context.locate({ platform: "", path: ["policies", file, ...path] });
      return {
        rule,
        severity: "error",
        message,
        path: pathLabel(path),
        location: location ?? { file, line: 1, column: 1, exact: false },
        ...(fix !== undefined && { fix }),
      };
    });
}
