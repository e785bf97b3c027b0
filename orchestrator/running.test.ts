// docs/orchestrator/running.md: its commands are run, its tables compared with the code.
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { service } from "../catalog/service.ts";
import { rootFolder } from "../tests/structure/source-files.ts";
import { environment } from "./settings.ts";
import { freePort } from "./store/free-port.ts";
import { temporaryStore } from "./store/temporary-store.ts";

const page = await readFile(join(rootFolder, "docs/orchestrator/running.md"), "utf8");
const dockerfile = await readFile(join(rootFolder, "orchestrator/image/Dockerfile"), "utf8");
const blocks = (mark: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${mark}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text = ""]) => text);

test("the page has every variable that a process knows, with its default", () => {
  const shown = [...page.matchAll(/^\| `(\w+)` \| ([^|]*?) ?\|/gm)].map(([, name, usual]) => [name, usual]);
  const known = Object.entries(environment.shape).map(([name, schema]) => {
    const { data } = schema.safeParse(undefined);
    return [name, data === undefined ? "" : String(data)];
  });
  expect(shown).toEqual(known);
});

test("the commands of the page do what it says", async () => {
  const store = await temporaryStore();
  const folder = await mkdtemp(join(tmpdir(), "fairlead-running-"));
  // Where this runs as root, PostgreSQL does not.
  await chmod(folder, 0o755);
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  let script = `set -euo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true; wait' EXIT\n${blocks("sh run").join("\n")}`;
  const ports = await Promise.all(
    ["8080", "8081", "9464"].map(async (port) => [port, await freePort()] as const),
  );
  const free = new Map(ports);
  script = script.replace(/\b(8080|8081|9464)\b/g, (port) => String(free.get(port)));
  script = script.replace(/postgresql:\S+/, store.url);
  await writeFile(join(folder, "page.sh"), script);
  const env = { TMPDIR: folder, DATABASE_URL: undefined };
  const { all, exitCode } = await execa("bash", [join(folder, "page.sh")], {
    ...{ cwd: rootFolder, env, all: true, reject: false, timeout: 120_000 },
  });
  expect({ all, exitCode }).toEqual({ all: expect.any(String), exitCode: 0 });
  expect(all).toContain('"workflow":"pipeline"');
});

test("the service of the page is what the image is made for", async () => {
  const folder = await mkdtemp(join(rootFolder, ".fairlead-page-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "services.ts"), blocks("ts")[0] ?? "");
  const { services } = await import(join(folder, "services.ts"));
  const described = service.parse(services.orchestrator);
  expect(dockerfile).toContain(`EXPOSE ${Object.values(described.ports).join(" ")}\n`);
  expect(dockerfile).toContain(`USER ${described.user}:${described.user}\n`);
  expect(dockerfile).toContain(`VOLUME ${JSON.stringify(described.scratch).replace(",", ", ")}\n`);
  for (const name of [...Object.keys(described.env), ...Object.keys(described.secrets)])
    expect(Object.keys(environment.shape)).toContain(name);
});
