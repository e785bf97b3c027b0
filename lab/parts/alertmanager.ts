import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { deployedFiles } from "../../alerts/index.ts";
import type { ReceiverSpec } from "../../model/model.ts";
import { requireTool } from "../../tools/index.ts";
import { makeFolder } from "../folder.ts";
import { answersWell, type Lab, type Part, plainEnvironment } from "./part.ts";

/** Alertmanager with the platform's generated configuration; whom it tells is on this machine. */
export const alertmanager: Part = {
  name: "alertmanager",
  title: "Alertmanager",
  needs: ["receivers"],
  async launch(lab) {
    const folder = makeFolder(join(lab.folder.path, "alertmanager"));
    const told = lab.address("receivers");
    await writeSecrets(folder, { receivers: lab.environment.receivers, told });
    await writeFile(join(folder, "alertmanager.yaml"), configuration(lab, { folder, told }));
    return {
      file: await requireTool("alertmanager"),
      args: [
        "--config.file=alertmanager.yaml",
        "--storage.path=data",
        `--web.listen-address=127.0.0.1:${lab.port("alertmanager")}`,
        "--cluster.listen-address=",
      ],
      cwd: folder,
      env: plainEnvironment(folder),
    };
  },
  addresses: saidListening,
  isHealthy: ({ url }) => answersWell(`${url}/-/ready`),
};

/** Where Prometheus' and Alertmanager's web server says that it listens. */
export function saidListening(said: string): Record<string, string> | undefined {
  const address = /Listening on".*?address=(127\.0\.0\.1:\d+)/.exec(said)?.[1];
  return address === undefined ? undefined : { url: `http://${address}` };
}

/** One of the files that are deployed to the lab's environment, by its name. */
export function deployed({ platform, environment }: Pick<Lab, "platform" | "environment">, wanted: RegExp) {
  const only = { ...platform, environments: [environment] };
  return deployedFiles({ platforms: [only], requirements: [] }).filter(({ path }) => wanted.test(path));
}

// As generated, but for the folder of the secrets, the address of PagerDuty, which no secret holds, and webhooks.
function configuration(lab: Lab, { folder, told }: { folder: string; told: string }): string {
  const receivers = Object.entries(lab.environment.receivers).map(([name, spec]): [string, ReceiverSpec] => [
    name,
    spec.kind === "webhook" ? { ...spec, url: `${told}/webhook/${name}` } : spec,
  ]);
  const environment = { ...lab.environment, receivers: Object.fromEntries(receivers) };
  const [file] = deployed({ platform: lab.platform, environment }, /\/alertmanager\.yaml$/);
  return `${file?.content.replaceAll("/etc/alertmanager/secrets", join(folder, "secrets"))}global:\n  pagerduty_url: ${told}/pagerduty\n`;
}

async function writeSecrets(
  folder: string,
  { receivers, told }: { receivers: Record<string, ReceiverSpec>; told: string },
): Promise<void> {
  for (const [name, spec] of Object.entries(receivers)) {
    const secret = secretOf(name, { spec, told });
    if (!secret) continue;
    const file = join(folder, "secrets", secret.at.secret, secret.at.key);
    makeFolder(dirname(file));
    await writeFile(file, secret.content, { mode: 0o600 });
  }
}

function secretOf(name: string, { spec, told }: { spec: ReceiverSpec; told: string }) {
  switch (spec.kind) {
    case "pagerduty":
      return { at: spec.routingKey, content: `lab-${name}` };
    case "slack":
      return { at: spec.webhook, content: `${told}/slack` };
    case "webhook-secret":
      return { at: spec.address, content: `${told}/webhook/${name}` };
    case "webhook":
      return undefined;
  }
}
