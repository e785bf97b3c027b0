import type { Root } from "mdast";
import type { Model } from "../model/model.ts";
import { inlineCode, link, paragraph, table, title, words } from "./tree.ts";

/** The page that leads to every platform's runbooks. */
export function overviewPage(model: Model): Root {
  return {
    type: "root",
    children: [
      title("Runbooks"),
      paragraph("Woken by an alert? Choose its platform; the alert names it."),
      table(
        ["Platform", "What it is", "Team", "Alerts"],
        model.platforms.map((platform) => [
          [link(`${platform.name}/index.md`, ...words(platform.title))],
          words(platform.description),
          [inlineCode(platform.team)],
          [
            `${platform.alerts.filter((a) => a.severity === "critical").length} critical, `,
            `${platform.alerts.filter((a) => a.severity === "warning").length} warning`,
          ],
        ]),
      ),
    ],
  };
}
