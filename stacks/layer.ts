import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider/index.js";
import { type TerraformElement, type TerraformResource, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import type { Canary } from "../model/canaries.ts";
import type { Artifact, Environment, ReceiverSpec } from "../model/model.ts";
import { type Layer as LayerName, stackId } from "../model/names.ts";
import { StateBackend } from "./state-backend.ts";

/** What the stacks of one platform in one environment are made from; every string in it is literal for Terraform. */
export interface Site {
  platform: string;
  environment: Environment;
  /** Receivers that some route tells, as they are in this environment. */
  receivers: ReceiverSpec[];
  /** What is asked of the new releases of its services. */
  canaries: Canary[];
  /** Generated files of this platform and environment, which the stacks refer to. */
  artifacts: Artifact[];
  /** Whether the dashboard of all platforms comes with this one. */
  bringsFleet: boolean;
  /** Folder of local state as seen from a stack's own folder. */
  stateFolder: string;
}

// The npm bindings ask for exactly the version that they were generated from. Here it is the least that will do, or nearly;
// the tests validate and deploy with the newest.
const PROVIDERS = {
  kubernetes: { source: "hashicorp/kubernetes", version: ">= 2.38.0, < 4.0.0" },
  helm: { source: "hashicorp/helm", version: ">= 3.0.2, < 4.0.0" },
} as const;

/**
 * One Terraform stack: PLATFORM-ENV-LAYER, its state under the same key, in the environment's kubeconfig context. The
 * kubeconfig itself is the one that KUBE_CONFIG_PATH names, for the providers and for state that is kept in the cluster.
 */
export class Layer extends TerraformStack {
  readonly site: Site;
  readonly layer: LayerName;
  readonly #moved: { from: string; to: string }[] = [];
  readonly #files = new Map<string, Artifact>();

  constructor(scope: Construct, layer: LayerName, site: Site) {
    const { platform, environment, stateFolder } = site;
    const key = stackId(platform, environment.name, layer);
    super(scope, key);
    this.site = site;
    this.layer = layer;
    new StateBackend(this, {
      backend: environment.backend,
      key,
      context: environment.context,
      folder: stateFolder,
    });
    if (environment.backend.kind === "s3" && !environment.backend.lockTable) this.requireTerraform("1.11.0");
    new KubernetesProvider(this, "kubernetes", { configContext: environment.context });
    this.pinProvider("kubernetes");
  }

  /** Widens the bindings' exact version of a provider that this stack uses. */
  pinProvider(name: keyof typeof PROVIDERS): void {
    this.addOverride(`terraform.required_providers.${name}`, PROVIDERS[name]);
  }

  /** What a resource was called in the state before, the oldest name first: it is found there and kept, instead of destroyed and made anew. */
  moveFrom(resource: TerraformResource, formerNames: readonly string[]): void {
    if (formerNames.length === 0) return;
    const type = resource.terraformResourceType;
    const names = [...formerNames, resource.friendlyUniqueId].map((name) => `${type}.${name}`);
    // Step by step: Terraform takes one former place of each, and goes along a chain from wherever the state is in it.
    for (const [i, to] of names.slice(1).entries()) this.#moved.push({ from: names[i] ?? to, to });
    this.addOverride("moved", this.#moved);
  }

  /** The least version of Terraform that this stack's ways ask for. */
  requireTerraform(version: string): void {
    this.addOverride("terraform.required_version", `>= ${version}`);
  }

  /** Puts a generated file beside the stack, under its own path, and returns that path. */
  addFile(artifact: Artifact): string {
    this.#files.set(artifact.path, artifact);
    return artifact.path;
  }

  /** The generated files that belong beside the stack. */
  get files(): Artifact[] {
    return [...this.#files.values()];
  }

  // cdktf resolves everything a first time to find what refers to other stacks. Nothing here does (docs/decisions/0010), and the
  // backend, which it would add there too, is named above.
  override prepareStack(): void {}

  // Addresses that a person can read in a plan: kubernetes_deployment_v1.api_deployment. Catalog names hold no '_', so
  // that two paths cannot meet in one name.
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = "node" in element ? element.node : element;
    return node.scopes
      .slice(node.scopes.indexOf(this) + 1)
      .map((scope) => scope.node.id)
      .join("_");
  }
}
