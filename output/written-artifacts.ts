import type { Artifact } from "../model/model.ts";

/** What was written last: to compare with it takes no look at thousands of files. */
export class WrittenArtifacts {
  readonly #byPath = new Map<string, Artifact>();

  /** The artifacts that say something else than what was written, and the paths among `mine` of which there is none any more. */
  changes(artifacts: readonly Artifact[], mine: (path: string) => boolean): [Artifact[], string[]] {
    const changed = artifacts.filter((artifact) => {
      const before = this.#byPath.get(artifact.path);
      return before !== artifact && before?.content !== artifact.content;
    });
    return [changed, this.#gone(artifacts, mine)];
  }

  /** These are written, and what else was there of `mine` is gone. */
  add(artifacts: readonly Artifact[], mine: (path: string) => boolean): void {
    for (const path of this.#gone(artifacts, mine)) this.#byPath.delete(path);
    for (const artifact of artifacts) this.#byPath.set(artifact.path, artifact);
  }

  #gone(artifacts: readonly Artifact[], mine: (path: string) => boolean): string[] {
    const paths = new Set(artifacts.map(({ path }) => path));
    return [...this.#byPath.keys()].filter((path) => !paths.has(path) && mine(path));
  }
}
