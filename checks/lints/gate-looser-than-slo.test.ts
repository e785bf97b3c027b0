import { expect, test } from "vitest";
import { saidOfPolicy } from "../../tests/try-lint.ts";
import { gateLooserThanSlo } from "./gate-looser-than-slo.ts";

const run = (measure: string, pass: string[][]) => [
  { name: "run", indicator: { load: "smoke", measure }, pass },
];

test("a load run that may have more errors than its SLO promises is found", () => {
  expect(saidOfPolicy(gateLooserThanSlo, run("error-rate", [["<=0.2%"]]))).toEqual([
    'objectives[0].pass[0]: "<=0.2%" of objective "run" passes a run that breaks SLO "order-success", which promises 99.9% without errors',
  ]);
  expect(saidOfPolicy(gateLooserThanSlo, run("error-rate", [["<=0.1%"]]))).toEqual([]);
});

test("a load run that may be slower than its SLO promises is found, by no quantile beyond the promised share", () => {
  expect(saidOfPolicy(gateLooserThanSlo, run("p95", [["<=300ms"], ["<=301ms", "<=+10%"]]))).toEqual([
    'objectives[0].pass[1]: "<=301ms" and "<=+10%" of objective "run" passes a run that breaks SLO "order-latency", which promises 95% within 0.3 s',
  ]);
  expect(saidOfPolicy(gateLooserThanSlo, run("p95", [["<=+10%"]]))).toEqual([]);
  expect(saidOfPolicy(gateLooserThanSlo, run("p99", [["<=900ms"]]))).toEqual([]);
});
