import { z } from "zod";
import { ProblemsError } from "../../../problems/problem.ts";
import type { FlagStore } from "./flags.ts";

const LIMIT = 5_000;
const versioned = z.object({ version: z.int().min(0) });

/** The flags of an orchestrator: `GET` and `PUT /v1/flags/NAME`. `token`: a bearer token of somebody who may change them; it is never shown. */
export function orchestratorFlags({ url, token }: { url: string; token: string }): FlagStore {
  const ask = async (name: string, init: RequestInit & { query?: string; signal: AbortSignal }) => {
    const { query = "", signal, ...rest } = init;
    const address = `${url.replace(/\/+$/, "")}/v1/flags/${encodeURIComponent(name)}${query}`;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const within = AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]);
    const response = await fetch(address, { ...rest, headers, signal: within, redirect: "error" }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        throw refused(name, (error as Error).cause ? String((error as Error).cause) : String(error));
      },
    );
    return { status: response.status, body: await response.json().catch(() => undefined) };
  };
  return {
    async version(name, signal) {
      const { status, body } = await ask(name, { signal });
      if (status === 404) return 0;
      const found = versioned.safeParse(body);
      if (status === 200 && found.success) return found.data.version;
      throw refused(name, `it answered ${status}`);
    },
    async set(name, { definition, version, signal }) {
      const body = JSON.stringify(definition);
      const { status } = await ask(name, { method: "PUT", body, query: `?version=${version}`, signal });
      if (status === 409) return false;
      if (status === 200) return true;
      throw refused(name, `it answered ${status}`);
    },
  };
}

function refused(name: string, why: string): ProblemsError {
  const message = `the orchestrator did not take flag ${name}: ${why}`;
  const fix = "look whether it runs at that address, and whether the token may change flags";
  return new ProblemsError([{ rule: "promotion/flag", severity: "error", message, fix }]);
}
