import { join } from "node:path";
import { watch as watchFiles } from "chokidar";
import { ReadBefore } from "../model/described.ts";
import { keepEqual } from "../model/keep-equal.ts";
import type { Artifact, Model } from "../model/model.ts";
import { loadProject, type Project, restrict, selectedOf } from "../model/project.ts";
import { changedPlatforms } from "./changed-platforms.ts";
import type { Difference } from "./compare.ts";
import { generateAll } from "./generators.ts";
import { isInQuestion, isSelected } from "./scope.ts";
import { writeChanges, writeOutput } from "./write.ts";
import { WrittenArtifacts } from "./written-artifacts.ts";

/** What a round of generating came to. */
export interface Round {
  project: Project;
  differences: Difference[];
  seconds: number;
  /** Only what changed since the last round; pages about all platforms follow when it is quiet, and a look at all files. */
  isPart: boolean;
}

/** How a project is watched. */
export interface WatchOptions {
  platform?: string[];
  env?: string[];
  /** Ends the watching; what is being written is written to its end first. */
  signal: AbortSignal;
  onRound(round: Round): void | Promise<void>;
  /** Whatever a round threw, Problems of the catalog above all; the next change begins another. */
  onFailure(error: unknown): void | Promise<void>;
  /** All is generated once and changes are waited for. */
  onReady(): void;
}

// An editor writes a file in several steps, and a checkout many files.
const QUIET_MS = 30;
// Pages about all platforms are worth waiting for a pause in typing.
const SETTLED_MS = 3000;

/** What decides what is generated, from the project's root. */
const WATCHED = ["catalog", "policies", "promotion", "tsconfig.json", "package.json"];

/** Generates a project, and again whatever changes in it, until `signal` says so. */
export async function watchOutput(root: string, options: WatchOptions): Promise<void> {
  const generation = new Generation(root, options);
  const ended = new Promise<void>((resolve) =>
    options.signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  const watcher = watchFiles(
    WATCHED.map((name) => join(root, name)),
    { ignoreInitial: true, ignored: (path) => path.includes("node_modules") },
  );
  watcher.on("all", () => generation.request("changed", QUIET_MS));
  watcher.on("error", (error) => void options.onFailure(error));
  await new Promise<void>((resolve) => watcher.once("ready", resolve));
  await generation.run("all");
  options.onReady();
  if (!options.signal.aborted) await ended;
  await watcher.close();
  await generation.end();
}

/** Rounds of generating, one after another. */
class Generation {
  readonly #root: string;
  readonly #options: WatchOptions;
  #known: Model | undefined;
  readonly #read = new ReadBefore();
  readonly #written = new WrittenArtifacts();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  /** Whether pages about all platforms may be behind, files of a platform that is gone still there, or others edited by hand. */
  #isUnsettled = false;

  constructor(root: string, options: WatchOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** Asks for a round after a while; a later request takes the place of an earlier one. */
  request(what: "changed" | "all", afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.run(what), afterMs);
  }

  /** Does a round once those before are done; never rejects. */
  run(what: "changed" | "all"): Promise<void> {
    this.#running = this.#running
      .then(() => this.#round(what))
      .catch((error: unknown) => this.#options.onFailure(error));
    return this.#running;
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #round(what: "changed" | "all"): Promise<void> {
    if (this.#options.signal.aborted) return;
    const started = performance.now();
    const project = await loadProject(this.#root, {
      platforms: this.#options.platform,
      before: this.#read,
    });
    // What did not change is the same object as before: generators give the same files for it.
    project.model = keepEqual(this.#known, project.model);
    const selected = selectedOf(project, this.#options);
    const changed = changedPlatforms(this.#known, project.model);
    const isOther = this.#known !== project.model;
    const chosen = selected.platforms ?? (what === "changed" ? changed : undefined);
    const platforms = what === "changed" ? chosen?.filter((name) => changed.includes(name)) : chosen;
    const mine = (path: string) =>
      isInQuestion(path, project.model) &&
      isSelected(path, { ...selected, ...(platforms && { platforms }) }, project.environments);
    const artifacts = (await artifactsOf(project.model, platforms)).filter(({ path }) => mine(path));
    const changes = this.#written.changes(artifacts, mine);
    const differences =
      what === "all"
        ? await writeOutput(project.root, artifacts, mine)
        : writeChanges(project.root, changes.changed, changes.gone);
    this.#written.add(changes);
    this.#known = project.model;
    this.#isUnsettled = what === "changed" && (this.#isUnsettled || isOther);
    const seconds = (performance.now() - started) / 1000;
    await this.#options.onRound({ project, differences, seconds, isPart: what === "changed" });
    if (this.#isUnsettled) this.request("all", SETTLED_MS);
  }
}

async function artifactsOf(model: Model, platforms: readonly string[] | undefined): Promise<Artifact[]> {
  if (platforms?.length === 0) return [];
  const part = { ...restrict(model, platforms ? { platforms } : {}), fleet: model.platforms };
  return generateAll(part, { withRequirements: platforms === undefined });
}
