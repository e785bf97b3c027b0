import { expect, test } from "vitest";
import { environments, services } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { secretInClear } from "./secret-in-clear.ts";

const { api } = services;
const withEnv = (name: string, value: string) => ({
  services: { ...services, api: { ...api, env: { [name]: value } } },
});
const withArg = (arg: string) => ({ services: { ...services, api: { ...api, args: [arg] } } });
// Put together, so that no scanner of this repository takes them for real ones.
const awsKey = `AKIA${"ABCDEFGHIJKLMNOP"}`;
const privateKey = `-----BEGIN ${"RSA"} PRIVATE KEY-----`;

test.each([
  ["DB_PASSWORD", "hunter2"],
  ["STRIPE_API_KEY", "abc"],
  ["DATABASE_URL", "postgres://shop:hunter2@db/shop"],
  ["BUCKET", awsKey],
])("%s=%s is a secret, which is not repeated", (name, value) => {
  expect(said(secretInClear, withEnv(name, value))).toEqual([
    `services.api.env.${name}: the value of "${name}" looks like a secret, in clear`,
  ]);
});

test.each([
  ["DB_PASSWORD_FILE", "/run/secrets/db"],
  ["DB_PASSWORD", "/run/secrets/db"],
  ["API_KEY", "$(FROM_SECRET)"],
  ["MAX_TOKENS", "4000"],
  ["DATABASE_URL", "postgres://shop:$(DB_PASSWORD)@db/shop"],
  ["SESSION_SECRET", "true"],
])("%s=%s is none", (name, value) => expect(said(secretInClear, withEnv(name, value))).toEqual([]));

test("arguments, files and what an environment changes are looked at", () => {
  expect(said(secretInClear, withArg("--redis-password=hunter2"))).toHaveLength(1);
  expect(said(secretInClear, withArg("--redis-password=$(REDIS_PASSWORD)"))).toEqual([]);
  const files = { "/etc/key": { text: { "tls.key": privateKey } } };
  expect(said(secretInClear, { services: { ...services, api: { ...api, files } } })).toEqual([
    "services.api.files./etc/key.text.tls.key: this text looks like a secret, in clear",
  ]);
  const local = { ...environments.local, services: { api: { env: { DB_PASSWORD: "hunter2" } } } };
  expect(said(secretInClear, { environments: { ...environments, local } })).toEqual([
    'environments.local.services.api.env.DB_PASSWORD: the value of "DB_PASSWORD" looks like a secret, in clear',
  ]);
});

test("a password among the values of a Helm release is one, a Secret's name is none", () => {
  const release = {
    title: "x",
    repository: "https://charts.example",
    chart: "x",
    version: "1.0.0",
    namespace: "x",
  };
  const withValues = (values: Record<string, unknown>) => ({
    environments: { prod: { ...environments.prod, helmReleases: { x: { ...release, values } } } } as never,
  });
  expect(said(secretInClear, withValues({ users: [{ adminPassword: "hunter2" }] }))).toEqual([
    'environments.prod.helmReleases.x.values.users[0].adminPassword: the value of "admin_Password" looks like a secret, in clear',
  ]);
  expect(said(secretInClear, withValues({ config: `password ${awsKey}` }))).toHaveLength(1);
  expect(
    said(secretInClear, withValues({ auth: { existingSecret: "redis-password", enabled: true } })),
  ).toEqual([]);
});
