/** What outside tools are built from where there is none: pinned Go modules and Python packages. */

/** The pinned modules and packages that tools are built from; one build may give several tools. */
export type BuildName =
  | "k6"
  | "prometheus"
  | "alertmanager"
  | "terraform-provider-kubernetes"
  | "terraform-provider-helm"
  | "kube-score"
  | "checkov"
  | "kubectl"
  | "kubecp"
  | "sloth"
  | "actionlint"
  | "opa"
  | "argo-rollouts"
  | "gofakes3"
  | "attestation";

/** One pinned Go module or Python package and what is built from it. */
export interface BuildPin {
  /** Go, unless told. */
  language?: "python";
  /** What the built tools call themselves, as the project's own releases would. */
  version: string;
  /** The Go module that holds the program, and its version as in go.mod; or the Python package. */
  module: { path: string; version: string };
  /** Folder with go.mod and go.sum, or requirements.txt, relative to the package root. */
  folder: string;
  packages: readonly string[];
  tags: readonly string[];
  /** String variables set by the linker, because a build from a module knows no release version. */
  variables: Readonly<Record<string, string>>;
  /** Measured once, with 2 cores and the builds above it done; shown while one runs. */
  coldSeconds: number;
}

const commonVersion = (version: string) => ({ "github.com/prometheus/common/version.Version": version });

/**
 * The provider modules lie between two releases: the last release they contain, then the branch, the
 * commit's date and the commit. Terraform ignores what follows the `+` when it compares versions.
 */
const kubernetesProvider = "3.2.1+main.20260821.3a33fb6";
const helmProvider = "3.2.0+main.20260629.a4f1c1d";

