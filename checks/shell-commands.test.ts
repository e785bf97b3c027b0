import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { commandsIn } from "./shell-commands.ts";

test("commands are found in loops, pipes, substitutions and groups, with what is filled in later as 1", () => {
  const { commands } = commandsIn(
    [
      "for SERVICE in a b; do",
      "  kubectl -n $NAMESPACE scale deployment/$SERVICE --replicas=$(($(kubectl get hpa x) + 1))",
      "done",
      `kubectl logs "pod-$X" | jq -r '.a | "\\(.b)"' && { echo "$(kubectl version)"; }`,
    ].join("\n"),
  );
  expect(commands.map(({ name, args }) => [name, ...args])).toEqual([
    ["kubectl", "-n", "1", "scale", "deployment/1", "--replicas=1"],
    ["kubectl", "get", "hpa", "x"],
    ["kubectl", "logs", "pod-1"],
    ["jq", "-r", '.a | "\\(.b)"'],
    ["echo", "1"],
    ["kubectl", "version"],
  ]);
});

test("a here-document is what its command reads", () => {
  const { commands } = commandsIn("kubectl create -f - <<'YAML'\nkind: Pod\nYAML\necho done");
  expect(commands).toEqual([
    { name: "kubectl", args: ["create", "-f", "-"], input: "kind: Pod\n" },
    { name: "echo", args: ["done"] },
  ]);
});

const WRONG = ["echo 'a", "for x in a b; echo", "if true; then", "a &&", "a )", 'echo "a', "a | | b"];

test.each(WRONG)("what bash cannot read is refused here too: %j", (shell) => {
  expect(bashReads(shell)).toBe(false);
  expect(commandsIn(shell).error).toBeDefined();
});

test("a here-document without its end is refused, though bash reads it to the end of the text", () => {
  expect(commandsIn("cat <<E\nx").error).toBeDefined();
});

function bashReads(shell: string): boolean {
  return spawnSync("bash", ["-n"], { input: shell }).status === 0;
}
