import type { Problem } from "../../problems/problem.ts";
import { quotaRefusal } from "./quota-refusal.ts";

/** One thing that Terraform says is wrong. */
export interface Diagnostic {
  severity: "error" | "warning";
  summary: string;
  detail?: string;
  /** Of the resource that it is about. */
  address?: string;
}

/** Errors in what `terraform plan -json` or `apply -json` wrote; where it wrote no such lines, all of `otherwise` as one. */
export function diagnosticsIn(stdout: string, otherwise: string): Diagnostic[] {
  const found = stdout.split("\n").flatMap((line): Diagnostic[] => {
    if (!line.startsWith('{"@level":"error"')) return [];
    const { diagnostic } = JSON.parse(line) as { diagnostic?: Diagnostic };
    return diagnostic ? [diagnostic] : [];
  });
  return found.length > 0 ? found : [{ severity: "error", summary: otherwise.trim() }];
}

interface Known {
  rule: string;
  words: RegExp;
  says: (about: About) => Pick<Problem, "message" | "fix">;
}

interface About {
  words: string;
  /** Of the stack, and the resource where it is known. */
  where: string;
  /** Kubeconfig context. */
  context: string;
}

const ROLLOUT = /exceeded its progress deadline|Waiting for rollout to/i;

/** What errors of Terraform, of its providers and of kubectl mean, and what to do. The first that fits counts. */
const KNOWN: readonly Known[] = [
  {
    rule: "plan/locked",
    words: /Error acquiring the state lock|state is already locked/i,
    says: ({ words, where }) => ({
      message: `the state of ${where} is locked by ${holderOf(words)}`,
      fix: `wait until it is done; if nobody is at work any more: terraform force-unlock ${idOf(words)} in the stack's folder`,
    }),
  },
  {
    rule: "plan/stale",
    words: /Saved plan is stale|does not match the given state/i,
    says: ({ where }) => ({
      message: `the state of ${where} has changed since it was planned`,
      fix: "plan again: the plan was applied already, or somebody else applied something in between",
    }),
  },
  {
    rule: "plan/no-state-place",
    // Terraform's backends for Kubernetes and S3, in this order.
    words: /loading state: namespaces "[^"]*" not found|NoSuchBucket|S3 bucket "?[^" ]*"? does not exist/,
    says: ({ words, where }) => ({
      message: `the place where the state of ${where} is kept is not there: ${words}`,
      fix: "make it, once, as docs/guide/state.md shows, or correct the environment's backend in the catalog",
    }),
  },
  {
    rule: "plan/no-context",
    words: /context "?[^" ]*"? does not exist/i,
    says: ({ context }) => ({
      message: `the kubeconfig has no context "${context}"`,
      fix: "name the kubeconfig that has it in KUBE_CONFIG_PATH, or correct the environment's context in the catalog",
    }),
  },
  {
    rule: "plan/not-signed-in",
    words:
      /\bUnauthorized\b|must be logged in|provide credentials|getting credentials|token (?:is|has) expired/i,
    says: ({ context }) => ({
      message: `the cluster of context "${context}" does not accept the credentials: they have expired, or are another cluster's`,
      fix: `sign in again, and see that kubectl --context ${context} auth whoami names you`,
    }),
  },
  {
    rule: "plan/unreachable",
    words:
      /connection refused|was refused - did you|no such host|i\/o timeout|no route to host|network is unreachable|TLS handshake timeout|Client\.Timeout|context deadline exceeded|Unable to connect to the server|certificate signed by unknown|cannot load Kubernetes client config|client config(?:uration)? is invalid/i,
    says: ({ words, context }) => ({
      message: `no cluster answers in context "${context}": ${words}`,
      fix: "see that it runs, and that this machine reaches it (VPN, proxy, address in the kubeconfig)",
    }),
  },
  {
    rule: "plan/rollout-failed",
    words: ROLLOUT,
    says: ({ words }) => ({
      message: `a rollout failed: ${words}`,
      fix: "mend what its pods say, in the catalog or in the cluster, then plan again and apply the rest; in a rolling update the pods of before go on meanwhile",
    }),
  },
  {
    rule: "plan/quota-exceeded",
    words: /exceeded quota/i,
    says: ({ words, where }) => ({
      message: `${where} does not fit into the namespace: ${quotaRefusal(words) ?? words}`,
      fix: "free what is no longer needed, or raise the environment's quota in the catalog",
    }),
  },
  {
    rule: "plan/no-secret",
    // Only Secrets' values are looked up by key in our stacks.
    words: /No value for required variable[\s\S]*\bsecret_|\bvar\.secret_|Invalid index: The given key/,
    says: ({ words, where }) => ({
      message: `${where} writes a Secret, and ${variableIn(words)} does not hold its values`,
      fix: `give them, to plan and again to apply: ${variableIn(words)}='{"KEY":"VALUE"}' before the command`,
    }),
  },
  {
    rule: "plan/no-release",
    words: /No value for required variable[\s\S]*\brelease\b|digest in TF_VAR_release/,
    says: ({ where }) => ({
      message: `${where} is deployed as a release, and TF_VAR_release holds no digest of one`,
      fix: "give the release's digest: TF_VAR_release=sha256:… before the command",
    }),
  },
  {
    rule: "plan/crd-missing",
    words: /CRD may not be installed|no matches for kind/i,
    says: ({ words, where }) => ({
      message: `the cluster does not know the kind of ${where}: ${words}`,
      fix: "install the operator that brings it there: the Prometheus operator's kinds come with monitoring.installCrds: true, others with a Helm release, in one environment of this cluster",
    }),
  },
  {
    rule: "plan/name-taken",
    words: /already exists/i,
    says: ({ words, where }) => ({
      message: `${where} is there already, and not in Terraform's state: ${words}`,
      fix: "it is never taken over silently: rename one, delete the other, or plan with --adopt KIND/NAME",
    }),
  },
  {
    rule: "plan/kept",
    words: /Instance cannot be destroyed|prevent_destroy/i,
    says: ({ words, where }) => ({
      message: `${where} would be destroyed, and is kept in this environment: ${words}`,
      fix: "put it back into the catalog, or say what it was called if it was renamed (formerly); what else is deployed goes by layers (--destroy --layer services --layer observability); whoever means it removes it with kubectl and terraform state rm",
    }),
  },
  {
    rule: "plan/forbidden",
    words: /\bforbidden\b/i,
    says: ({ words, where }) => ({
      message: `the cluster does not allow it for ${where}: ${words}`,
      fix: "use an account that has this right; fairlead plan --rbac prints all that a deploying account needs",
    }),
  },
  {
    rule: "plan/adopt-missing",
    words: /Cannot import non-existent remote object/i,
    says: ({ words, where }) => ({
      message: `what was to be adopted is not there, in ${where}: ${words}`,
      fix: "plan without --adopt for it, and it is created",
    }),
  },
];

