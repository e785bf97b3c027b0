import type { Alert, Platform } from "../model/model.ts";
import { once } from "../model/once.ts";
import { operationsOf } from "./operations/index.ts";
import type { Procedure } from "./operations/procedure.ts";
import { oncePerPlatform } from "./written-once.ts";

// What an alert is about, by the words of its name, metric and cause, and the page that then helps.
const TOPICS: readonly [RegExp, readonly string[]][] = [
  [/disk|volume|storage|filesystem|evidence-size/, ["scale", "back-up-and-restore"]],
  [/backup|restore|checkpoint|vacuum/, ["back-up-and-restore", "disaster-recovery"]],
  [
    /\b(secret|token-expir|certificate|api-key|key-rotation)|key-age|keys?-(old|expir|rotat)/,
    ["rotate-secrets", "secrets"],
  ],
  [/queue|pending|saturat|replicas|capacity|scaling|pool|near-limit|nearly-full/, ["scale"]],
  [/latency|response|slow|duration/, ["tune-performance", "scale"]],
  [/emergency|loop|runaway|cascad|invariant/, ["emergency-stop"]],
  [/down|unreachable|not-answering/, ["start-and-stop", "disaster-recovery"]],
];

/**
 * The procedures that help with an alert, in the order of the front page: those that name it, those of what it is about, and where
 * a service is concerned the ways to take a release back and to break the glass.
 */
export const proceduresFor = oncePerPlatform((platform, alert: Alert): Procedure[] => {
  const procedures = proceduresOf(platform);
  const wanted = wantedFor(alert);
  return procedures
    .filter(({ procedure, names }) => wanted.has(procedure.name) || names.has(alert.name))
    .map(({ procedure }) => procedure);
});

const wantedFor = once((alert: Alert): ReadonlySet<string> => {
  const metric = "of" in alert.signal ? alert.signal.of.metric.name.replaceAll("_", "-") : "";
  const about = [alert.name, alert.labels.cause ?? "", metric].join(" ");
  const wanted = new Set(TOPICS.flatMap(([words, pages]) => (words.test(about) ? pages : [])));
  if (alert.service !== undefined) for (const page of ["roll-back", "break-glass"]) wanted.add(page);
  return wanted;
});

// Some procedures name thousands of alerts.
const proceduresOf = once((platform: Platform) =>
  operationsOf(platform).map(({ procedure }) => ({
    procedure,
    names: new Set(procedure.alerts.map(({ name }) => name)),
  })),
);
