/** What a program of the lab serves: its addresses, and how to stop it. */
export interface Serving {
  addresses: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * Runs a program of the lab: starts it on the port that LAB_PORT names (0: any free one), says its addresses in one JSON line, and
 * stops it on SIGTERM.
 */
export async function serve(start: (port: number) => Promise<Serving>): Promise<void> {
  const serving = start(Number(process.env.LAB_PORT ?? 0));
  process.once("SIGTERM", () => {
    void serving
      .then(({ stop }) => stop())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  });
  // Ctrl-C on the terminal is meant for whoever started it.
  process.on("SIGINT", () => undefined);
  // Until told otherwise, also where nothing else keeps a program of Node going.
  setInterval(() => undefined, 2 ** 30);
  try {
    const { addresses } = await serving;
    process.stdout.write(`${JSON.stringify({ message: "ready", ...addresses })}\n`);
  } catch (error) {
    process.stderr.write(`${JSON.stringify({ message: "cannot start", error: String(error) })}\n`);
    process.exit(1);
  }
}