/** The variable of the environment that the words are about. */
function variableIn(words: string): string {
  return `TF_VAR_${/\bsecret_[a-z0-9_]+/.exec(words)?.[0] ?? "secret_NAME"}`;
}

/** What is wrong, in the words of Fairlead where it is known, else in Terraform's own. Each thing is told once. */
export function explained(
  diagnostics: readonly Diagnostic[],
  { stack, context }: { stack: string; context: string },
): Problem[] {
  const problems = diagnostics.map((one): Problem => {
    const words = wordsOf(one);
    const where = one.address ? `${one.address} of ${stack}` : stack;
    const known = KNOWN.find((each) => each.words.test(words));
    const said = known?.says({ words: shortened(words), where, context });
    return {
      rule: known?.rule ?? "plan/terraform",
      severity: "error",
      message: said?.message ?? `terraform: ${where}: ${shortened(words)}`,
      fix: said?.fix ?? "mend what Terraform names, then plan again",
    };
  });
  const told = new Map(problems.map((problem) => [`${problem.rule}\n${problem.message}`, problem]));
  return [...told.values()];
}

/** Whether it is that pods did not become available in time. */
export function isOfRollout(diagnostic: Diagnostic): boolean {
  return ROLLOUT.test(wordsOf(diagnostic));
}

/** Whether Terraform only did not know a kind yet. */
export function lacksKinds(diagnostics: readonly Diagnostic[]): boolean {
  const rule = KNOWN.find((each) => each.rule === "plan/crd-missing");
  return diagnostics.length > 0 && diagnostics.every((one) => rule?.words.test(wordsOf(one)));
}

const wordsOf = ({ summary, detail }: Diagnostic) =>
  [summary, detail]
    .filter((text) => text)
    .join(": ")
    .replaceAll(/[│╷╵]/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

const LONGEST = 600;
const shortened = (words: string) => (words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words);

// Lock Info: ID: 6f… Path: … Operation: OperationTypeApply Who: ann@laptop Version: 1.11.4 Created: 2026-… Info:
function holderOf(words: string): string {
  // Of an HTTP backend Terraform shows its own request, as if that were the holder's; true is only the id.
  if (words.includes("already locked: ID=")) return `whoever took the lock ${idOf(words)}: ask its server`;
  const operation = of(words, "Operation")
    ?.replace(/^OperationType/, "")
    .toLowerCase();
  const parts = [
    of(words, "Who") ?? "somebody",
    operation && `(terraform ${operation})`,
    of(words, "Created") && `since ${of(words, "Created")}`,
  ];
  return parts.filter((part) => part).join(" ");
}

function idOf(words: string): string {
  return /already locked: ID=([\w-]+)/.exec(words)?.[1] ?? of(words, "ID") ?? "ID";
}

function of(words: string, field: string): string | undefined {
  const fields = "ID|Path|Operation|Who|Version|Created|Info";
  const [, found] = new RegExp(`\\b${field}: (.*?) (?:(?:${fields}):|Terraform acquires)`).exec(words) ?? [];
  return found?.trim() || undefined;
}
