import type { Platform } from "../../model/model.ts";
import type { Promotion, Stop } from "../../model/promotion.ts";
import { readableSeconds } from "../../model/readable.ts";
import type { Procedure } from "./procedure.ts";
import { named } from "./steps.ts";

type Part = Procedure["parts"][number];

const OF_ENVIRONMENT = "--platform $FAIRLEAD_PLATFORM --env $FAIRLEAD_ENV";

/** How a release enters an environment, where the platform's releases are promoted; else nothing. */
export function promoting({ promotion }: Platform): Part[] {
  if (!promotion) return [];
  return [
    {
      title: "Promote a release",
      text: "The usual way to change images. RELEASE is the begin of its digest.",
      facts: {
        head: ["Environment", "After", "Soak there", "Gates", "Who must agree"],
        rows: promotion.stops.map(asked),
      },
      steps: [
        {
          do: "See which release runs where, and what is on its way.",
          command: "npx fairlead releases --platform $FAIRLEAD_PLATFORM",
          good: "the release that you mean, verified in the environment before",
        },
        {
          do: "Ask what it still waits for.",
          command: `npx fairlead why-not RELEASE ${OF_ENVIRONMENT}`,
          good: "it may enter",
          bad: "each line that is not met ends with what to do about it",
        },
        {
          do: "Promote it: lock file, stacks, canary and checks, one after the other.",
          command: `npx fairlead promote RELEASE ${OF_ENVIRONMENT}`,
          good: "promoted",
          bad: "rolled back: it says why, what runs is the release before, and nothing enters until somebody lets it go",
        },
      ],
    },
  ];
}

function asked({ environment, after, soakSeconds, gates, approvals }: Stop): string[] {
  const people = approvals.map(({ role, count }) => (count === 1 ? role : `${count} of ${role}`));
  return [
    environment,
    after ?? "",
    soakSeconds > 0 ? readableSeconds(soakSeconds) : "",
    named(gates),
    named(people),
  ];
}

/** The way back that the ledger knows, where the platform's releases are promoted; else nothing. */
export function takingBack({ promotion }: Platform): Part[] {
  if (!promotion) return [];
  return [
    {
      title: "The release, by the ledger",
      text: "The way to prefer where a release was promoted: it asks neither gates nor Prometheus, no freeze stops it, and whoever promotes at that moment is stopped. Nothing enters afterwards until somebody lets it go.",
      steps: [
        {
          do: "See what ran before, and that it was verified here.",
          command: `npx fairlead history ${OF_ENVIRONMENT}`,
          good: "a promotion before the last one that ended as promoted",
          bad: "none: there is nothing to go back to; use Kubernetes below",
        },
        {
          do: "Go back to the last verified release; REASON is a sentence for those who look into it later.",
          command: `npx fairlead rollback ${OF_ENVIRONMENT} --because "REASON"`,
          good: "rolled back, within seconds where nothing has to be deployed",
          bad: "the ledger cannot be reached: use Kubernetes below",
        },
      ],
    },
  ];
}

/** How somebody with the right to it lets a release in against what is asked, where there is such a right; else nothing. */
export function overriding({ promotion }: Platform): Part[] {
  const open = promotion ? withOverride(promotion) : [];
  if (open.length === 0) return [];
  return [
    {
      title: "If a release must enter that may not",
      text: "An override lets one release into one environment for a while, against gates, soak, approvals and freezes. It is signed, and everybody sees it in the history. It never lets in what is unknown or was altered, nor past somebody who promotes.",
      facts: {
        head: ["Environment", "Who may", "For at most"],
        rows: open.map(({ environment, override }) => [
          environment,
          override.role,
          readableSeconds(override.longestSeconds),
        ]),
      },
      steps: [
        {
          do: "See what is not met: perhaps it can be met in time.",
          command: `npx fairlead why-not RELEASE ${OF_ENVIRONMENT}`,
        },
        {
          do: "Whoever may, signs; ROLE as in the table, REASON is what a review will read.",
          command: `npx fairlead approve RELEASE ${OF_ENVIRONMENT} --role ROLE --override "REASON" --for 2h`,
          good: "signed",
          bad: "refused: it says whose key that is and what it may; the refusal is recorded too",
        },
        {
          do: "Promote it. Canary and checks are not left out, and take it back by themselves.",
          command: `npx fairlead promote RELEASE ${OF_ENVIRONMENT}`,
          good: "promoted, by an override",
        },
      ],
    },
  ];
}

function withOverride({ stops }: Promotion): (Stop & Required<Pick<Stop, "override">>)[] {
  return stops.flatMap((stop) => (stop.override ? [{ ...stop, override: stop.override }] : []));
}

/** What is put right after glass was broken, where releases are promoted; else nothing. */
export function accountingFor({ promotion }: Platform): Part["steps"] {
  if (!promotion) return [];
  return [
    {
      do: "See that the ledger was not touched, and that what it says runs is what runs.",
      command: "npx fairlead verify --platform $FAIRLEAD_PLATFORM",
      good: "every record is as it was written",
      bad: "it names the first record that is not: tell those who look after the ledger, and promote nothing",
    },
    {
      do: "Write down for the change board what happened; PROMOTION is its id in the history.",
      command: "npx fairlead history PROMOTION --platform $FAIRLEAD_PLATFORM",
    },
    {
      do: "Once the cause is known, let releases enter again.",
      command: `npx fairlead let-go ${OF_ENVIRONMENT} --because "REASON"`,
    },
  ];
}
