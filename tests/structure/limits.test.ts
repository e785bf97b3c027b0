import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { longFiles, longFunctions, manyParameters } from "./exceptions.ts";
import { measured } from "./measured-source.ts";
import { rootFolder, sourceFiles } from "./source-files.ts";

const LINES_OF_A_FILE = 300;
const LINES_OF_A_FUNCTION = 40;
// Two, and an object of options.
const PARAMETERS = 3;

const names = await sourceFiles();
const files = await Promise.all(
  names.map(async (file) => ({ file, ...measured(file, await readFile(join(rootFolder, file), "utf8")) })),
);
const sources = files.filter(({ file }) => !/\.test\.ts$|fixtures\//.test(file));
const functions = files.flatMap(({ file, functions }) =>
  functions.map((one) => ({ ...one, place: `${file} ${one.name}` })),
);

// Both ways: what is named here and has become shorter is taken off the list.
test("no file is longer than 300 lines, except those that are named", () => {
  expect(files.filter(({ lines }) => lines > LINES_OF_A_FILE).map(({ file }) => file)).toEqual(longFiles);
});

test("no function is longer than 40 lines unless it is a single expression, except those that are named", () => {
  const long = functions.filter(
    ({ lines, isExpression, place }) =>
      lines > LINES_OF_A_FUNCTION && !isExpression && !/\.test\.ts /.test(place),
  );
  const named = Object.values(longFunctions).flat();
  expect(long.map(({ place }) => place).sort()).toEqual(named.toSorted());
});

test("no function takes more than two parameters and options, except those that are named", () => {
  const many = functions.filter(({ parameters }) => parameters > PARAMETERS);
  expect([...new Set(many.map(({ place }) => place))].sort()).toEqual(manyParameters.toSorted());
});

test("every exported function has a docstring, except the entries of platforms", () => {
  const own = sources.filter(({ file }) => !/^(catalog\/platforms|bench)\//.test(file));
  expect(own.flatMap(({ file, undocumented }) => undocumented.map((name) => `${file} ${name}`))).toEqual([]);
});
