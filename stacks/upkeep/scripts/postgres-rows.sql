-- For each table: how many rows it has, and a sum of what they hold that does not depend on their order.
\pset format unaligned
\pset fieldsep '\t'
\pset tuples_only on
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET bytea_output = 'hex';
SET extra_float_digits = 1;
SET search_path = pg_catalog;
SELECT format(
  'SELECT %L, count(*), coalesce(sum(hashtextextended((kept.*)::text, 0)::numeric), 0) FROM ONLY %I.%I AS kept',
  format('%I.%I', nspname, relname), nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND relpersistence <> 't'
  AND nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
  AND NOT EXISTS (
    SELECT FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
ORDER BY nspname COLLATE "C", relname COLLATE "C"
\gexec
