import type { Problem } from "../problems/problem.ts";
import { type Described, type ReadBefore, readPlatform } from "./described.ts";
import { Kept } from "./kept.ts";
import type { FoundLock } from "./lock-files.ts";
import type { Alert, Dashboard, Metric, Model, Platform, Requirement } from "./model.ts";
import { at, type Locate, ProblemCollector } from "./problems.ts";
import { knownSeries } from "./promql/known.ts";
import { References } from "./references.ts";
import { checkRequirements } from "./requirements.ts";
import type { AdmissionFile } from "./resolve/admission.ts";
import { resolveAlerts } from "./resolve/alerts.ts";
import { resolveBreakers } from "./resolve/breakers.ts";
import { attachPanels, resolveDashboards } from "./resolve/dashboards.ts";
import { sloAlerts, watchdog } from "./resolve/derived-alerts.ts";
import { resolveEnvironments } from "./resolve/environments.ts";
import { resolveFlags } from "./resolve/flags.ts";
import { type PolicyFile, resolveGates } from "./resolve/gates.ts";
import { resolveLimits } from "./resolve/limits.ts";
import { resolveLoadProfiles } from "./resolve/load-profiles.ts";
import { resolveMetrics } from "./resolve/metrics.ts";
import { resolveModes } from "./resolve/modes.ts";
import { resolveOperations } from "./resolve/operations.ts";
import { resolvePromotion } from "./resolve/promotion.ts";
import { resolveRouting } from "./resolve/routing.ts";
import type { Scope } from "./resolve/scope.ts";
import { resolveServices, resolveVolumes } from "./resolve/services.ts";
import { sloOverview } from "./resolve/slo-overview.ts";
import { resolveSlos } from "./resolve/slos.ts";

/** What was read of a project: the raw value of each platform's default export, its gates' policies and its admission policy. */
export interface Source {
  platforms: readonly { name: string; value: object }[];
  policies: readonly PolicyFile[];
  admission?: readonly AdmissionFile[];
  locks?: readonly FoundLock[];
  requirements: readonly Requirement[];
  /** Whether there are other platforms, which may meet what these do not. */
  isPart?: boolean;
  /** What was read of the platforms before, where they are read again after an edit: what has not changed is not resolved anew. */
  before?: ReadBefore | undefined;
  locate: Locate;
}

/** The whole model, and every Problem of the whole catalog; with an error among them the model is not to be used. */
export function buildModel(source: Source): { model: Model; problems: Problem[] } {
  const problems = new ProblemCollector(source.locate);
  for (const { place, setAside = [] } of [...source.policies, ...(source.admission ?? [])])
    for (const path of setAside) problems.setAside(place(path));
  const platforms = source.platforms
    .map(({ name, value }) =>
      resolvePlatform(readPlatform(name, value, { problems, before: source.before }), source, problems),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  checkRequirements(source, problems);
  return { model: { platforms, requirements: [...source.requirements] }, problems: problems.problems };
}

function resolvePlatform(described: Described, source: Source, problems: ProblemCollector): Platform {
  const scope = scopeOf(described, problems);
  const volumes = resolveVolumes(scope);
  const services = resolveServices(scope);
  const slos = resolveSlos(scope);
  const dashboards = resolveDashboards(scope);
  const loadProfiles = resolveLoadProfiles(scope, slos);
  const derived = slos.flatMap((slo) => sloAlerts(scope, slo, { slos, services }));
  const alerts = attachPanels(scope, [...resolveAlerts(scope), ...derived, watchdog(scope)], dashboards);
  checkAlertNames(scope, alerts);
  checkPageNames(scope);
  const files = filesOf(source, described.name);
  const environments = resolveEnvironments(scope, { services, volumes, slos, ...files });
  const promotion = resolvePromotion(scope, { alerts, slos, environments });
  return {
    name: described.name,
    ...described.head,
    origin: described.origin,
    volumes,
    services,
    metrics: [...scope.metrics.values()],
    slos,
    alerts: alerts.sort((a, b) => (a.name < b.name ? -1 : 1)),
    events: described.entries.events.map(({ spec, ...entry }) => ({ ...entry, ...spec })),
    operations: resolveOperations(scope),
    breakers: resolveBreakers(scope, alerts),
    modes: resolveModes(scope, alerts),
    limits: resolveLimits(scope),
    flags: resolveFlags(scope),
    dashboards: withOverview(dashboards, sloOverview(described, slos)),
    loadProfiles,
    gates: resolveGates({ scope, slos, loadProfiles, policies: source.policies }),
    environments,
    routing: resolveRouting(scope),
    ...(promotion && { promotion }),
    queries: scope.queries,
    allowances: described.allowances.map(({ spec, origin }) => ({ ...spec, origin })),
  };
}

/** What a platform's environments have beside the catalog. */
function filesOf({ admission = [], locks = [] }: Source, name: string) {
  return {
    admission: admission.find(({ platform }) => platform === name),
    locks: locks.filter(({ lock }) => lock.platform === name),
  };
}

/** What entries are resolved against: first of all the metrics, which everything else measures. */
function scopeOf(described: Described, problems: ProblemCollector): Scope {
  const references = new References(described, problems);
  const queries: Scope["queries"] = [];
  const metrics = resolveMetrics({ described, references, problems, queries });
  const isSound = (metric: Metric, property: string) => problems.isSound(at(metric.origin, property));
  const groups = described.entries.slos.flatMap(({ spec }) => spec.by);
  return {
    described,
    base: baseOf(described, groups),
    references,
    problems,
    metrics: new Map(metrics.map((metric) => [metric.name, metric])),
    known: knownSeries(metrics, { groups, isSound }),
    isComplete: !described.unread.has("metrics"),
    queries,
    resolved: new Map(),
  };
}

const bases = new Kept<object>();

function baseOf({ name, head, entries }: Described, groups: readonly string[]): object {
  const madeOf = () => [head, entries.services, ...groups];
  return bases.get({ owner: entries.metrics, name, madeOf }, () => ({}));
}

function withOverview(described: readonly Dashboard[], overview: Dashboard | undefined): Dashboard[] {
  const isDescribed = described.some(({ name }) => name === overview?.name);
  return overview && !isDescribed ? [...described, overview] : [...described];
}

function checkAlertNames({ problems }: Scope, alerts: readonly Alert[]): void {
  const seen = new Map<string, Alert>();
  for (const alert of alerts) {
    const other = seen.get(alert.alertname);
    seen.set(alert.alertname, alert);
    if (!other) continue;
    const message = `"${alert.name}" and "${other.name}" are both alert ${alert.alertname} in Prometheus`;
    problems.addDuplicate(message, at(alert.origin), at(other.origin));
  }
}

// Each alert has a runbook page, each alert and SLO a rule file; a platform's front page is called index.
function checkPageNames({ described: { entries }, problems }: Scope): void {
  for (const { name, origin } of [...entries.alerts, ...entries.slos]) {
    if (name !== "index") continue;
    const message = `"index" is the name of the platform's front page`;
    problems.add("schema/wrong-name", { ...at(origin), key: true }, message, { fix: "rename it" });
  }
  for (const { name, origin } of entries.alerts) {
    const slo = entries.slos.find((one) => one.name === name);
    if (!slo) continue;
    problems.addDuplicate(`an SLO and an alert are both called "${name}"`, at(origin), at(slo.origin));
  }
}
