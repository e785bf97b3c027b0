import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlatformInput } from "fairlead";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadProject } from "../model/project.ts";
import { packageFile } from "../package-root.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { compose } from "./index.ts";
import { composeService } from "./service.ts";

const folder = mkdtempSync(join(tmpdir(), "fairlead-compose-"));
const reader = join(folder, "compose-go");
let files: ReturnType<typeof compose>;
beforeAll(async () => {
  // The library that `docker compose` reads its files with, by its Go module, pinned by go.sum.
  const cwd = packageFile("compose/fixtures/compose-go");
  execFileSync("go", ["build", "-o", reader, "."], {
    cwd,
    stdio: "pipe",
    env: { ...process.env, CGO_ENABLED: "0" },
  });
  files = compose((await loadProject(packageFile("."))).model);
}, 480_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What compose-go makes of a file; throws with its words where it does not take it. */
function read(content: string, secrets: Record<string, string>): Project {
  const file = join(folder, "compose.yaml");
  writeFileSync(file, content);
  const env = { PATH: process.env.PATH, ...secrets };
  return JSON.parse(execFileSync(reader, [file], { env, encoding: "utf8", stdio: "pipe" })) as Project;
}

interface Project {
  services: Record<string, Container>;
  configs?: Record<string, { content: string }>;
}
interface Container {
  command: string[] | null;
  environment?: Record<string, string>;
  user: string;
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
  deploy: { resources: { limits: { memory: string } } };
  healthcheck: { test: string[] };
  networks: Record<string, null>;
  ports?: { host_ip: string }[];
}

const FIRST = "the first";

/** A value for each variable that a file asks for. */
const secretsOf = (content: string) =>
  Object.fromEntries(
    [...content.matchAll(/\$\{([A-Z0-9_]+):\?/g)].map(([, name = ""]) => [name, `value of ${name}`]),
  );

test("every platform has one for its local environment, and no other has (NX-6)", () => {
  expect(files.map(({ path }) => path)).toEqual(
    ["agenthive", "commandcenter", "nexus", "production", "weathervane"].map(
      (platform) => `generated/compose/${platform}/local/compose.yaml`,
    ),
  );
});

describe.each(["agenthive", "commandcenter", "nexus", "production", "weathervane"])("%s", (platform) => {
  const content = () => files.find(({ path }) => path.includes(`/${platform}/`))?.content ?? "";

  test("is taken by Compose's own library with all services, each as little allowed as its pod", async () => {
    const project = read(content(), secretsOf(content()));
    const { model } = await loadProject(packageFile("."));
    const local = model.platforms.find(({ name }) => name === platform)?.environments[0];
    expect(Object.keys(project.services)).toEqual(local?.services.map(({ name }) => name));
    for (const service of local?.services ?? []) {
      const container = project.services[service.name] as Container;
      expect(container).toMatchObject({
        user: `${service.user}:${service.user}`,
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
      });
      expect(Number(container.deploy.resources.limits.memory)).toBeGreaterThan(0);
      expect(container.healthcheck.test[1]).toMatch(/127\.0\.0\.1|redis-cli/);
      expect(Object.keys(container.networks).includes("outside")).toBe(
        service.public.length > 0 || service.egress.length > 0,
      );
      for (const { host_ip } of container.ports ?? []) expect(host_ip).toBe("127.0.0.1");
    }
  });

  test("holds no secret, and is not started without one", () => {
    const { [FIRST]: left, ...others } = Object.fromEntries(
      Object.entries(secretsOf(content())).map(([name, value], i) => [i === 0 ? FIRST : name, value]),
    );
    expect(left).toBeDefined();
    expect(() => read(content(), others)).toThrow(
      /required variable .* is missing a value: key .* of Secret/,
    );
  });
});

test("a file with a mistake is refused by it: what it takes means something", () => {
  const content = files[0]?.content ?? "";
  const wrong = content.replace("read_only: true", "readonly: true");
  expect(() => read(wrong, secretsOf(content))).toThrow("readonly");
  const nowhere = content.replace('condition: "service_healthy"', 'condition: "service_well"');
  expect(() => read(nowhere, secretsOf(content))).toThrow("condition");
});

describe("hostile text", () => {
  const text = "$HOME ${HOME:-x} $$ $(PAYMENT_KEY) $(MISSING) %{x} 'a' \"b\" \\ # : - \n\t{{.}} é";
  const parts = shop.parts.map((part) =>
    part.services
      ? {
          ...part,
          services: {
            ...part.services,
            api: {
              ...part.services.api,
              args: [text, "$$(GREETING)", "$(GREETING)", "$(PAYMENT_KEY)"],
              env: { GREETING: text },
              files: { "/etc/api": { text: { "a.conf": text } } },
            },
          },
        }
      : part,
  );
  const local = modelOf([{ ...shop, parts } as PlatformInput], policies);

  test("comes back as it was, and Kubernetes' variables in arguments are filled in as a cluster would", () => {
    const [file] = compose(local);
    const content = file?.content ?? "";
    const secrets = secretsOf(content);
    const { services, configs } = read(content, secrets);
    const secret = secrets.PAYMENT_API_KEY ?? "";
    expect(secret).not.toBe("");
    expect(services.api?.environment?.GREETING).toBe(text);
    expect(services.api?.command?.slice(1)).toEqual(["$(GREETING)", text, secret]);
    // In an argument of Kubernetes "$$" is one dollar.
    expect(services.api?.command?.[0]).toBe(text.replace("$$", "$").replace("$(PAYMENT_KEY)", secret));
    expect(Object.values(configs ?? {})[0]?.content).toBe(text);
  });

  test("the whole file is one YAML document, the same each time", () => {
    const [first] = compose(local);
    expect(compose(local)[0]?.content).toBe(first?.content);
    expect(parse(first?.content ?? "")).toMatchObject({ name: "shop-local" });
  });
});

test("amounts are those of the pod, in Compose's units", () => {
  const [platform] = modelOf([shop], policies).platforms;
  const environment = platform?.environments[0];
  const [service] = environment?.services ?? [];
  if (!platform || !environment || !service) throw new Error("the shop is empty");
  const resources = {
    requests: { cpu: "1250m", memory: "1.5Gi" },
    limits: { cpu: "2000m", memory: "512Mi" },
  } as const;
  const { deploy } = composeService({ ...service, resources }, { platform, environment });
  expect(deploy.resources).toEqual({
    limits: { memory: "512m", cpus: "2", pids: 4096 },
    reservations: { memory: String(1.5 * 2 ** 30), cpus: "1.25" },
  });
});
