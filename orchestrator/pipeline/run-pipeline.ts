import type { DomainEvent } from "../domain/event.ts";
import { next, type Start, start } from "./next.ts";
import type { Answer, Command, PipelineState } from "./state.ts";

/** How far a run has come: after so many turns, counted from 0. Plain JSON. */
export interface Progress {
  turn: number;
  state: PipelineState;
}

/** What the pipeline needs of whoever runs it. */
export interface PipelinePorts {
  /**
   * Has a command done. After a crash it may be called again with the same key, and must then not do finished work again but give the answer that
   * it gave or would have given. Rejects only when the run is not to go on here (cancelled, paused, shutting down).
   */
  perform(command: Command): Promise<Answer>;
  /** Stores how far the run has come and what happened, both or neither; a turn that is stored already stays as it is. */
  record(progress: Progress, events: readonly DomainEvent[]): Promise<void>;
}

/**
 * Runs the pipeline to its end, from its beginning or from the progress that was recorded last: does all open commands at once, and follows their
 * answers in the order of the commands, so that it does not matter who is done first.
 */
export async function runPipeline(
  from: Start | Progress,
  { perform, record }: PipelinePorts,
): Promise<PipelineState> {
  let progress = "state" in from ? from : undefined;
  if (!progress) {
    const { state, events } = start(from as Start);
    progress = { turn: 0, state };
    await record(progress, events);
  }
  while (progress.state.outcome === undefined) {
    const answers = await Promise.all(progress.state.outstanding.map(perform));
    const events: DomainEvent[] = [];
    let { state }: Progress = progress;
    for (const answer of answers) {
      const following = next(state, answer);
      state = following.state;
      events.push(...following.events);
    }
    progress = { turn: progress.turn + 1, state };
    await record(progress, events);
  }
  return progress.state;
}
