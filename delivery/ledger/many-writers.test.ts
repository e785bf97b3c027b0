// Many processes, processes that are killed, and disks that take nothing more.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedServer, startEmbedded } from "../../orchestrator/store/embedded.ts";
import { howMany } from "../../tests/how-many.ts";
import { somebody } from "../signing/people-of-test.ts";
import { inFolder, inGit, inPostgres, type Tampered } from "./fixtures/stores.ts";
import { openLedger } from "./open.ts";

const robot = somebody("robot");
// A process that hangs is ended.
const TIMEOUT = howMany(200_000, 3_000_000);
let folder: string;
let program: string;
let server: EmbeddedServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-writers-"));
  program = join(folder, "adder.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "fixtures/adder.ts")],
    ...{ outfile: program, bundle: true, platform: "node", format: "esm", logLevel: "silent" },
    external: ["pg-native"],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  server = await startEmbedded({ settings: ["fsync=off"] });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const stores: Record<string, () => Tampered | Promise<Tampered>> = {
  folder: () => inFolder(join(folder, "shared")),
  git: () => inGit(join(folder, "shared.git")),
  postgres: () => inPostgres(server.url, "shop"),
};

const given = (more: object) => JSON.stringify({ person: robot.person, pem: robot.pem, name: "a", ...more });

test.for(Object.keys(stores))(
  "of processes that add at once each lands once, in %s",
  async (kind, { annotate }) => {
    const { place, env } = await (stores[kind] as () => Promise<Tampered>)();
    // In a folder so many are quick, and fewer never read while another one replaces the head.
    const [writers, adds] = kind === "folder" ? [12, 20] : [howMany(4, 12), howMany(4, 20)];
    const running = Array.from({ length: writers }, (_, i) =>
      // Each from a clone of its own.
      execa(
        process.execPath,
        [program, given({ place, root: join(folder, `${kind}-${i}`), adds, name: i })],
        {
          ...{ env, timeout: TIMEOUT, cwd: folder },
        },
      ),
    );
    await Promise.all(
      Array.from({ length: writers }, (_, i) => mkdir(join(folder, `${kind}-${i}`), { recursive: true })),
    );
    const said = (await Promise.all(running)).map(({ stdout }) => stdout).join("\n");
    expect(said).not.toContain("refused");
    const ledger = openLedger(place, {
      root: join(folder, kind),
      platform: "shop",
      people: [robot.person],
      env,
    });
    await mkdir(join(folder, kind), { recursive: true });
    const { records } = await ledger.read();
    await ledger.close();
    const stand = records.map(
      ({ number, entry }) => `added ${number} ${entry.kind === "hold" && entry.because}`,
    );
    // What was acknowledged stands where it was said to stand, and nothing else does: a number has one winner.
    expect(
      said
        .split("\n")
        .filter((line) => line.startsWith("added"))
        .sort(),
    ).toEqual([...stand].sort());
    expect(stand.length).toBe(writers * adds);
    await annotate(`${writers} processes, ${adds} records each`);
  },
);

test("who is killed while adding to a folder loses nothing that was acknowledged, and stops nobody", async ({
  annotate,
}) => {
  const root = join(folder, "killed");
  const place = { kind: "folder", folder: "ledger" } as const;
  const acknowledged: string[] = [];
  const kills = howMany(8, 200);
  for (let round = 1; round <= kills; round++) {
    const writer = execa(process.execPath, [program, given({ place, root, adds: 10_000, name: round })], {
      ...{ reject: false, timeout: TIMEOUT, buffer: false },
    });
    let text = "";
    await new Promise<void>((done) => {
      writer.stdout.on("data", (data) => {
        text += data;
        // At another point of another record each time.
        if (text.split("\n").length > 3 + (round % 3))
          setTimeout(() => writer.kill("SIGKILL"), (round * 7) % 13);
      });
      writer.on("exit", () => done());
    });
    acknowledged.push(...text.split("\n").slice(0, -1));
    const ledger = openLedger(place, {
      root,
      platform: "shop",
      signer: robot.signer,
      people: [robot.person],
      env: {},
    });
    const { records } = await ledger.read();
    const stand = new Set(
      records.map(({ number, entry }) => `added ${number} ${entry.kind === "hold" && entry.because}`),
    );
    expect(acknowledged.filter((line) => !stand.has(line))).toEqual([]);
    const { head, notes = [] } = await ledger.add(() => ({
      kind: "hold",
      environment: "prod",
      because: "goes on",
    }));
    expect(head.number).toBe(records.length + 1);
    expect(notes.filter(({ severity }) => severity === "error")).toEqual([]);
    expect((await ledger.read()).notes?.filter(({ rule }) => rule === "ledger/head-behind")).toEqual([]);
  }
  await annotate(`${kills} kills, ${acknowledged.length} records acknowledged`);
});

test("a disk that is full, or read-only, is told, and nothing is acknowledged that is not there", async (context) => {
  const disk = join(folder, "disk");
  await mkdir(disk);
  // A disk of its own, of 64 KiB, in a namespace of its own: it is gone with the process.
  const script = `mount -t tmpfs -o size=64k none "$1" && "$2" "$3" "$4"; mount -o remount,ro "$1" && "$2" "$3" "$4"`;
  const argument = given({
    place: { kind: "folder", folder: join(disk, "ledger") },
    root: folder,
    adds: 100,
  });
  const ran = await execa(
    "unshare",
    ["--map-root-user", "--mount", "sh", "-c", script, "sh", disk, process.execPath, program, argument],
    { reject: false, timeout: 200_000 },
  );
  if (!ran.stdout.includes("holds")) return context.skip("no disk of its own can be mounted here");
  const lines = ran.stdout.split("\n");
  const added = lines.filter((line) => line.startsWith("added"));
  const refused = lines.filter((line) => line.startsWith("refused"));
  expect(added.length).toBeGreaterThan(1);
  expect(refused[0]).toContain("cannot be written: the disk is full");
  expect(refused[1]).toContain("read-only");
  const held = lines.filter((line) => line.startsWith("holds")).map((line) => Number(line.split(" ")[1]));
  for (const number of held) expect(number).toBeGreaterThanOrEqual(added.length);
});
