import type { BlockContent, Root } from "mdast";
import type { Platform } from "../model/model.ts";
import { contactList, severityMark } from "./alert-page.ts";
import { environmentsOf, operateCommand } from "./environments.ts";
import type { Cell, Facts, Part, Procedure, Step } from "./operations/procedure.ts";
import { stepList } from "./steps.ts";
import {
  classed,
  heading,
  type Inline,
  inlineCode,
  joined,
  link,
  list,
  paragraph,
  prose,
  strong,
  table,
  title,
  words,
} from "./tree.ts";

/** The page of a procedure: the same sections in the same order on every page. */
export function operationPage(platform: Platform, procedure: Procedure, others: readonly Procedure[]): Root {
  const { before, parts, verify, undo, alerts } = procedure;
  return {
    type: "root",
    children: [
      title(...words(`${platform.title}: ${procedure.title}`)),
      ...prose(procedure.purpose).map((p) => classed("summary", p)),
      heading(2, "When"),
      ...prose(procedure.when),
      heading(2, "Before you begin"),
      paragraph("Paste the line of the environment that you mean: every command below uses it."),
      environments(platform),
      ...steps(platform, before),
      heading(2, "Steps"),
      ...parts.flatMap((part) => partBlocks(platform, part)),
      heading(2, "See that it worked"),
      ...steps(platform, verify),
      heading(2, "Take it back"),
      ...steps(platform, undo),
      heading(2, "Who is told"),
      ...prose(procedure.tell),
      contactList(platform),
      heading(2, "See also"),
      ...(alerts.length > 0 ? [paragraph("Alerts that lead here: ", ...alertLinks(procedure), ".")] : []),
      procedureLinks(others.filter((other) => other.name !== procedure.name)),
    ],
  };
}

/** Links to procedures from a page beside them, or from another folder by `folder`. */
export function procedureLinks(procedures: readonly Procedure[], folder = ""): BlockContent {
  return list(
    procedures.map(({ name, title: text, purpose }) => [
      link(`${folder}${name}.md`, ...words(text)),
      ": ",
      ...words(firstSentence(purpose)),
    ]),
  );
}

function firstSentence(text: string): string {
  return /^.*?[.:](?=\s|$)/s.exec(text)?.[0].replace(/[.:]$/, "") ?? text;
}

function environments(platform: Platform): BlockContent {
  return table(
    ["Environment", "Open", "Paste this"],
    environmentsOf(platform).map((environment) => [
      [strong(environment.name)],
      joined(
        [
          [link(environment.links.grafana, "Grafana")],
          [link(environment.links.prometheus, "Prometheus")],
          [link(environment.links.alertmanager, "Alertmanager")],
        ],
        " · ",
      ),
      [inlineCode(operateCommand(platform, environment))],
    ]),
  );
}

function steps(platform: Platform, list: readonly Step[]): BlockContent[] {
  return list.length > 0 ? [stepList(platform, list)] : [];
}

function partBlocks(platform: Platform, { title: name, text, facts, steps: list }: Part): BlockContent[] {
  return [
    heading(3, name),
    ...prose(text ?? ""),
    ...(facts ? [factTable(facts)] : []),
    ...steps(platform, list),
  ];
}

function factTable({ head, rows }: Facts): BlockContent {
  return table(
    head,
    rows.map((row) => row.map(cellWords)),
  );
}

function cellWords(cell: Cell): Inline[] {
  if (typeof cell === "string") return words(cell);
  const { alert } = cell;
  return [link(`../${alert.name}.md`, alert.alertname), " ", severityMark(alert)];
}

function alertLinks({ alerts }: Procedure): Inline[] {
  return joined(
    alerts.map((alert) => [link(`../${alert.name}.md`, alert.alertname)]),
    ", ",
  );
}
