import type { Readings } from "../instruments.ts";
import type { SessionNow } from "../platform-state.ts";
import { declaredValues, type GaugeOptions, type ReadGauges } from "../platform-telemetry.ts";
import { zombies } from "../process-metrics.ts";
import { byLabel, oneOrZero, plain } from "../readings.ts";

const build = ({ limits }: GaugeOptions): Record<string, Readings> => ({
  agenthive_build_info: [{ labels: { version: limits.version }, value: 1 }],
});

/** People who read live events; what device they sit at is not known. */
export const apiGauges: ReadGauges = async (options) => {
  const { streams, sockets } = options.state.live();
  const viewers = streams + sockets.used + sockets.idle;
  return {
    ...build(options),
    agenthive_dashboard_viewers: [{ labels: { device: "desktop" }, value: viewers }],
  };
};

/** Sessions, the queue and the level of emergency: what exists once is told by one process. */
export const sessionGauges: ReadGauges = async (options) => {
  const { state, limits } = options;
  const isLeader = await state.isLeader();
  const once = (readings: Readings): Readings => (isLeader ? readings : []);
  const sessions = await state.sessions();
  const conservative = sessions.filter((session) => session.isConservative).length;
  const { pending } = await state.work();
  return {
    ...build(options),
    agenthive_session_age_seconds: each(sessions, ({ ageSeconds }) => ageSeconds),
    agenthive_session_conservative: each(sessions, ({ isConservative }) => Number(isConservative)),
    agenthive_sessions_active: byLabel("mode", { normal: sessions.length - conservative, conservative }),
    agenthive_tasks_queued: once(byLabel("priority", pending)),
    agenthive_task_queue_limit: once(plain(limits.queuedRuns)),
    agenthive_emergency_level: once(plain(state.emergencyLevel())),
    agenthive_person_requests_open: once(plain(Number(state.personRequested()))),
    ...breakers(options),
  };
};

/** What the sessions' processes use, as far as a guardian measures it. */
export const guardianGauges: ReadGauges = async (options) => {
  const sessions = await options.state.sessions();
  const shares = sessions.flatMap(({ id, shares = {} }) =>
    Object.entries(shares).map(([resource, value]) => ({ labels: { session: id, resource }, value })),
  );
  return {
    ...build(options),
    agenthive_session_memory_bytes: each(sessions, ({ usage }) => usage?.memory),
    agenthive_session_workspace_bytes: each(sessions, ({ usage }) => usage?.disk),
    agenthive_session_processes: each(sessions, ({ usage }) => usage?.processes),
    agenthive_session_cpu_seconds_total: each(sessions, ({ cpuSeconds }) => cpuSeconds),
    agenthive_session_resource_used_ratio: shares,
  };
};

const states: Readonly<Record<string, string>> = {
  idle: "idle",
  busy: "working",
  draining: "stopping",
  lost: "unresponsive",
};

/** Registered agents; one that registers is alive, so that none is seen starting. */
export const spawnGauges: ReadGauges = async (options) => {
  const { state, metrics } = options;
  const agents = await state.agents();
  const count = (type: string, shown: string) =>
    agents
      .filter((one) => one.type === type && states[one.state] === shown)
      .reduce((sum, one) => sum + one.count, 0);
  const types = declaredValues(metrics, "agenthive_agents", "agent_type");
  const shown = declaredValues(metrics, "agenthive_agents", "state");
  return {
    ...build(options),
    agenthive_agents: types.flatMap((agent_type) =>
      shown.map((state) => ({ labels: { agent_type, state }, value: count(agent_type, state) })),
    ),
    agenthive_zombie_processes: plain(await zombies()),
    ...breakers(options),
  };
};

/** Calls that wait, and providers that are left alone. */
export const gatewayGauges: ReadGauges = async (options) => {
  const { state, metrics } = options;
  const { waiting, backOffSeconds } = state.modelQueues();
  const providers = declaredValues(metrics, "agenthive_model_backoff_seconds", "gen_ai_provider_name");
  const { today } = await state.costs();
  return {
    ...build(options),
    // Calls have no priority of their own.
    agenthive_model_calls_queued: byLabel("priority", { urgent: 0, normal: waiting, low: 0 }),
    agenthive_model_backoff_seconds: providers.map((gen_ai_provider_name) => ({
      labels: { gen_ai_provider_name },
      value: backOffSeconds[gen_ai_provider_name] ?? 0,
    })),
    agenthive_cost_budget_used_usd: plain(today),
    ...breakers(options),
  };
};

function breakers({ state, metrics }: GaugeOptions): Record<string, Readings> {
  const names = declaredValues(metrics, "agenthive_breaker_open", "breaker");
  return { agenthive_breaker_open: oneOrZero("breaker", names, new Set(state.openBreakers())) };
}

function each(sessions: readonly SessionNow[], read: (session: SessionNow) => number | undefined): Readings {
  return sessions.flatMap((session) => {
    const value = read(session);
    return value === undefined ? [] : [{ labels: { session: session.id }, value }];
  });
}
