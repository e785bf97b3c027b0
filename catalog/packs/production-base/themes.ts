import type { Duration, Percent } from "../../units.ts";

/** What every theme is told: the services that expose its metrics. */
interface Exposed<S extends string> {
  services: readonly S[];
}

/** A label's values, or how many there may be where they are not known beforehand. */
export type Values = readonly string[] | { readonly atMost: number };

/** Requests that services answer over HTTP. */
export interface HttpTheme<S extends string = string> extends Exposed<S> {
  /** Default: GET, POST, PUT, PATCH and DELETE. */
  methods?: readonly string[];
  /** Routes as templates, such as "/tasks/{id}"; default: at most 50. */
  routes?: Values;
  /** Default: the usual 2xx, 3xx and 4xx, and 500, 502, 503, 504. */
  statusCodes?: readonly string[];
  /** Upper bounds in seconds; default: those of OpenTelemetry. The bound of a latency SLO must be among them. */
  buckets?: readonly number[];
  /** Share of server errors over 5 minutes above which the team is told; default "5%". */
  errors?: Percent;
  /** Requests in flight in one pod above which the team is told; default 200. */
  inFlight?: number;
}

/** Service level objectives over the HTTP requests of services. There are none unless asked for: a number nobody chose is no promise. */
export interface SloTheme<S extends string = string> extends Exposed<S> {
  /** Share of the requests that are not answered with a server error. */
  availability?: Percent;
  /** Share of the requests that are answered within a time, which must be a bucket of `http`. */
  latency?: { objective: Percent; within: Duration };
  /** Alerts stay silent while the long window holds fewer requests; default 500. */
  minimumEvents?: number;
}

/** Databases that services call: queries and the pool of connections. */
export interface DatabaseTheme<S extends string = string> extends Exposed<S> {
  /** Names by OpenTelemetry; default "postgresql". */
  systems?: readonly string[];
  /** Default: SELECT, INSERT, UPDATE and DELETE. */
  operations?: readonly string[];
  /** Tables, or classes of tables where there are many; default: at most 30. */
  tables?: Values;
  /** Names of the pools; default "main". */
  pools?: readonly string[];
  /** Upper bounds of an operation's duration in seconds; default: those of OpenTelemetry. */
  buckets?: readonly number[];
  /** Share of slow operations over 15 minutes above which the team is told; default "5%". What is slow the service decides: 50 ms is usual. */
  slow?: Percent;
  /** Share of failed operations over 5 minutes above which somebody is woken; default "10%". */
  failing?: Percent;
}

/** Other services' HTTP interfaces that services call, over pooled connections. */
export interface HttpClientTheme<S extends string = string> extends Exposed<S> {
  /** Addresses that are called; default: at most 20. */
  servers?: Values;
  /** Upper bounds in seconds; default: those of OpenTelemetry. */
  buckets?: readonly number[];
  /** Share of failed calls of one server over 5 minutes above which the team is told; default "10%". */
  failing?: Percent;
}

/** WebSocket connections that services hold. */
export interface WebsocketTheme<S extends string = string> extends Exposed<S> {
  /** Share of the connections a pod may hold above which the team is told; default "90%". */
  full?: Percent;
}

/** Caches. */
export interface CacheTheme<S extends string = string> extends Exposed<S> {
  /** What is cached; default: at most 10 caches. */
  names?: Values;
  /** From the fastest to the slowest; default "memory" and "redis". */
  layers?: readonly string[];
  /** Hit ratio over 30 minutes below which the team is told; default "50%". */
  hits?: Percent;
  /** Evictions per request over 30 minutes above which the team is told; default "10%". */
  evictions?: Percent;
  /** Seconds that warming may take; default 300. */
  warmingSeconds?: number;
}

/** Processes of any kind: processor, memory, file descriptors. */
export interface ProcessTheme<S extends string = string> extends Exposed<S> {
  /** Share of the file descriptors that are open above which the team is told; default "80%". */
  descriptors?: Percent;
}

/** The Node.js runtime: event loop, heap, garbage collection, what keeps it alive. */
export interface NodejsTheme<S extends string = string> extends Exposed<S> {
  /** Seconds of the event loop's delay (99th percentile) above which the team is told; default 0.2. */
  loopDelaySeconds?: number;
  /** Share of the heap's limit above which the team is told; default "90%". */
  heap?: Percent;
}

/** What the business sees: work that was asked for, and how it ended. */
export interface BusinessTheme<S extends string = string> extends Exposed<S> {
  /** Kinds of events, few and known; default "work", which every orchestrator has. */
  events?: readonly string[];
  /** Upper bounds of the time from request to end, in seconds; default: a second to a day. */
  buckets?: readonly number[];
  /** Share of events of one kind that fail over 30 minutes above which the team is told; default "10%". */
  failing?: Percent;
}

/** What people do and see. */
export interface UserTheme<S extends string = string> extends Exposed<S> {
  /** Features that are counted; default: at most 30. */
  features?: Values;
  /** Pages whose loading browsers report; default: at most 30. */
  pages?: Values;
  /** Share of a feature's uses that show the user an error over 15 minutes above which the team is told; default "5%". */
  errors?: Percent;
}

/** Telemetry about telemetry: what was sampled, what was lost. */
export interface TelemetryTheme<S extends string = string> extends Exposed<S> {
  /** Share of spans and log records that are dropped over 15 minutes above which the team is told; default "1%". */
  dropped?: Percent;
}

/** The themes that a platform can ask for. One that it does not ask for is absent. */
export interface Themes<S extends string = string> {
  http: HttpTheme<S>;
  slos: SloTheme<S>;
  databases: DatabaseTheme<S>;
  httpClients: HttpClientTheme<S>;
  websockets: WebsocketTheme<S>;
  caches: CacheTheme<S>;
  processes: ProcessTheme<S>;
  nodejs: NodejsTheme<S>;
  business: BusinessTheme<S>;
  users: UserTheme<S>;
  telemetry: TelemetryTheme<S>;
}
