// The providers that the orchestrator's agents ask, and whom Alertmanager tells, as small servers on this machine.
import { ownProgram, saidReady } from "./own-program.ts";
import { answersWell, type Part } from "./part.ts";

/**
 * Model providers in the order in which they are asked, the second being the first one's back-up, named as the platforms' breakers
 * name them. Each answers by a script, which `PUT /script` changes.
 */
export const modelProviders: readonly Part[] = [
  modelProvider("anthropic", "Model provider"),
  modelProvider("openai", "Back-up of the model provider"),
];

/** Slack, PagerDuty and webhooks; `GET /told` lists what they were told. */
export const receivers: Part = {
  ...{ name: "receivers", title: "Receivers of alerts", needs: [] },
  launch: async (lab) =>
    ownProgram("lab/programs/receivers.js", lab, { env: { LAB_PORT: String(lab.port("receivers")) } }),
  addresses: saidReady,
  isHealthy: ({ url }) => answersWell(`${url}/`),
};

function modelProvider(name: string, title: string): Part {
  return {
    ...{ name, title, needs: [] },
    launch: async (lab) =>
      ownProgram("orchestrator/local-provider.js", lab, { args: ["--port", String(lab.port(name))] }),
    addresses(said) {
      const ready = saidReady(said);
      return ready?.baseUrl === undefined ? undefined : { url: new URL(ready.baseUrl).origin };
    },
    isHealthy: ({ url }) => answersWell(`${url}/script`),
  };
}
