// The only folder that knows cdktf. Runs last: it refers to the files that the other generators made.
import { mkdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { App } from "cdktf";
import { type Construct, RootConstruct } from "constructs";
import { canariesOf } from "../model/canaries.ts";
import { Kept } from "../model/kept.ts";
import type { Artifact, Environment, Model, Platform } from "../model/model.ts";
import type { Layer as LayerName } from "../model/names.ts";
import { bringInLine } from "./files-beside.ts";
import { bringsFleet } from "./fleet.ts";
import { foundation } from "./foundation.ts";
import type { Layer, Site } from "./layer.ts";
import { normalised } from "./normalise.ts";
import { observability } from "./observability.ts";
import { type Selection, selectedPart } from "./selection.ts";
import { services } from "./services.ts";
import { literal, literals } from "./terraform-text.ts";

/** What is synthesised, and where to. */
export interface SynthesisOptions extends Selection {
  /** Folder that local state is kept under. */
  projectRoot: string;
  /** cdktf's output folder. */
  outdir: string;
  /** Instead of the folder that a local backend names; absolute, or from `projectRoot`. */
  stateFolder?: string;
}

/** A stack that was written. */
export interface SynthesisedStack {
  /** PLATFORM-ENV-LAYER: the stack's name and its state's key. */
  id: string;
  platform: string;
  environment: string;
  layer: LayerName;
  /** Ids of the stacks that must be applied before it. */
  after: string[];
  /** The stack's folder: holds cdk.tf.json and the files that it refers to. */
  folder: string;
}

/**
 * Writes the selected stacks for cdktf and Terraform, each with the generated files that it refers to beside it. Output
 * depends on nothing but the arguments. Throws a ProblemsError when something cannot be deployed at all.
 */
export function synthesise(
  model: Model,
  artifacts: readonly Artifact[],
  options: SynthesisOptions,
): SynthesisedStack[] {
  mkdirSync(options.outdir, { recursive: true });
  const app = new App({ outdir: options.outdir, stackTraces: false });
  const layers = placesIn(selectedPart(model, options)).flatMap(({ platform, environment }) =>
    addStacks(
      app,
      siteOf(platform, environment, {
        artifacts,
        // Of the whole model: another selection must not move it to another stack.
        bringsFleet: bringsFleet(model, { platform, environment }),
        stateFolder: localStateFolder(environment, options),
      }),
    ),
  );
  app.synth();
  return layers.map((layer) => written(layer, options.outdir));
}

/** The production stacks as files for review: sorted keys, and nothing that changes by machine or by cdktf version. */
export function stacks(model: Model, artifacts: readonly Artifact[]): Artifact[] {
  const places = placesIn(model).filter(({ environment }) => environment.stage === "prod");
  return places.flatMap(({ platform, environment }) => {
    const isBringing = bringsFleet(model, { platform, environment });
    const names = isBringing ? [platform.name, "fleet"] : [platform.name];
    const judging = environment.canaries ? [platform.slos, platform.gates] : [];
    const madeOf = () => [
      platform.routing,
      isBringing,
      ...judging,
      ...filesBehind(names, environment, artifacts),
    ];
    return reviewed.get({ owner: environment, name: platform.name, madeOf }, () =>
      layersOf(model, artifacts, { platform, environment }).map((layer) => ({
        path: `generated/stacks/${platform.name}/${environment.name}/${layer.layer}.tf.json`,
        content: normalised(layer),
        origin: environment.origin,
      })),
    );
  });
}

/** The stacks of one platform in one environment, in memory. */
export function layersOf(
  model: Model,
  artifacts: readonly Artifact[],
  { platform, environment }: { platform: Platform; environment: Environment },
): Layer[] {
  const site = siteOf(platform, environment, {
    artifacts,
    bringsFleet: bringsFleet(model, { platform, environment }),
    stateFolder: localStateFolder(environment, { projectRoot: ".", outdir: "cdktf.out" }),
  });
  return addStacks(new RootConstruct(), site);
}

const reviewed = new Kept<Artifact[]>();

/** What stacks say of generated files: which there are; whether they are too large; and how often Prometheus asks. */
function filesBehind(
  names: readonly string[],
  environment: Environment,
  artifacts: readonly Artifact[],
): unknown[] {
  const files = artifacts.filter(({ path }) => {
    const [, , of = "", place] = path.split("/");
    return names.includes(of) && (of === "fleet" || place === environment.name);
  });
  return files.flatMap(({ path, content }) =>
    path.endsWith("/prometheus.yaml") ? [path, content] : [path, Buffer.byteLength(content)],
  );
}

/** Each platform in each of its environments. */
function placesIn(model: Model) {
  return model.platforms.flatMap((platform) =>
    platform.environments.map((environment) => ({ platform, environment })),
  );
}

/**
 * The three stacks of one platform in one environment. Plain files of monitoring are applied before the services, which may mount
 * them; the operator's kinds after the services that they watch.
 */
function addStacks(scope: Construct, site: Site): Layer[] {
  const base = foundation(scope, site);
  const running = services(scope, site);
  const watched = observability(scope, site);
  running.addDependency(base);
  watched.addDependency(base);
  if (site.environment.monitoring.kind === "plain") running.addDependency(watched);
  else watched.addDependency(running);
  return [base, running, watched];
}

function siteOf(
  platform: Platform,
  environment: Environment,
  given: { artifacts: readonly Artifact[]; bringsFleet: boolean; stateFolder: string },
): Site {
  const { routes, escalation, heartbeat } = platform.routing;
  const told = new Set([...Object.values(routes).flat(), ...escalation.flatMap(({ to }) => to), heartbeat]);
  const receivers = [...told].flatMap((name) => environment.receivers[name] ?? []);
  return {
    ...literals({
      platform: platform.name,
      environment,
      receivers,
      canaries: canariesOf(platform, environment),
    }),
    bringsFleet: given.bringsFleet,
    stateFolder: given.stateFolder,
    artifacts: [...given.artifacts],
  };
}

/** Folder of local state as seen from a stack's folder: relative, so that stacks are the same on every machine. */
function localStateFolder(
  { backend }: Environment,
  { projectRoot, outdir, stateFolder }: Pick<SynthesisOptions, "projectRoot" | "outdir" | "stateFolder">,
): string {
  const folder = stateFolder ?? (backend.kind === "local" ? backend.folder : ".");
  return literal(
    relative(resolve(outdir, "stacks", "any"), resolve(projectRoot, folder)).replaceAll("\\", "/"),
  );
}

/** Puts the generated files beside the stack that refers to them; those of an earlier run go. */
function written(layer: Layer, outdir: string): SynthesisedStack {
  const { platform, environment } = layer.site;
  const folder = join(outdir, "stacks", layer.node.id);
  bringInLine(folder, layer.files);
  const after = layer.dependencies.map(({ node }) => node.id);
  return { id: layer.node.id, platform, environment: environment.name, layer: layer.layer, after, folder };
}