/** What is built, from which module. `tools.test.ts` holds the versions here and in each go.mod together. */
export const builds: Readonly<Record<BuildName, BuildPin>> = {
  k6: {
    version: "1.8.1",
    module: { path: "go.k6.io/k6", version: "v1.8.1" },
    folder: "tools/go/k6",
    packages: ["go.k6.io/k6"],
    tags: [],
    variables: {},
    coldSeconds: 75,
  },
  prometheus: {
    // Prometheus 3.x.y is tagged v0.3xx.y as a Go module.
    version: "3.15.0",
    module: { path: "github.com/prometheus/prometheus", version: "v0.315.0" },
    folder: "tools/go/prometheus",
    packages: [
      "github.com/prometheus/prometheus/cmd/prometheus",
      "github.com/prometheus/prometheus/cmd/promtool",
    ],
    // Cloud service discovery is two thirds of the build and no local check needs it.
    tags: ["netgo", "remove_all_sd"],
    variables: commonVersion("3.15.0"),
    coldSeconds: 140,
  },
  alertmanager: {
    // The newest version whose module contains its web UI; later ones do not build from the module alone.
    version: "0.28.1",
    module: { path: "github.com/prometheus/alertmanager", version: "v0.28.1" },
    folder: "tools/go/alertmanager",
    packages: [
      "github.com/prometheus/alertmanager/cmd/alertmanager",
      "github.com/prometheus/alertmanager/cmd/amtool",
    ],
    tags: [],
    variables: commonVersion("0.28.1"),
    coldSeconds: 20,
  },
  "terraform-provider-kubernetes": {
    version: kubernetesProvider,
    module: {
      path: "github.com/hashicorp/terraform-provider-kubernetes",
      version: "v1.13.4-0.20260821094251-3a33fb6cc605",
    },
    folder: "tools/go/terraform-provider-kubernetes",
    packages: ["github.com/hashicorp/terraform-provider-kubernetes"],
    tags: [],
    variables: { "main.Version": kubernetesProvider },
    coldSeconds: 65,
  },
  "terraform-provider-helm": {
    version: helmProvider,
    module: {
      path: "github.com/hashicorp/terraform-provider-helm",
      version: "v1.3.3-0.20260629194918-a4f1c1d8b008",
    },
    folder: "tools/go/terraform-provider-helm",
    packages: ["github.com/hashicorp/terraform-provider-helm"],
    tags: [],
    variables: { "main.Version": helmProvider },
    coldSeconds: 75,
  },
  "kube-score": {
    version: "1.20.0",
    module: { path: "github.com/zegl/kube-score", version: "v1.20.0" },
    folder: "tools/go/kube-score",
    packages: ["github.com/zegl/kube-score/cmd/kube-score"],
    tags: [],
    variables: { "main.version": "1.20.0" },
    coldSeconds: 25,
  },
  checkov: {
    language: "python",
    version: "3.3.30",
    module: { path: "checkov", version: "3.3.30" },
    folder: "tools/python/checkov",
    packages: ["checkov"],
    tags: [],
    variables: {},
    coldSeconds: 160,
  },
  kubectl: {
    version: "1.33.13",
    module: { path: "k8s.io/kubectl", version: "v0.33.13" },
    folder: "tools/go/kubectl",
    packages: ["./cmd/kubectl"],
    tags: [],
    variables: { "k8s.io/component-base/version.gitVersion": "v1.33.13" },
    coldSeconds: 90,
  },
  kubecp: {
    version: "1.33.13",
    module: { path: "k8s.io/kubernetes", version: "v1.33.13" },
    folder: "tools/localkube",
    packages: ["./cmd/kubecp"],
    tags: [],
    variables: {
      "k8s.io/component-base/version.gitVersion": "v1.33.13",
      "k8s.io/component-base/version.gitMajor": "1",
      "k8s.io/component-base/version.gitMinor": "33",
    },
    coldSeconds: 280,
  },
  // For tests and benchmarks alone: what Fairlead is compared with, and the validator of what it exports. No tool of a user's.
  sloth: {
    version: "0.16.0",
    module: { path: "github.com/slok/sloth", version: "v0.16.0" },
    folder: "tools/go/sloth",
    packages: ["github.com/slok/sloth/cmd/sloth", "github.com/OpenSLO/oslo/cmd/oslo"],
    tags: [],
    variables: { "github.com/slok/sloth/internal/info.Version": "0.16.0" },
    coldSeconds: 120,
  },
  // For tests alone: it reads the workflows, ours and those that a new project gets.
  actionlint: {
    version: "1.7.12",
    module: { path: "github.com/rhysd/actionlint", version: "v1.7.12" },
    folder: "tools/go/actionlint",
    packages: ["github.com/rhysd/actionlint/cmd/actionlint"],
    tags: [],
    variables: { "github.com/rhysd/actionlint.version": "1.7.12" },
    coldSeconds: 25,
  },
  // For tests alone: an object store that speaks Amazon's protocol, for state that is kept in one.
  gofakes3: {
    version: "1.2.0",
    module: { path: "github.com/johannesboyne/gofakes3", version: "v1.2.0" },
    folder: "tools/go/gofakes3",
    packages: ["github.com/johannesboyne/gofakes3/cmd/gofakes3"],
    tags: [],
    variables: {},
    coldSeconds: 40,
  },
  // For tests alone: verifies our attestations by the libraries of DSSE and in-toto.
  attestation: {
    version: "1.2.0",
    module: { path: "github.com/in-toto/attestation", version: "v1.2.0" },
    folder: "tools/go/attestation",
    packages: ["./cmd/verify-attestation"],
    tags: [],
    variables: {},
    coldSeconds: 30,
  },
  // For the benchmark of replays alone, which asks it the same. No tool of a user's.
  opa: {
    version: "1.22.2",
    module: { path: "github.com/open-policy-agent/opa", version: "v1.22.2" },
    folder: "tools/go/opa",
    packages: ["github.com/open-policy-agent/opa"],
    // Policies from registries of images are not asked for.
    tags: ["opa_no_oci"],
    variables: {},
    coldSeconds: 200,
  },
  // For tests alone: the controller that a cluster with canaries runs. The newest version that Go 1.26.8 builds.
  "argo-rollouts": {
    version: "1.9.2",
    module: { path: "github.com/argoproj/argo-rollouts", version: "v1.9.2" },
    folder: "tools/go/argo-rollouts",
    packages: ["github.com/argoproj/argo-rollouts/cmd/rollouts-controller"],
    tags: [],
    variables: { "github.com/argoproj/argo-rollouts/utils/version.version": "v1.9.2" },
    coldSeconds: 150,
  },
};
