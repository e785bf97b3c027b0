import { alertsOf } from "../entries.ts";
import { logs, onePodMore, pods, releases, restart, rollBack, rollBackBelow } from "../steps.ts";
import type { NodejsTheme, ProcessTheme } from "../themes.ts";

/** SERVICE-unreachable and SERVICE-fds-low. */
export function processAlerts({ descriptors = "80%" }: ProcessTheme) {
  return alertsOf((service) => ({
    // Not one pod of it answers: there is nothing that a wait could tell.
    unreachable: {
      meets: ["PM-4"],
      summary: `No pod of ${service} answers`,
      description: `Prometheus reaches no pod of ${service}: it is gone, does not start, or cannot be reached.`,
      severity: "critical",
      service,
      when: { kind: "target-down" },
      direct: true,
      cause: "process",
      runbook: {
        meaning: `Every pod of ${service} is gone or does not answer.`,
        impact: `Nothing that needs ${service} works.`,
        diagnosis: [
          pods(service),
          {
            do: "Read why the last container ended.",
            command: `kubectl -n $NAMESPACE describe pods -l app.kubernetes.io/name=${service} | grep -A6 'Last State'`,
            good: "no last state: it is being replaced; wait a minute",
            bad: "OOMKilled: memory. Error: read its log",
          },
          {
            do: "Read what it said last.",
            command: `kubectl -n $NAMESPACE logs deployment/${service} --previous --tail=50`,
            bad: "an error at the end: it names the cause",
          },
          {
            do: "See whether the cluster has room for it.",
            command: "kubectl -n $NAMESPACE get events --sort-by=.lastTimestamp | tail -20",
            good: "nothing about scheduling, images or quotas",
            bad: "FailedScheduling, ImagePullBackOff or exceeded quota: that is the cause",
          },
          releases(service),
        ],
        mitigation: [rollBackBelow, restart(service)],
        rollback: [rollBack(service)],
      },
    },
    // 80 % leaves a fifth for the next peak; ten minutes, since a peak of connections closes again.
    "fds-low": {
      meets: ["PM-4"],
      summary: `A pod of ${service} has more than ${descriptors} of its file descriptors open`,
      description: `Pod {{ $labels.pod }} of ${service} has had more than ${descriptors} of the file descriptors open that it may, for ten minutes.`,
      severity: "warning",
      service,
      when: {
        kind: "gauge-ratio",
        part: { metric: "process_open_fds" },
        whole: { metric: "process_max_fds" },
        by: ["pod"],
        is: ">",
        value: descriptors,
      },
      for: "10m",
      because:
        "a burst of connections is closed within minutes; only a leak, or too many for good, keeps them open",
      cause: "process",
      runbook: {
        meaning:
          "The process opens files or sockets and does not close them, or has more connections than it is made for.",
        impact: "None yet. At the limit it can accept no connection and open no file.",
        diagnosis: [
          {
            do: "See whether it only ever climbs.",
            query: `deriv(process_open_fds{service="${service}"}[1h])`,
            good: "near 0: it follows the load",
            bad: "above 0 in every pod: a leak",
          },
          {
            do: "See what they are.",
            command: `kubectl -n $NAMESPACE exec deployment/${service} -- sh -c 'ls -l /proc/1/fd | grep -o "socket\\|pipe\\|/.*" | sort | uniq -c | sort -rn | head'`,
            good: "sockets, about as many as connections",
            bad: "thousands of one kind: that is the leak",
          },
          releases(service),
        ],
        mitigation: [
          { ...restart(service), do: "Restart the pods, one after the other; that closes them all." },
          onePodMore(service),
          rollBackBelow,
        ],
        rollback: [rollBack(service)],
      },
    },
  }));
}

