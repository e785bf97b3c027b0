import type { Code, Nodes, Root } from "mdast";
import type { Alert, Environment, Model, Platform } from "../model/model.ts";
import { nearMatch } from "../problems/near-match.ts";
import { type Problem, UsageError } from "../problems/problem.ts";
import { alertPage } from "./alert-page.ts";
import { operationPage } from "./operation-page.ts";
import { operationsOf } from "./operations/index.ts";
import type { Procedure } from "./operations/procedure.ts";
import { subjectOf } from "./subject.ts";

/** A page of the runbooks that somebody asked for. */
export interface FoundPage {
  /** PLATFORM/NAME. */
  id: string;
  platform: Platform;
  about: { kind: "alert"; alert: Alert } | { kind: "procedure"; procedure: Procedure };
  tree: Root;
}

interface Entry {
  platform: Platform;
  names: string[];
  about: FoundPage["about"];
}

/**
 * The page of an alert (by its name in the catalog or in Prometheus) or of a procedure, as NAME or PLATFORM/NAME. Throws a
 * UsageError with the near match if there is none, and with the choices if several platforms have one.
 */
export function findPage(model: Model, id: string): FoundPage {
  const entries = model.platforms.flatMap(entriesOf);
  const found = entries.filter(({ names }) => names.includes(id));
  const [first, second] = found;
  if (!first) throw unknown(id, entries);
  if (second) throw ambiguous(id, found);
  return { id: `${first.platform.name}/${nameOf(first)}`, ...first, tree: treeOf(first) };
}

/**
 * The tree of a page with the environment filled in: commands can be pasted as they are, whatever the shell's current context is.
 */
export function filledIn(page: Root, environment: Environment): Root {
  const { context, namespace } = environment;
  return changeCode(page, (code) =>
    code.lang === "sh"
      ? {
          ...code,
          value: code.value
            .replaceAll("kubectl -n $NAMESPACE", `kubectl --context ${context} -n ${namespace}`)
            .replace(/\$NAMESPACE\b/g, namespace),
        }
      : code,
  );
}

function changeCode<T extends Nodes>(node: T, change: (code: Code) => Code): T {
  if (node.type === "code") return change(node) as T;
  if (!("children" in node)) return node;
  return { ...node, children: node.children.map((child) => changeCode(child, change)) } as T;
}

function entriesOf(platform: Platform): Entry[] {
  const both = (names: string[]) => names.flatMap((name) => [name, `${platform.name}/${name}`]);
  return [
    ...platform.alerts.map((alert) => ({
      platform,
      names: both([alert.name, alert.alertname]),
      about: { kind: "alert" as const, alert },
    })),
    ...operationsOf(platform).map(({ procedure }) => ({
      platform,
      names: both([procedure.name]),
      about: { kind: "procedure" as const, procedure },
    })),
  ];
}

function nameOf({ about }: Pick<Entry, "about">): string {
  return about.kind === "alert" ? about.alert.name : about.procedure.name;
}

function treeOf({ platform, about }: Entry): Root {
  if (about.kind === "alert") return alertPage(platform, subjectOf(platform, about.alert));
  const all = operationsOf(platform).map(({ procedure }) => procedure);
  return operationPage(platform, about.procedure, all);
}

function unknown(id: string, entries: readonly Entry[]): UsageError {
  const near = nearMatch(
    id,
    entries.flatMap(({ names }) => names),
  );
  const fix =
    near === undefined
      ? "name an alert or a procedure: generated/runbooks lists them"
      : `did you mean "${near}"?`;
  return problem("reference/unknown-id", `no runbook is called "${id}"`, fix);
}

function ambiguous(id: string, found: readonly Entry[]): UsageError {
  const ids = found.map((entry) => `${entry.platform.name}/${nameOf(entry)}`);
  return problem(
    "reference/ambiguous-id",
    `${ids.length} platforms have a runbook "${id}"`,
    `name one of ${ids.join(", ")}`,
  );
}

function problem(rule: string, message: string, fix: string): UsageError {
  return new UsageError([{ rule, severity: "error", message, fix } satisfies Problem]);
}
