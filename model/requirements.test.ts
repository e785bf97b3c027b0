import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ProblemsError } from "../problems/problem.ts";
import { edit, newProject } from "../tests/project-folder.ts";
import { loadProject } from "./project.ts";

/** A new project of which one SLO meets `id`, with a list of requirements; what is wrong with it, a line each. */
async function wrong(id: string, list: string): Promise<string[]> {
  const folder = await newProject();
  const title = 'title: "Requests succeed"';
  await edit(folder, "catalog/platforms/hello/index.ts", title, `meets: ["${id}"],\n      ${title}`);
  await writeFile(join(folder, "catalog/requirements.yaml"), list);
  await writeFile(join(folder, "guide.md"), "# A guide\n\nMeets HE-3.\n");
  const problems = await loadProject(folder).then(
    (project) => project.problems,
    (error: unknown) => {
      if (error instanceof ProblemsError) return error.problems;
      throw error;
    },
  );
  return problems.map(({ rule, message, fix, location: at }) => {
    return `${at?.file}:${at?.line}:${at?.column} ${rule}: ${message} → ${fix}`;
  });
}

test("a requirement is met by an entry, explained by a document, or open", async () => {
  const list = [
    "HE-1: { need: Answers }",
    "HE-2: { need: Sings, open: comes later }",
    "HE-3: { need: Is explained, documents: [guide.md] }",
  ];
  expect(await wrong("HE-1", list.join("\n"))).toEqual([]);
});

test("a requirement that nothing meets is a problem at its line", async () => {
  expect(await wrong("HE-1", "HE-1: { need: Answers }\nHE-2: { need: Sings }\n")).toMatchInlineSnapshot(`
    [
      "catalog/requirements.yaml:2:1 requirement/not-met: HE-2 is met by no entry of the catalog and by no document → name it in the \`meets\` of what meets it, or say under \`open\` what is missing",
    ]
  `);
});

test("an id that the list does not have is a problem where the entry names it; other groups are left alone", async () => {
  expect(await wrong("HE-11", "HE-1: { need: Answers, open: soon }\n")).toMatchInlineSnapshot(`
    [
      "catalog/platforms/hello/index.ts:78:15 reference/unknown-requirement: no requirement "HE-11" in catalog/requirements.yaml → add it to catalog/requirements.yaml",
    ]
  `);
  expect(await wrong("PACK-1", "HE-1: { need: Answers, open: soon }\n")).toEqual([]);
});

test("a document must be there and name the requirement", async () => {
  const list = "HE-1: { need: Answers, documents: [guide.md, docs/none.md] }\n";
  expect(await wrong("HE-1", list)).toMatchInlineSnapshot(`
    [
      "catalog/requirements.yaml:1:36 requirement/document: guide.md does not name HE-1 → name it where the page meets it",
      "catalog/requirements.yaml:1:46 requirement/document: there is no file docs/none.md → correct the path",
    ]
  `);
});

test("a list that is not one is told by its schema, not by what follows from it", async () => {
  expect(await wrong("HE-1", "HE-1: { neds: Answers }\nhe2: { need: Sings }\n")).toMatchInlineSnapshot(`
    [
      "catalog/requirements.yaml:1:7 schema/missing: "need" is missing → add it; it must be a string",
      "catalog/requirements.yaml:1:9 schema/unknown-key: unknown key "neds" → take it out; allowed are "need", "documents", "open"",
      "catalog/requirements.yaml:2:1 schema/wrong-value: the key "he2" must be a requirement id, such as "WV-6" → rename it",
    ]
  `);
});
