import { z } from "zod";
import { type Effect, effectOf, terraformPlan, wholePlan } from "../evidence/formats/terraform-plan.ts";
import { type AttributeChange, attributeChanges } from "./attributes.ts";
import { type KubernetesObject, objectOf } from "./kubernetes-object.ts";
import { meaningOf } from "./meaning.ts";

/** What a plan does to one object, and why that matters. */
export interface PlannedChange {
  effect: Effect | "moved" | "adopted";
  /** Whether it was there, and is taken into the state with this plan. */
  adopted?: true;
  /** Terraform's address. */
  address: string;
  /** The address that it had before. */
  previousAddress?: string;
  object: KubernetesObject;
  /** Of what stays or is replaced: the attributes that differ. Of what is replaced, `forces` are those that cannot be changed in place. */
  attributes: AttributeChange[];
  forces: string[];
  /** Paths of attributes that somebody else changed since Terraform last applied it; the plan puts them back. */
  changedOutside: string[];
  /** What people have to know of it, the gravest first. */
  why: string[];
  /** Whether data is lost with it: it must be confirmed by name before it is applied. */
  losesData: boolean;
}

const change = z.object({
  ...terraformPlan.shape.resource_changes.unwrap().element.shape.change.shape,
  before: z.unknown(),
  after: z.unknown(),
  after_unknown: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  importing: z.object({}).optional(),
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).default([]),
});

const resource = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.string(),
  type: z.string(),
  action_reason: z.string().optional(),
  change,
});
type Resource = z.output<typeof resource>;

const planWithValues = z.object({
  ...terraformPlan.shape,
  resource_changes: z.array(resource).default([]),
  resource_drift: z.array(resource).default([]),
});

/**
 * What a plan does, from the text of `terraform show -json`, in the order of addresses, the gravest effect first. No sensitive value is in
 * it. Throws an UnreadableError where the text is no whole plan.
 */
export function plannedChanges(text: string): PlannedChange[] {
  const { resource_changes, resource_drift } = wholePlan(text, planWithValues);
  const drift = new Map(resource_drift.map((one) => [one.address, one]));
  const changes = resource_changes
    .filter(({ mode }) => mode === "managed")
    .flatMap((one): PlannedChange[] => {
      const moved = one.previous_address !== undefined && one.previous_address !== one.address;
      const stays = moved ? "moved" : one.change.importing && "adopted";
      const effect = effectOf(one.change.actions) ?? stays;
      return effect ? [plannedChange(effect, one, drift.get(one.address))] : [];
    });
  const rank = (effect: PlannedChange["effect"]) => EFFECTS.indexOf(effect);
  return changes.sort((a, b) => rank(a.effect) - rank(b.effect) || (a.address < b.address ? -1 : 1));
}

/** Effects, the gravest first. */
export const EFFECTS = ["destroyed", "replaced", "changed", "moved", "adopted", "created"] as const;

function plannedChange(
  effect: PlannedChange["effect"],
  one: Resource,
  drifted: Resource | undefined,
): PlannedChange {
  const { address, type, previous_address, change } = one;
  const object = objectOf(type, change.after ?? change.before, address);
  const stays = effect === "changed" || effect === "replaced";
  const attributes = stays ? differences(change, object) : [];
  const forces = effect === "replaced" ? change.replace_paths.map(pathOf) : [];
  const told = {
    effect,
    object,
    attributes,
    forces,
    createsFirst: change.actions[0] === "create",
    wasNotWell: one.action_reason === "replace_because_tainted",
    formerName: formerNameOf(one, object),
    before: change.before,
  };
  const { why, losesData } = meaningOf(told);
  const isGone = drifted?.change.actions.includes("delete");
  return {
    effect,
    address,
    ...(change.importing && { adopted: true as const }),
    ...(previous_address !== undefined && { previousAddress: previous_address }),
    object,
    attributes,
    forces,
    changedOutside:
      drifted && !isGone && effect === "changed"
        ? differences(drifted.change, object).map((one) => one.path)
        : [],
    why: isGone ? ["somebody else deleted it", ...why] : why,
    losesData,
  };
}

/** What an object that Terraform follows from one address to another was called, if that was something else. */
function formerNameOf(
  { type, previous_address, change }: Resource,
  { name }: KubernetesObject,
): string | undefined {
  if (previous_address === undefined || change.before === null) return undefined;
  const before = objectOf(type, change.before, previous_address).name;
  return before === name ? undefined : before;
}

function differences(change: Resource["change"], object: KubernetesObject): AttributeChange[] {
  const all = attributeChanges(
    { value: change.before, sensitive: change.before_sensitive },
    { value: change.after, sensitive: change.after_sensitive, unknown: change.after_unknown },
    { isSecret: object.kind === "Secret" },
  );
  // The provider tells a manifest twice: as it is written, and as the cluster has it.
  const written = all.filter(({ path }) => !path.startsWith("object."));
  return written.length > 0 ? written : all;
}

function pathOf(path: readonly (string | number)[]): string {
  return path.filter((part) => typeof part === "string").join(".");
}
