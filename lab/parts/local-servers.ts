// What the orchestrator works with, and whom Alertmanager tells, as small servers of this package.
import { ownProgram, saidReady } from "./own-program.ts";
import { answersWell, type Part } from "./part.ts";

/** A model provider that answers by a script, which `PUT /script` changes. */
export const modelProvider = localServer({
  name: "model-provider",
  title: "Model provider",
  health: "/script",
});

/** A tool server over the Model Context Protocol that answers by a script, which `PUT /script` changes. */
export const toolServer = localServer({ name: "tool-server", title: "MCP server", health: "/readyz" });

/** Slack, PagerDuty and webhooks; `GET /told` lists what they were told. */
export const receivers = localServer({ name: "receivers", title: "Receivers of alerts", health: "/" });

function localServer({ name, title, health }: { name: string; title: string; health: string }): Part {
  return {
    ...{ name, title, needs: [] },
    launch: async (lab) => ownProgram(`lab/programs/${name}.js`, lab, { LAB_PORT: String(lab.port(name)) }),
    addresses: saidReady,
    isHealthy: ({ url }) => answersWell(`${url}${health}`),
  };
}
