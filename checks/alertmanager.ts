import { parse } from "yaml";
import type { Problem } from "../problems/problem.ts";
import {
  addresses,
  type Configuration,
  type Labels,
  type RouteCase,
  routeCases,
  wantedAddresses,
} from "./alertmanager-routes.ts";
import { type Check, type CheckContext, problemIn } from "./check.ts";
import { filesOf, type GeneratedFile } from "./generated-files.ts";
import { unlessPassed } from "./passed.ts";
import { runTool, type ToolResult } from "./run-tool.ts";
import { oneLine, withoutFolder } from "./tool-words.ts";
import { twoAtATime } from "./two-at-a-time.ts";

/** amtool reads each Alertmanager configuration, and says where alerts of each kind would go. */
export const alertmanager: Check = {
  name: "alertmanager",
  title: "Alertmanager configuration and routes (amtool)",
  needs: ["amtool"],
  async run(context) {
    const files = filesOf("alertmanager", context.artifacts);
    context.progress(`${files.length} configurations`);
    const known: Answers = new Map();
    const problems = await twoAtATime(files, (file) =>
      unlessPassed(context.passed, inputsOf(context, file), () => checkFile(context, file, known)),
    );
    return { problems: problems.flat(), files: files.length };
  },
};

// Whom each alert should reach is in the catalog. The file itself is only read once amtool could.
function inputsOf({ model }: CheckContext, { content, ...file }: GeneratedFile): string[] {
  const platform = model.platforms.find((p) => p.name === file.platform);
  const environment = platform?.environments.find((e) => e.name === file.environment);
  const alerts = platform?.alerts.map(({ alertname, labels }) => ({ alertname, labels }));
  const wanted = {
    name: platform?.name,
    alerts,
    routing: platform?.routing,
    receivers: environment?.receivers,
  };
  return [content, JSON.stringify(wanted)];
}

async function checkFile(context: CheckContext, file: GeneratedFile, known: Answers): Promise<Problem[]> {
  const { ok, trouble, stdout, stderr } = await amtool(context, ["check-config", file.path]);
  if (trouble) return [problem(context, file, trouble)];
  if (ok) return checkRoutes(context, file, known);
  const complaint = /FAILED: (.*)/s.exec(stdout)?.[1] ?? `${stdout}\n${stderr}`;
  return [problem(context, file, withoutFolder(complaint, await context.workspace()))];
}

async function checkRoutes(context: CheckContext, file: GeneratedFile, known: Answers): Promise<Problem[]> {
  const platform = context.model.platforms.find((p) => p.name === file.platform);
  const environment = platform?.environments.find((e) => e.name === file.environment);
  if (!platform || !environment)
    return [problem(context, file, "the file belongs to no environment of the catalog")];
  const configuration = parse(file.content) as Configuration;
  // Alerts that go astray in the same way are one mistake.
  const astray = new Map<string, RouteCase[]>();
  for (const one of routeCases(platform, configuration)) {
    const wanted = wantedAddresses(environment, one.receivers);
    const routed = await routesOf(context, { file, configuration, known }, one);
    const told = typeof routed === "string" ? routed : listed(addresses(configuration, routed));
    if (told === listed(wanted)) continue;
    const wrong = `is told to ${told}; the catalog says ${one.receivers.join(", ")}: ${listed(wanted)}`;
    astray.set(wrong, [...(astray.get(wrong) ?? []), one]);
  }
  return [...astray].map(([wrong, cases]) => problem(context, file, `${casesShown(cases)} ${wrong}`));
}

/**
 * Names of the receivers that amtool says are told, or what it said instead. Environments of a platform share their routes: what was
 * asked of the same routes once is known.
 */
function routesOf(
  context: CheckContext,
  { file, configuration, known }: Asked,
  { labels }: RouteCase,
): Promise<string[] | string> {
  const question = JSON.stringify([configuration.route, names(configuration), labels]);
  const answer = known.get(question) ?? askRoutes(context, file, labels);
  known.set(question, answer);
  return answer;
}

/** The configuration that is asked, and what was answered to the same questions before. */
interface Asked {
  file: GeneratedFile;
  configuration: Configuration;
  known: Answers;
}

type Answers = Map<string, Promise<string[] | string>>;

const names = ({ receivers = [] }: Configuration) => receivers.map(({ name }) => name);

async function askRoutes(
  context: CheckContext,
  file: GeneratedFile,
  labels: Labels,
): Promise<string[] | string> {
  const given = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const result = await amtool(context, [
    "config",
    "routes",
    "test",
    `--config.file=${file.path}`,
    "--output=simple",
    ...given,
  ]);
  if (result.ok) return result.stdout.trim().split(",");
  return result.trouble ?? withoutFolder(result.stderr, await context.workspace());
}

function listed(all: readonly string[]): string {
  return all.length > 0 ? all.join(", ") : "nobody";
}

function casesShown([first, ...others]: readonly RouteCase[]): string {
  const labels = Object.entries(first?.labels ?? {}).map(([name, value]) => `${name}="${value}"`);
  const more = others.length > 0 ? ` (and ${others.length} more like it)` : "";
  return `an alert with {${labels.join(", ")}}${more}`;
}

function problem({ locate }: CheckContext, file: GeneratedFile, message: string): Problem {
  const line = /\bline (\d+): /.exec(message)?.[1];
  const found = {
    rule: "check/amtool",
    message: `amtool: ${oneLine(message)}`,
    ...(line && { line: Number(line) }),
  };
  return problemIn(file, found, locate);
}

async function amtool(context: CheckContext, args: string[]): Promise<ToolResult> {
  const folder = await context.workspace();
  return runTool({
    path: context.tool("amtool"),
    args,
    cwd: folder,
    seconds: 30,
    env: { HOME: folder },
    signal: context.signal,
  });
}
