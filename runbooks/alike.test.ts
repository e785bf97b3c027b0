import fc from "fast-check";
import { expect, test } from "vitest";
import type { Platform } from "../model/model.ts";
import { anyWords, confusingWords, platformOf } from "../tests/alike-platforms.ts";
import { modelOf } from "../tests/model-of.ts";
import { alertPage } from "./alert-page.ts";
import { htmlOf } from "./html.ts";
import { runbooks } from "./index.ts";
import { markdownOf } from "./markdown.ts";
import { subjectOf } from "./subject.ts";

/** The page of every alert, each written by itself by path. */
function byThemselves(platform: Platform): Map<string, string> {
  const all = { href: "../index.html", text: "Runbooks" };
  const trail = [all, { href: "index.html", text: platform.title }];
  return new Map(
    platform.alerts.flatMap((alert) => {
      const page = alertPage(platform, subjectOf(platform, alert));
      const path = `generated/runbooks/${platform.name}/${alert.name}`;
      const title = `${alert.alertname} (${alert.severity})`;
      return [
        [`${path}.md`, markdownOf(page)],
        [`${path}.html`, htmlOf(page, { title, top: "..", trail })],
      ];
    }),
  );
}

test("whatever services, SLOs and labels are called, pages are those that each alert would have by itself", async () => {
  await fc.assert(
    fc.asyncProperty(anyWords, async (words) => {
      const model = modelOf([platformOf(...words)]);
      const written = new Map((await runbooks(model)).map(({ path, content }) => [path, content]));
      for (const platform of model.platforms)
        for (const [path, text] of byThemselves(platform))
          expect([path, written.get(path)]).toEqual([path, text]);
    }),
    { numRuns: 8, examples: confusingWords.map((words): [typeof words] => [words]) },
  );
}, 120_000);
