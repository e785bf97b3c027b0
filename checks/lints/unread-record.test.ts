import { expect, test } from "vitest";
import type { Platform } from "../../model/model.ts";
import { modelOf } from "../../tests/model-of.ts";
import { policies, shop } from "../../tests/shop.ts";
import { subjectOf } from "./subject.ts";
import { unreadRecord } from "./unread-record.ts";

const [whole] = modelOf([shop], policies).platforms as [Platform];
const said = (platform: Platform) => unreadRecord.look(subjectOf(platform)).map(({ message }) => message);

test("everything that the shop records is read", () => expect(said(whole)).toEqual([]));

test("what an alert read that is gone is found, unless a query of somebody reads it", () => {
  const alerts = whole.alerts.filter(({ name }) => name !== "order-success-page-slow");
  const without = { ...whole, alerts };
  expect(said(without)).toEqual(['nothing reads slo:sli_error:ratio_rate30m of SLO "order-success"']);
  const place = { platform: "shop", path: ["parts", 0, "dashboards", "orders"] };
  const query = (slo: string) => ({ text: `slo:sli_error:ratio_rate30m{slo="${slo}"}`, place });
  expect(said({ ...without, queries: [query("order-success")] })).toEqual([]);
  expect(said({ ...without, queries: [query("order-latency")] })).toHaveLength(1);
});
