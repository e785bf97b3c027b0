import { cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFile } from "../package-root.ts";
import { ProblemsError } from "../problems/problem.ts";

/** The CI servers that a new project can have the files for. */
export const ciServers = ["github", "gitlab"] as const;
export type CiServer = (typeof ciServers)[number];

/** What a new project is made with. */
export interface ProjectChoices {
  ci?: CiServer;
  /** Also how releases come into production, and who may approve of it: nobody yet. */
  promotion?: boolean;
}

const INDEX = "catalog/platforms/hello/index.ts";

/**
 * Writes the files of a new project into `folder`, which must be empty or not exist. Throws a ProblemsError and writes nothing
 * if it holds anything.
 */
export async function createProject(folder: string, choices: ProjectChoices = {}): Promise<void> {
  const { ci = "github", promotion = false } = choices;
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw unusable(folder, error.code === "ENOTDIR" ? "is a file" : `cannot be read (${error.code})`);
  });
  if (present.length > 0) throw unusable(folder, "is not empty");
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw unusable(folder, `cannot be made (${error.code})`);
  });
  await cp(packageFile("init/template"), folder, { recursive: true });
  await cp(packageFile(`init/ci/${ci}`), folder, { recursive: true });
  if (promotion) {
    await cp(packageFile("init/promotion"), folder, { recursive: true });
    await addPart(join(folder, INDEX), "promotion");
  }
  // npm leaves files named .gitignore out of packages.
  await rename(join(folder, "gitignore"), join(folder, ".gitignore"));
}

/** Has the template's platform import a part of the file beside it that is named after it. */
async function addPart(file: string, name: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const [imported, listed] = ['} from "fairlead";\n', "environments, gates }"];
  if (!text.includes(imported) || !text.includes(listed)) throw new Error(`${file} has no place for ${name}`);
  const importing = `${imported}import { ${name} } from "./${name}.ts";\n`;
  await writeFile(file, text.replace(imported, importing).replace(listed, `environments, gates, ${name} }`));
}

function unusable(folder: string, why: string): ProblemsError {
  const message = `"${folder}" ${why}`;
  return new ProblemsError([
    { rule: "init/folder", severity: "error", message, fix: "name a new or an empty folder" },
  ]);
}
