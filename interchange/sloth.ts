import type { Location } from "../problems/problem.ts";
import type { Findings, Foreign, ForeignQuery, ForeignSli, ForeignSlo } from "./foreign.ts";
import { fitting, type Read, readDocuments, withWindow } from "./read-documents.ts";
import { slothResource, slothSpec, spellings } from "./sloth-schema.ts";
import { ratioOfQuery } from "./terms.ts";

type Spelling = (typeof spellings)[keyof typeof spellings];
type Labels = Record<string, string>;

/** What both forms have in common, read by the names that a form uses. */
interface Spec {
  service: string;
  labels?: Labels | undefined;
  slos: readonly Slo[];
}
interface Slo {
  name: string;
  description?: string | undefined;
  objective: number;
  labels?: Labels | undefined;
  plugins?: unknown;
  sli: object;
  alerting?: object | undefined;
}

/** Where the members of a part of the file stand. */
type At = (...path: (string | number)[]) => Location;

/** Sloth's period, unless its command line says otherwise. */
const PERIOD = "30d";

/** The SLOs of Sloth's files, and what of them cannot be carried over. */
export async function readSloth(files: readonly string[], findings: Findings): Promise<Foreign> {
  const documents = await readDocuments(files, findings);
  const slos = documents.flatMap((document) => {
    const isResource = Object.hasOwn(Object(document.value), "apiVersion");
    const read = isResource
      ? fitting(document, { schema: slothResource, findings })
      : fitting(document, { schema: slothSpec, findings });
    if (!read) return [];
    const spec = "spec" in read.value ? read.value.spec : read.value;
    const spelling = spellings[isResource ? "sloth.slok.dev/v1" : "prometheus/v1"];
    return slosOf(spec, { read, spelling, findings });
  });
  return { slos, services: {} };
}

interface Reading {
  read: Read<unknown>;
  spelling: Spelling;
  findings: Findings;
}

function slosOf(spec: Spec, reading: Reading): ForeignSlo[] {
  const { read, spelling, findings } = reading;
  const at: At = (...path) => read.at(...spelling.root, ...path);
  leftOutLabels(spec.labels, () => at("labels"), findings);
  if (Object.hasOwn(spec, spelling.plugins)) pluginsLeftOut(at(spelling.plugins), findings);
  return spec.slos.flatMap((slo, i) => {
    const own: At = (...path) => at("slos", i, ...path);
    leftOutLabels(slo.labels, () => own("labels"), findings);
    if (slo.plugins !== undefined) pluginsLeftOut(own("plugins"), findings);
    const runbook = alertingOf(slo.alerting ?? {}, {
      at: (...path) => own("alerting", ...path),
      spelling,
      findings,
    });
    const sli = sliOf(slo.sli, { at: (...path) => own("sli", ...path), spelling, findings });
    if (!sli) return [];
    const description = slo.description?.trim() || `${slo.name} of ${spec.service}.`;
    return [
      {
        name: slo.name,
        service: spec.service,
        title: slo.name,
        description,
        objective: slo.objective,
        period: PERIOD,
        sli,
        ...(runbook !== undefined && { runbook }),
        // To look a place up takes time, and most are never shown.
        get location() {
          return own("name");
        },
        get objectiveAt() {
          return own("objective");
        },
      },
    ];
  });
}

interface Part {
  at: At;
  spelling: Spelling;
  findings: Findings;
}

function sliOf(sli: object, { at, spelling, findings }: Part): ForeignSli | undefined {
  const { events, raw, plugin } = sli as {
    events?: Labels;
    raw?: Labels;
    plugin?: { id: string };
  };
  if ([events, raw, plugin].filter((one) => one !== undefined).length !== 1) {
    findings.add("interchange/query", at(), {
      message: "an SLI is one of events, raw and plugin",
      fix: "keep the one that is meant",
    });
  } else if (events) {
    const query = (name: string) => queryIn(events, name, at);
    return { kind: "ratio", counts: "bad", part: query(spelling.error), total: query(spelling.total) };
  } else if (raw) {
    const location = at("raw", spelling.ratio);
    const ratio = ratioOfQuery(withWindow(raw[spelling.ratio] ?? ""));
    if (ratio) {
      const counts = ratio.isComplement ? "good" : "bad";
      return {
        kind: "ratio",
        counts,
        part: { text: ratio.part, location },
        total: { text: ratio.total, location },
      };
    }
    findings.add("interchange/query", location, {
      message: "the ratio is not one count divided by another, and without counts no budget can be added up",
      fix: "write it as events: an error_query and a total_query",
    });
  } else {
    findings.add("interchange/plugin", at("plugin"), {
      message: `the SLI is worked out by the plug-in ${JSON.stringify(plugin?.id)}, a program of Sloth's`,
      fix: "write as events what the plug-in returns",
    });
  }
  return undefined;
}

function queryIn(events: Labels, name: string, at: At): ForeignQuery {
  return {
    text: withWindow(events[name] ?? ""),
    get location() {
      return at("events", name);
    },
  };
}

/** Says what of the alerting is left out; returns the runbook's address. */
function alertingOf(alerting: object, { at, spelling, findings }: Part): string | undefined {
  const all = alerting as Record<string, unknown> & { labels?: Labels; annotations?: Labels; name?: string };
  leftOutLabels(all.labels, () => at("labels"), findings);
  const runbook = annotationsOf(all.annotations, () => at("annotations"), findings);
  if (all.name)
    findings.leftOut(
      at("name"),
      `alerts are named after their SLO and tier, not ${JSON.stringify(all.name)}`,
      "look where the old name is routed or silenced",
    );
  for (const side of ["page", "ticket"] as const) {
    const key = spelling[side];
    const own = all[key] as { disable?: boolean; labels?: Labels; annotations?: Labels } | undefined;
    if (own?.disable)
      findings.add("interchange/alert-disabled", at(key, "disable"), {
        severity: "warning",
        message: `the ${side} alert is switched off, and here every SLO has it`,
        fix:
          side === "page"
            ? "route critical alerts of the service where nobody is woken"
            : "route its warnings where nobody minds",
      });
    leftOutLabels(own?.labels, () => at(key, "labels"), findings);
    annotationsOf(own?.annotations, () => at(key, "annotations"), findings);
  }
  return runbook;
}

function annotationsOf(
  annotations: Labels | undefined,
  location: () => Location,
  findings: Findings,
): string | undefined {
  const { runbook, runbook_url = runbook, ...rest } = annotations ?? {};
  const names = Object.keys(rest);
  if (names.length > 0)
    findings.leftOut(
      location(),
      `the alerts have annotations of their own, not ${names.join(", ")}`,
      "write what must be said as the SLO's title, description or runbook",
    );
  return runbook_url;
}

function leftOutLabels(labels: Labels | undefined, location: () => Location, findings: Findings): void {
  const names = Object.keys(labels ?? {});
  if (names.length > 0)
    findings.leftOut(
      location(),
      `the ${names.length > 1 ? "labels" : "label"} ${names.join(", ")} ${names.length > 1 ? "are" : "is"} left out: alerts have platform, service, slo, team, severity and tier`,
      "route by those, or say the owner as the platform's team",
    );
}

function pluginsLeftOut(location: Location, findings: Findings): void {
  findings.add("interchange/plugin", location, {
    message: "the rules are changed by plug-ins, which are programs of Sloth's",
    fix: "take the plug-ins out, and write what they do as part of the SLO",
  });
}
