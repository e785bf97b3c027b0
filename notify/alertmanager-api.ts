import { ProblemsError } from "../problems/problem.ts";

/** An alert as Alertmanager is sent it. */
interface SentAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
}

interface ShownAlert {
  labels: Record<string, string>;
  status: { silencedBy: string[]; inhibitedBy: string[]; mutedBy?: string[] };
}

interface ShownGroup {
  receiver: { name: string };
  alerts: ShownAlert[];
}

/** What Alertmanager makes of an alert: the names of its receivers, and what keeps them from being told. */
export interface Routed {
  routed: string[];
  heldBack: "silenced" | "inhibited" | "muted" | undefined;
}

const REQUEST_MS = 10_000;
const ASK_AGAIN_MS = 200;

/** An Alertmanager's HTTP API (v2), as far as a test notification needs it. */
export class AlertmanagerApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, "");
  }

  /** Sends an alert. Throws a ProblemsError (`notify/unreachable`) if it is not taken. */
  async post(alert: SentAlert): Promise<void> {
    const headers = { "content-type": "application/json" };
    await this.#ask("alerts", { method: "POST", headers, body: JSON.stringify([alert]) });
  }

  /** What became of the alert with just these labels. Throws a ProblemsError if Alertmanager does not show it in ten seconds. */
  async find(labels: Record<string, string>): Promise<Routed> {
    const filters = Object.entries(labels).map(([name, value]): [string, string] => [
      "filter",
      `${name}=${JSON.stringify(value)}`,
    ]);
    const query = new URLSearchParams(filters);
    for (const end = Date.now() + REQUEST_MS; Date.now() < end; ) {
      const groups: unknown = await (await this.#ask(`alerts/groups?${query}`)).json().catch(() => undefined);
      if (!Array.isArray(groups)) throw this.#unreachable("does not answer like one");
      const found = (groups as ShownGroup[]).filter(({ alerts }) => alerts.length > 0);
      if (found.length > 0) return routedBy(found);
      await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
    }
    throw this.#unreachable("took the alert and does not show it");
  }

  async #ask(path: string, request: RequestInit = {}): Promise<Response> {
    const signal = AbortSignal.timeout(REQUEST_MS);
    const response = await fetch(`${this.#url}/api/v2/${path}`, { ...request, signal }).catch(
      (error: Error) => {
        throw this.#unreachable(`does not answer: ${reason(error)}`);
      },
    );
    if (response.ok) return response;
    throw this.#unreachable(`answers ${response.status} ${(await response.text()).slice(0, 200)}`.trim());
  }

  #unreachable(what: string): ProblemsError {
    const message = `Alertmanager at ${this.#url} ${what}`;
    const fix = "name another address with --alertmanager, for one by way of a port that is forwarded";
    return new ProblemsError([{ rule: "notify/unreachable", severity: "error", message, fix }]);
  }
}

function routedBy(groups: readonly ShownGroup[]): Routed {
  const status = groups.flatMap(({ alerts }) => alerts.map((alert) => alert.status));
  const isHeld = (by: "silencedBy" | "inhibitedBy" | "mutedBy") =>
    status.every((one) => (one[by] ?? []).length > 0);
  const heldBack = isHeld("silencedBy")
    ? ("silenced" as const)
    : isHeld("inhibitedBy")
      ? ("inhibited" as const)
      : isHeld("mutedBy")
        ? ("muted" as const)
        : undefined;
  return { routed: [...new Set(groups.map(({ receiver }) => receiver.name))].sort(), heldBack };
}

function reason(error: Error): string {
  const { cause } = error;
  if (error.name === "TimeoutError") return `no answer in ${REQUEST_MS / 1000} s`;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
