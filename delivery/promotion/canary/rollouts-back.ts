// Takes the requests back from a release that Argo Rollouts has brought in, by what the cluster itself still has of the release before.
import { RELEASE_ANNOTATION } from "../../../model/admission.ts";
import { ProblemsError } from "../../../problems/problem.ts";
import type { Step, Work } from "../step.ts";
import {
  asksFor,
  type Cluster,
  imageIn,
  isSameImage,
  type Looked,
  lookAt,
  type PodTemplate,
  releasesOf,
} from "./rollout.ts";

/** Which Rollouts go back, and how they are asked. */
export interface RolloutsBackPlace extends Cluster {
  services: readonly string[];
  now: () => Date;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const LOOK = 500;
/** For how long the controller, and pods that have to begin, are waited for. */
const FOLLOWS_SECONDS = 120;

/**
 * Sends all requests back to the target's release at once, of each service by itself. What has but a share is aborted. What has all requests gets the pods of
 * before, and those `promoteFull`: a canary of the release before would begin with the first share, and be asked of Prometheus. Done once
 * the controller has followed. Throws a ProblemsError where it does not, or the cluster does not answer.
 */
export function rolloutsBack(place: RolloutsBackPlace): Step {
  return {
    name: "canary",
    changes: true,
    async run(work) {
      const said = await Promise.all(place.services.map((service) => broughtBack(service, { place, work })));
      return { says: said.join("; ") };
    },
  };
}

interface Going {
  place: RolloutsBackPlace;
  work: Work;
}

async function broughtBack(service: string, going: Going): Promise<string> {
  const { place, work } = going;
  const looked = await lookAt(service, place);
  const { currentPodHash, stableRS } = looked.rollout.status;
  const image = work.target.release?.content.images[service];
  const releases = await releasesOf(looked, place);
  const stable = releases.get(stableRS);
  if (image === undefined || (stable && isSameImage(imageIn(stable, service), image))) {
    // Before the first release is ready there is none to give requests to.
    if (currentPodHash !== stableRS && stableRS !== "") return aborted(looked, going);
    // What was deployed and not seen yet must not begin.
    if (image !== undefined && stable && !asksFor(image, looked)) await deploy(stable, looked, going);
    return `${service}: nothing had any share`;
  }
  const before = [...releases.values()].find((one) => isSameImage(imageIn(one, service), image));
  if (!asksFor(image, looked)) await deploy(before ?? withImage(image, looked, work), looked, going);
  return promoted(service, image, going);
}

async function aborted({ service, rollout }: Looked, going: Going): Promise<string> {
  if (!rollout.status.abort) await patchStatus(service, { abort: true }, going);
  const isBack = ({ rollout: { status } }: Looked) =>
    status.phase === "Degraded" || status.currentPodHash === status.stableRS;
  await followed(service, going, isBack);
  return `${service} aborted`;
}

async function promoted(service: string, image: string, going: Going): Promise<string> {
  const isThere = (now: Looked) => now.isSeen && asksFor(image, now);
  const { rollout } = await followed(service, going, isThere);
  if (rollout.status.currentPodHash !== rollout.status.stableRS)
    await patchStatus(service, { promoteFull: true }, going);
  const hasAll = ({ rollout: { status } }: Looked) => status.currentPodHash === status.stableRS;
  await followed(service, going, (now) => isThere(now) && hasAll(now));
  return `${service} has all requests`;
}

/** What is deployed now with another image, where the cluster has forgotten what it was deployed with: the stacks write the rest. */
function withImage(image: string, { service, deployment }: Looked, { target }: Work): PodTemplate {
  const { metadata, spec } = deployment.spec.template;
  const { annotations } = metadata;
  const release = RELEASE_ANNOTATION in annotations && { [RELEASE_ANNOTATION]: target.release?.digest ?? "" };
  return {
    metadata: { ...metadata, annotations: { ...annotations, ...release } },
    spec: {
      ...spec,
      containers: spec.containers.map((one) => (one.name === service ? { ...one, image } : one)),
    },
  };
}

function deploy(template: PodTemplate, { service }: Looked, going: Going): Promise<void> {
  const change = [{ op: "replace", path: "/spec/template", value: template }];
  return patch(["deployments.apps", service, "--type=json"], change, going);
}

function patchStatus(service: string, status: object, going: Going): Promise<void> {
  return patch(["rollouts.argoproj.io", service, "--subresource=status", "--type=merge"], { status }, going);
}

/** Asks the ledger first whose the promotion is: the cluster knows no token. */
async function patch(what: readonly string[], change: object, { place, work }: Going): Promise<void> {
  const { held } = work;
  await held.add({ kind: "renewed", promotion: held.id, token: held.token });
  await work.at("fenced");
  await place.kubectl(["--namespace", place.namespace, "patch", ...what, "--patch", JSON.stringify(change)]);
}

/** Looks until it is so. */
async function followed(
  service: string,
  { place, work }: Going,
  isSo: (looked: Looked) => boolean,
): Promise<Looked> {
  const late = place.now().getTime() + FOLLOWS_SECONDS * 1000;
  for (;;) {
    const looked = await lookAt(service, place);
    if (isSo(looked)) return looked;
    if (place.now().getTime() >= late) throw notFollowed(looked, place);
    await place.sleep(LOOK, work.signal);
  }
}

function notFollowed({ service, rollout }: Looked, { namespace }: Cluster): ProblemsError {
  const { phase, message } = rollout.status;
  return new ProblemsError([
    {
      rule: "promotion/rollout-stands-still",
      severity: "error",
      message:
        `Rollout ${service} of ${namespace} did not go back within ${FOLLOWS_SECONDS} s: ${phase} ${message}`.trim(),
      fix: "see whether its controller runs and the pods of the release before begin; then go on with fairlead promote --resume",
    },
  ]);
}
