-- Rename cache_debt to stale_cache_entry, and keep the old name as a view for one release: the
-- previous processor runs during this migration, and again after a rollback. The view is updatable,
-- ON CONFLICT and FOR UPDATE included, so that its statements work unchanged.
--
-- The view runs with its owner's rights (security_invoker stays off): the access.sql of the previous
-- release grants rights on cache_debt and takes away those on stale_cache_entry.
-- https://www.postgresql.org/docs/current/sql-createview.html
SET LOCAL lock_timeout = '5s';

ALTER TABLE public.cache_debt RENAME TO stale_cache_entry;

COMMENT ON TABLE public.stale_cache_entry IS
    'Articles whose cache entries are stale or missing; with following, all articles after that one.';

CREATE VIEW public.cache_debt AS SELECT sku, following, noted FROM public.stale_cache_entry;

COMMENT ON VIEW public.cache_debt IS
    'The name of stale_cache_entry before migration 0005, for processors of the previous release.';

DO $$
DECLARE
    name text;
    privilege text;
BEGIN
    -- Since PostgreSQL 18, NOT NULL constraints have names, too.
    FOR name IN
        SELECT conname FROM pg_constraint
        WHERE conrelid = 'public.stale_cache_entry'::regclass AND starts_with(conname, 'cache_debt_')
    LOOP
        EXECUTE format('ALTER TABLE public.stale_cache_entry RENAME CONSTRAINT %I TO %I', name,
                       replace(name, 'cache_debt_', 'stale_cache_entry_'));
    END LOOP;
    -- The table keeps its grants; without the same ones on the view, the previous processor would
    -- be refused until access.sql has run.
    FOR name, privilege IN
        SELECT pg_get_userbyid(entry.grantee), entry.privilege_type
        FROM pg_class, aclexplode(relacl) AS entry
        WHERE pg_class.oid = 'public.stale_cache_entry'::regclass
          AND entry.grantee NOT IN (0, relowner)
          AND entry.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON public.cache_debt TO %I', privilege, name);
    END LOOP;
END
$$;
