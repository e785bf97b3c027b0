import { expect, test } from "vitest";
import { parse } from "yaml";
import { alertDashboardUrl, runbookUrl } from "../model/links.ts";
import { loadProject } from "../model/project.ts";
import { generateAll } from "../output/generators.ts";
import { metBy } from "../requirements/met.ts";
import { rootFolder } from "./structure/source-files.ts";

const { model } = await loadProject(rootFolder);
const artifacts = await generateAll(model);
const byPath = new Map(artifacts.map((a) => [a.path, a.content]));
const cases = model.platforms.flatMap((platform) =>
  platform.environments.map((environment) => ({ platform, environment })),
);

interface PrometheusConfig {
  scrape_configs: { job_name: string }[];
}

test.each(cases)(
  "every metric of $platform.name is collected by a scrape job in $environment.name",
  ({ platform, environment }) => {
    const config = parse(
      byPath.get(`generated/alerts/${platform.name}/${environment.name}/prometheus.yaml`) ?? "",
    ) as PrometheusConfig;
    const jobs = config.scrape_configs.map((job) => job.job_name);
    for (const metric of platform.metrics) {
      for (const name of metric.services) {
        const job = platform.services.find((service) => service.name === name)?.job;
        expect(jobs, `${metric.name} of ${name}`).toContain(job);
      }
    }
  },
);

test.each(cases)(
  "every alert of $platform.name leads to a runbook and a dashboard of $environment.name",
  ({ platform, environment }) => {
    for (const alert of platform.alerts) {
      const runbook = runbookUrl(environment, platform.name, alert.name).slice(
        environment.links.runbooks.length + 1,
      );
      expect(byPath.has(`generated/runbooks/${runbook}`), runbook).toBe(true);
      if (alert.source === "watchdog") continue;
      const url = new URL(alertDashboardUrl(environment, platform, alert));
      const [, , uid, name] = url.pathname.split("/");
      const dashboard = JSON.parse(
        byPath.get(`generated/dashboards/${platform.name}/${environment.name}/${name}.json`) ?? "null",
      );
      expect(dashboard?.uid, alert.name).toBe(uid);
      const ids = (dashboard.panels as { id: number }[]).map((panel) => `panel-${panel.id}`);
      expect(ids).toContain(url.searchParams.get("viewPanel"));
    }
  },
);

test.each(model.platforms)(
  "every alert of $name has a unit test in which it fires and is silent, and a route",
  (platform) => {
    const tests = [...byPath]
      .filter(([path]) => path.startsWith(`generated/alerts/${platform.name}/tests/`))
      .map(([, text]) => text);
    const cases = tests.flatMap((text) =>
      (parse(text) as TestFile).tests.flatMap((t) => t.alert_rule_test ?? []),
    );
    for (const alert of platform.alerts) {
      const own = cases.filter((c) => c.alertname === alert.alertname);
      expect(
        own.some((c) => (c.exp_alerts ?? []).length > 0),
        `${alert.name} fires`,
      ).toBe(true);
      if (alert.source !== "watchdog")
        expect(
          own.some((c) => (c.exp_alerts ?? []).length === 0),
          `${alert.name} is silent`,
        ).toBe(true);
      if (alert.severity !== "none") expect(platform.routing.routes[alert.severity]).not.toEqual([]);
    }
  },
);

