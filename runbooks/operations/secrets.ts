import type { Platform } from "../../model/model.ts";
import type { Facts, Part, Procedure, Step } from "./procedure.ts";
import { bySecret, type SecretUse, secretsOf } from "./secret-references.ts";
import { allAvailable, allowedTo, forEach, named } from "./steps.ts";

/** The life of the platform's secrets: creation, use, rotation, revocation (CC-12). */
export function lifeOfSecrets(platform: Platform): Procedure {
  const uses = secretsOf(platform);
  return {
    name: "secrets",
    title: "The life of a secret",
    purpose:
      "Says which secrets the platform has, who reads each, and what happens to one from its creation to its end. No value of a secret is in the catalog, in a generated file, in a plan or in a state: all of them name a Secret of Kubernetes and a key in it.",
    when: "A new environment is made, somebody leaves the team, a secret may be known to others, or you want to know what a key opens.",
    before: [],
    parts: [
      inventory(uses),
      ...creation(uses),
      {
        title: "Use",
        text: "Kubernetes gives a service its keys as environment variables when a pod starts; a change reaches running pods only by a restart. Alertmanager reads its keys from files. Services never log them and never pass them on; agents get only those that their service was given here.",
        steps: [
          {
            do: "See which keys a Secret has. This shows no values.",
            command:
              "kubectl -n $NAMESPACE get secrets -o json | jq -r '.items[] | .metadata.name as $name | (.data // {} | keys[]) | \"\\($name) \\(.)\"'",
            good: "every Secret and key of the table above",
            bad: "one is missing: its pods cannot start (CreateContainerConfigError)",
          },
          {
            do: "See who may read Secrets here.",
            command: "kubectl -n $NAMESPACE get rolebindings,roles -o wide",
            good: "the deploying account and the emergency account, nobody else",
          },
        ],
      },
      {
        title: "Rotation",
        text: "At least once a year, when somebody leaves who could read it, and at once when it may be known. Both values must be valid for a while, so that nothing stands still: follow Rotate secrets.",
        steps: [],
      },
      {
        title: "Revocation",
        text: "A secret ends where it was issued, not here: deleting the Secret only stops our own services.",
        steps: [
          { do: "Revoke the value where it was issued: database, provider, PagerDuty, Slack." },
          {
            do: "Take the key away when nothing names it any more; SECRET and KEY as in the table.",
            command:
              'kubectl -n $NAMESPACE patch secret SECRET --type=json --patch \'[{"op":"remove","path":"/data/KEY"}]\'',
          },
          {
            do: "If it was ever written down somewhere else (a log, a ticket, a chat), have that deleted too, and look where it was used with it meanwhile.",
          },
        ],
      },
    ],
    verify: [allAvailable],
    undo: [{ do: "A revoked value stays revoked: issue a new one and follow Rotate secrets." }],
    tell: `The team \`${platform.team}\`. A secret that others may know is an incident: call the list of contacts from the top.`,
    alerts: [],
  };
}

/** How every secret of the platform is replaced without standing still. */
export function rotateSecrets(platform: Platform): Procedure {
  const uses = secretsOf(platform);
  return {
    name: "rotate-secrets",
    title: "Rotate secrets",
    purpose:
      "Replaces the value of a secret without the platform standing still, and without the value being seen.",
    when: "As planned, when somebody leaves who could read it, or at once when it may be known to others.",
    before: [
      allowedTo("patch", "secrets"),
      {
        do: "Issue the new value where the old one came from, and leave the old one valid for now. If it may be known to others, revoke the old one first: standing still is better than being robbed.",
      },
    ],
    parts:
      uses.length > 0
        ? bySecret(uses).map(({ secret, keys }) => rotation(secret, keys))
        : [{ title: "None", text: "The platform reads no secret.", steps: [] }],
    verify: [
      allAvailable,
      {
        do: "See that no service is refused with the new value.",
        command:
          "kubectl -n $NAMESPACE logs -l app.kubernetes.io/name --since=10m --tail=-1 --prefix | grep -iE 'unauthorized|forbidden|authentication failed|401|403' | tail -20",
        good: "nothing new since the restart",
        bad: "a service is refused: put the old value back and look again",
      },
      { do: "Revoke the old value where it was issued. Only then is the rotation done." },
    ],
    undo: [{ do: "As long as the old value is not revoked: put it back by the same two commands." }],
    tell: `The team \`${platform.team}\`: which secret, when, and when the next rotation is due. Never the value.`,
    alerts: [],
  };
}

