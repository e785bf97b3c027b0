import type { Model, Platform, Service } from "../model/model.ts";
import type { Locate } from "../model/problems.ts";
import { type Problem, UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { compareExposed } from "./scrape/compare.ts";
import { type Family, readExposition } from "./scrape/exposition.ts";

/** A live service, and what is known of it. */
export interface ScrapeInput {
  url: string;
  model: Model;
  /** Name of the service; not needed where only one of the platforms in the model exposes metrics. */
  service?: string;
  locate: Locate;
  signal?: AbortSignal;
}

// Prometheus' own default time limit of a scrape.
const SECONDS = 10;
const ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.8";

/** Compares what a live service exposes with its declared metrics. Throws a UsageError for a service that is not known. */
export async function checkScrape(input: ScrapeInput): Promise<Problem[]> {
  const { platform, service } = chosen(input);
  const answer = await read(input);
  if ("problem" in answer) return [answer.problem];
  return compareExposed(answer.families, { service, metrics: platform.metrics }).map(
    ({ place, ...found }) => {
      const location = input.locate(place);
      return { ...found, path: place.label, ...(location && { location }) };
    },
  );
}

function chosen({ model, service: name }: ScrapeInput): { platform: Platform; service: Service } {
  const all = model.platforms.flatMap((platform) =>
    platform.services.filter(({ metrics }) => metrics).map((service) => ({ platform, service })),
  );
  const names = all.map(({ service }) => service.name);
  const unknown = name === undefined ? [] : unknownChoices("service", [name], names);
  if (unknown.length > 0) throw new UsageError(unknown);
  const fitting = name === undefined ? all : all.filter(({ service }) => service.name === name);
  const [first] = fitting;
  if (first && fitting.length === 1) return first;
  const several = fitting.map(({ platform, service }) => `${platform.name}/${service.name}`).join(", ");
  const message =
    name === undefined
      ? "--scrape does not say which service it reads"
      : `several platforms have a service "${name}"`;
  const fix = `choose one with --platform and --service: ${several}`;
  throw new UsageError([{ rule: "reference/unknown-service", severity: "error", message, fix }]);
}

type Answer = { families: Map<string, Family> } | { problem: Problem };

async function read({ url, signal }: ScrapeInput): Promise<Answer> {
  const problem = (message: string, fix: string): Answer => ({
    problem: { rule: "scrape/unreadable", severity: "error", message, fix },
  });
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    return problem(`${url} is no http address`, "write http://HOST:PORT/metrics");
  const limit = AbortSignal.timeout(SECONDS * 1000);
  try {
    const answer = await fetch(url, {
      headers: { Accept: ACCEPT },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const type = answer.headers.get("content-type") ?? "";
    const text = await answer.text();
    if (!answer.ok)
      return problem(`${url} answers ${answer.status}`, "give the address that Prometheus reads");
    if (!/^(text\/plain|application\/openmetrics-text)\b/.test(type))
      return problem(
        `${url} answers with content type "${type}", which Prometheus refuses`,
        "answer with text/plain; version=0.0.4",
      );
    return { families: readExposition(text) };
  } catch (error) {
    signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
    const said = error instanceof Error ? error.message : String(error);
    return problem(
      `${url} cannot be read: ${said}${cause}`,
      "look at the address and whether the service runs",
    );
  }
}
