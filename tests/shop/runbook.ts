/** What all of the shop's alerts say. */
export const runbook = {
  meaning: "Orders fail.",
  impact: "Customers cannot buy.",
  diagnosis: [
    {
      do: "Look at the errors.",
      query: "sum by (outcome) (rate(shop_orders_total[5m]))",
      good: "mostly ok",
      bad: "mostly failed",
    },
    { do: "Read the log.", command: "kubectl -n $NAMESPACE logs deployment/api --tail=100" },
  ],
  mitigation: [{ do: "Restart the API.", command: "kubectl -n $NAMESPACE rollout restart deployment/api" }],
  rollback: [{ do: "Undo the release.", command: "kubectl -n $NAMESPACE rollout undo deployment/api" }],
};
