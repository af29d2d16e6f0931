-- What the application's role may do. Executed after the migrations of every deployment, so that it
-- says all there is: a right that disappears here disappears from the database.
-- {application} and {database} stand for the role and the database.
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {application};

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {application};

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {application};
GRANT SELECT, INSERT, UPDATE ON public.stock_level, public.product_fact TO {application};
-- What a newer count or a cache that was told has made superfluous is deleted.
GRANT SELECT, INSERT, UPDATE, DELETE ON public.stock_adjustment, public.cache_debt TO {application};
GRANT SELECT ON public.product TO {application};

-- A batch reads and writes one state of the truth; whoever comes second at a row begins anew.
ALTER ROLE {application} SET default_transaction_isolation = 'repeatable read';

-- Limits of the role, because RDS Proxy refuses connections that bring their own.
ALTER ROLE {application} SET statement_timeout = '8s';
ALTER ROLE {application} SET lock_timeout = '8s';
ALTER ROLE {application} SET idle_in_transaction_session_timeout = '30s';
