import { rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parse, stringify } from "yaml";
import { connect } from "../../live/prometheus.ts";
import { telemetryOf } from "../../orchestrator/telemetry/platforms.ts";
import { requireTool } from "../../tools/index.ts";
import { makeFolder } from "../folder.ts";
import { deployed, saidListening } from "./alertmanager.ts";
import { answersWell, type Lab, type Part, plainEnvironment } from "./part.ts";

/** Prometheus with the platform's generated rules and jobs, which scrape the orchestrators. k6 may write to it. */
export function prometheus(replicas: number): Part {
  const orchestrators = numbers(replicas).map((number) => `orchestrator-${number}`);
  return {
    name: "prometheus",
    title: "Prometheus",
    needs: ["alertmanager", ...orchestrators],
    async launch(lab) {
      const folder = makeFolder(join(lab.folder.path, "prometheus"));
      await writeRules(lab, folder);
      await writeFile(join(folder, "prometheus.yaml"), configuration(lab));
      return {
        file: await requireTool("prometheus"),
        args: [
          "--config.file=prometheus.yaml",
          "--storage.tsdb.path=data",
          `--web.listen-address=127.0.0.1:${lab.port("prometheus")}`,
          "--web.enable-remote-write-receiver",
        ],
        cwd: folder,
        env: plainEnvironment(folder),
      };
    },
    addresses: saidListening,
    isHealthy: async ({ url = "" }) => (await answersWell(`${url}/-/ready`)) && hasScraped(url),
  };
}

async function hasScraped(url: string): Promise<boolean> {
  const scraped = await connect(url, { seconds: 2 })
    .query("up", new Date())
    .catch(() => []);
  return scraped.length > 0;
}

/** 1, 2, … up to that many. */
export function numbers(upTo: number): number[] {
  return Array.from({ length: upTo }, (_, index) => index + 1);
}

interface RuleFile {
  groups: { rules: { alert?: string; labels?: Record<string, string> }[] }[];
}

// As generated, but for alerts of services that are programs of their own and that no orchestrator plays: they would fire for ever.
async function writeRules(lab: Lab, folder: string): Promise<void> {
  const rules = join(folder, "rules");
  await rm(rules, { recursive: true, force: true });
  makeFolder(rules);
  const isPlayed = playedBy(lab);
  for (const { path, content } of deployed(lab, /\/rules\//)) {
    const alerts = (parse(content) as RuleFile).groups.flatMap((group) => group.rules);
    if (alerts.every(({ labels }) => isPlayed(labels?.service)))
      await writeFile(join(rules, basename(path)), content);
  }
}

/** Whether the orchestrator plays a service; what is of no service concerns all. */
function playedBy({ platform }: Lab): (service: string | undefined) => boolean {
  const played = new Set(telemetryOf(platform).services);
  return (service) => service === undefined || played.has(service);
}

interface Configuration {
  alerting: { alertmanagers: { scheme: string; static_configs: { targets: string[] }[] }[] };
  scrape_configs: {
    metrics_path: string;
    static_configs: { targets: string[]; labels: Record<string, string> }[];
  }[];
}

// As generated, but for the addresses: each orchestrator shows every service's metrics below a path of its own, and is a pod of each.
function configuration(lab: Lab): string {
  const [file] = deployed(lab, /\/prometheus\.yaml$/);
  const generated = parse(file?.content ?? "") as Configuration;
  const toldTo = new URL(lab.address("alertmanager")).host;
  generated.alerting.alertmanagers = [{ scheme: "http", static_configs: [{ targets: [toldTo] }] }];
  const isPlayed = playedBy(lab);
  generated.scrape_configs = generated.scrape_configs.filter(({ static_configs }) =>
    isPlayed(static_configs[0]?.labels.service),
  );
  for (const job of generated.scrape_configs) {
    const labels = job.static_configs[0]?.labels ?? {};
    job.metrics_path = `/${labels.service}/metrics`;
    job.static_configs = numbers(lab.replicas).map((number) => ({
      targets: [new URL(lab.address(`orchestrator-${number}`, "metrics")).host],
      labels: { ...labels, pod: `${labels.service}-${number}` },
    }));
  }
  return stringify(generated);
}
