// For tests, where there is no container engine: an image made by the steps of its Dockerfile, and processes in it. Linux, as root.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import dockerignore from "@balena/dockerignore";
import {
  type Copy,
  DockerfileParser,
  type From,
  type Instruction,
  type JSONInstruction,
  type PropertyInstruction,
} from "dockerfile-ast";
import { packageFile } from "../../package-root.ts";

export interface Image {
  /** Folder that holds its file system. */
  root: string;
  /** Working folder. */
  folder: string;
  env: Record<string, string>;
  /** As `USER:GROUP`. */
  user: string;
  volumes: string[];
  command: string[];
  healthCheck: string[];
}

interface Build {
  /** What the build may copy. */
  context: string;
  /** Below it each stage has its folder. */
  folder: string;
  /** Whether `npm ci` asks the registry, or is given the packages that are here. */
  fromRegistry: boolean;
  stages: Map<string, Image>;
  /** The stage that is being built. */
  image: Image;
}

type Step = (build: Build, instruction: Instruction) => Promise<void> | void;

const rootFolder = packageFile(".");

const text = (instruction: Instruction) =>
  (instruction.getRawArgumentsContent() ?? "").replace(/\\\r?\n/g, " ");
const words = (instruction: Instruction) =>
  instruction.getExpandedArguments().map((argument) => argument.getValue());
const list = (instruction: Instruction) =>
  (instruction as JSONInstruction).getJSONStrings().map((argument) => argument.getJSONValue());

// What an engine does with each instruction; one that is not here is an error.
const steps: Record<string, Step> = {
  ARG: () => undefined,
  LABEL: () => undefined,
  EXPOSE: () => undefined,
  FROM: beginStage,
  WORKDIR({ image }, instruction) {
    image.folder = resolve(image.folder, words(instruction)[0] ?? "");
    mkdirSync(join(image.root, image.folder), { recursive: true });
  },
  COPY: copy,
  RUN: run,
  ENV({ image }, instruction) {
    for (const property of (instruction as PropertyInstruction).getProperties())
      image.env[property.getName()] = property.getValue() ?? "";
  },
  USER({ image }, instruction) {
    image.user = words(instruction)[0] ?? "";
  },
  VOLUME({ image }, instruction) {
    image.volumes = list(instruction);
  },
  CMD({ image }, instruction) {
    image.command = list(instruction);
  },
  HEALTHCHECK({ image }, instruction) {
    image.healthCheck = JSON.parse(/CMD\s+(\[.*\])/.exec(text(instruction))?.[1] ?? "[]");
  },
};

/** Builds the image of a Dockerfile of this repository below a folder. */
export async function buildImage(
  dockerfile: string,
  { fromRegistry }: { fromRegistry: boolean },
): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-image-"));
  const build: Build = {
    ...{ context: join(folder, "context"), folder, fromRegistry, stages: new Map() },
    image: emptyImage(folder),
  };
  await copyContext(build.context);
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    const step = steps[instruction.getKeyword()];
    if (!step) throw new Error(`no step for ${instruction.getKeyword()}`);
    await step(build, instruction);
  }
  return build.image;
}

/** Removes an image, and what it was built from. */
export const removeImage = ({ root }: Image) =>
  rm(dirname(root), { recursive: true, force: true, maxRetries: 5 });

const emptyImage = (root: string): Image => ({
  ...{ root, folder: "/", env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" } },
  ...{ user: "0:0", volumes: [], command: [], healthCheck: [] },
});

async function copyContext(context: string): Promise<void> {
  const ignored = dockerignore.default().add(await readFile(join(rootFolder, ".dockerignore"), "utf8"));
  const filter = (path: string) => path === rootFolder || !ignored.ignores(relative(rootFolder, path));
  await cp(rootFolder, context, { recursive: true, filter });
}

async function beginStage(build: Build, instruction: Instruction): Promise<void> {
  const name = (instruction as From).getBuildStage() ?? "last";
  build.image = emptyImage(join(build.folder, name));
  build.stages.set(name, build.image);
  for (const folder of ["", "root", "tmp"]) await mkdir(join(build.image.root, folder), { mode: 0o755 });
  await chmod(join(build.image.root, "tmp"), 0o1777);
}

async function copy({ context, stages, image }: Build, instruction: Instruction): Promise<void> {
  const stage = (instruction as Copy).getFromFlag()?.getValue();
  const from = stage === undefined ? context : stages.get(stage ?? "")?.root;
  if (from === undefined) throw new Error(`no stage ${stage}`);
  const paths = words(instruction);
  const target = join(image.root, resolve(image.folder, paths.pop() ?? ""));
  for (const path of paths) {
    const isFolder = (await stat(join(from, path))).isDirectory();
    const to = isFolder ? target : join(target, basename(path));
    await cp(join(from, path), to, { recursive: true, verbatimSymlinks: true });
  }
}

async function run({ image, fromRegistry }: Build, instruction: Instruction): Promise<void> {
  const command = text(instruction);
  if (command.startsWith("npm ci") && !fromRegistry) return linkPackages(join(image.root, image.folder));
  const child = startIn(image, ["sh", "-c", command], { writable: true, env: { HOME: "/root" } });
  const { code, output } = await ended(child);
  if (code !== 0) throw new Error(`${command}: ${output.slice(-2_000)}`);
}

/** The packages that are installed here, as links: quick, and later steps remove from them what they remove. */
async function linkPackages(folder: string): Promise<void> {
  const packages = join(folder, "node_modules");
  execFileSync("cp", ["--archive", "--link", join(rootFolder, "node_modules"), packages]);
  // What is written anew must not be written through a link.
  for (const written of [".cache", ".vite", ".vitest"])
    await rm(join(packages, written), { recursive: true, force: true });
}

interface StartOptions {
  env?: Record<string, string>;
  /** Paths inside, each with the folder of this machine that is there. */
  mounts?: Record<string, string>;
  /** Whether it may write where it likes. */
  writable?: boolean;
}

const sandbox = packageFile("orchestrator/image/sandbox.sh");

/** Starts a process in an image: as its user, without privileges, on a read-only file system unless told. */
export function startIn(image: Image, command: readonly string[], options: StartOptions = {}): ChildProcess {
  const { env = {}, mounts = {}, writable = false } = options;
  const binds = Object.entries(mounts).map(([inside, folder]) => `${folder}:${inside}`);
  const where = [image.root, writable ? "rw" : "ro", image.user, image.folder];
  const isolated = ["--mount", "--propagation", "private", sandbox, ...where, ...binds, "--", ...command];
  return spawn("unshare", isolated, { env: { ...image.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
}

/** What became of a process, and all that it wrote. */
export async function ended(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { code, output };
}

/** Whether this machine lets a test have a mount namespace of its own. */
export function canSandbox(): boolean {
  try {
    execFileSync("unshare", ["--mount", "true"], { stdio: "ignore" });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}
