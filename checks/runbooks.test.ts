import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { runbooks as generate } from "../runbooks/index.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { decoded } from "./html-text.ts";
import { changed, runAlone } from "./run-alone.ts";
import { runbooks } from "./runbooks.ts";

const model = modelOf([shop], policies);
const good = (await generate(model)).filter((a) => a.path.startsWith("generated/runbooks/"));
const page = "generated/runbooks/shop/api-down.html";

async function complaints(command: string): Promise<string[]> {
  const html = command.replace(/&/g, "&#x26;").replace(/</g, "&#x3C;");
  const artifacts = changed(good, page, (text) =>
    text.replace("<main>", `<main><pre><code class="language-sh">${html}</code></pre>`),
  ).filter((a) => a.path === page);
  return (await runAlone(runbooks, { model, artifacts })).map((p) =>
    p.message.replace(/^\w+ refuses ".*?": /s, ""),
  );
}

test("every command of every page can be run, and bash reads each of them", async () => {
  expect(await runAlone(runbooks, { model, artifacts: good })).toEqual([]);
  const shells = good.flatMap(({ content }) =>
    [...content.matchAll(/<code class="language-sh">([^<]*)</g)].map((match) => decoded(match[1] ?? "")),
  );
  const all = [...new Set(shells)].join("\n");
  expect(all.split("\n").length).toBeGreaterThan(60);
  execFileSync("bash", ["-n"], { input: all });
});

test("kubectl is asked: an option, a verb or an argument that it does not know is found", async () => {
  expect(await complaints("kubectl -n $NAMESPACE get pods --sort=name")).toEqual(["unknown flag: --sort"]);
  expect(await complaints("kubectl -n $NAMESPACE rollout uno deployment/api")).toEqual([
    expect.stringContaining("unknown"),
  ]);
  expect(await complaints("kubectl -n $NAMESPACE scale deployment/api --replicas=many")).toEqual([
    expect.stringContaining('invalid argument "many"'),
  ]);
  expect(await complaints("kubectl config use-context shop-porduction")).toEqual([
    'no context exists with the name: "shop-porduction"',
  ]);
});

test("what the reader fills in, and what runs inside of a pod, is nobody's mistake", async () => {
  expect(await complaints("kubectl -n $NAMESPACE scale deployment/TARGET --replicas=NUMBER")).toEqual([]);
  expect(await complaints("kubectl -n $NAMESPACE exec deployment/api -- shopctl --whatever 5")).toEqual([]);
});

test("no real cluster is asked, whatever address the command names", async () => {
  const elsewhere = "kubectl --kubeconfig=/etc/shadow --server=http://127.0.0.1:2 delete namespace --all";
  expect(await complaints(elsewhere)).toEqual([]);
});

test("jq compiles each program without running it", async () => {
  expect(await complaints("kubectl get pods -o json | jq -r '.items[] | nope(.a)'")).toEqual([
    "nope/1 is not defined",
  ]);
  expect(await complaints("jq '.a |' FILE")).toEqual([expect.stringContaining("syntax error")]);
  expect(await complaints("jq --arg name x 'def f: f; f, $name' FILE")).toEqual([]);
});

test("a command that the shell cannot read is found, at the entry that says it", async () => {
  const artifacts = changed(good, page, (text) =>
    text.replace("<main>", `<main><pre><code class="language-sh">echo 'a</code></pre>`),
  );
  expect(await runAlone(runbooks, { model, artifacts })).toEqual([
    {
      rule: "check/runbook-command",
      severity: "error",
      message: `the shell cannot read "echo 'a": unterminated single quote`,
      path: page,
      location: { file: "catalog/parts/1/alerts/api-down.ts", line: 3, column: 5, exact: true },
      fix: "mend the command in the catalog's runbook; try it as it stands on the page",
    },
  ]);
});
