import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { edit, newProject } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const CATALOG = "catalog/platforms/hello/index.ts";
const cli = join(rootFolder, "dist/cli/main.js");

const fairlead = (cwd: string, args: string[], env: Record<string, string> = {}) =>
  execa(process.execPath, [cli, ...args], { cwd, env, reject: false, timeout: 120_000 });

  [["notify", "nonsense", "--env", "local", "--severity", "critical"]],
  [["notify", "test", "--env", "nonsense", "--severity", "critical"]],
  [["notify", "test", "--env", "local"]],
  [["notify", "test", "--env", "local", "--severity", "warning", "--alertmanager", "file:///etc/passwd"]],
