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
