-- What the application's role may do. Executed after the migrations whenever the migrator runs, and
-- complete: a right that is removed here is removed from the database.
-- {role} and {database} are replaced by the names of the role and the database.
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {role};

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {role};

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
GRANT SELECT, INSERT, UPDATE ON public.stock_level, public.product_fact TO {role};
-- The processor deletes adjustments that a newer count includes, and stale entries that it has
-- written to the cache. cache_debt is the previous release's name of stale_cache_entry.
GRANT SELECT, INSERT, UPDATE, DELETE
    ON public.stock_adjustment, public.stale_cache_entry, public.cache_debt TO {role};
GRANT SELECT ON public.product TO {role};

-- A batch reads and writes one snapshot; of two that write the same row, the slower one is repeated.
ALTER ROLE {role} SET default_transaction_isolation = 'repeatable read';

-- Limits belong to the role, because RDS Proxy refuses connections that set their own.
ALTER ROLE {role} SET statement_timeout = '8s';
ALTER ROLE {role} SET lock_timeout = '8s';
ALTER ROLE {role} SET idle_in_transaction_session_timeout = '30s';
