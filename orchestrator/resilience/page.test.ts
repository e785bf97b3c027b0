import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Platform } from "../../model/model.ts";
import { readablePercent, readableSeconds } from "../../model/readable.ts";
import {
  actionText,
  amountText,
  openingText,
  recoveryText,
  worksTexts,
} from "../../model/resilience-words.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";

const names = ["agenthive", "commandcenter", "nexus", "production", "weathervane"];
const platforms = await Promise.all(names.map(ownPlatform));
const page = await readFile(join(rootFolder, "docs/orchestrator/resilience.md"), "utf8");

function table(head: string[], rows: (platform: Platform) => string[][]): string {
  const body = platforms.flatMap((platform) => rows(platform).map((row) => [platform.name, ...row]));
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(["platform", ...head]), line(["platform", ...head].map(() => "---")), ...body.map(line)].join(
    "\n",
  );
}

const tables = {
  BREAKERS: table(["breaker", "opens", "while it is open", "closes", "requirements"], ({ breakers }) =>
    breakers.map((one) => [
      one.name,
      openingText(one.opens),
      one.whileOpen.map(actionText).join("; "),
      recoveryText(one.recovers),
      one.meets.join(", "),
    ]),
  ),
  MODES: table(["ladder", "mode", "works", "brought about by", "left", "requirements"], ({ modes }) =>
    modes.map((mode) => [
      mode.ladder,
      mode.name,
      worksTexts(mode.works).join("; "),
      ["a person", ...mode.entered.map(({ signal, is, value }) => `${signal} ${is} ${value}`)].join(", "),
      mode.calmSeconds === undefined ? "by a person" : `after ${readableSeconds(mode.calmSeconds)} of calm`,
      mode.meets.join(", "),
    ]),
  ),
  LIMITS: table(["limit", "at most", "from", "at the limit", "requirements"], ({ limits }) =>
    limits.map((limit) => [
      limit.name,
      amountText(limit),
      limit.warnsAtRatio === undefined ? "" : readablePercent(limit.warnsAtRatio),
      limit.reached.join(", "),
      limit.meets.join(", "),
    ]),
  ),
};

test.each(Object.keys(tables) as (keyof typeof tables)[])("the page shows the %s of the catalog", (name) => {
  expect(page).toContain(tables[name]);
});
