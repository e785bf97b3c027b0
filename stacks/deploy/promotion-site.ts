// Puts together what a promotion needs in one environment of a project: from the catalog, the ledger, and what was said on the command line.
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { attest } from "../../delivery/attestation/attest.ts";
import { approvedReleasesStep } from "../../delivery/promotion/approved-releases.ts";
import { attestStep } from "../../delivery/promotion/attest.ts";
import { rolloutsCanary } from "../../delivery/promotion/canary/rollouts.ts";
import { checksStep } from "../../delivery/promotion/checks.ts";
import { gitDeployer } from "../../delivery/promotion/deployers/git.ts";
import { lockFileDeployer } from "../../delivery/promotion/deployers/lock-file.ts";
import { terraformDeployer } from "../../delivery/promotion/deployers/terraform.ts";
import { LEASE_SECONDS } from "../../delivery/promotion/lease.ts";
import type { Site } from "../../delivery/promotion/site.ts";
import type { Canary, Deployer, Step } from "../../delivery/promotion/step.ts";
import { watchStep } from "../../delivery/promotion/watch.ts";
import { watchedAlerts } from "../../delivery/promotion/watched-alerts.ts";
import { approvedReleases } from "../../delivery/release/approved-list.ts";
import type { Signer } from "../../delivery/signing/signer.ts";
import { connect } from "../../live/prometheus.ts";
import { canariesOf } from "../../model/canaries.ts";
import type { Environment, Platform } from "../../model/model.ts";
import type { Project } from "../../model/project.ts";
import type { Stop } from "../../model/promotion.ts";
import { type Location, type Problem, ProblemsError, UsageError } from "../../problems/problem.ts";
import { unknownChoices } from "../../problems/unknown-choices.ts";
import { type Access, accessFor, kubectl } from "./cluster.ts";
import { answering } from "./promotion-answer.ts";
import type { Desk } from "./promotion-desk.ts";
import { manifestsOnBranch } from "./promotion-manifests.ts";
import { promotionStacks } from "./promotion-stacks.ts";

/** What a promotion is told beside the catalog. */
export interface SiteRequest {
  project: Project;
  platform: Platform;
  environment: string;
  confirmedContext?: string | undefined;
  /** After so many seconds of watching, a share of the canary or an alert is waited for no longer. */
  timeoutSeconds: number;
  /** Instead of what the environment's catalog says of Rollouts. */
  canary?: Canary | undefined;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** The site of an environment. Throws a UsageError for one that releases do not pass through, a ProblemsError where nobody is there to sign. */
export function siteOf(request: SiteRequest, desk: Desk): Site {
  const { platform, signal, say } = request;
  const { ledger, signer } = desk;
  const { stop, environment } = placeOf(request, desk);
  if (!signer) throw new ProblemsError([NO_KEY]);
  return {
    ...{ ledger, platform: platform.name, environment: environment.name, now, sleep, signal, say },
    leaseSeconds: LEASE_SECONDS,
    holder: { by: signer.kid, host: hostname(), pid: process.pid },
    deployer: deployerOf(stop, request, environment),
    canary: request.canary ?? canaryOf(request, environment),
    afterwards: afterwardsOf(request, { stop, environment, signer }),
    mayEnter: answering(desk, environment.name),
  };
}

const now = () => new Date();
const sleep = async (milliseconds: number, signal: AbortSignal) => {
  await delay(milliseconds, undefined, { signal });
};

const NO_KEY: Problem = {
  rule: "signing/no-key",
  severity: "error",
  message: "there is no key here to sign with what is done",
  fix: "`fairlead key` makes one; FAIRLEAD_KEY or FAIRLEAD_SIGNER name one",
};

function placeOf(
  { platform, environment: name }: SiteRequest,
  { promotion }: Desk,
): { stop: Stop; environment: Environment } {
  const stop = promotion.stops.find((one) => one.environment === name);
  const environment = platform.environments.find((one) => one.name === name);
  if (stop && environment) return { stop, environment };
  const names = promotion.stops.map((one) => one.environment);
  throw new UsageError(unknownChoices("environment", [name], names));
}

function deployerOf(stop: Stop, request: SiteRequest, environment: Environment): Deployer {
  const { project, platform, confirmedContext } = request;
  const place = { root: project.root, platform: platform.name, environment: stop.environment };
  const approve = approveStep(request, environment);
  switch (stop.deploy.kind) {
    case "terraform":
      return terraformDeployer(place, { stacks: promotionStacks({ ...place, confirmedContext }), approve });
    case "git": {
      const { remote, branch, manifests } = stop.deploy;
      const location = placeOfDeploy(request, stop);
      const rendered = manifests ? manifestsOnBranch(place) : undefined;
      return approvedFirst(gitDeployer({ ...place, remote, branch, location }, rendered), approve);
    }
    case "lock-file":
      return approvedFirst(lockFileDeployer(place), approve);
  }
}

function placeOfDeploy({ project, platform }: SiteRequest, { environment }: Stop): Location | undefined {
  const { origin } = platform.promotion ?? {};
  const path = [...(origin?.path ?? []), "environments", environment, "deploy"];
  return project.locate({ platform: platform.name, path });
}

/** Whoever reads the lock file may deploy at once: the cluster must know the release by then. */
function approvedFirst(deployer: Deployer, approve: Step | undefined): Deployer {
  return approve ? { ...deployer, steps: [approve, ...deployer.steps] } : deployer;
}

function approveStep(request: SiteRequest, environment: Environment): Step | undefined {
  if (!environment.admission?.rules["signed-releases"]) return undefined;
  return approvedReleasesStep(async (releases) => {
    const { name, namespace, data } = approvedReleases(environment, releases);
    const access = await accessOf(request, environment);
    const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=fairlead", "-f", "-"];
    const list = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
    await kubectl(access, apply, JSON.stringify(list));
  });
}

function accessOf(request: SiteRequest, { name, stage, context }: Environment): Promise<Access> {
  const { platform, confirmedContext, signal } = request;
  return accessFor({ platform: platform.name, environment: name, stage, context, confirmedContext, signal });
}

/** Where Argo Rollouts moves the shares, it is watched. */
function canaryOf(request: SiteRequest, environment: Environment): Canary | undefined {
  if (environment.canaries?.controller !== "argo-rollouts") return undefined;
  const canaries = canariesOf(request.platform, environment);
  const [first] = canaries;
  if (!first) return undefined;
  return rolloutsCanary({
    namespace: environment.namespace,
    services: canaries.map(({ service }) => service),
    shares: first.steps,
    kubectl: async (args) => kubectl(await accessOf(request, environment), args),
    timeoutSeconds: request.timeoutSeconds,
    ...{ now, sleep },
  });
}

function afterwardsOf(
  { platform, project, timeoutSeconds }: SiteRequest,
  { stop, environment, signer }: { stop: Stop; environment: Environment; signer: Signer },
): Step[] {
  const { alerts: names, watchSeconds } = stop.rollBackOn;
  const alerts = watchedAlerts(platform, { environment: environment.name, names });
  const prometheus = connect(environment.links.prometheus);
  const watched = { prometheus, alerts, watchSeconds, timeoutSeconds, now, sleep };
  return [
    checksStep(stop.verification, project.root),
    ...(alerts.length > 0 ? [watchStep(watched)] : []),
    attestStep((facts) => attest(facts, signer), now),
  ];
}
