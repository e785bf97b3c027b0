// Manifests as the branch that is deployed from describes them, with the lock file that is about to stand there.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Manifests } from "../../delivery/promotion/deployers/git.ts";
import { checkOut } from "../../diff/revision.ts";
import { lockFilePath } from "../../model/lock-file.ts";
import { loadProject, restrict } from "../../model/project.ts";
import { generateAll } from "../../output/generators.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";

interface Place {
  root: string;
  platform: string;
  environment: string;
}

/** The manifests of an environment, as `fairlead generate --manifests` writes them there: the same catalog and lock file, the same bytes. */
export function manifestsOnBranch({ root, ...place }: Place): Manifests {
  const folder = `generated/manifests/${place.platform}/${place.environment}`;
  return {
    folder,
    async render(commit, lockFile) {
      const checkedOut = await checkOut(commit, root);
      try {
        const path = join(checkedOut.folder, lockFilePath(place.platform, place.environment));
        await mkdir(dirname(path), { recursive: true });
        if (lockFile === undefined) await rm(path, { force: true });
        else await writeFile(path, lockFile);
        const artifacts = await renderedIn(checkedOut.folder, place);
        const files = artifacts.filter((artifact) => artifact.path.startsWith(`${folder}/`));
        if (files.length === 0) throw new ProblemsError([nothingThere(place)]);
        return files;
      } catch (error) {
        if (!(error instanceof ProblemsError)) throw error;
        const at = `at ${commit.slice(0, 12)}: `;
        throw new ProblemsError(error.problems.map((one) => ({ ...one, message: at + one.message })));
      } finally {
        await checkedOut.remove();
      }
    },
  };
}

async function renderedIn(root: string, { platform, environment }: Omit<Place, "root">) {
  const cacheDir = join(root, ".fairlead", "cache");
  const { model } = await loadProject(root, { platforms: [platform], cacheDir });
  const part = { ...restrict(model, { platforms: [platform] }), fleet: model.platforms };
  return generateAll(part, {
    withRequirements: false,
    manifestsOf: ({ name }) => name === environment,
  });
}

function nothingThere({ platform, environment }: Omit<Place, "root">): Problem {
  return {
    rule: "promotion/no-manifests",
    severity: "error",
    message: `the catalog there has no environment ${environment} of ${platform}`,
    fix: "bring the catalog that is promoted onto the branch",
  };
}
