// How a new release is told from the one before by the platform's own SLOs and gates. What asks the queries, a controller, is for stacks/ to know.
import { percentOf } from "../catalog/canary.ts";
import { type Percent, ratioOf, secondsOf } from "../catalog/units.ts";
import { eventCounts } from "./alerting/error-ratio.ts";
import type { Environment, Gate, Platform, Service, Slo } from "./model.ts";
import { inspectPromql } from "./promql/inspect.ts";
import { narrowed } from "./promql/scope.ts";

/** Label that Argo Rollouts gives the pods of a Rollout: which release they are of. */
export const RELEASE_POD_LABEL = "rollouts-pod-template-hash";
/** The same as a label of series. */
export const RELEASE_LABEL = RELEASE_POD_LABEL.replaceAll("-", "_");

/** A service whose releases enter step by step. */
export interface Canary {
  service: string;
  /** Whole percents of the requests, ascending; the last is 100. */
  steps: number[];
  observeSeconds: number;
  everySeconds: number;
  /** Address of Prometheus. */
  prometheus: string;
  indicators: CanaryIndicator[];
}

/** What is asked of one SLO, and which answers let the release go on. An answer that is missing never does. */
export interface CanaryIndicator {
  slo: string;
  /** Error ratio up to which it goes on, and from which it goes back; a person decides what lies between. */
  passes: number;
  fails: number;
  /** PromQL: the error ratio of one release; nothing with too few events. */
  errorRatio: (release: string) => string;
  /** PromQL: by how many standard errors the one is worse than the other beyond what is tolerated; nothing with too few events. */
  worseBy: (release: string, than: string) => string;
}

/**
 * Standard errors from which a release counts as worse: by chance one in 740 judgements, so that four steps of nine SLOs stay below
 * 5 % together (Bonferroni).
 */
export const WORSE = 3;

/** SLOs that tell one release from another: they count events, and the service's own pods count them. */
export function judgedSlos(service: Pick<Service, "name" | "metrics">, slos: readonly Slo[]): Slo[] {
  if (!service.metrics) return [];
  return slos.filter((slo) => {
    if (slo.service !== service.name) return false;
    const { sli } = slo;
    if (sli.kind === "custom") return true;
    return "total" in sli && sli.total.metric.services.includes(service.name);
  });
}

/** The canaries of an environment, by service; none where it has no controller for them. */
export function canariesOf(
  { slos, gates }: Pick<Platform, "slos" | "gates">,
  environment: Environment,
): Canary[] {
  const { canaries, links } = environment;
  if (!canaries) return [];
  return environment.services.flatMap((service) => {
    if (!service.canary) return [];
    const { minimumEvents, tolerance } = service.canary;
    const at = gates.filter((gate) => gate.environments.includes(environment.name));
    return {
      service: service.name,
      steps: canaries.steps.map(percentOf),
      observeSeconds: secondsOf(canaries.observe),
      everySeconds: secondsOf(canaries.every),
      prometheus: canaries.prometheus ?? links.prometheus,
      indicators: judgedSlos(service, slos).map((slo) =>
        indicatorOf(slo, { gates: at, minimumEvents, tolerance, window: canaries.observe }),
      ),
    };
  });
}

interface Judging {
  gates: readonly Gate[];
  minimumEvents: number;
  tolerance: Percent;
  /** How far queries look back. */
  window: string;
}

function indicatorOf(slo: Slo, { gates, minimumEvents, tolerance, window }: Judging): CanaryIndicator {
  const asked = gates
    .flatMap(({ policy }) => policy.objectives)
    .filter(({ indicator }) => {
      return indicator.kind === "slo" && indicator.slo === slo.name && indicator.measure === undefined;
    });
  const least = Math.max(
    minimumEvents,
    slo.minimumEvents,
    ...asked.map(({ minimumSamples = 0 }) => minimumSamples),
  );
  const counts = (release: string) => countsOf(slo, window, release);
  return {
    slo: slo.name,
    ...limitsOf(slo, asked),
    errorRatio: (release) => {
      const { bad, total } = counts(release);
      return `${bad} / (${total} >= ${least})`;
    },
    worseBy: (release, than) => {
      const [one, other] = [counts(release), counts(than)];
      const [now, before] = [one, other].map(({ bad, total }) => `${bad} / (${total} >= ${least})`);
      const spread = [one, other].map(({ bad, total }) => `${bad} * (${total} - ${bad}) / ${total} ^ 3`);
      // Without any bad event there is no spread, and nothing to divide by.
      return `(${now} - ${before} - ${ratioOf(tolerance)}) / sqrt(clamp_min(${spread.join(" + ")}, 1e-12))`;
    },
  };
}

/**
 * Error ratios of a gate's criteria: `pass` lets a release on, what misses even `warn` sends it back. Without a gate it goes on within the
 * SLO's budget, and back where the SLO would page.
 */
function limitsOf(slo: Slo, asked: readonly Gate["policy"]["objectives"][number][]) {
  const shares = (of: "pass" | "warn") =>
    asked
      .flatMap((objective) => (objective[of] ?? []).flat())
      .filter(({ operator, relative }) => !relative && operator.startsWith(">"))
      .map(({ value }) => 1 - value);
  const [pass, warn] = [shares("pass"), shares("warn")];
  const paging = slo.tiers
    .filter(({ severity }) => severity === "critical")
    .map(({ threshold }) => threshold);
  const passes = pass.length > 0 ? Math.min(...pass) : slo.budget;
  const otherwise = pass.length > 0 || paging.length === 0 ? passes : Math.min(...paging);
  const fails = warn.length > 0 ? Math.max(...warn) : otherwise;
  return { passes: plain(passes), fails: plain(Math.max(passes, fails)) };
}

/** Without the error of a binary subtraction: 1 - 0.999 is 0.001. */
function plain(ratio: number): number {
  return Number(ratio.toPrecision(12));
}

/** Bad and all events of one release, all groups of the SLO together; each an expression in brackets. */
function countsOf(slo: Slo, window: string, release: string): { bad: string; total: string } {
  const counts = eventCounts({ ...slo, by: [] }, window);
  if (!counts) throw new Error(`${slo.name} counts no events`);
  const of = (query: string) => `(${narrowed(query, inspectPromql(query), release)})`;
  return { bad: of(counts.bad), total: of(counts.total) };
}
