// The pages of the commands and the user's guide show what the commands say: each example is run, in a new project under Git.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { examplesOf } from "./page-examples.ts";
import { newProject } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const commands = (await readdir(join(rootFolder, "docs/commands"))).map((page) => `docs/commands/${page}`);
const guides = ["ci", "getting-started", "releases", "troubleshooting"].map(
  (name) => `docs/guide/${name}.md`,
);

const pages = [...commands.sort(), ...guides, "docs/interchange.md"];

test.each(pages)("%s shows what the commands say", async (page) => {
  const project = await committedProject();
  const shell = await shellIn(project);
  const blocks = examplesOf(await readFile(join(rootFolder, page), "utf8"));
  expect(blocks.length).toBeGreaterThan(0);
  for (const { value, file } of blocks) {
    if (file === undefined) expect(await session(value, shell)).toBe(value);
    else await writeFile(join(project, file), `${value}\n`);
  }
});

/** The commands of a block, each followed by what it says now. */
async function session(block: string, shell: (line: string) => Promise<string>): Promise<string> {
  const outputs: string[] = [];
  for (const command of block.split("\n").filter((line) => line.startsWith("$ ")))
    outputs.push([command, await shell(command.slice(2))].join("\n").trim());
  return outputs.join("\n");
}

async function committedProject(): Promise<string> {
  const project = await newProject();
  await execa(process.execPath, [join(rootFolder, "dist/cli/main.js"), "generate"], { cwd: project });
  const git = (...args: string[]) =>
    execa("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: project });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--message=one");
  return project;
}

/** Runs a line as a user would, with `fairlead` on the PATH; gives what it says, on both streams, without colours. */
async function shellIn(project: string): Promise<(line: string) => Promise<string>> {
  const bin = await mkdtemp(join(tmpdir(), "fairlead-bin-"));
  onTestFinished(() => rm(bin, { recursive: true, force: true }));
  await mkdir(bin, { recursive: true });
  await writeFile(
    join(bin, "fairlead"),
    `#!/bin/sh\nexec "${process.execPath}" "${rootFolder}/dist/cli/main.js" "$@"\n`,
  );
  await chmod(join(bin, "fairlead"), 0o755);
  const PATH = `${bin}${delimiter}${process.env.PATH}`;
  // As in a shell, a line stays in the folder that the one before has gone to.
  const stays = join(bin, "folder");
  let cwd = project;
  return async (line) => {
    const { all } = await execa("bash", ["-c", `trap 'pwd > "${stays}"' EXIT\n${line}`], {
      cwd,
      env: { PATH },
      all: true,
      reject: false,
    });
    cwd = (await readFile(stays, "utf8")).trim();
    // The commit's name is another whenever the new project changes.
    return all.replace(/\([0-9a-f]{12}\)/g, "(0123456789ab)");
  };
}
