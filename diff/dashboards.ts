import { isDeepStrictEqual } from "node:util";
import type { Dashboard, Platform } from "../model/model.ts";
import { type Change, changesOf, type Finding, say } from "./change.ts";
import { contentOf, leftovers } from "./leftovers.ts";
import { pairs } from "./pairs.ts";

/** Dashboards of the catalog and their panels: new, gone, renamed, changed. The overview follows the SLOs, of which enough is said. */
export function compareDashboards(before: Platform, after: Platform): Change[] {
  const described = ({ dashboards }: Platform) => dashboards.filter(({ source }) => source === "catalog");
  const { gone, added, kept, renamed } = pairs(described(before), described(after), (dashboard) =>
    contentOf({ ...dashboard, rows: panelsOf(dashboard).map((panel) => contentOf(panel, [])) }, ["uid"]),
  );
  const change = (dashboard: Dashboard, findings: Finding[]) =>
    changesOf({ platform: after.name, kind: "dashboard", name: dashboard.name }, findings);
  const size = (dashboard: Dashboard) => panelsOf(dashboard).length;
  return [
    ...gone.flatMap((d) => change(d, [{ group: "gone", says: say`is gone with its ${size(d)} panels` }])),
    ...added.flatMap((d) => change(d, [{ group: "new", says: say`is new, with ${size(d)} panels` }])),
    ...renamed.flatMap(([old, d]) =>
      change(d, [{ group: "changed", says: say`was called ${old.name}: links to it lead nowhere` }]),
    ),
    ...kept.flatMap(([old, d]) => change(d, findingsOf(old, d))),
  ];
}

function findingsOf(old: Dashboard, dashboard: Dashboard): Finding[] {
  const [before, after] = [panelsOf(old), panelsOf(dashboard)];
  const { gone, added, kept, renamed } = pairs(before, after, (panel) => contentOf(panel, ["title"]));
  const still = kept.map(([panel]) => panel.name);
  const isMoved = !isDeepStrictEqual(
    still,
    after.map((panel) => panel.name).filter((name) => still.includes(name)),
  );
  return [
    ...gone.map((p): Finding => ({ group: "gone", says: say`no longer has the panel ${p.title}` })),
    ...added.map((p): Finding => ({ group: "new", says: say`has a panel ${p.title}` })),
    ...renamed.map(
      ([was, p]): Finding => ({ group: "changed", says: say`panel ${was.title} is called ${p.title}` }),
    ),
    ...kept.flatMap(([was, p]) =>
      leftovers(was, p).map(
        ({ says }): Finding => ({ group: "changed", says: say`panel ${p.title}: ${says}` }),
      ),
    ),
    ...(isMoved ? [{ group: "changed", says: say`its panels stand in another order` } as const] : []),
    ...leftovers(old, dashboard, ["uid", "rows"]).map(({ says }): Finding => ({ group: "changed", says })),
  ];
}

/** Panels by title; of several with one title each has a number. Their numbers within the dashboard say nothing. */
function panelsOf(dashboard: Dashboard) {
  const seen = new Map<string, number>();
  return dashboard.rows.flatMap(({ title: row, panels }) =>
    panels.map(({ id: _, ...panel }) => {
      const count = (seen.get(panel.title) ?? 0) + 1;
      seen.set(panel.title, count);
      return { ...panel, row, name: count === 1 ? panel.title : `${panel.title} (${count})` };
    }),
  );
}
