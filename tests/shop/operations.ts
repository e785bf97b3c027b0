import { defineOperations } from "fairlead";
import { alerts } from "./alerts.ts";

export const operations = defineOperations(
  { alerts },
  {
    "emergency-stop": {
      title: "Emergency stop",
      purpose: "Closes the shop.",
      when: "Orders go wrong.",
      parts: [
        {
          title: "Level 1: no new orders",
          text: "Baskets stay.",
          steps: [
            {
              do: "Close the shop.",
              command: "kubectl -n $NAMESPACE exec deployment/api -- shopctl close",
              query: "sum(rate(shop_orders_total[5m]))",
              good: "0",
            },
          ],
        },
      ],
      tell: "Everybody.",
      alerts: ["api-down"],
    },
    "change-prices": {
      title: "Change prices",
      purpose: "Changes the prices of all books.",
      when: "On Mondays.",
      parts: [{ title: "Change", steps: [{ do: "Ask the manager." }] }],
    },
  },
);
