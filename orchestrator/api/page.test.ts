import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { roles } from "../security/permissions.ts";
import { type TemporaryApi, temporaryApi } from "./temporary-api.ts";

const page = readFileSync(new URL("../../docs/orchestrator/api.md", import.meta.url), "utf8");
/** Each shell block with the JSON block that follows it. */
const examples = [...page.matchAll(/```sh\n([\s\S]*?)```\s*```json\n([\s\S]*?)```/g)].map(
  ([, command = "", answer = ""]) => ({ command, answer }),
);

let it: TemporaryApi;
beforeAll(async () => {
  it = await temporaryApi({ platform: "agenthive" });
});
afterAll(() => it.close());

test("the page has examples", () => expect(examples.length).toBeGreaterThan(5));

test("every request of the page gets the answer that it shows (PM-8, PM-9, CC-15)", async () => {
  const token = await it.issue({ roles: ["developer", "operator"] });
  for (const { command, answer } of examples) {
    const { method, path, headers, body } = parsed(command);
    const asked = { token, headers, ...(body === undefined ? {} : { body }) };
    const given = await it.ask(method, path, asked);
    expect([command, given.body]).toMatchObject([command, JSON.parse(answer)]);
  }
});

test("the page's table of roles has each role, and each code that the socket closes with", async () => {
  const { closeCodes } = await import("./event-socket.ts");
  for (const name of [...Object.keys(roles).map((role) => `\`${role}\``), ...Object.values(closeCodes)]) {
    expect(page).toContain(`| ${name} |`);
  }
});

/** What a curl command of the page asks for. */
function parsed(command: string) {
  const [, path = ""] = /"\$URL([^"]*)"/.exec(command) ?? [];
  const [, method = "GET"] = /-X (\w+)/.exec(command) ?? [];
  const [, body] = /-d '([^']*)'/.exec(command) ?? [];
  const headers = Object.fromEntries(
    [...command.matchAll(/-H "([\w-]+): ([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name.toLowerCase(),
      value,
    ]),
  );
  const { authorization: _ours, ...others } = headers;
  return { method, path, body, headers: others };
}
