// Thirty days in virtual time, five minutes at a time: `npm run test:long`.
import { expect, test } from "vitest";
import { playRun } from "./fixtures/runs.ts";

test("over thirty days a burn rate of 1.25 has a ticket from the first to the last, and spends a quarter more than the budget", async () => {
  // Samples every 2.5 minutes, so that five minutes hold a rate: 1,000 requests each, of which 1.25 fail.
  const said = await playRun({
    evaluation: "5m",
    interval: "150s",
    failed: "1000000+1.25x17280",
    ok: "1000000+998.75x17280",
    fires: [
      ["1d", ["PlainTicketSlow"]],
      ["29d", ["PlainTicketSlow"]],
    ],
    holds: [
      ["1d", 'slo:period_error:ratio{slo="plain"}', 0.00125],
      ["30d", 'slo:period_error:ratio{slo="plain"}', 0.00125],
      ["30d", 'slo:period_error_budget_remaining:ratio{slo="plain"}', -0.25],
    ],
  });
  expect(said).toBe("");
}, 600_000);