/** SERVICE-loop-blocked and SERVICE-heap-full. */
export function nodejsAlerts({ loopDelaySeconds = 0.2, heap = "90%" }: NodejsTheme) {
  return alertsOf((service) => ({
    // 200 ms in the 99th percentile are felt in every answer; five minutes, since a start or a large answer blocks shortly.
    "loop-blocked": {
      meets: ["PM-4"],
      summary: `The event loop of a pod of ${service} is late`,
      description: `The event loop of pod {{ $labels.pod }} of ${service} has been more than ${loopDelaySeconds} s late (99th percentile) for five minutes.`,
      severity: "warning",
      service,
      when: {
        kind: "threshold",
        metric: "nodejs_eventloop_delay_p99_seconds",
        aggregate: "max",
        by: ["pod"],
        is: ">",
        value: loopDelaySeconds,
      },
      for: "5m",
      because:
        "a single long task or a collection of garbage blocks the loop for seconds, and users feel only what goes on",
      cause: "runtime",
      runbook: {
        meaning: "Something computes for long without giving way, or memory is cleaned up all the time.",
        impact: "Every answer of that pod is late; its probes may fail, and then it is restarted.",
        diagnosis: [
          {
            do: "See whether the loop is busy all the time.",
            query: `max by (pod) (nodejs_eventloop_utilization_ratio{service="${service}"})`,
            good: "below 0.8: single long computations block it",
            bad: "near 1: more work than one thread can do",
          },
          {
            do: "See whether it is garbage collection.",
            query: `sum by (pod) (rate(v8js_gc_duration_seconds_sum{service="${service}"}[5m]))`,
            good: "below 0.05: it is not",
            bad: "above 0.2: a fifth of the time goes there; memory is short",
          },
          {
            do: "See whether the processor is short.",
            command: `kubectl -n $NAMESPACE top pods -l app.kubernetes.io/name=${service}`,
            good: "about 1000m: it computes",
            bad: "far below, and late: its CPU limit holds it back, or the node is full",
          },
          releases(service),
        ],
        mitigation: [
          onePodMore(service),
          rollBackBelow,
          { ...restart(service), do: "If one pod stands out, restart the pods one after the other." },
        ],
        rollback: [rollBack(service)],
      },
    },
    // Above 90 % V8 collects ever more often; ten minutes, since the heap also fills just before a major collection.
    "heap-full": {
      meets: ["PM-4"],
      summary: `A pod of ${service} uses more than ${heap} of its heap`,
      description: `Pod {{ $labels.pod }} of ${service} has used more than ${heap} of the heap that it may have for ten minutes.`,
      severity: "warning",
      service,
      when: {
        kind: "gauge-ratio",
        part: { metric: "v8js_memory_heap_used_bytes" },
        whole: { metric: "nodejs_heap_size_limit_bytes" },
        by: ["pod"],
        is: ">",
        value: heap,
      },
      for: "10m",
      because: "the heap is full just before each great collection and drops after it; only a leak stays up",
      cause: "runtime",
      runbook: {
        meaning: "The process keeps more than it can hold: a leak, too large answers, or too small a limit.",
        impact: "It slows down, then ends with 'heap out of memory' and loses the requests in flight.",
        diagnosis: [
          {
            do: "See whether it only ever climbs.",
            query: `deriv(v8js_memory_heap_used_bytes{service="${service}",v8js_heap_space_name="old_space"}[1h])`,
            good: "near 0: it follows the load",
            bad: "above 0 in every pod since a release: a leak",
          },
          {
            do: "See what keeps the process busy.",
            query: `sum by (pod, v8js_resource_type) (v8js_resource_active{service="${service}"})`,
            good: "as yesterday",
            bad: "one kind grows with the heap: it is not closed, and keeps memory",
          },
          logs(service, "heap|memory"),
          releases(service),
        ],
        mitigation: [
          {
            ...restart(service),
            do: "Restart the pods, one after the other, before they end by themselves.",
          },
          rollBackBelow,
          {
            do: "If the limit is simply too small, raise the pod's memory and Node.js' --max-old-space-size together.",
          },
        ],
        rollback: [rollBack(service)],
      },
    },
  }));
}
