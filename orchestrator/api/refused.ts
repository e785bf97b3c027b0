import type { RecordEvent } from "../domain/event.ts";
import type { OperationId } from "../security/operations.ts";
import { Refusal } from "../security/refusal.ts";

interface Telling {
  operation: OperationId;
  record: RecordEvent;
}

/** Does it; a Refusal is recorded on its way to the caller. */
export function told<T>(what: () => T, { operation, record }: Telling): T {
  try {
    return what();
  } catch (error) {
    tellRefusal(error, { operation, record });
    throw error;
  }
}

/** Records that an operation was refused, where the error is a Refusal. */
export function tellRefusal(error: unknown, { operation, record }: Telling): void {
  if (error instanceof Refusal)
    record({ type: "request.refused", route: operation, reason: error.kind, why: error.why });
}
