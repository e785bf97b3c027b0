// The guide to agents and workflows is followed, request by request.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type TemporaryApi, temporaryApi } from "../orchestrator/api/temporary-api.ts";
import { step } from "../orchestrator/domain/workflow.ts";
import { rootFolder } from "./structure/source-files.ts";

const page = await readFile(join(rootFolder, "docs/guide/agents-and-workflows.md"), "utf8");
/** Each request, with the answer that follows it where one is shown. */
const examples = [...page.matchAll(/```sh\n([\s\S]*?)```(?:\s*```json\n([\s\S]*?)```)?/g)].map(
  ([, command = "", answer]) => ({ command, answer }),
);

let it: TemporaryApi;
beforeAll(async () => {
  it = await temporaryApi({ runs: 4 });
});
afterAll(() => it.close());

test("every request of the guide gets the answer that it shows (CC-15)", async () => {
  const values: Record<string, string> = {
    TOKEN: await it.issue(),
    AGENT: await it.issue({ subject: "licenses-1", roles: ["agent"] }),
    SECURITY: await it.issue({ subject: "sid", roles: ["approver", "security"] }),
  };
  expect(examples.length).toBeGreaterThan(6);
  for (const { command, answer } of examples) {
    const wanted = answer === undefined ? undefined : (JSON.parse(answer) as Record<string, unknown>);
    const asked = async () => {
      const given = await send(command, values);
      expect([command, given.status]).toEqual([command, expect.toSatisfy((status: number) => status < 300)]);
      if (wanted) expect(given.body).toMatchObject(wanted);
      return given.body as { id?: string; items?: { id: string }[] };
    };
    // What is only read may take a while to be so.
    let body: Awaited<ReturnType<typeof asked>> = {};
    if (command.includes("-X ")) body = await asked();
    else await expect.poll(async () => (body = await asked()), { timeout: 60_000 }).toBeTruthy();
    if (command.includes('/v1/runs"')) values.RUN = body.id ?? "";
    values.APPROVAL = body.items?.[0]?.id ?? values.APPROVAL ?? "";
  }
});

test("the guide's table has every member of a step, with its default", () => {
  const { properties = {} } = z.toJSONSchema(step, { io: "input" });
  const rows = [...page.matchAll(/^\| `(\w+)` +\| +(?:`([^`]*)`)? *\|/gm)].map(([, name, usual]) => [
    name,
    usual,
  ]);
  const members = Object.entries(properties).map(([name, member]) => {
    const usual = typeof member === "object" ? member.default : undefined;
    return [name, usual === undefined ? undefined : JSON.stringify(usual)];
  });
  expect(rows).toEqual(members);
});

/** Sends what a curl command of the page asks for. */
async function send(command: string, values: Record<string, string>) {
  const filled = (text: string) => text.replace(/\$([A-Z]+)/g, (_, name: string) => values[name] ?? "");
  const [, path = ""] = /"\$URL([^"]*)"/.exec(command) ?? [];
  const [, method = "GET"] = /-X (\w+)/.exec(command) ?? [];
  const [, body] = /-d '([^']*)'/.exec(command) ?? [];
  const [, token = ""] = /Bearer ([^"]*)"/.exec(command) ?? [];
  const [, key] = /Idempotency-Key: ([^"]*)"/.exec(command) ?? [];
  return it.ask(method, filled(path), {
    token: filled(token),
    ...(body !== undefined && { body }),
    ...(key !== undefined && { headers: { "idempotency-key": key } }),
  });
}
