import { ask, queriesOf } from "../live/answers.ts";
import { type Live, stateOf, withLive } from "../live/page.ts";
import { connect } from "../live/prometheus.ts";
import { loadProject, type Project, restrict, selectedOf } from "../model/project.ts";
import { printableJson } from "../problems/printable.ts";
import type { Problem } from "../problems/problem.ts";
import { type FoundPage, filledIn, findPage } from "../runbooks/find.ts";
import { markdownOf } from "../runbooks/markdown.ts";
import { terminalText } from "../runbooks/terminal.ts";
import { exitCodes } from "./exit-codes.ts";
import { prometheusProblem } from "./prometheus-problem.ts";
import { printProblems } from "./run.ts";
import { printData, wantsColor } from "./terminal.ts";

export interface RunbookOptions {
  platform?: string[];
  env?: string[];
  prometheus?: string;
  at?: Date;
  format: "text" | "markdown" | "json";
}

/** `fairlead runbook NAME`. A Prometheus that does not answer is a problem, and the page is shown all the same. */
export async function runbook(name: string, options: RunbookOptions): Promise<number> {
  const project = await loadProject(process.cwd());
  const model = restrict(project.model, selectedOf(project, options));
  const platforms = model.platforms.filter((platform) => platform.environments.length > 0);
  const found = findPage({ ...model, platforms }, name);
  const at = options.at ?? new Date();
  const { live, problems } =
    options.prometheus === undefined ? { problems: [] } : await look(project, found, { ...options, at });
  printData(shown(found, live, options.format));
  await printProblems(problems);
  return problems.length > 0 ? exitCodes.problems : exitCodes.done;
}

async function look(
  project: Project,
  found: FoundPage,
  { prometheus: url = "", at }: { prometheus?: string; at: Date },
): Promise<{ live?: Live; problems: Problem[] }> {
  const prometheus = connect(url, { partial: true });
  try {
    const answers = await ask(prometheus, queriesOf(found.tree), at);
    const failed = [...answers.values()].flatMap((answer) =>
      "error" in answer
        ? [
            problem(project, found, {
              rule: "live/query-failed",
              message: `${answer.error}: ${answer.query}`,
            }),
          ]
        : [],
    );
    const { about } = found;
    if (about.kind === "procedure") return { live: { answers, at }, problems: failed };
    const rules = await prometheus.alerts(about.alert.alertname);
    return { live: { answers, at, state: stateOf(rules, labelsOf(found)) }, problems: failed };
  } catch (error) {
    const fix = "see the address, or leave --prometheus out: the page needs none";
    return { problems: [problem(project, found, prometheusProblem(error, { url, fix }))] };
  }
}

/** By which an alert of this platform, and with one environment left of that one, is known among others of its name. */
function labelsOf({ platform }: FoundPage): Record<string, string> {
  const [environment, ...others] = platform.environments;
  const one = environment && others.length === 0 ? { environment: environment.name } : {};
  return { platform: platform.name, ...one };
}

function problem(
  project: Project,
  { about, platform }: FoundPage,
  said: Pick<Problem, "rule" | "message" | "fix">,
): Problem {
  const origin = about.kind === "alert" ? about.alert.origin : platform.origin;
  const location = project.locate({ platform: origin.platform, path: origin.path });
  return { ...said, severity: "error", path: origin.label, ...(location && { location }) };
}

function shown(found: FoundPage, live: Live | undefined, format: RunbookOptions["format"]): string {
  if (format === "json") return printableJson(plain(found, live));
  const page = live ? withLive(found.tree, live) : found.tree;
  const [environment, ...others] = found.platform.environments;
  const tree = environment && others.length === 0 ? filledIn(page, environment) : page;
  if (format === "markdown") return markdownOf(tree);
  const { columns } = process.stdout;
  return terminalText(tree, { width: Math.min(columns ?? 100, 120), color: wantsColor(process.stdout) });
}

function plain({ id, platform, about }: FoundPage, live: Live | undefined) {
  const { kind } = about;
  const page =
    about.kind === "alert"
      ? {
          alertname: about.alert.alertname,
          severity: about.alert.severity,
          summary: about.alert.summary,
          expr: about.alert.expr,
          ...about.alert.runbook,
        }
      : { ...about.procedure, alerts: about.procedure.alerts.map((alert) => alert.name) };
  return {
    id,
    kind,
    page,
    environments: platform.environments.map(({ name, context, namespace }) => ({ name, context, namespace })),
    ...(live && { live: { at: live.at, state: live.state, answers: [...live.answers.values()] } }),
  };
}
