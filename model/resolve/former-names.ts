import { at } from "../problems.ts";
import type { Scope } from "./scope.ts";

const words = { services: "service", volumes: "volume" } as const;

/**
 * What entries were called before must be nobody's name now, and one entry's only: otherwise what is deployed under it could be either's.
 */
export function checkFormerNames({ described, problems }: Scope, kind: keyof typeof words): void {
  const owners = new Map(described.names[kind].map((name) => [name, name]));
  for (const { name, spec, origin } of described.entries[kind]) {
    for (const [i, former] of spec.formerly.entries()) {
      const owner = owners.get(former);
      if (owner === undefined) {
        owners.set(former, name);
        continue;
      }
      const whose =
        owner === former
          ? `there is a ${words[kind]} "${former}"`
          : owner === name
            ? "it says so twice"
            : `${words[kind]} "${owner}" was called so too`;
      problems.add(
        "reference/former-name-in-use",
        at(origin, "formerly", i),
        `${words[kind]} "${name}" was formerly "${former}", and ${whose}`,
        {
          fix: "name here only what this one was called, and give no other the name while something is deployed under it",
        },
      );
    }
  }
}
