// A whole day in virtual time; the whole month is in runs.long.test.ts.
import { expect, test } from "vitest";
import { playRun } from "./fixtures/runs.ts";

test("in a day with one bad quarter of an hour the page fires within two minutes, resolves, and the budget is what was spent", async () => {
  // A hundred requests a minute, but from 14:00 to 14:15 all of them fail.
  const said = await playRun({
    evaluation: "2m",
    interval: "1m",
    failed: "1000000x839 1000000+100x15 1001500x585",
    ok: "1000000+100x839 1083900x14 1083900+100x585",
    fires: [
      ["14h", []],
      // The three days know only fourteen hours so far.
      ["14h2m", ["PlainPageQuick", "PlainTicketSlow"]],
      ["14h10m", ["PlainPageQuick", "PlainPageSlow", "PlainTicketQuick", "PlainTicketSlow"]],
      ["14h22m", ["PlainPageSlow", "PlainTicketQuick", "PlainTicketSlow"]],
      ["15h", ["PlainTicketQuick", "PlainTicketSlow"]],
      ["24h", []],
    ],
    // 1,500 of 144,000.
    holds: [["24h", 'slo:period_error:ratio{slo="plain"}', 1500 / 144_000]],
  });
  expect(said).toBe("");
}, 120_000);
