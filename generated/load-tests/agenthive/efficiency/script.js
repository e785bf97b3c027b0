// @ts-check
// A k6 test that sends the requests of the profile.json beside it to one service.
//   k6 run script.js                                     against the profile's own address on this machine
//   k6 run -e BASE_URL=http://127.0.0.1:9000 script.js   against another one
//   k6 run -e TOKEN_FILE=/run/secrets/token script.js    sends the access token that this file holds
//   k6 run -e SUMMARY=result.json script.js              writes the result as JSON too
import { check } from "k6";
import exec from "k6/execution";
import http from "k6/http";

/**
 * @typedef {{ name: string, method: string, path: string, body?: unknown, expect: number[], weight: number }} ProfileRequest
 * @typedef {{ platform: string, profile: string, title: string, baseUrl: string,
 *   options: import("k6/options").Options, prepare: ProfileRequest[], requests: ProfileRequest[] }} Profile
 * @typedef {{ values: Record<string, number | undefined>, thresholds?: Record<string, { ok: boolean }> }} Metric
 */

/** @type {Profile} */
const profile = JSON.parse(open("./profile.json"));
const baseUrl = allowed(__ENV.BASE_URL || profile.baseUrl);
const authorization = __ENV.TOKEN_FILE ? bearer(open(__ENV.TOKEN_FILE)) : {};
let totalWeight = 0;
const preparing = profile.prepare.map(prepare);
totalWeight = 0;
const prepared = profile.requests.map(prepare);

export const options = profile.options;

/** Makes what the requests need to find. It is no load: whatever is answered is no failed request. */
export function setup() {
  const responseCallback = http.expectedStatuses({ min: 100, max: 599 });
  for (const { name, method, url, body, params, expect } of preparing) {
    const { status } = http.request(method, url, body, { ...params, responseCallback });
    if (!expect.includes(status))
      throw new Error(`${name} was answered with ${status}: there is nothing to load`);
  }
}

export default function () {
  const { name, method, url, body, params, expect } = pick(exec.scenario.iterationInTest);
  const response = http.request(method, url, body, params);
  check(response, { [`${name}: ${expect.join(" or ")}`]: (answer) => expect.includes(answer.status) });
}

/**
 * The request of an iteration: the same in every run, in the shares that the weights give, well mixed.
 * Multiples of the golden ratio, modulo 1, fill the interval from 0 to 1 evenly from the first ones on.
 * @param {number} iteration
 */
function pick(iteration) {
  const place = ((iteration * 0.618033988749895) % 1) * totalWeight;
  const request = prepared.find(({ weightUpToHere }) => place < weightUpToHere);
  if (!request) throw new Error("profile.json has no requests");
  return request;
}

/** @param {ProfileRequest} request */
function prepare(request) {
  const { name, method, path, expect } = request;
  const hasBody = request.body !== undefined;
  /** @type {Record<string, string>} */
  const headers = { ...authorization, ...(hasBody ? { "Content-Type": "application/json" } : {}) };
  totalWeight += request.weight;
  return {
    name,
    method,
    expect,
    weightUpToHere: totalWeight,
    url: baseUrl + path,
    body: hasBody ? JSON.stringify(request.body) : null,
    params: {
      headers,
      tags: { name },
      redirects: 0,
      responseCallback: http.expectedStatuses(...expect),
    },
  };
}

/**
 * The header by which the service knows who asks. From a file: arguments and the environment are seen by others on the machine.
 * @param {string} text
 */
function bearer(text) {
  const token = text.trim();
  if (!/^[\w.~+/-]+=*$/.test(token))
    throw new Error("TOKEN_FILE must name a file that holds one access token");
  return { Authorization: `Bearer ${token}` };
}

/**
 * The base URL without a trailing slash. Load on another machine can be an attack or an outage: it must be asked for.
 * @param {string} url
 */
function allowed(url) {
  if (!/^https?:\/\/[^/?#@\\\s]+(\/[^?#\\\s]*)?$/i.test(url)) {
    throw new Error("BASE_URL must be http(s)://HOST[:PORT][/PATH], without credentials, query or fragment");
  }
  const local = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?(\/|$)/i.test(url);
  if (!local && __ENV.ALLOW_REMOTE !== "yes") {
    throw new Error(`BASE_URL ${url} is not this machine; add -e ALLOW_REMOTE=yes if you may load it`);
  }
  return url.replace(/\/+$/, "");
}

/**
 * Prints the result, and writes it to the file that SUMMARY names.
 * @param {{ metrics: Record<string, Metric>, state: { testRunDurationMs: number } }} data
 */
export function handleSummary(data) {
  const result = resultOf(data);
  /** @type {Record<string, string>} */
  const outputs = { stdout: textOf(result) };
  if (__ENV.SUMMARY) outputs[__ENV.SUMMARY] = `${JSON.stringify(result, null, 2)}\n`;
  return outputs;
}

/**
 * The run in base units (seconds, ratios), null where nothing was measured. Times are those of expected answers:
 * k6 counts a refused connection as an answer after 0 ms.
 * @param {{ metrics: Record<string, Metric>, state: { testRunDurationMs: number } }} data
 */
function resultOf({ metrics, state }) {
  /** @param {string} metric @param {string} statistic */
  const value = (metric, statistic) => metrics[metric]?.values[statistic] ?? null;
  const requests = value("http_reqs", "count") ?? 0;
  const errorRate = requests > 0 ? value("http_req_failed", "rate") : null;
  /** @param {string} statistic */
  const seconds = (statistic) => {
    const milliseconds = value("http_req_duration{expected_response:true}", statistic);
    return milliseconds === null || errorRate === null || errorRate === 1 ? null : milliseconds / 1000;
  };
  const thresholds = Object.entries(metrics).flatMap(([metric, { thresholds = {} }]) =>
    Object.entries(thresholds).map(([threshold, { ok }]) => ({ metric, threshold, ok })),
  );
  return {
    platform: profile.platform,
    profile: profile.profile,
    baseUrl,
    passed: thresholds.every(({ ok }) => ok),
    durationSeconds: state.testRunDurationMs / 1000,
    requests,
    throughput: value("http_reqs", "rate") ?? 0,
    errorRate,
    p50: seconds("p(50)"),
    p95: seconds("p(95)"),
    p99: seconds("p(99)"),
    iterations: value("iterations", "count") ?? 0,
    droppedIterations: value("dropped_iterations", "count") ?? 0,
    thresholds: thresholds.sort((a, b) => (a.metric + a.threshold < b.metric + b.threshold ? -1 : 1)),
  };
}

/** @param {ReturnType<typeof resultOf>} result */
function textOf(result) {
  /** @param {number | null} seconds */
  const ms = (seconds) => (seconds === null ? "no sample" : `${(seconds * 1000).toFixed(1)} ms`);
  const failed = result.errorRate === null ? "no sample" : `${(result.errorRate * 100).toFixed(3)} %`;
  return [
    "",
    `${profile.title}: ${result.passed ? "passed" : "FAILED"}`,
    `  ${result.requests} requests in ${result.durationSeconds.toFixed(1)} s (${result.throughput.toFixed(1)} a second)`,
    `  failed ${failed}, dropped iterations ${result.droppedIterations}`,
    `  p50 ${ms(result.p50)}, p95 ${ms(result.p95)}, p99 ${ms(result.p99)}`,
    ...result.thresholds.map(({ metric, threshold, ok }) => `  ${ok ? "✓" : "✗"} ${metric} ${threshold}`),
    "",
  ].join("\n");
}
