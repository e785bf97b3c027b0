import { describe, expect, it } from "vitest";
import type { Metric } from "../../model/model.ts";
import { select } from "../../model/selection.ts";
import { instanceLabel, neighbour, restOf, selects, strangers } from "./selecting.ts";

const metric: Metric = {
  name: "calls_total",
  origin: { platform: "p", path: [], label: "metrics.calls_total" },
  meets: [],
  type: "counter",
  native: false,
  class: "technical",
  unit: "count",
  help: "Calls.",
  services: ["api"],
  labels: { outcome: ["ok", "failed", "late"], route: { atMost: 5 } },
  series: ["calls_total"],
};
const selection = (where: Parameters<typeof select>[1]) => select(metric, where, { platform: "p" });

describe("strangers", () => {
  it.each([
    { outcome: "failed" },
    { outcome: ["failed", "late"] },
    { outcome: { not: "ok" }, route: { not: ["/health", "/a|b"] } },
    { route: "/" },
  ])("are kept out of %j by one matcher each", (where) => {
    const of = selection(where);
    const found = strangers(of);
    expect(found.map(({ by }) => by)).toEqual(of.matchers.map(({ label }) => label));
    for (const { by, labels } of found) {
      const series = { name: of.series, labels };
      expect(selects(of, series)).toBe(false);
      expect(selects({ ...of, matchers: of.matchers.filter((m) => m.label !== by) }, series)).toBe(true);
    }
  });
});

describe("restOf", () => {
  it("finds what the whole counts and the part does not", () => {
    const [part, whole] = [
      selection({ outcome: ["failed", "late"] }),
      selection({ route: { not: "/health" } }),
    ];
    const labels = restOf(part, whole);
    expect(labels).toMatchObject({ outcome: "ok" });
    expect(selects(whole, { name: "calls_total", labels: labels ?? {} })).toBe(true);
  });

  it("finds the events whose label is empty, where the metric declares that", () => {
    const failing = { ...metric, labels: { error_type: ["", "timeout"] } };
    const [part, whole] = [{ error_type: { not: "" } }, {}].map((where) =>
      select(failing, where, { platform: "p" }),
    );
    expect(part && whole && restOf(part, whole)).toMatchObject({ error_type: "" });
  });

  it("finds nothing where the part is of another metric", () => {
    const other = { ...selection({}), series: "retries_total" };
    expect(restOf(other, selection({}))).toBeUndefined();
  });

  it("refuses a part that is the whole", () => {
    expect(() => restOf(selection({}), selection({}))).toThrow("it selects all of it");
  });
});

describe("neighbour", () => {
  it("changes a label that the alert keeps to another value that passes", () => {
    expect(neighbour([selection({ outcome: { not: "ok" } })], ["outcome"])).toEqual({ outcome: "late" });
  });

  it("changes no label that only one value passes", () => {
    expect(neighbour([selection({ outcome: "ok" })], ["outcome"])).toBeUndefined();
  });
});

describe("instanceLabel", () => {
  it("is one that the alert neither keeps nor selects by", () => {
    expect(instanceLabel([selection({})], [])).toBe("instance");
    expect(instanceLabel([selection({})], ["instance"])).toBe("pod");
    expect(instanceLabel([selection({ pod: "a" })], ["instance"])).toBeUndefined();
  });
});
