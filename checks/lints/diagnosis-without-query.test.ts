import { expect, test } from "vitest";
import { alerts } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { diagnosisWithoutQuery } from "./diagnosis-without-query.ts";

const diagnosed = (...diagnosis: { do: string; query?: string; command?: string }[]) => {
  const old = alerts["queue-deep"];
  return { alerts: { ...alerts, "queue-deep": { ...old, runbook: { ...old.runbook, diagnosis } } } };
};

test("a diagnosis of mere advice is found, one with a query or a command is not", () => {
  expect(said(diagnosisWithoutQuery, diagnosed({ do: "Think." }, { do: "Ask around." }))).toEqual([
    'alerts.queue-deep.runbook.diagnosis: no step of the diagnosis of "queue-deep" has a query or a command',
  ]);
  expect(
    said(diagnosisWithoutQuery, diagnosed({ do: "Think." }, { do: "Look.", query: "shop_queue_depth" })),
  ).toEqual([]);
  expect(said(diagnosisWithoutQuery, diagnosed({ do: "Look.", command: "kubectl get pods" }))).toEqual([]);
});
