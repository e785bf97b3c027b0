import { Refusal } from "../security/refusal.ts";

/** Streams and sockets that one subject may have open at a process at once: people's dashboards have a few. */
export const readersAtOnce = 100;

/** Gives a live reader its place, and how it is given back; throws a Refusal where its subject has as many as there may be. */
export type TakeReaderPlace = (subject: string) => () => void;

/** All places are free. */
export function readerPlaces(): TakeReaderPlace {
  const taken = new Map<string, number>();
  return (subject) => {
    const others = taken.get(subject) ?? 0;
    if (others >= readersAtOnce)
      throw new Refusal("rate-limit", `you have ${readersAtOnce} live readers already`, {
        why: "endpoint",
        fix: "end one of them",
        retryAfterSeconds: 10,
      });
    taken.set(subject, others + 1);
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      const left = (taken.get(subject) ?? 1) - 1;
      if (left > 0) taken.set(subject, left);
      else taken.delete(subject);
    };
  };
}
