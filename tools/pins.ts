/** Every outside tool: which versions are accepted, what is built when there is none, how else to get it. */
import type { BuildName } from "./builds.ts";

/** The tools that checks, stacks, load tests and the lab run. */
export type ToolName =
  | "k6"
  | "prometheus"
  | "promtool"
  | "alertmanager"
  | "amtool"
  | "terraform"
  | "terraform-provider-kubernetes"
  | "terraform-provider-helm"
  | "kube-score"
  | "checkov"
  | "kubectl"
  | "kubecp";

/** How a tool of the user's own is recognised on the PATH. */
export interface PathPin {
  /** Semver range; pre-releases of an accepted version are accepted too. */
  accepts: string;
  versionArgs: readonly string[];
  /** The first group is the version. */
  versionPattern: RegExp;
}

/** One outside tool. Without `path` only a build of ours is used; without `build` it must be on the PATH. */
export interface ToolPin {
  neededFor: string;
  path?: PathPin;
  build?: BuildName;
  /** Nothing needs it unless asked for by name: it is no fault where it is missing. */
  optional?: true;
  /** One line: how to get the tool without Fairlead. */
  hint: string;
}

const prometheusVersion = /version (\d\S*)/;

/** Every tool, in the order in which `fairlead tools` lists and installs them. */
export const tools: Readonly<Record<ToolName, ToolPin>> = {
  k6: {
    neededFor: "load tests (`fairlead load`, `check --only load-tests`)",
    // 2.x dropped the externally-controlled executor and some summary flags; we use neither.
    path: { accepts: "1.x || 2.x", versionArgs: ["version"], versionPattern: /k6 v(\S+)/ },
    build: "k6",
    hint: "install k6 1.x or 2.x from Grafana's packages or your package manager",
  },
  prometheus: {
    neededFor: "checking that every panel has data (`check --only panels`)",
    path: { accepts: "3.x", versionArgs: ["--version"], versionPattern: prometheusVersion },
    build: "prometheus",
    hint: "install Prometheus 3.x from its release archive or your package manager",
  },
  promtool: {
    neededFor: "checking rules and running their unit tests (`check --only rules`, `--only rule-tests`)",
    path: { accepts: "3.x", versionArgs: ["--version"], versionPattern: prometheusVersion },
    build: "prometheus",
    hint: "install Prometheus 3.x, whose release archive contains promtool",
  },
  alertmanager: {
    neededFor: "the lab: routing and inhibition with live alerts",
    path: { accepts: ">=0.27.0 <1.0.0", versionArgs: ["--version"], versionPattern: prometheusVersion },
    build: "alertmanager",
    hint: "install Alertmanager 0.27 or newer from its release archive or your package manager",
  },
  amtool: {
    neededFor: "checking the Alertmanager configuration and its routes (`check --only alertmanager`)",
    path: { accepts: ">=0.27.0 <1.0.0", versionArgs: ["--version"], versionPattern: prometheusVersion },
    build: "alertmanager",
    hint: "install Alertmanager 0.27 or newer, whose release archive contains amtool",
  },
  terraform: {
    neededFor: "validating, planning and deploying stacks (`check --only terraform`, `plan`, `apply`)",
    path: { accepts: ">=1.5.0 <2.0.0", versionArgs: ["version"], versionPattern: /Terraform v(\S+)/ },
    hint: "install Terraform 1.5 or newer from HashiCorp's packages; it cannot be built from Go modules",
  },
  "terraform-provider-kubernetes": {
    neededFor: "stacks, where Terraform cannot reach its registry",
    build: "terraform-provider-kubernetes",
    hint: "give Terraform access to its registry, or name your own mirror in its CLI configuration",
  },
  "terraform-provider-helm": {
    neededFor: "stacks, where Terraform cannot reach its registry",
    build: "terraform-provider-helm",
    hint: "give Terraform access to its registry, or name your own mirror in its CLI configuration",
  },
  "kube-score": {
    neededFor: "scoring every object that is deployed (`check --only kube-score`)",
    path: { accepts: "^1.20.0", versionArgs: ["version"], versionPattern: /version: v?(\d[^\s,]*)/ },
    build: "kube-score",
    hint: "install kube-score 1.20 or newer from its releases or your package manager",
  },
  checkov: {
    neededFor: "security policies on every object that is deployed (`check --only checkov`)",
    path: { accepts: "^3.2.0", versionArgs: ["--version"], versionPattern: /^(\d\S*)/ },
    build: "checkov",
    optional: true,
    hint: "install checkov 3.2 or newer with pipx or your package manager",
  },
  kubectl: {
    neededFor: "the local cluster, and the commands that runbooks show",
    path: {
      accepts: ">=1.28.0 <2.0.0",
      versionArgs: ["version", "--client"],
      versionPattern: /Client Version: v(\S+)/,
    },
    build: "kubectl",
    hint: "install kubectl 1.28 or newer from the Kubernetes packages or your package manager",
  },
  kubecp: {
    neededFor: "the local cluster (`npm run deploy:local`): etcd, the control plane and KWOK in one program",
    build: "kubecp",
    hint: "deploy to a cluster of your own instead: set the environment's kubeconfig context",
  },
};

/** Every tool's name, in table order. */
export const toolNames = Object.keys(tools) as ToolName[];
