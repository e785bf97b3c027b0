import type { PartInput } from "fairlead";
import { productionBase } from "fairlead/packs/production-base";
import { describe, expect, expectTypeOf, test } from "vitest";
import { modelOf, problemsOf } from "../../../tests/model-of.ts";
import { policies, services, shop } from "../../../tests/shop.ts";
import type { Themes } from "./themes.ts";

const api = ["api"] as const;
const every = {
  http: { services: api },
  slos: { services: api, availability: "99.9%", latency: { objective: "99%", within: "250ms" } },
  databases: { services: api },
  httpClients: { services: api },
  websockets: { services: api },
  caches: { services: api },
  processes: { services: api },
  nodejs: { services: api },
  business: { services: api },
  users: { services: api },
  telemetry: { services: api },
} satisfies Themes<"api">;
type Theme = keyof typeof every;
const themes = Object.keys(every) as Theme[];

type Base = Pick<ReturnType<typeof productionBase>, "dashboards">;
const withBase = (base: PartInput) => ({ ...shop, parts: [...shop.parts, base] });
const panelsOf = (base: Base) => base.dashboards["production-base"].rows.flatMap((row) => row.panels);

describe("the whole base (PM-1, PM-2, PM-3, PM-4)", () => {
  const base = productionBase({ services }, every);

  test("fits into a platform without a problem", () => {
    expect(problemsOf([withBase(base)], policies)).toBe("");
  });

  test("shows each of its metrics in a panel", () => {
    const shown = panelsOf(base).flatMap((panel) => panel.queries.map((query) => query.expr));
    const unseen = Object.keys(base.metrics).filter(
      (name) => !shown.some((expr) => new RegExp(`\\b${name}(_bucket|_sum|_count)?\\b`).test(expr)),
    );
    expect(unseen).toEqual([]);
  });

  test("shows each of its alerts in a panel, and gives each a runbook and the requirement it meets", () => {
    const shown = panelsOf(base).flatMap((panel) => panel.alerts ?? []);
    expect(shown.toSorted()).toEqual(Object.keys(base.alerts).sort());
    for (const alert of Object.values(base.alerts)) {
      expect(alert.runbook.diagnosis.length).toBeGreaterThan(1);
      expect(alert.meets).toContain("PM-4");
    }
  });

  test("has metrics of all four classes (PM-3)", () => {
    const classes = new Set(Object.values(base.metrics).map((metric) => metric.class));
    expect([...classes].sort()).toEqual(["business", "system", "technical", "user"]);
  });

  test("leaves room for services with names of 24 characters: names of alerts have at most 40", () => {
    const longest = Math.max(...Object.keys(base.alerts).map((name) => name.length - "api-".length));
    expect(24 + 1 + longest).toBeLessThanOrEqual(40);
  });
});

test.each(themes.filter((theme) => theme !== "slos"))("%s stands alone", (theme) => {
  const base = productionBase({ services }, { [theme]: every[theme] } as Pick<typeof every, typeof theme>);
  expect(problemsOf([withBase(base)], policies)).toBe("");
  expect(Object.keys(base.metrics).length).toBeGreaterThan(0);
  expect(base.slos).toEqual({});
});

test("a theme that nobody asks for is absent", () => {
  const base = productionBase({ services }, { caches: { services: api } });
  expect(Object.keys(base.metrics).every((name) => name.startsWith("cache_"))).toBe(true);
  expect(Object.keys(base.alerts).every((name) => name.startsWith("api-cache-"))).toBe(true);
  expect(base.dashboards["production-base"].rows.map((row) => row.title)).toEqual(["Caches"]);
});

test("an alert that the platform leaves out is on no panel either", () => {
  const base = productionBase({ services }, every, { except: ["api-unreachable"] });
  expect(Object.keys(base.alerts)).not.toContain("api-unreachable");
  expect(panelsOf(base).flatMap((panel) => panel.alerts ?? [])).not.toContain("api-unreachable");
  expect(Object.keys(base.alerts)).toContain("api-fds-low");
});

test("the platform's numbers stand in alerts, texts and buckets", () => {
  const base = productionBase(
    { services },
    {
      http: { services: api, errors: "2%", buckets: [0.1, 0.3], statusCodes: ["200", "500"] },
      slos: { services: api, latency: { objective: "95%", within: "300ms" } },
    },
  );
  const { alerts, metrics, slos } = base;
  expect(alerts["api-http-errors"].when).toMatchObject({
    value: "2%",
    part: { where: { http_response_status_code: ["500"] } },
  });
  expect(alerts["api-http-errors"].summary).toBe("More than 2% of the requests to api fail");
  expect(metrics.http_server_request_duration_seconds.buckets).toEqual([0.1, 0.3]);
  expect(Object.keys(slos)).toEqual(["api-latency"]);
  expect(modelOf([withBase(base)], policies).platforms[0]?.slos.map((slo) => slo.name)).toContain(
    "api-latency",
  );
});

test("several services share one metric and have alerts of their own", () => {
  const two = productionBase({ services }, { processes: { services: ["api", "store"] } });
  expect(two.metrics.process_open_fds.services).toEqual(["api", "store"]);
  expect(Object.keys(two.alerts).sort()).toEqual([
    "api-fds-low",
    "api-unreachable",
    "store-fds-low",
    "store-unreachable",
  ]);
});

test("names are known to the compiler: those of the themes that were asked for, and no others", () => {
  const base = productionBase({ services }, { caches: { services: api } });
  expectTypeOf<"cache_entries">().toExtend<keyof typeof base.metrics>();
  expectTypeOf<"http_server_active_requests">().not.toExtend<keyof typeof base.metrics>();
  expectTypeOf<"api-cache-cold">().toExtend<keyof typeof base.alerts>();
  expectTypeOf<"api-db-slow">().not.toExtend<keyof typeof base.alerts>();
  // @ts-expect-error: no such service
  productionBase({ services }, { caches: { services: ["apj"] } });
});

test("a theme or an option that does not exist is refused, by the compiler and in a catalog that was not compiled", () => {
  // @ts-expect-error: no such theme
  expect(() => productionBase({ services }, { cache: { services: api } })).toThrow(
    'productionBase has no theme "cache"; did you mean "caches"?',
  );
  // @ts-expect-error: no such option
  expect(() => productionBase({ services }, { http: { services: api, inflight: 3 } })).toThrow(
    'http of productionBase has no option "inflight"; did you mean "inFlight"?',
  );
  // @ts-expect-error: services are missing
  expect(() => productionBase({ services }, { users: {} })).toThrow("users of productionBase needs services");
});
