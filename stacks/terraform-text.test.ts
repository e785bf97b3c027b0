import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformResource, TerraformStack } from "cdktf";
import { RootConstruct } from "constructs";
import { execa } from "execa";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { howMany } from "../tests/how-many.ts";
import { requireTool } from "../tools/index.ts";
import { literal, literals } from "./terraform-text.ts";

let folder: string;
let terraform: string;

beforeAll(async () => {
  terraform = await requireTool("terraform");
  folder = await mkdtemp(join(tmpdir(), "fairlead-literal-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What Terraform makes of a value that went through cdktf: the plan's value of a resource that keeps what it is given. */
async function throughTerraform(value: unknown): Promise<unknown> {
  const stack = new TerraformStack(new RootConstruct(), "literal");
  const kept = new TerraformResource(stack, "kept", { terraformResourceType: "terraform_data" });
  kept.addOverride("input", value);
  await writeFile(join(folder, "main.tf.json"), JSON.stringify(stack.toTerraform()));
  const run = async (...args: string[]) =>
    (
      await execa(terraform, args, {
        cwd: folder,
        env: { CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: join(folder, "none.tfrc") },
        timeout: 60_000,
      })
    ).stdout;
  await writeFile(join(folder, "none.tfrc"), "");
  await run("init", "-input=false");
  await run("plan", "-input=false", "-out=plan");
  const plan = JSON.parse(await run("show", "-json", "plan")) as {
    planned_values: { root_module: { resources: { values: { input: unknown } }[] } };
  };
  return plan.planned_values.root_module.resources[0]?.values.input;
}

const PIECES = [
  ...[
    "$",
    "%",
    "{",
    "}",
    `\${`,
    "%{",
    `$\${`,
    "%%{",
    "$$",
    "~}",
    `\${x}`,
    "%{if true}",
    "%{ endif ~}",
    '"',
    "\\",
    "`",
    "\n",
    "\t",
  ],
  ...[
    `\${TfToken[TOKEN.0]}`,
    "#{TfToken[TOKEN.0]}",
    "&{TfToken[TOKEN.0]}",
    "TfToken[",
    "Map Token Value",
    "String Map Token Value",
  ],
  ...[
    "Any Map Token Value",
    "-8.2e298",
    "-8.2e+298",
    "-",
    "8",
    ".2",
    "e",
    "298",
    "|",
    "{{ $labels.x }}",
    "\u2028",
    "💥",
    "null",
    "true",
  ],
];
// Terraform brings all text into Unicode's normal form C: there, only text in that form can come back unchanged.
const hostile = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
      fc.string({ unit: "grapheme", maxLength: 8 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join("").normalize("NFC"));

test(
  "any text, as value and as key, comes back from cdktf and Terraform as it was",
  async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const texts = Object.fromEntries(
      fc.sample(fc.tuple(hostile, hostile), { numRuns: howMany(3000, 6000), seed }),
    );
    const back = (await throughTerraform(literals(texts))) as Record<string, string>;
    const changed = Object.keys(texts).filter((key) => back[key] !== texts[key]);
    expect(changed.slice(0, 3), `seed ${seed}`).toEqual([]);
    expect(Object.keys(back)).toHaveLength(Object.keys(texts).length);
  },
  howMany(120_000, 600_000),
);

test("text that is not made literal is evaluated or refused, so the test above can fail", async () => {
  expect(await throughTerraform(`\${1 + 1}`)).toBe(2);
  await expect(throughTerraform(`\${nonsense}`)).rejects.toThrow("Invalid reference");
}, 60_000);

test("plain text stays readable: only what Terraform or cdktf would take for its own is changed", () => {
  const plain = 'costs $5 or 5%, {{ $labels.queue }} at 1e9, `code` and "quotes" in sha256:3e45';
  expect(literal(plain)).toBe(plain);
  expect(literal(`\${HOME} and %{x}`)).toBe(`$\${HOME} and %%{x}`);
});

test("lists, members and keys are made literal at any depth, other values are kept", () => {
  const value = { "${a}": [`\${b}`, 1, true, undefined, null, { c: "%{d}" }] };
  expect(literals(value)).toEqual({ "$${a}": [`$\${b}`, 1, true, undefined, null, { c: "%%{d}" }] });
});
