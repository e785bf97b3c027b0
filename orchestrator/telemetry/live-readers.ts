/** Live readers of this process as they are now. */
export interface LiveReading {
  streams: number;
  /** Sockets that have not subscribed yet, carried a message in the last minute, or neither. */
  sockets: { opening: number; used: number; idle: number };
}

/** Told of what one WebSocket does. */
export interface SocketWatch {
  received(): void;
  /** Its first message, or events, went out. */
  sent(messages: number): void;
  /** Its buffer was full. */
  dropped(): void;
  /** No pong came. */
  silent(): void;
  closed(): void;
}

/** Counts live readers; what sockets carry is told to `onSocket`. */
export interface LiveReaders {
  /** A stream of server-sent events began; gives how to tell its end. */
  streamOpened(): () => void;
  socketOpened(): SocketWatch;
  now(): LiveReading;
}

/** What happens on sockets, for counters. */
export type SocketHappening =
  | { kind: "message"; direction: "received" | "sent" | "dropped"; count: number }
  /** From its request to its first message. */
  | { kind: "opened"; seconds: number }
  | { kind: "silent" };

const usedForMs = 60_000;

/** Nobody reads until told. */
export function liveReaders(onSocket: (happening: SocketHappening) => void = () => undefined): LiveReaders {
  let streams = 0;
  const sockets = new Set<{ carriedAt: number; isOpen: boolean }>();
  return {
    streamOpened() {
      streams += 1;
      let ended = false;
      return () => {
        if (!ended) streams -= 1;
        ended = true;
      };
    },
    socketOpened() {
      const began = performance.now();
      const socket = { carriedAt: began, isOpen: false };
      sockets.add(socket);
      const carried = (direction: "received" | "sent", count: number) => {
        socket.carriedAt = performance.now();
        onSocket({ kind: "message", direction, count });
      };
      return {
        received: () => carried("received", 1),
        sent(messages) {
          carried("sent", messages);
          if (!socket.isOpen) onSocket({ kind: "opened", seconds: (performance.now() - began) / 1_000 });
          socket.isOpen = true;
        },
        dropped: () => onSocket({ kind: "message", direction: "dropped", count: 1 }),
        silent: () => onSocket({ kind: "silent" }),
        closed: () => void sockets.delete(socket),
      };
    },
    now() {
      const open = [...sockets].filter(({ isOpen }) => isOpen);
      const since = performance.now() - usedForMs;
      const used = open.filter(({ carriedAt }) => carriedAt >= since).length;
      return { streams, sockets: { opening: sockets.size - open.length, used, idle: open.length - used } };
    },
  };
}
