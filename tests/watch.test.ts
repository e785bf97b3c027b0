import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { edit, newProject } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const CATALOG = "catalog/platforms/hello/index.ts";
const RULES = "generated/alerts/hello/prod/rules/queue-long.yaml";
const cli = join(rootFolder, "dist/cli/main.js");

/** `fairlead generate --watch` as a process; `says` waits until it has said something more that fits. */
function watching(folder: string, ...more: string[]) {
  const child = execa(process.execPath, [cli, "generate", "--watch", ...more], {
    cwd: folder,
    reject: false,
    timeout: 90_000,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let unread = "";
  let wake = () => {};
  child.stderr.on("data", (chunk) => {
    unread += String(chunk);
    wake();
  });
  const says = async (wanted: RegExp): Promise<string> => {
    for (;;) {
      // What it has said before is not looked at again.
      const found = wanted.exec(unread);
      if (found) {
        const text = unread.slice(0, found.index + found[0].length);
        unread = unread.slice(text.length);
        return text;
      }
      await new Promise<void>((resolve, reject) => {
        wake = resolve;
        child.once("exit", () => reject(new Error(`it ended, after saying:\n${unread}`)));
      });
    }
  };
  return { child, says };
}

const rules = (folder: string) => readFile(join(folder, RULES), "utf8");

test("an edit is written at once, by files, and pages about all platforms follow", async () => {
  const folder = await newProject();
  const { child, says } = watching(folder);
  await says(/watching catalog\//);
  expect(await rules(folder)).toContain("> 100");
  await edit(folder, CATALOG, "value: 100 }", "value: 50 }");
  expect(await says(/wrote generated\/alerts\/hello\/prod\/rules\/queue-long\.yaml/)).toMatch(
    /\d+ files changed in/,
  );
  expect(await rules(folder)).toContain("> 50");
  await edit(folder, CATALOG, 'title: "Hello"', 'title: "Good day"');
  await says(/wrote generated\/runbooks\/index\.md/);
  child.kill("SIGINT");
  const { exitCode, stdout } = await child;
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "" });
});

test("mistakes and missing files are told, leave what was written, and are survived", async () => {
  const folder = await newProject();
  const { child, says } = watching(folder);
  await says(/watching catalog\//);
  await edit(folder, CATALOG, 'objective: "99.5%"', 'objective: "100%"');
  expect(await says(/1 error\n/)).toContain("index.ts:");
  expect(await rules(folder)).toContain("> 100");
  await edit(folder, CATALOG, 'objective: "100%"', 'objective: "99.5%"');
  await says(/0 files changed/);
  await rename(join(folder, CATALOG), join(folder, "elsewhere.ts"));
  await says(/load\/no-index/);
  expect(existsSync(join(folder, RULES))).toBe(true);
  await edit(folder, "elsewhere.ts", "value: 100 }", "value: 70 }");
  await rename(join(folder, "elsewhere.ts"), join(folder, CATALOG));
  await says(/wrote generated\/alerts\/hello\/prod\/rules\/queue-long\.yaml/);
  expect(await rules(folder)).toContain("> 70");
  child.kill("SIGTERM");
  expect((await child).exitCode).toBe(130);
  expect((await readdir(join(folder, ".fairlead"))).filter((name) => name.startsWith("generate-"))).toEqual(
    [],
  );
});

test("what was edited by hand is put right when it is quiet", async () => {
  const folder = await newProject();
  const { says } = watching(folder);
  await says(/watching catalog\//);
  const before = await rules(folder);
  await writeFile(join(folder, RULES), "by hand\n");
  await edit(folder, CATALOG, 'title: "Hello"', 'title: "Good day"');
  await says(/files changed in/);
  await says(/wrote generated\/alerts\/hello\/prod\/rules\/queue-long\.yaml/);
  expect(await rules(folder)).toBe(before);
});

test("policies are watched, also where there were none at first", async () => {
  const folder = await newProject();
  const { says } = watching(folder);
  await says(/watching catalog\//);
  const files = await readdir(join(folder, "policies/hello"));
  const policy = files.find((name) => !name.endsWith(".cases.yaml")) ?? "";
  const file = join(folder, "policies/hello", policy);
  const text = await readFile(file, "utf8");
  await rm(join(folder, "policies"), { recursive: true });
  await says(/reference\/unknown-policy|\d errors?\n/);
  await execa("mkdir", ["-p", join(folder, "policies/hello")]);
  await writeFile(file, text.replace('pass: "100%"', 'pass: "91%"'));
  expect(await says(/wrote generated\/policies\/hello\/\S+/)).toContain("changed in");
});

test("a release that a lock file brings is written at once, and what it leaves behind when it goes (WV-19)", async () => {
  const folder = await newProject();
  const { says } = watching(folder);
  await says(/watching catalog\//);
  const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
  const image = `ghcr.io/example/api@${digest("a")}`;
  const lock = {
    ...{ version: 1, platform: "hello", environment: "local", release: digest("b"), images: { api: image } },
    ...{ promotion: "a8fa7f38-8c3b-4b5a-9d5c-0a1f3a3f3c11", token: 1, record: digest("c") },
  };
  const file = join(folder, "promotion/hello/local.lock.json");
  await mkdir(join(folder, "promotion/hello"), { recursive: true });
  await writeFile(file, JSON.stringify(lock));
  await says(/wrote generated\/compose\/hello\//);
  const composed = async () => {
    const compose = join(folder, "generated/compose/hello");
    const files = (await readdir(compose, { recursive: true })).filter((name) =>
      name.endsWith("compose.yaml"),
    );
    return (await Promise.all(files.map((name) => readFile(join(compose, name), "utf8")))).join("");
  };
  expect(await composed()).toContain(image);
  await writeFile(file, "<<<<<<< HEAD\n");
  await says(/promotion\/lock-file/);
  expect(await composed()).toContain(image);
  await rm(file);
  await says(/wrote generated\/compose\/hello\//);
  expect(await composed()).not.toContain(image);
});

test("files of a platform that is gone are removed", async () => {
  const folder = await newProject();
  const other = join(folder, "catalog/platforms/other.ts");
  await writeFile(
    other,
    (await readFile(join(folder, CATALOG), "utf8")).replace('name: "hello"', 'name: "other"'),
  );
  await cp(join(folder, "policies/hello"), join(folder, "policies/other"), { recursive: true });
  const { says } = watching(folder);
  await says(/watching catalog\//);
  await rm(join(folder, "policies/other"), { recursive: true });
  await rm(other);
  await says(/removed generated\/alerts\/other\//);
  expect(existsSync(join(folder, "generated/alerts/other"))).toBe(false);
});

test("a platform that does not exist ends it as wrong usage", async () => {
  const { child } = watching(await newProject(), "--platform", "helo");
  const { exitCode, stderr } = await child;
  expect(exitCode).toBe(2);
  expect(stderr).toContain('did you mean "hello"?');
  expect(stderr).not.toContain("watching");
});
