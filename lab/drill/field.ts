import { roles } from "../../orchestrator/security/permissions.ts";
import type { LabFolder } from "../folder.ts";
import { modelProviders } from "../parts/local-servers.ts";
import { toolsUrl } from "../parts/models.ts";
import { labToken } from "../parts/orchestrator.ts";
import { numbers } from "../parts/prometheus.ts";
import { type LabState, readState } from "../state.ts";
import { workflows } from "./workflows.ts";

/** What an orchestrator answered; status 0: nothing. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** A lab that is up, as faults act on it and as its users see it. */
export interface Field {
  folder: LabFolder;
  state(): LabState;
  /** Numbers of the orchestrators. */
  replicas(): number[];
  /** Asks an orchestrator in the name of somebody with all roles: of who asks for work, or of a second person, who may approve of it. */
  ask(
    method: string,
    path: string,
    asked?: { body?: unknown; replica?: number; by?: "first" | "second" },
  ): Promise<Answer>;
  /** Asks for so many runs of a workflow at once; ids of those that were accepted, which may be none. */
  offer(workflow: string, asked?: { runs?: number; input?: unknown }): Promise<string[]>;
  /** The same, for a fault that is none with fewer runs: throws unless all are accepted. */
  start(workflow: string, asked?: { runs?: number; input?: unknown }): Promise<string[]>;
  /** Whether these runs, of which there must be some, have all succeeded. */
  succeeded(runs: readonly string[]): Promise<boolean>;
  /** Makes a model provider behave otherwise from its next call on. */
  provider(name: string, script: Record<string, unknown>): Promise<void>;
  /** Makes the tools of all orchestrators behave otherwise; gives how many of them run, and were told. */
  tools(script: Record<string, unknown>): Promise<number>;
  /** Has providers and tools behave as they do without a fault. */
  reset(): Promise<void>;
  /** Value of a series such as `weathervane_breaker_open{breaker="file-io"}`, read from the service itself. */
  metric(service: string, series: string): Promise<number | undefined>;
  /** Starts again what does not run. */
  bringUp(): Promise<void>;
}

// Little, so that an hour's drills stay below an hour's tokens.
const outputTokens = 5;

/** The field of a lab, with the workflows that faults and traffic use. The lab must be up; the token lasts six hours. */
export async function openField(folder: LabFolder, bringUp: () => Promise<void>): Promise<Field> {
  const tokenOf = (subject: string) =>
    labToken(folder, { subject, roles: Object.keys(roles), seconds: 6 * 3_600 });
  const tokens = { first: await tokenOf("drill"), second: await tokenOf("drill-second") };
  const state = () => {
    const found = readState(folder);
    if (!found) throw new Error(`there is no lab ${folder.name}`);
    return found;
  };
  const address = (part: string, of = "url") => state().parts[part]?.addresses[of] ?? "";
  const ask: Field["ask"] = (method, path, { body, replica = 1, by = "first" } = {}) =>
    answerOf(`${address(`orchestrator-${replica}`)}${path}`, { method, body, token: tokens[by] });
  const field: Field = {
    ...{ folder, state, ask, bringUp },
    replicas: () => numbers(state().replicas),
    ...runsBy(ask),
    provider: (name, script) => putScript(address(name), { outputTokens, ...script }),
    async tools(script) {
      const told = field.replicas().map(async (number) => putScript(await toolsUrl(folder, number), script));
      return (await Promise.allSettled(told)).filter(({ status }) => status === "fulfilled").length;
    },
    async reset() {
      for (const { name } of modelProviders) await field.provider(name, {});
      await field.tools({});
    },
    async metric(service, series) {
      // What exists once for the platform is told by one of the orchestrators.
      const found = field
        .replicas()
        .map((number) =>
          seriesValue(`${address(`orchestrator-${number}`, "metrics")}/${service}/metrics`, series),
        );
      return (await Promise.all(found)).find((value) => value !== undefined);
    },
  };
  for (const workflow of workflows) await ask("POST", "/v1/workflows", { body: workflow });
  return field;
}

function runsBy(ask: Field["ask"]): Pick<Field, "offer" | "start" | "succeeded"> {
  const offer: Field["offer"] = async (workflow, { runs = 1, input = {} } = {}) => {
    const asked = { body: { workflow, input } };
    const answers = await Promise.all(Array.from({ length: runs }, () => ask("POST", "/v1/runs", asked)));
    return answers.flatMap(({ status, body }) => (status === 202 || status === 201 ? [String(body.id)] : []));
  };
  return {
    offer,
    async start(workflow, asked = {}) {
      const accepted = await offer(workflow, asked);
      const { runs = 1 } = asked;
      if (accepted.length < runs)
        throw new Error(`${accepted.length} of ${runs} runs of ${workflow} were accepted`);
      return accepted;
    },
    async succeeded(runs) {
      const found = await Promise.all(runs.map((id) => ask("GET", `/v1/runs/${id}`)));
      return runs.length > 0 && found.every(({ body }) => body.state === "succeeded");
    },
  };
}

async function seriesValue(url: string, series: string): Promise<number | undefined> {
  const text = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    .then((answer) => answer.text())
    .catch(() => "");
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.split(" ")[1]);
}

async function answerOf(
  url: string,
  { method, body, token }: { method: string; body: unknown; token: string },
): Promise<Answer> {
  // A body that is said to be JSON must not be empty.
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const headers = { authorization: `Bearer ${token}`, ...type };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  try {
    const answer = await fetch(url, { method, headers, ...sent, signal: AbortSignal.timeout(5_000) });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : {} };
  } catch {
    return { status: 0, body: {} };
  }
}

async function putScript(url: string, script: Record<string, unknown>): Promise<void> {
  const answer = await fetch(`${url}/script`, {
    ...{ method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(script) },
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`a script was refused: ${await answer.text()}`);
}
