import type { Environment, FilesSpec, Platform, Service } from "../model/model.ts";
import { healthCheck } from "./health.ts";
import { cpuText, literal, memoryText, secretVariable } from "./text.ts";

/** A platform in one of its environments. */
export interface Place {
  platform: Platform;
  environment: Environment;
}

/** One container of a service: one of each is what a machine is for. It may do as little as its pod. */
export function composeService(service: Service, place: Place) {
  const isOpen = service.public.length > 0;
  return {
    image: literal(service.image),
    ...(service.args.length > 0 && { command: service.args.map((arg) => argument(arg, service)) }),
    user: `${service.user}:${service.user}`,
    environment: variablesOf(service),
    ...(isOpen && { ports: service.public.map((name) => published(service.ports[name] as number)) }),
    networks: isOpen || service.egress.length > 0 ? ["inside", "outside"] : ["inside"],
    ...(service.dependsOn.length > 0 && {
      depends_on: Object.fromEntries(
        service.dependsOn.map((name) => [name, { condition: "service_healthy" }]),
      ),
    }),
    healthcheck: healthCheck(service),
    volumes: volumesOf(service, place),
    ...(configsOf(service).length > 0 && { configs: configsOf(service) }),
    tmpfs: service.scratch
      .filter((path) => !(path in service.mounts))
      .map(
        (path) => `${literal(path)}:size=${SCRATCH_BYTES},uid=${service.user},gid=${service.user},mode=0700`,
      ),
    ...LOCKED,
    deploy: { resources: resourcesOf(service) },
    restart: "unless-stopped",
    stop_grace_period: "30s",
    // Containers write to standard output: three files of 10 MB each are what the machine keeps of it.
    logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
  };
}

// What a pod may not do, by the standard "restricted", a container may not do either.
const LOCKED = { read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] };

function resourcesOf({ resources: { requests, limits } }: Service) {
  return {
    limits: {
      memory: memoryText(limits.memory),
      ...(limits.cpu && { cpus: cpuText(limits.cpu) }),
      pids: PIDS,
    },
    reservations: { memory: memoryText(requests.memory), cpus: cpuText(requests.cpu) },
  };
}

// As much as a pod may write to an empty folder.
const SCRATCH_BYTES = 2 ** 30;
// Kubelets commonly allow a pod as many; a container that forks without end stops there.
const PIDS = 4096;

/** To this machine alone, whoever is on its network. */
function published(port: number) {
  return { host_ip: "127.0.0.1", published: String(port), target: port, protocol: "tcp" };
}

/** Kubernetes fills $(NAME) in with the container's own variable, and writes $$(NAME) for the text; Compose does neither. */
function argument(arg: string, { env, secrets }: Service): string {
  const parts = arg.split(/(\$\$|\$\([A-Za-z_][A-Za-z0-9_]*\))/);
  return parts
    .map((part) => {
      if (part === "$$") return literal("$");
      const [, name = ""] = /^\$\((.+)\)$/.exec(part) ?? [];
      const secret = secrets[name];
      if (secret) return secretVariable(secret);
      return literal(env[name] ?? part);
    })
    .join("");
}

function variablesOf({ env, secrets }: Service): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, literal(value)])),
    ...Object.fromEntries(Object.entries(secrets).map(([name, ref]) => [name, secretVariable(ref)])),
  };
}

function volumesOf(service: Service, { platform, environment }: Place) {
  const mounted = Object.entries(service.mounts).map(([target, { volume, readOnly }]) => ({
    type: "volume",
    source: volume,
    target: literal(target),
    ...(readOnly && { read_only: true }),
  }));
  const bound = Object.entries(service.files).flatMap(([target, files]) => {
    const source = folderOf(files, `../../../dashboards/${platform.name}/${environment.name}`);
    if (source === undefined) return [];
    return [
      { type: "bind", source, target: literal(target), read_only: true, bind: { create_host_path: false } },
    ];
  });
  return [...mounted, ...bound];
}

/** Where files that are not written here lie, from the Compose file's folder: what a cluster has by name is a folder of that name. */
function folderOf(files: FilesSpec, dashboards: string): string | undefined {
  if ("text" in files) return undefined;
  if ("generated" in files) return dashboards;
  return "secret" in files ? `./secrets/${files.secret}` : `./config/${files.configMap}`;
}

function configsOf(service: Service) {
  return Object.entries(service.files).flatMap(([folder, files], index) =>
    "text" in files
      ? Object.keys(files.text).map((file) => ({
          source: configName(service.name, index, file),
          target: literal(`${folder}/${file}`),
        }))
      : [],
  );
}

/** Name of a file that the catalog writes, unique in its project. */
export function configName(service: string, index: number, file: string): string {
  return `${service}-${index + 1}-${file}`;
}
