import type { HelmRelease } from "../../model/helm-releases.ts";
import type { Environment, Service } from "../../model/model.ts";
import { at, type Place } from "../../model/problems.ts";
import type { Finding, Lint } from "./lint.ts";

// Token prefixes as their issuers document them for secret scanning: AWS, GitHub, GitLab, Slack, OpenAI and Anthropic, Stripe.
const TOKENS =
  /\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,}|[rs]k_live_\w{20,})\b|-----BEGIN [A-Z ]{0,30}PRIVATE KEY|\beyJ[\w-]{10,300}\.eyJ[\w-]{10,}/;
const USER_AND_PASSWORD = /\/\/[^/\s:@]*:(?!\$)[^/\s:@]+@/;
const SECRET_NAME = /(^|[_-])(PASSWORD|PASSWD|SECRET|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH_?TOKEN)$/i;
// A file's path, a reference to another variable, or a switch is no secret.
const NO_SECRET = /^(\/.*|\$.*|true|false|\d{0,5}|)$/;

/** Passwords and keys in clear in a service's variables, arguments or files, or in the values of a Helm release. */
export const secretInClear: Lint = {
  rule: "lint/secret-in-clear",
  severity: "error",
  look: ({ platform }) => [
    ...platform.services.flatMap(inService),
    ...platform.environments.flatMap((environment) => [
      ...platform.services.flatMap((one) => inOverride(one, environment)),
      ...environment.helmReleases.flatMap(inRelease),
    ]),
  ],
};

function inService({ env, args, files, origin }: Service): Finding[] {
  return [
    ...inVariables(env, (name) => at(origin, "env", name)),
    ...args.flatMap((arg, i) => {
      const [name = "", value = ""] = arg.split(/=(.*)/s);
      return judge({ name, value: value || arg, isNamed: value !== "" }, at(origin, "args", i));
    }),
    ...Object.entries(files).flatMap(([path, folder]) =>
      "text" in folder
        ? Object.entries(folder.text).flatMap(([name, value]) =>
            judge({ name, value, isNamed: false }, at(origin, "files", path, "text", name)),
          )
        : [],
    ),
  ];
}

/** Each text among a chart's values, by the name that it stands under: `adminPassword`, `postgres_password`. */
function inRelease({ values, origin }: HelmRelease): Finding[] {
  const found: Finding[] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (typeof value === "string") {
      const name = String(path.findLast((key) => typeof key === "string"));
      const spelled = name.replace(/([a-z])([A-Z])/g, "$1_$2");
      // In a chart existingSecret is the name of one.
      const isNamed = !/secret$/i.test(name);
      found.push(...judge({ name: spelled, value, isNamed }, at(origin, "values", ...path)));
    } else if (typeof value === "object" && value !== null)
      for (const [key, member] of Object.entries(value))
        walk(member, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  walk(JSON.parse(values), []);
  return found;
}

/** What an environment sets anew. */
function inOverride({ name, env }: Service, { services, origin }: Environment): Finding[] {
  const here = services.find((service) => service.name === name)?.env ?? {};
  const changed = Object.entries(here).filter(([key, value]) => env[key] !== value);
  return inVariables(Object.fromEntries(changed), (key) => at(origin, "services", name, "env", key));
}

function inVariables(env: Record<string, string>, place: (name: string) => Place): Finding[] {
  return Object.entries(env).flatMap(([name, value]) => judge({ name, value, isNamed: true }, place(name)));
}

function judge(
  { name, value, isNamed }: { name: string; value: string; isNamed: boolean },
  place: Place,
): Finding[] {
  const isSecret =
    TOKENS.test(value) ||
    USER_AND_PASSWORD.test(value) ||
    (isNamed && SECRET_NAME.test(name) && !NO_SECRET.test(value));
  if (!isSecret) return [];
  // The value itself is not repeated: it would stand in every log of CI.
  const what = isNamed ? `the value of "${name}"` : "this text";
  return [
    {
      place,
      message: `${what} looks like a secret, in clear`,
      fix: "keep it in a Secret, name that under secrets, and change it: it is in Git's history",
    },
  ];
}
