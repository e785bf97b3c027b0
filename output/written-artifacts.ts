import type { Artifact } from "../model/model.ts";

/** How artifacts differ from what was written last. */
interface Changes {
  /** Artifacts that are new or say something else. */
  changed: readonly Artifact[];
  /** Paths of which there is no artifact any more. */
  gone: readonly string[];
}

/** What was written last: to compare with it takes no look at thousands of files. */
export class WrittenArtifacts {
  readonly #byPath = new Map<string, Artifact>();

  /** What is to be written so that the files among `mine` are these artifacts. */
  changes(artifacts: readonly Artifact[], mine: (path: string) => boolean): Changes {
    let known = 0;
    const changed = artifacts.filter((artifact) => {
      const before = this.#byPath.get(artifact.path);
      if (before) known += 1;
      return before !== artifact && before?.content !== artifact.content;
    });
    return { changed, gone: known === this.#byPath.size ? [] : this.#gone(artifacts, mine) };
  }

  /** These changes are written. */
  add({ changed, gone }: Changes): void {
    for (const path of gone) this.#byPath.delete(path);
    for (const artifact of changed) this.#byPath.set(artifact.path, artifact);
  }

  #gone(artifacts: readonly Artifact[], mine: (path: string) => boolean): string[] {
    const paths = new Set(artifacts.map(({ path }) => path));
    return [...this.#byPath.keys()].filter((path) => !paths.has(path) && mine(path));
  }
}
