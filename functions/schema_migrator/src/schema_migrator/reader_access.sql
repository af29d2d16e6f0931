-- What the reader's role may do: read stock and facts. Executed after access.sql, in the same way.
-- {role} and {database} are replaced by the names of the role and the database.
REVOKE ALL ON DATABASE {database} FROM {role};
GRANT CONNECT ON DATABASE {database} TO {role};

REVOKE ALL ON SCHEMA public FROM {role};
GRANT USAGE ON SCHEMA public TO {role};

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
GRANT SELECT ON public.stock_level, public.product_fact TO {role};

-- A second more than the reader waits for an answer.
ALTER ROLE {role} SET statement_timeout = '3s';
ALTER ROLE {role} SET lock_timeout = '3s';
ALTER ROLE {role} SET idle_in_transaction_session_timeout = '30s';
