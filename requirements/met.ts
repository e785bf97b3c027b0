import type { Artifact, Entry, Metric, Origin, Platform } from "../model/model.ts";

/** Something of the catalog that says it meets a requirement, and the files that it became. */
export interface Met {
  id: string;
  platform: Platform;
  /** The entry's place for a person: "slos.availability". */
  label: string;
  /** Title of a panel, whose place is but a number. */
  panel?: string;
  artifacts: Artifact[];
}

type Source = Pick<Entry, "meets" | "origin"> & {
  became: (artifact: Artifact) => boolean;
  panel?: string;
};

/** What meets which requirement, in no order. An entry that stands for several (an SLO and its alerts) is named once. */
export function metBy(platform: Platform, artifacts: readonly Artifact[]): Met[] {
  const met = sourcesOf(platform).flatMap(({ meets, origin, became, panel }) => {
    const made = meets.length > 0 ? artifacts.filter(became) : [];
    return meets.map(
      (id): Met => ({ id, platform, label: origin.label, artifacts: made, ...(panel && { panel }) }),
    );
  });
  return [...new Map(met.map((one) => [`${one.id} ${one.label}`, one])).values()];
}

function sourcesOf(platform: Platform): Source[] {
  const { slos, alerts, operations, flags, dashboards, loadProfiles, gates, environments, routing } =
    platform;
  const own = (entry: Pick<Entry, "meets" | "origin">): Source => ({
    meets: entry.meets,
    origin: entry.origin,
    became: (artifact) => isWithin(artifact.origin, entry.origin),
  });
  const panels = dashboards.flatMap((dashboard) =>
    dashboard.rows.flatMap((row) =>
      row.panels.map(({ meets, origin, title }) => ({ ...own(dashboard), meets, origin, panel: title })),
    ),
  );
  return [
    ...[
      ...slos,
      ...alerts,
      ...operations,
      ...flags,
      ...dashboards,
      ...loadProfiles,
      ...gates,
      ...environments,
      routing,
    ].map(own),
    ...panels,
    ...sharedSources(platform),
  ];
}

/** Entries that have no file of their own. */
function sharedSources(platform: Platform): Source[] {
  const { name, services, volumes, events, metrics, promotion } = platform;
  const inLayer = (layer: string) => (artifact: Artifact) =>
    artifact.path.startsWith(`generated/stacks/${name}/`) && artifact.path.endsWith(`/${layer}.tf.json`);
  const deployPage = (artifact: Artifact) =>
    artifact.path === `generated/runbooks/${name}/operations/deploy.md`;
  const frontPage = (artifact: Artifact) => artifact.path === `generated/runbooks/${name}/index.md`;
  return [
    ...services.map((service) => ({ ...service, became: inLayer("services") })),
    ...volumes.map((volume) => ({ ...volume, became: inLayer("foundation") })),
    ...events.map((event) => ({ ...event, became: frontPage })),
    ...(promotion ? [{ ...promotion, became: deployPage }] : []),
    ...resilienceSources(platform),
    ...metrics.map((metric) => ({ ...metric, became: madeOf(readersOf(platform, metric)) })),
  ];
}

// The service does what they say; what is generated is who is told, and where it is seen.
function resilienceSources(platform: Platform): Source[] {
  const { breakers, modes, limits, alerts } = platform;
  const shown = [
    ...[...breakers, ...limits].map((entry) => ({ ...entry, metric: entry.shownBy?.metric })),
    ...modes.map((mode) => ({ ...mode, metric: mode.shownBy.of.metric })),
  ];
  return shown.map(({ meets, origin, alert, metric }) => {
    const telling = alerts.filter(({ name }) => name === alert);
    const showing = metric ? readersOf(platform, metric) : [];
    return { meets, origin, became: madeOf(telling.length > 0 ? telling : showing) };
  });
}

function madeOf(entries: readonly Pick<Entry, "origin">[]) {
  return (artifact: Artifact) => entries.some(({ origin }) => isWithin(artifact.origin, origin));
}

/** What shows a metric; what no panel shows may still be what an alert or an SLO is judged by, or what a runbook asks for. */
function readersOf({ dashboards, alerts, slos }: Platform, metric: Metric): Pick<Entry, "origin">[] {
  const named = new RegExp(`\\b(${metric.series.join("|")})\\b`);
  const showing = dashboards.filter(({ rows }) =>
    rows.some(({ panels }) => panels.some(({ queries }) => queries.some(({ expr }) => named.test(expr)))),
  );
  if (showing.length > 0) return showing;
  return [
    ...alerts.filter(({ expr, runbook }) =>
      [expr, ...runbook.diagnosis.map(({ query = "" }) => query)].some((query) => named.test(query)),
    ),
    ...slos.filter(({ recordingRules }) => recordingRules.some(({ expr }) => named.test(expr))),
  ];
}

/** Whether one place of the catalog is another or lies inside it. */
function isWithin(inner: Origin, outer: Origin): boolean {
  return inner.platform === outer.platform && outer.path.every((key, i) => inner.path[i] === key);
}
