import fc from "fast-check";
import { expect, test } from "vitest";
import { literal } from "../terraform-text.ts";
import { terraformValue } from "./terraform-value.ts";
import { Untranslatable } from "./untranslatable.ts";

const known = {
  file: (path: string) => (path === "./generated/a.yaml" ? "spec: { rate: 5, list: [one] }\n" : "{}"),
  variable: (name: string) => ({ release: "sha256:0" })[name],
  attribute: (address: readonly (string | number)[]) => `<${address.join(".")}>`,
};

test("whatever text a stack takes from the model comes back letter by letter", () => {
  const words = fc.constantFrom(
    "${",
    "%{",
    "$",
    "%",
    "}",
    '"',
    "\\",
    "TfToken[",
    "Map Token Value",
    "-8.2e298",
    "\n",
    "ä",
  );
  const text = fc.array(fc.oneof(words, fc.string())).map((parts) => parts.join(""));
  fc.assert(fc.property(text, (any) => terraformValue(literal(any), known) === any));
});

test.each([
  ['${file("${path.module}/generated/a.yaml")}', "spec: { rate: 5, list: [one] }\n"],
  ['${yamldecode(file("${path.module}/generated/a.yaml"))}', { spec: { rate: 5, list: ["one"] } }],
  ['${yamldecode(file("${path.module}/generated/a.yaml")).spec.list[0]}', "one"],
  ["of ${var.release}!", "of sha256:0!"],
  [
    "${kubernetes_namespace_v1.namespace.metadata[0].name}",
    "<kubernetes_namespace_v1.namespace.metadata.0.name>",
  ],
  ['${"a \\"b\\" $${c}"}', 'a "b" ${c}'],
])("%s is what Terraform makes of it", (text, value) => {
  expect(terraformValue(text, known)).toEqual(value);
});

test.each([
  ["${base64encode(var.release)}", "the function base64encode"],
  ["${var.release == 1}", "an operator"],
  ['${"open', "a string does not end"],
  ["%{ if true }a%{ endif }", "a directive"],
  ['a ${yamldecode(file("a"))}', "something other than text inside of text"],
  ['${yamldecode(file("a")).spec}', "what is not there: spec"],
  ["${[1]}", "an expression"],
])("%s is refused, for %s", (text, why) => {
  expect(() => terraformValue(text, known)).toThrow(Untranslatable);
  expect(() => terraformValue(text, known)).toThrow(why);
});
