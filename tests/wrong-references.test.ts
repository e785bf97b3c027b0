import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rootFolder } from "./structure/source-files.ts";

test("a wrong reference or unit is a compile error that names what there is", () => {
  const tsc = join(rootFolder, "node_modules/typescript/bin/tsc");
  let output = "";
  try {
    execFileSync(process.execPath, [tsc, "-p", "tests/fixtures/wrong-references", "--pretty", "false"], {
      cwd: rootFolder,
      encoding: "utf8",
      timeout: 120_000,
    });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const errors = output
    .trim()
    .split("\n")
    .filter((line) => line.startsWith("tests/"))
    .map((line) => line.replace(/^\S+\((\d+),\d+\): error /, "line $1: "));
  expect(errors.join("\n")).toMatchInlineSnapshot(`
    "line 20: TS2322: Type '"apj"' is not assignable to type '"api"'.
    line 21: TS2322: Type '"ap"' is not assignable to type '"api" | "store"'.
    line 22: TS2820: Type '"apii"' is not assignable to type '"api" | "store"'. Did you mean '"api"'?
    line 25: TS2820: Type '"shop_order_total"' is not assignable to type '"shop_disk_free_bytes" | "shop_disk_size_bytes" | "shop_double_charges_total" | "shop_orders_total" | "shop_queue_depth" | "shop_request_duration_seconds"'. Did you mean '"shop_orders_total"'?
    line 27: TS2820: Type '"shop_doubles_total"' is not assignable to type '"shop_disk_free_bytes" | "shop_disk_size_bytes" | "shop_double_charges_total" | "shop_orders_total" | "shop_queue_depth" | "shop_request_duration_seconds"'. Did you mean '"shop_orders_total"'?
    line 30: TS2820: Type '"queue-deap"' is not assignable to type '"api-down" | "disk-almost-full" | "double-charge" | "orders-failing" | "orders-stopped" | "queue-deep"'. Did you mean '"queue-deep"'?
    line 30: TS2820: Type '"order-succes"' is not assignable to type '"order-latency" | "order-success"'. Did you mean '"order-success"'?
    line 32: TS2820: Type '"pagr"' is not assignable to type '"chat" | "heartbeat" | "pager"'. Did you mean '"pager"'?
    line 33: TS2820: Type '"order-latancy"' is not assignable to type '"order-latency" | "order-success"'. Did you mean '"order-latency"'?
    line 34: TS2353: Object literal may only specify known properties, and 'apo' does not exist in type '{ api?: { image?: string | undefined; scaling?: { replicas: number; } | { min: number; max: number; cpu: \`\${number}%\`; } | undefined; resources?: { requests: { cpu: \`\${number}m\`; memory: \`\${number}Gi\` | \`\${number}Ki\` | \`\${number}Mi\` | \`\${number}Ti\`; }; limits: { ...; }; } | undefined; env?: Record<...> | undefined; ...'.
    line 35: TS2322: Type '"production"' is not assignable to type '"local" | "prod"'.
    line 36: TS2322: Type '"99.9"' is not assignable to type '\`\${number}%\`'.
    line 37: TS2322: Type 'number' is not assignable to type '\`\${number}%\`'.
    line 38: TS2322: Type '"10 minutes"' is not assignable to type '\`\${number}d\` | \`\${number}h\` | \`\${number}m\` | \`\${number}ms\` | \`\${number}s\` | \`\${number}w\` | undefined'.
    line 44: TS2322: Type '"90"' is not assignable to type '\`\${number}%\`'.
    line 44: TS2820: Type '"shop_queue_dept"' is not assignable to type '"shop_disk_free_bytes" | "shop_disk_size_bytes" | "shop_double_charges_total" | "shop_orders_total" | "shop_queue_depth" | "shop_request_duration_seconds"'. Did you mean '"shop_queue_depth"'?
    line 44: TS2820: Type '"queue-deap"' is not assignable to type '"api-down" | "disk-almost-full" | "double-charge" | "orders-failing" | "orders-stopped" | "queue-deep"'. Did you mean '"queue-deep"'?
    line 47: TS2322: Type '"stops"' is not assignable to type '"ends" | "finishes" | "goes-on" | "pauses"'.
    line 47: TS2820: Type '"queue-deap"' is not assignable to type '"api-down" | "disk-almost-full" | "double-charge" | "orders-failing" | "orders-stopped" | "queue-deep" | undefined'. Did you mean '"queue-deep"'?
    line 49: TS2322: Type '"100 megabytes"' is not assignable to type 'number | \`\${number}%\` | \`\${number}GB\` | \`\${number}Gi\` | \`\${number}Ki\` | \`\${number}MB\` | \`\${number}Mi\` | \`\${number}Ti\` | \`\${number}d\` | \`\${number}h\` | \`\${number}kB\` | \`\${number}m\` | \`\${number}ms\` | \`\${number}s\` | \`\${number}w\`'."
  `);
});
