import type { Lint } from "../checks/lints/lint.ts";
import { subjectOf } from "../checks/lints/subject.ts";
import type { Model } from "../model/model.ts";
import { pathLabel } from "../model/problems.ts";
import { modelOf } from "./model-of.ts";
import * as shop from "./shop.ts";
import { type Part, shopWith } from "./shop-with.ts";

const { alerts, dashboards, metrics, policies } = shop;

/** What a lint says of the shop with some of its entries replaced: `path: message`; an offset stands behind `@`. */
export function said(lint: Lint, changed: Partial<Part> = {}): string[] {
  return foundBy(lint, modelOf([shopWith(changed)], policies));
}

/** What a lint says of the shop's policy with other objectives, or other members beside them: `objectives[0]…: message`. */
export function saidOfPolicy(lint: Lint, objectives: object[], more: object = {}): string[] {
  const policy = { ...policies["latency-and-errors"], objectives, ...more };
  const found = foundBy(lint, modelOf([shopWith({})], { "latency-and-errors": policy }));
  return found.map((one) => one.replace("policies.policies/shop/latency-and-errors.yaml.", ""));
}

function foundBy(lint: Lint, { platforms }: Model): string[] {
  return platforms.flatMap((platform) =>
    lint.look(subjectOf(platform)).map(({ place, message }) => {
      const offset = place.offset === undefined ? "" : `@${place.offset}`;
      return `${pathLabel(place.path)}${offset}: ${message}`;
    }),
  );
}

type Metrics = NonNullable<Part["metrics"]>;
type AlertInput = NonNullable<Part["alerts"]>[string];
type PanelInput = NonNullable<Part["dashboards"]>[string]["rows"][number]["panels"][number];

/** The shop whose free-form alert asks something else. */
export function asking(expr: string, more: Partial<AlertInput> = {}): Partial<Part> {
  const old = alerts["orders-stopped"];
  if (old.when.kind !== "promql") throw new Error("the shop has no free-form alert any more");
  return { alerts: { ...alerts, "orders-stopped": { ...old, when: { ...old.when, expr }, ...more } } };
}

/** The shop whose queue panel is another. */
export function showing(expr: string, more: Partial<PanelInput> = {}): Partial<Part> {
  const { orders } = dashboards;
  const rows = orders.rows.map((row) => ({
    ...row,
    panels: row.panels.map((panel) =>
      panel.title === "Queue" ? { ...panel, queries: [{ expr }], thresholds: [], ...more } : panel,
    ),
  }));
  return { dashboards: { orders: { ...orders, rows } } };
}

/** The shop with other metrics beside its own. */
export function measuring(more: Metrics): Pick<Part, "metrics"> {
  return { metrics: { ...metrics, ...more } };
}
