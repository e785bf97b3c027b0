/** What somebody signed, as the ledger has it: that they approve of a release in an environment, or let it in against what is asked. */
export interface Agreement {
  kind: "approval" | "override";
  /** `kid` of the key that signed it. */
  by: string;
  role: string;
  release: string;
  environment: string;
  /** ISO 8601. */
  issued: string;
  /** ISO 8601. */
  until: string;
  /** The platform whose ledger it is for. */
  ledger: string;
  /** Why an override is needed. */
  reason?: string;
  /** Number of the first record that holds it. */
  number: number;
  /** Why it counts for nothing, whatever is asked: its signature, its key, its shape. */
  isVoidBecause?: string;
}
