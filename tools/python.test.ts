import { expect, test } from "vitest";
import { fakeProgram, fakeTool, temporaryFolder } from "./fake-tools.ts";
import { installTools } from "./install.ts";
import { ToolMissingError } from "./missing.ts";

/** What is said of a tool that pip would install, with the PATH that is given. */
async function saidWith(PATH: string): Promise<{ said: string; rule: string | undefined }> {
  const env = { PATH, FAIRLEAD_CACHE: await temporaryFolder() };
  const error = await installTools(["checkov"], { env }).catch((thrown: unknown) => thrown);
  if (!(error instanceof ToolMissingError)) throw error;
  return { said: error.message.replace(`${PATH}/python3`, "FOLDER/python3"), rule: error.missing[0]?.rule };
}

const fix = "install Python 3.10 to 3.13 with its venv module and put python3 on the PATH";

test("without Python it is said that Python is what is missing, and which", async () => {
  const { said, rule } = await saidWith("");
  expect(rule).toBe("tool/missing");
  expect(said).toContain("cannot be installed, because python3 is not on the PATH");
  expect(said).toContain(`→ ${fix}, then run \`fairlead tools install checkov\``);
});

test.each([
  ["older than the packages", "3.9.18"],
  ["newer than the packages", "3.14.0"],
])("a Python that is %s is named with its version", async (_what, version) => {
  const { said } = await saidWith(await fakeTool("python3", version));
  expect(said).toContain(`cannot be installed: FOLDER/python3 is Python ${version}`);
  expect(said).toContain(fix);
});

test("of a Python without venv it is told what it said itself", async () => {
  const failing = `echo "ModuleNotFoundError: No module named 'venv'" >&2; exit 1`;
  const { said } = await saidWith(await fakeProgram("python3", failing));
  expect(said).toContain("cannot be installed: ModuleNotFoundError: No module named 'venv'");
  expect(said).toContain(fix);
});
