// Backing up and restoring where the catalog has it done by CronJobs.
import type { Platform, Service } from "../../model/model.ts";
import { type Chore, type ChoreKind, choresOf } from "../../model/upkeep.ts";
import type { Part, Step } from "./procedure.ts";
import { stopCallers } from "./steps.ts";

/** "each `0 2 * * *` (UTC), the newest 14 on volume `backups`". */
export function byTheClock({ services }: Platform, name: string): string | undefined {
  const { backup } = services.find((service) => service.name === name) ?? {};
  return backup && `at \`${backup.schedule}\` UTC; the newest ${backup.keep} on volume \`${backup.to}\``;
}

function choreOf(service: Service, kind: ChoreKind): string {
  return (choresOf(service).find((chore) => chore.kind === kind) as Chore).name;
}

/** Shell: runs a CronJob's job at once, changed by a jq filter, and shows what it says until it ends. */
function runJob(cronJob: string, filter?: string): string {
  const create = `kubectl -n $NAMESPACE create job --from=cronjob/${cronJob} "$JOB"`;
  const change = ` --dry-run=client -o json | jq '${filter}' | kubectl -n $NAMESPACE create -f -`;
  return [
    `JOB=${cronJob}-$(date +%s)`,
    `${create}${filter === undefined ? "" : change}`,
    'kubectl -n $NAMESPACE logs -f "job/$JOB" --pod-running-timeout=5m',
  ].join("\n");
}

const argument = (text: string) => `.spec.template.spec.containers[0].args = ["${text}"]`;

/** How a copy is made, and proven, by the CronJobs that do it every day. */
export function copyByJob(service: Service): Part {
  const { name } = service;
  return {
    title: `Back up ${name}`,
    text: "A CronJob copies the database, reads the copy to its end, and only then lets the oldest one go; another restores the newest copy into a PostgreSQL of its own and compares it, table by table. Roles come along, without their passwords.",
    steps: [
      {
        do: "See how the last runs ended.",
        command: `kubectl -n $NAMESPACE get cronjobs,jobs -l app.kubernetes.io/name=${name}`,
        good: "Complete for each",
        bad: "Failed: read its log. SUSPEND true is right for the restore alone",
      },
      {
        do: "Make a copy now.",
        command: runJob(choreOf(service, "backup")),
        good: "the copy's name, its size and its number of tables",
        bad: "nothing was kept of it: the line before says why",
      },
      {
        do: "Prove that it can be restored.",
        command: runJob(choreOf(service, "restore-test")),
        good: "the number of rows that came back",
        bad: "keep the copy before, and read which table differs",
      },
    ],
  };
}

/** How a copy is brought back by the CronJob that waits for it, and how that is taken back. */
export function restoreByJob(service: Service): Part {
  const { name } = service;
  return {
    title: `Restore ${name}`,
    text: "The copy is checked, restored beside the database and compared; only then the two change names. Until then nothing is changed. It takes as much room again: what was there stays, as `NAME_before_TIME`.",
    steps: [
      stopCallers(name, "what they write during a restore is lost"),
      ...restoreSteps(choreOf(service, "restore")),
      { do: "Start the services again." },
      ...backSteps(name),
    ],
  };
}

function restoreSteps(cronJob: string): Step[] {
  return [
    {
      do: "See which copies there are.",
      command: runJob(cronJob, argument("list")),
      good: "names, which are times, and sizes",
    },
    {
      do: "Bring back the newest.",
      command: runJob(cronJob),
      good: "says which copy it is again, and under which name the old one is kept",
      bad: "refused, or not what was copied: nothing was changed; take the copy before",
    },
    {
      do: "Or an older one; COPY is its name.",
      command: runJob(cronJob, argument("COPY")),
      good: "as above",
    },
  ];
}

// The pod's own variables say which database it is: no name from the catalog gets into the shell.
const DB = '-v db="$DB" -v restored="${DB}_restored" -v before="${DB}_before_TIME"';

function backSteps(service: string): Step[] {
  const psql = (...statements: string[]) =>
    `kubectl -n $NAMESPACE exec deployment/${service} -- sh -c 'DB=\${POSTGRES_DB:-\${POSTGRES_USER:-postgres}}; printf "%s\\n" ${statements
      .map((statement) => `"${statement}"`)
      .join(" ")} | psql -U "\${POSTGRES_USER:-postgres}" -d postgres -v ON_ERROR_STOP=1 ${DB}'`;
  return [
    {
      do: "To take it back: stop the services again, give both databases their other names (TIME as the restore said it), and start them.",
      command: psql(
        'ALTER DATABASE :\\"db\\" RENAME TO :\\"restored\\";',
        'ALTER DATABASE :\\"before\\" RENAME TO :\\"db\\";',
      ),
      good: "ALTER DATABASE, twice",
      bad: "is being accessed by other users: a service still runs",
    },
    {
      do: "When all is well for a week, give the room back.",
      command: psql('DROP DATABASE :\\"before\\";'),
      good: "DROP DATABASE",
    },
  ];
}
