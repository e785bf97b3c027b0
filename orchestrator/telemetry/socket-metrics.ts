import type { Instruments } from "./instruments.ts";
import type { SocketHappening } from "./live-readers.ts";

/** Counts what happens on WebSockets, at the services that have such metrics. */
export function countSockets(services: readonly Instruments[]): (happening: SocketHappening) => void {
  const on = services.filter((one) => one.has("websocket_messages_total"));
  return (happening) => {
    for (const one of on) {
      if (happening.kind === "message")
        one.add("websocket_messages_total", { direction: happening.direction }, happening.count);
      else if (happening.kind === "opened")
        one.record("websocket_handshake_duration_seconds", {}, happening.seconds);
      else one.add("websocket_timeouts_total", { phase: "heartbeat" });
    }
  };
}
