import { createHash, randomBytes } from "node:crypto";
import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  type IdGenerator,
  NodeTracerProvider,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import type { Assignment, Worker } from "../domain/agent.ts";
import type { DomainEvent, EventOf } from "../domain/event.ts";
import type { Tools } from "../mcp/tools.ts";
import type { ModelAnswer, ModelCaller, ModelRequest } from "../providers/model.ts";
import { genAi, genAiOperations } from "./gen-ai.ts";
import { queuedSpans, type SpanMetrics, spanMetrics } from "./span-metrics.ts";

/** Spans of runs, agents, calls of models and of tools (CC-4). */
export interface Tracing {
  /** The span of a whole run, made when it has ended: its id is known from the run's, so that spans of any process were its children. */
  runEnded(event: EventOf<"run.finished">, endedAt: number): void;
  tracedWorker(worker: Worker): Worker;
  tracedModel(call: CallModel): CallModel;
  tracedTools(tools: Tools): Tools;
  /** Sends what waits; not longer than a few seconds. */
  shutdown(): Promise<void>;
}

/** Retries included: a collector that is away must not hold up the end of the process. */
const exportTimeoutMs = 2_000;

type CallModel = (request: ModelRequest, caller: ModelCaller) => Promise<ModelAnswer>;

interface TracingOptions {
  /** `service.name` of the resource. */
  service: string;
  /** Where spans are sent by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`; none: nowhere. */
  endpoint?: string;
  /** Counts what becomes of spans. */
  metrics?: SpanMetrics;
  /** Beside the endpoint: who else gets the spans. */
  processors?: readonly SpanProcessor[];
}

/** Starts it for this process: what runs inside of a span knows it, and so do the log lines written there. */
export function startTracing(options: TracingOptions): Tracing {
  const { service, endpoint, metrics = spanMetrics(), processors = [] } = options;
  const ids = runIds();
  const sent = endpoint === undefined ? [] : [sendTo(endpoint, metrics)];
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    idGenerator: ids,
    spanProcessors: [metrics.processor, ...sent, ...processors],
  });
  provider.register();
  const tracer = provider.getTracer("orchestrator");
  return {
    runEnded: (event, endedAt) => endRun(event, { tracer, ids, endedAt }),
    tracedWorker: (worker) => (assignment, signal) =>
      inSpan(tracer, agentSpan(assignment), () => worker(assignment, signal)),
    tracedModel: (call) => (request, caller) =>
      inSpan(
        tracer,
        { name: genAiOperations.model, attributes: { [genAi.operation]: genAiOperations.model } },
        (span) => called(call(request, caller), span),
      ),
    tracedTools: (tools) => ({ ...tools, call: tracedCall(tools, tracer) }),
    shutdown: async () => {
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      context.disable();
    },
  };
}

function sendTo(url: string, metrics: SpanMetrics): SpanProcessor {
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: exportTimeoutMs });
  return new BatchSpanProcessor(metrics.counted(exporter), { maxQueueSize: queuedSpans });
}

/** A run's trace has the run's id, and its own span an id that follows from it. */
export function traceOf(runId: string): { traceId: string; spanId: string } {
  const spanId = createHash("sha256").update(runId).digest("hex").slice(0, 16);
  return { traceId: runId.replaceAll("-", ""), spanId };
}

/** Random ids, but for the one span that is asked for beforehand. */
function runIds(): IdGenerator & { next: { traceId: string; spanId: string } | undefined } {
  return {
    next: undefined,
    generateTraceId() {
      return this.next?.traceId ?? randomBytes(16).toString("hex");
    },
    generateSpanId() {
      return this.next?.spanId ?? randomBytes(8).toString("hex");
    },
  };
}

function endRun(
  event: EventOf<"run.finished">,
  { tracer, ids, endedAt }: { tracer: Tracer; ids: ReturnType<typeof runIds>; endedAt: number },
): void {
  ids.next = traceOf(event.runId);
  const span = tracer.startSpan(
    `${genAiOperations.workflow} ${event.workflow}`,
    {
      startTime: endedAt - event.seconds * 1000,
      attributes: {
        [genAi.operation]: genAiOperations.workflow,
        [genAi.conversation]: event.runId,
        "workflow.name": event.workflow,
        "workflow.outcome": event.outcome,
      },
    },
    ROOT_CONTEXT,
  );
  ids.next = undefined;
  // By OpenTelemetry's semantic conventions of feature flags (release candidate).
  for (const [key, { variant }] of Object.entries(event.flags ?? {}))
    span.addEvent(
      "feature_flag.evaluation",
      { "feature_flag.key": key, "feature_flag.result.variant": variant },
      endedAt - event.seconds * 1000,
    );
  if (event.outcome === "failed") span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(endedAt);
}

function agentSpan({ type, agent, runId, stepId, attempt }: Assignment) {
  const parent = trace.setSpanContext(ROOT_CONTEXT, {
    ...traceOf(runId),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
  const attributes = {
    [genAi.operation]: genAiOperations.agent,
    [genAi.agentName]: agent,
    [genAi.conversation]: runId,
    "workflow.step": stepId,
    "workflow.step.attempt": attempt,
  };
  return { name: `${genAiOperations.agent} ${type}`, parent, attributes };
}

async function called(answer: Promise<ModelAnswer>, span: Span): Promise<ModelAnswer> {
  const { provider, model, inputTokens, outputTokens } = await answer;
  span.updateName(`${genAiOperations.model} ${model}`);
  span.setAttributes({
    [genAi.provider]: provider,
    [genAi.requestModel]: model,
    [genAi.inputTokens]: inputTokens,
    [genAi.outputTokens]: outputTokens,
  });
  return answer;
}

function tracedCall(tools: Tools, tracer: Tracer): Tools["call"] {
  return (tool, options) => {
    const attributes = {
      [genAi.operation]: genAiOperations.tool,
      [genAi.toolName]: tool,
      [genAi.mcpMethod]: "tools/call",
    };
    return inSpan(tracer, { name: `${genAiOperations.tool} ${tool}`, attributes }, () =>
      tools.call(tool, options),
    );
  };
}

/** Does the work inside of a span; what it throws is the span's error, by its name: a message may hold what nobody may read. */
async function inSpan<Result>(
  tracer: Tracer,
  {
    name,
    attributes,
    parent = context.active(),
  }: { name: string; attributes: Attributes; parent?: typeof ROOT_CONTEXT },
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const span = tracer.startSpan(name, { attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute(genAi.errorType, error instanceof Error ? error.name : "_OTHER");
    throw error;
  } finally {
    span.end();
  }
}

/** The ids of a run's span, as fields of the log line of what happened to it; none where it happened to no run. */
export function runSpanIds(event: DomainEvent): Record<string, string> {
  if (!("runId" in event) || event.runId === undefined) return {};
  const { traceId, spanId } = traceOf(event.runId);
  return { trace_id: traceId, span_id: spanId };
}

/** The ids of the span that is open here, as fields of a log line. */
export function spanIds(): Record<string, string> {
  const span = trace.getSpan(context.active())?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
