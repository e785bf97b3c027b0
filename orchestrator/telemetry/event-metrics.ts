import type { DomainEvent, EventOf, EventType } from "../domain/event.ts";
import type { Instruments } from "./instruments.ts";

/** The instruments of each service that this process stands for. */
export type ServiceInstruments = (service: string) => Instruments;

/** What a platform counts of each kind of event: the one place where its metrics' names meet what happens. */
export type EventMetrics = {
  readonly [T in EventType]?: (event: EventOf<T>, on: ServiceInstruments) => void;
};

/** Counts an event as the platform's table says; one that the table does not name moves no metric. */
export function countEvent(
  event: DomainEvent,
  { table, on }: { table: EventMetrics; on: ServiceInstruments },
): void {
  const count = table[event.type] as ((event: DomainEvent, on: ServiceInstruments) => void) | undefined;
  count?.(event, on);
}
