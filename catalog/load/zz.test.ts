import { cp, mkdtemp } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { test } from "vitest";
import { loadCatalog } from "./index.ts";
test("x", async () => {
  const root = await mkdtemp("/tmp/w/pos-");
  await cp("/work/main/catalog/load/fixtures/positions", root, { recursive: true });
  const c = await loadCatalog(root, { fairleadEntry: "/work/main/catalog/load/fixtures/fairlead.ts" });
  console.log(JSON.stringify(c.problems, null, 1));
  const v = c.platforms[0]!.value as any;
  const show = (l: any) => { if (!l) return "-"; const line = readFileSync(root + "/" + l.file, "utf8").split("\n")[l.line-1]!; return `${l.file.replace("catalog/","").replace("platforms/shop/","")}:${l.line}:${l.column}${l.exact?"":" ~"}   ${line.slice(l.column-1, l.column+34)}` };
  const seen = new Set();
  const rec = (x: any, p: any[]) => { console.log(p.join(".").padEnd(40), show(c.locate(v,p)).padEnd(70)); console.log("".padEnd(40), "KEY", show(c.locateKey(v,p)));
    if (x && typeof x === "object") for (const k of Object.keys(x)) { if (k==="lazy") { console.log("lazy", show(c.locate(v,[...p,k])), show(c.locate(v,[...p,k,"severity"]))); continue; } rec(x[k], [...p, Array.isArray(x) ? Number(k) : k]); } };
  rec(v, []);
  const s = v.parts[1].slos.availability;
  for (const k of ["bad","total","joined","escaped","lines","computed"]) for (let o=0;o<=s[k].length;o+= (k==="escaped"||k==="lines"?1:5)) console.log(k, o, JSON.stringify(s[k].slice(o,o+8)), show(c.locateInside(v, ["parts",1,"slos","availability",k], o)));
});