function inventory(uses: readonly SecretUse[]): Part {
  const facts: Facts = {
    head: ["Secret", "Key", "Read by", "As"],
    rows: uses.map(({ secret, key, services, receivers }) => [
      `\`${secret}\``,
      `\`${key}\``,
      [named(services.map((s) => s.service)), receivers.length > 0 ? "Alertmanager" : ""]
        .filter((text) => text !== "")
        .join(", "),
      [named([...new Set(services.map((s) => s.variable))]), receiversText(receivers)]
        .filter((text) => text !== "")
        .join("; "),
    ]),
  };
  if (uses.length === 0) return { title: "Which there are", text: "None.", steps: [] };
  return { title: "Which there are", facts, steps: [] };
}

function receiversText(receivers: SecretUse["receivers"]): string {
  const names = [...new Set(receivers.map((r) => r.receiver))];
  return names
    .map((name) => {
      const where = receivers.filter((r) => r.receiver === name).map((r) => r.environment);
      return `receiver \`${name}\` in ${where.join(", ")}`;
    })
    .join("; ");
}

function creation(uses: readonly SecretUse[]): Part[] {
  if (uses.length === 0) return [];
  return [
    {
      title: "Creation",
      text: "Before the first deploy into an environment. Better than by hand: an operator that fetches them from a vault, under the same names. By hand, the value is typed or pasted where nobody sees it and no shell keeps it.",
      steps: bySecret(uses).flatMap(({ secret, keys }): Step[] => [
        {
          do: `Make \`${secret}\`, empty at first; do nothing if it is there.`,
          command: `kubectl -n $NAMESPACE get secret ${secret} || kubectl -n $NAMESPACE create secret generic ${secret}`,
        },
        ...keys.map(
          ({ key }): Step => ({
            do: `Give it its key \`${key}\`: paste the value, then press Enter.`,
            command: writeKey(secret, key),
            good: "patched",
          }),
        ),
      ]),
    },
  ];
}

function rotation(secret: string, keys: readonly SecretUse[]): Part {
  const readers = [...new Set(keys.flatMap((key) => key.services.map((s) => s.service)))].sort();
  const notified = keys.some((key) => key.receivers.length > 0);
  return {
    title: secret,
    steps: [
      ...keys.map(
        ({ key }): Step => ({
          do: `Write the new value of \`${key}\`: paste it, then press Enter.`,
          command: writeKey(secret, key),
          good: "patched",
        }),
      ),
      ...(readers.length > 0
        ? [
            {
              do: `Let ${named(readers)} read it: pods are replaced one after the other.`,
              command: forEach(
                "SERVICE",
                readers,
                "kubectl -n $NAMESPACE rollout restart deployment/$SERVICE && kubectl -n $NAMESPACE rollout status deployment/$SERVICE --timeout=5m",
              ),
              good: "successfully rolled out, for each of them",
              bad: "a pod does not become ready: the new value is wrong; the old pods still serve",
            },
          ]
        : []),
      ...(notified
        ? [
            {
              do: "Alertmanager reads its files anew within two minutes. Have a test notification sent: a route with a dead key is silent.",
            },
          ]
        : []),
    ],
  };
}

// `read -s` shows nothing and the value is in no argument and in no history: it only passes through pipes.
function writeKey(secret: string, key: string): string {
  return [
    "IFS= read -rs VALUE",
    `printf %s "$VALUE" | jq -Rs '{stringData: {"${key}": .}}' | kubectl -n $NAMESPACE patch secret ${secret} --type=merge --patch-file=/dev/stdin`,
    "unset VALUE",
  ].join("\n");
}