test.each(model.platforms)(
  "every runbook of $name asks Prometheus, says what a good and what a bad answer is, and what to do then",
  ({ name, alerts }) => {
    for (const alert of alerts) {
      const page = byPath.get(`generated/runbooks/${name}/${alert.name}.md`) ?? "";
      const section = (title: string) => page.split(`\n## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
      for (const part of ["```promql\n", "Open in: [", "**Good:** ", "**Bad:** "])
        expect(section("Diagnosis"), alert.name).toContain(part);
      for (const title of ["Mitigation", "Rollback", "Escalation"])
        expect(section(title).trim(), `${title} of ${alert.name}`).not.toBe("");
    }
  },
);

test.each(model.platforms)(
  "every query of a diagnosis of $name says what a good and what a bad answer is, every command one of them",
  ({ alerts }) => {
    const unjudged = alerts.flatMap(({ name, runbook }) =>
      runbook.diagnosis
        .filter(({ query, command, good, bad }) =>
          query === undefined ? command !== undefined && !good && !bad : !good || !bad,
        )
        .map((step) => `${name}: ${step.do}`),
    );
    expect(unjudged).toEqual([]);
  },
);

test.each(model.platforms)(
  "$name has every page of operations, and Agent Hive's emergency stop its five levels (AH-6, AH-15)",
  ({ name }) => {
    for (const page of [
      ...["deploy", "roll-back", "scale", "back-up-and-restore", "disaster-recovery", "rotate-secrets"],
      ...["tune-performance", "break-glass", "emergency-stop", "start-and-stop", "troubleshooting"],
    ])
      expect(byPath.get(`generated/runbooks/${name}/operations/${page}.md`), page).toContain("\n## Steps\n");
    if (name !== "agenthive") return;
    const stop = byPath.get("generated/runbooks/agenthive/operations/emergency-stop.md") ?? "";
    const levels = stop.split(/\n### Level (?=\d)/).slice(1);
    expect(levels.map((level) => [level[0], level.includes(`emergency set ${level[0]} `)])).toEqual(
      ["1", "2", "3", "4", "5"].map((level) => [level, true]),
    );
  },
);

const NAMED_DASHBOARDS = {
  agenthive: ["session", "resource-guardian", "performance", "autonomy"],
  commandcenter: ["workflow", "agent", "system", "cost"],
  nexus: ["multi-agent-coordinator", "adaptive-learning-engine", "production-optimizer", "coordination"],
  production: ["production-base"],
  weathervane: ["task-execution", "quality-gates", "resolution-loop", "resource-utilization"],
};

test("every platform has the dashboards that are asked for, and an overview of its SLOs; one overview is of all (CC-2, WV-2, WV-5, AH-14)", () => {
  expect(model.platforms.map(({ name }) => name).sort()).toEqual(Object.keys(NAMED_DASHBOARDS));
  for (const { platform, environment } of cases)
    for (const dashboard of [
      ...NAMED_DASHBOARDS[platform.name as keyof typeof NAMED_DASHBOARDS],
      "slo-overview",
    ])
      expect([...byPath.keys()]).toContain(
        `generated/dashboards/${platform.name}/${environment.name}/${dashboard}.json`,
      );
  const autonomy = byPath.get("generated/dashboards/agenthive/prod/autonomy.json") ?? "{}";
  const titles = (JSON.parse(autonomy).panels as { title: string }[]).map(({ title }) => title);
  expect(titles).toEqual(
    expect.arrayContaining(["Velocity", "Technical debt", "Trend of a week", "Autonomy score"]),
  );
  const fleet = byPath.get("generated/dashboards/fleet/overview.json") ?? "";
  for (const { title } of model.platforms) expect(fleet).toContain(title);
});

// How many each list has, from which number on.
const LISTS = { AH: [1, 16], CC: [1, 15], NX: [1, 10], PM: [1, 13], WV: [0, 20] };

test("no requirement of the five platforms is missing from the list: each is met by something, or open by name", () => {
  const ids = Object.entries(LISTS).flatMap(([list, [first = 0, last = 0]]) =>
    Array.from({ length: last - first + 1 }, (_, i) => `${list}-${first + i}`),
  );
  expect(model.requirements.map(({ id }) => id).sort()).toEqual(ids.sort());
  const page = byPath.get("docs/requirements.md") ?? "";
  for (const { id, open } of model.requirements) {
    expect(page).toContain(`\n### ${id}\n`);
    if (open !== undefined) expect(page).toContain(`\n- ${id}: `);
  }
});

test.each(model.platforms)(
  "who undoes a release of $name is told that the catalog has to follow",
  ({ name }) => {
    const pages = [...byPath].filter(([path, text]) => isPageOf(name, path) && text.includes("rollout undo"));
    expect(pages.length).toBeGreaterThan(5);
    for (const [path, text] of pages)
      expect(text.replaceAll(/\s+/g, " "), path).toContain("set the old image in the catalog and deploy");
  },
);

function isPageOf(platform: string, path: string): boolean {
  return path.startsWith(`generated/runbooks/${platform}/`) && path.endsWith(".md");
}

interface TestFile {
  tests: { alert_rule_test?: { alertname: string; exp_alerts?: unknown[] }[] }[];
}

test.each(model.platforms)(
  "the rules of $name differ between environments in links and in the labels that name the environment only",
  (platform) => {
    const [first, ...others] = platform.environments;
    for (const alert of [...platform.slos, ...platform.alerts.filter((a) => a.source === "catalog")]) {
      const rules = (environment: string) =>
        byPath.get(`generated/alerts/${platform.name}/${environment}/rules/${alert.name}.yaml`);
      const plain = (environment: (typeof platform.environments)[number]) =>
        Object.values(environment.links).reduce(
          (text, link) => text?.replaceAll(link, "LINK"),
          rules(environment.name)?.replace(/^ +(environment|namespace): .*\n/gm, ""),
        );
      for (const other of others)
        if (first) expect(plain(other), `${alert.name} in ${other.name}`).toBe(plain(first));
      expect(first && rules(first.name)).toBeDefined();
    }
  },
);

test("every entry that says it meets a requirement became a file", () => {
  const met = model.platforms.flatMap((platform) => metBy(platform, artifacts));
  expect(met.length).toBeGreaterThan(100);
  const nowhere = met.filter((one) => one.artifacts.length === 0);
  expect(nowhere.map(({ id, platform, label }) => `${id} ${platform.name} ${label}`)).toEqual([]);
});
