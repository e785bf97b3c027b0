/** One key: two that make the tables at once would fail. */
const MIGRATION_LOCK = 0x66_6c_6c_64;

/**
 * Makes the tables of ledgers. Records are only ever added, in their order: the database itself refuses to change, delete or empty them,
 * whoever asks, as long as the triggers are there; and whoever takes those away changes nothing that `fairlead verify` would not find.
 */
export const MIGRATION = `
SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});
CREATE SCHEMA IF NOT EXISTS fairlead;
CREATE TABLE IF NOT EXISTS fairlead.ledger_records (
  ledger text NOT NULL,
  number integer NOT NULL CHECK (number >= 1),
  record text NOT NULL,
  PRIMARY KEY (ledger, number)
);
CREATE TABLE IF NOT EXISTS fairlead.ledger_heads (
  ledger text PRIMARY KEY,
  number integer NOT NULL,
  head text NOT NULL
);
CREATE OR REPLACE FUNCTION fairlead.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a ledger is only added to';
END $$;
CREATE OR REPLACE FUNCTION fairlead.follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.ledger <> OLD.ledger OR NEW.number <> OLD.number + 1 THEN
    RAISE EXCEPTION 'a head follows the one before';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON fairlead.ledger_records
  FOR EACH STATEMENT EXECUTE FUNCTION fairlead.refuse();
CREATE OR REPLACE TRIGGER only_replaced BEFORE DELETE OR TRUNCATE ON fairlead.ledger_heads
  FOR EACH STATEMENT EXECUTE FUNCTION fairlead.refuse();
CREATE OR REPLACE TRIGGER only_forward BEFORE UPDATE ON fairlead.ledger_heads
  FOR EACH ROW EXECUTE FUNCTION fairlead.follow();
`;
