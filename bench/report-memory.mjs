// Writes the process's peak memory, in KiB, where the benchmark asks for it.
import { writeFileSync } from "node:fs";

process.on("exit", () =>
  writeFileSync(process.env.FAIRLEAD_BENCH_MEMORY, String(process.resourceUsage().maxRSS)),
);
