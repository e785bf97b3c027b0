import { z } from "zod";
import { freeze } from "./freeze.ts";
import { gitName } from "./gitops.ts";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { meets, slug, variableName } from "./text.ts";
import { duration } from "./units.ts";

/** Words of a program's command line: no shell reads them. */
const command = z
  .array(
    z
      .string()
      .min(1, "must not be empty")
      .max(500, "must be at most 500 characters")
      .regex(/^[^\u0000-\u001f\u007f]*$/, "must not hold control characters")
      .meta({ examples: ["npm"] }),
  )
  .min(1);

const relativeFolder = z
  .string()
  .regex(/^[a-zA-Z0-9._-]+(\/[a-zA-Z0-9._-]+)*$/, "must be a relative folder")
  .refine((path) => !path.split("/").some((part) => /^\.\.?$/.test(part)), "must not hold '.' or '..'")
  .meta({ examples: [".fairlead/ledger"] });

/** Where the ledger is kept: one machine alone writes a folder, many machines write the others. */
const ledger = z.discriminatedUnion("kind", [
  /** From the project root. */
  z.strictObject({ kind: z.literal("folder"), folder: relativeFolder }),
  z.strictObject({
    kind: z.literal("git"),
    remote: gitName.default("origin"),
    /** Default: `refs/fairlead/PLATFORM`. */
    ref: z
      .string()
      .regex(/^refs(\/(?!.*\.lock$)[a-zA-Z0-9_-]+){2,6}$/, 'must be a ref, such as "refs/fairlead/shop"')
      .meta({ examples: ["refs/fairlead/shop"] })
      .optional(),
  }),
  /** The variable holds the address, with its password: the catalog has neither. */
  z.strictObject({ kind: z.literal("postgres"), variable: variableName }),
]);

/** So many people of a role, by the role's name. */
const approvals = z.record(slug, z.int().min(1, "must be at least 1").max(9)).default({});

const check = z.strictObject({ command, timeout: duration.default("5m") });

const deploy = z.discriminatedUnion("kind", [
  /** The environment's lock file is written; whoever reads it deploys. */
  z.strictObject({ kind: z.literal("lock-file") }),
  /** The lock file is committed on a branch, for Argo CD or Flux. */
  z.strictObject({
    kind: z.literal("git"),
    remote: gitName.default("origin"),
    branch: gitName,
    /** Whether the same commit has the environment's manifests anew, in `generated/manifests/`; where the environment has `gitops` unless told. */
    manifests: z.boolean().optional(),
  }),
  /** The lock file is written, and the stacks are planned and applied. */
  z.strictObject({ kind: z.literal("terraform") }),
]);

/** What is asked of a release before it enters an environment, and how it is brought in. */
const stop = z.strictObject({
  /** The environment that releases come from; the first of all has none. */
  after: reference("environment").optional(),
  /** How long a release has run there, verified and without interruption. */
  soak: duration.default("0s"),
  /** Gates whose newest decision must let the release in. */
  gates: z.array(reference("gate")).default([]),
  /** Checks that make a release verified once it runs here, by name: exit code 0 passes. */
  verification: z.record(slug, check).default({}),
  approvals,
  /** `smoke-tests`: those of the environment before passed. `previous-rollout-complete`: the last one here has ended. */
  prerequisites: z.array(z.enum(["smoke-tests", "previous-rollout-complete"])).default([]),
  /** When nothing enters, by name. */
  freezes: z.record(slug, freeze).default({}),
  deploy: deploy.default({ kind: "lock-file" }),
  /** What is asked instead of a release that mends what is broken; without it there is no such way. */
  hotfix: z.strictObject({ soak: duration.default("0s"), approvals }).optional(),
  /** Who may let a release in against what is asked, and for how long at most; without it nobody may. */
  override: z.strictObject({ role: slug, longest: duration.default("4h") }).optional(),
  /** What takes a release back by itself in the time after it came: alerts that fire, SLOs whose budget burns. */
  rollBackOn: z.strictObject({ alerts: z.array(reference("alert")).min(1), watch: duration }).optional(),
});

/** How releases move from environment to environment. */
export const promotion = z.strictObject({
  meets,
  ledger,
  /** Services whose image is the catalog's affair, such as databases: no release brings one. */
  thirdParty: z.array(reference("service")).default([]),
  /** Services whose images change in one release or not at all, by the name of the set. */
  together: z
    .record(
      slug,
      z
        .array(reference("service"))
        .min(2)
        .meta({ examples: [["api", "worker"]] }),
    )
    .default({}),
  /** The environments that releases pass through; releases enter no other. */
  environments: z.record(reference("environment"), stop),
});

export type PromotionSpec = z.output<typeof promotion>;
export type StopSpec = PromotionSpec["environments"][keyof PromotionSpec["environments"]];
type Input = z.input<typeof promotion>;
type StopInput = z.input<typeof stop>;
/** A platform's promotion as the catalog describes it. */
export interface PromotionInput<N extends Names = Names>
  extends ReferMembers<Omit<Input, "environments">, N> {
  environments: {
    [E in N["environment"] extends string ? N["environment"] : string]?:
      | ReferMembers<StopInput, N>
      | undefined;
  };
}
