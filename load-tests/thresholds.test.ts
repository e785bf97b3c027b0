import { expect, test } from "vitest";
import type { LoadProfile, Slo } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { thresholdsOf } from "./thresholds.ts";

const smoke = modelOf([shop], policies).platforms[0]?.loadProfiles.find(
  (p) => p.name === "smoke",
) as LoadProfile;
const [latency, success] = smoke.slos as [Slo, Slo];

test("each SLO becomes the threshold that says the same", () => {
  expect(latency.name).toBe("order-latency");
  expect(thresholdsOf(smoke)).toEqual({
    checks: ["rate>=0.99"],
    dropped_iterations: ["count<=1"],
    "http_req_duration{expected_response:true}": ["p(95)<=300"],
    http_req_failed: ["rate<=0.001"],
    http_reqs: ["count>0"],
    iterations: ["count>0"],
  });
});

test("numbers carry no rounding error of binary fractions", () => {
  const slos: Slo[] = [
    { ...latency, objective: 0.901, sli: { ...latency.sli, thresholdSeconds: 1.005 } as Slo["sli"] },
    { ...success, budget: 0.0005 },
  ];
  expect(thresholdsOf({ ...smoke, slos })).toMatchObject({
    "http_req_duration{expected_response:true}": ["p(90.1)<=1005"],
    http_req_failed: ["rate<=0.0005"],
  });
});

test("a profile without SLOs still asks for its checks and for a load", () => {
  expect(Object.keys(thresholdsOf({ ...smoke, slos: [] }))).toEqual([
    "checks",
    "dropped_iterations",
    "http_reqs",
    "iterations",
  ]);
});

test("as many iterations may be dropped as checks may fail", () => {
  const arrivals = { kind: "constant", perSecond: 10, seconds: 100, maxUsers: 1 } as const;
  expect(thresholdsOf({ ...smoke, arrivals }).dropped_iterations).toEqual(["count<=10"]);
  expect(thresholdsOf({ ...smoke, arrivals, checks: 1 }).dropped_iterations).toEqual(["count<=0"]);
});
