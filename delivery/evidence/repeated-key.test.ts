import { expect, test } from "vitest";
import { npmAudit } from "./fixtures/reports.ts";
import { readNpmAudit } from "./formats/npm-audit.ts";
import { repeatedKey } from "./repeated-key.ts";

test("a key that stands twice in one object is refused, however it is written", () => {
  const text = JSON.stringify(npmAudit);
  for (const key of ['"vulnerabilities"', '"vulnerabili\\u0074ies" '])
    expect(() => readNpmAudit(text.replace("{", `{${key}:{},`))).toThrow(
      'says "vulnerabilities" twice in one object',
    );
});

test.each([
  ['[{"a":1,"b":{"a":1}},{"a":1}]', undefined],
  ['{"a":"b","b":"a","c":["a","a"],"d":"{\\"a\\":1,\\"a\\":2}"}', undefined],
  ['{"a\\\\":1,"b":"}","a\\\\":2}', "a\\"],
  ['{"":[{"x":1}], "y":{}, "" :2}', ""],
  ['{"a":{"b":1,"c":[{}],"b" \n\t:2}}', "b"],
  ['"a"', undefined],
])("of %s: %j", (text, key) => {
  expect(() => JSON.parse(text)).not.toThrow();
  expect(repeatedKey(text)).toBe(key);
});

test("long strings and deep nests are no harder", () => {
  const long = JSON.stringify({ a: '\\"'.repeat(1_000_000) });
  expect(repeatedKey(long)).toBeUndefined();
  const depth = 5_000;
  expect(repeatedKey(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`)).toBeUndefined();
});
