import { type FieldType, fieldNamed, fieldsOf, kindOfResource } from "./kubernetes-api.ts";
import { providerDefaults } from "./provider-defaults.ts";
import { type Known, terraformValue } from "./terraform-value.ts";
import { Untranslatable } from "./untranslatable.ts";

/** A Kubernetes object as it stands in a manifest. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

type Members = Record<string, unknown>;

/**
 * The object that a typed resource of Terraform's Kubernetes provider stands for, by the API's own types: whatever these types have is
 * translated, anything else is an Untranslatable.
 */
export function objectOf(resourceType: string, resource: Members, known: Known): KubernetesObject {
  const kind = kindOfResource(resourceType);
  if (!kind)
    throw new Untranslatable(`it is of type ${resourceType}, which is not known to stand for an object`);
  if (kind.kind === "Secret") refuseSecrets(resource);
  const described = Object.fromEntries(
    Object.entries(resource).filter(([attribute]) => !OF_TERRAFORM.test(attribute)),
  );
  const { metadata, apiVersion: _, kind: __, ...rest } = fieldsWith(kind.type, described, known);
  const at = metadata as KubernetesObject["metadata"] | undefined;
  if (!at?.name) throw new Untranslatable("it has no name of its own");
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: kind.namespaced ? { ...at, namespace: at.namespace ?? "default" } : at,
    ...rest,
  };
}

// What Terraform is told for itself: when it waits, and how it goes about its work.
const OF_TERRAFORM =
  /^(timeouts|wait_for_rollout|wait_for_completion|wait_for_load_balancer|wait_until_bound|wait_for_default_service_account|wait_for_service_account_token)$/;

/** A Secret is written only where all of it is the text of files that are generated, and may be read by all who read those. */
function refuseSecrets({ data, ...others }: Members): void {
  const values = Object.values((data ?? {}) as Members);
  const isGenerated = (value: unknown) =>
    typeof value === "string" && /^\$\{file\("\$\{path\.module\}\/generated\/[^"$]+"\)\}$/.test(value);
  const more = Object.keys(others).filter((name) => /^(string_|binary_)?data(_|$)/.test(name));
  if (!values.every(isGenerated) || more.length > 0)
    throw new Untranslatable(
      "it is a Secret with values that are not generated files; secrets are never rendered",
    );
}

/** The fields of a type from a block of Terraform's, sorted; with what the provider says itself where nothing is said. */
function fieldsWith(type: string, block: Members, known: Known): Members {
  const members = new Map<string, unknown>(Object.entries(providerDefaults[type] ?? {}));
  const from = new Map<string, string>();
  for (const [attribute, given] of Object.entries(block)) {
    if (given === null || given === undefined) continue;
    const field = fieldNamed(type, attribute);
    const fieldType = field === undefined ? undefined : fieldsOf(type)?.[field];
    if (field === undefined || fieldType === undefined)
      throw new Untranslatable(`${kindName(type)} has no field for its "${attribute}"`);
    if (from.has(field))
      throw new Untranslatable(
        `its "${from.get(field)}" and "${attribute}" are both ${field} of ${kindName(type)}`,
      );
    from.set(field, attribute);
    const value = translated(fieldType, given, { known, field: `${type}.${field}` });
    if (value !== undefined) members.set(field, value);
  }
  if (type === "batch.v1.JobSpec") endOnce(members);
  return Object.fromEntries([...members].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Pods of jobs are not started again, unless the stack says so (the provider's schema_job_spec.go). */
function endOnce(job: Map<string, unknown>): void {
  const template = job.get("template") as { spec?: Members } | undefined;
  if (template?.spec && template.spec.restartPolicy === undefined)
    job.set("template", { ...template, spec: { ...template.spec, restartPolicy: "Never" } });
}

function kindName(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

interface Place {
  known: Known;
  /** TYPE.FIELD that the value is of. */
  field: string;
}

function translated(type: FieldType, given: unknown, place: Place): unknown {
  const value = typeof given === "string" ? terraformValue(given, place.known) : given;
  if (value === null || value === undefined) return undefined;
  if (typeof type === "string")
    return fieldsOf(type) ? block(type, value, place) : scalar(type, value, place);
  if ("*" in type) return mapOf(type["*"], value, place);
  const [item] = type;
  const all = Array.isArray(value) ? value : [value];
  // As the provider's own encoder does: an empty list is not said at all.
  return all.length === 0 ? undefined : all.map((one) => translated(item, one, place));
}

/** Terraform writes a block that stands once with a list around it, or without. */
function block(type: string, value: unknown, { known, field }: Place): Members | undefined {
  const all = Array.isArray(value) ? value : [value];
  if (all.length === 0) return undefined;
  const [one, ...others] = all;
  if (others.length > 0)
    throw new Untranslatable(`${field} can be said once, and it says it ${all.length} times`);
  if (typeof one !== "object") throw new Untranslatable(`${field} is not a block`);
  return fieldsWith(type, (one ?? {}) as Members, known);
}

function mapOf(type: FieldType, value: unknown, place: Place): Members | undefined {
  if (typeof value !== "object" || value === null) throw new Untranslatable(`${place.field} is not a map`);
  const members = Object.entries(value).map(([key, member]) => [
    String(terraformValue(key, place.known)),
    translated(type, member, place),
  ]);
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** Terraform takes numbers as text too; the API does not. */
function scalar(type: string, value: unknown, { field, known }: Place): unknown {
  if (type === "any") return evaluated(value, known);
  if (typeof value === "object") throw new Untranslatable(`${field} is not a single value`);
  switch (type) {
    case "boolean":
      return value === "true"
        ? true
        : value === "false"
          ? false
          : checked(value, typeof value === "boolean", field);
    case "integer":
    case "number": {
      // Modes of files are octal, as text.
      const number =
        typeof value === "string" && /mode$/i.test(field) ? Number.parseInt(value, 8) : Number(value);
      return checked(number, value !== "" && Number.isFinite(number), field);
    }
    case "intOrString":
      return /^-?\d+$/.test(String(value)) ? Number(value) : value;
    case "byte":
      // This one the provider takes as it is in the object.
      if (field === "core.v1.ConfigMap.binaryData") return value;
      return Buffer.from(String(value)).toString("base64");
    default:
      return String(value);
  }
}

function checked<T>(value: T, isRight: boolean, field: string): T {
  if (!isRight) throw new Untranslatable(`${field} is of another type than the API's`);
  return value;
}

/** Plain data of a stack with all expressions in it evaluated. */
export function evaluated(value: unknown, known: Known): unknown {
  if (typeof value === "string") return terraformValue(value, known);
  if (Array.isArray(value)) return value.map((item) => evaluated(item, known));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && member !== undefined)
      .map(([key, member]) => [String(terraformValue(key, known)), evaluated(member, known)]),
  );
}
