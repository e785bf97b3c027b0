// The pages of the commands show what the commands say: each example is run, in a new project under Git.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import type { Code } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { expect, onTestFinished, test } from "vitest";
import { newProject } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const folder = join(rootFolder, "docs/commands");
const pages = (await readdir(folder)).sort();

test.each(pages)("%s shows what the command says", async (page) => {
  const shell = await shellIn(await committedProject());
  const blocks = examplesOf(await readFile(join(folder, page), "utf8"));
  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks) {
    const commands = block.split("\n").filter((line) => line.startsWith("$ "));
    const outputs: string[] = [];
    for (const command of commands) outputs.push([command, await shell(command.slice(2))].join("\n").trim());
    expect(outputs.join("\n")).toBe(block);
  }
});

function examplesOf(markdown: string): string[] {
  const blocks = fromMarkdown(markdown).children.filter((node): node is Code => node.type === "code");
  return blocks.filter(({ lang }) => lang === "console").map(({ value }) => value);
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
  return async (line) => {
    const { all } = await execa("bash", ["-c", line], {
      cwd: project,
      env: { PATH },
      all: true,
      reject: false,
    });
    // The commit's name is another whenever the new project changes.
    return all.replace(/\([0-9a-f]{12}\)/g, "(0123456789ab)");
  };
}
