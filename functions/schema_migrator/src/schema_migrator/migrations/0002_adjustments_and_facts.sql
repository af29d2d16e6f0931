-- Relative adjustments, facts about articles, and what the cache is owed.
--
-- The previous processor may run during and after this migration: it sees the same columns, and
-- what it does not know about is put right by the trigger below. Nothing here rewrites a table;
-- the lock is waited for briefly, so that a long reader does not hold up the processor behind us.
SET LOCAL lock_timeout = '5s';

-- 0: not changed since this migration; otherwise it grows with every change, roughly with the
-- clock in microseconds, so that a restored or emptied table does not fall behind the cache.
ALTER TABLE public.stock_level
    ADD COLUMN revision    bigint  NOT NULL DEFAULT 0,
    ADD COLUMN adjustments integer NOT NULL DEFAULT 0,
    -- A sum may leave the bounds of a count, and below zero means: more left than was known of.
    DROP CONSTRAINT stock_level_quantity_check;

COMMENT ON TABLE public.stock_level IS
    'What is there: the newest count, and the sum of the adjustments after it.';
COMMENT ON COLUMN public.stock_level.quantity IS
    'Newest counted level plus the adjustments after it; below zero when more left than was known.';
COMMENT ON COLUMN public.stock_level.occurred_at IS
    'Time of the newest counted level; 1970 when there has been none.';
COMMENT ON COLUMN public.stock_level.sequence_number IS
    'Kinesis sequence number of the newest counted level; 0 when there has been none.';
COMMENT ON COLUMN public.stock_level.adjustments IS
    'Rows in stock_adjustment for this place.';

-- Only what a later or repeated event may still ask for: adjustments since the newest count.
CREATE TABLE public.stock_adjustment (
    sku             text        NOT NULL CHECK (length(sku) BETWEEN 1 AND 64),
    warehouse       text        NOT NULL CHECK (length(warehouse) BETWEEN 1 AND 32),
    occurred_at     timestamptz NOT NULL,
    event_id        text        NOT NULL CHECK (length(event_id) BETWEEN 1 AND 64),
    change          bigint      NOT NULL,
    sequence_number numeric     NOT NULL,
    PRIMARY KEY (sku, warehouse, occurred_at, event_id)
);

COMMENT ON TABLE public.stock_adjustment IS
    'Adjustments that happened at or after the newest count of their place; a count clears them.';

CREATE TABLE public.product_fact (
    sku             text        NOT NULL CHECK (length(sku) BETWEEN 1 AND 64),
    name            text        NOT NULL CHECK (length(name) BETWEEN 1 AND 32),
    value           jsonb       NOT NULL,
    occurred_at     timestamptz NOT NULL,
    sequence_number numeric     NOT NULL,
    revision        bigint      NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (sku, name)
);

COMMENT ON TABLE public.product_fact IS
    'Newest price, description and discontinuation of every article.';

CREATE VIEW public.product AS
SELECT sku,
       max(value ->> 'name') FILTER (WHERE name = 'description') AS name,
       max((value -> 'attributes')::text) FILTER (WHERE name = 'description')::jsonb AS attributes,
       max((value ->> 'amount')::bigint) FILTER (WHERE name = 'price') AS price_amount,
       max(value ->> 'currency') FILTER (WHERE name = 'price') AS price_currency,
       coalesce(bool_or(value::boolean) FILTER (WHERE name = 'discontinued'), false)
           AS discontinued,
       max(updated_at) AS updated_at
FROM public.product_fact
GROUP BY sku;

-- Articles of which the cache may hold something outdated or nothing, until it has been told;
-- with `following`, all articles after that one.
CREATE TABLE public.cache_debt (
    sku       text        NOT NULL,
    following boolean     NOT NULL,
    noted     timestamptz NOT NULL,
    PRIMARY KEY (sku, following)
);

-- The previous processor sets a count and knows neither adjustments nor revisions.
CREATE FUNCTION public.stock_level_recount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.quantity := NEW.quantity + coalesce((
        SELECT sum(change) FROM public.stock_adjustment
        WHERE sku = NEW.sku AND warehouse = NEW.warehouse
          AND (occurred_at, sequence_number) > (NEW.occurred_at, NEW.sequence_number)), 0);
    NEW.revision := greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
                             OLD.revision + 1);
    RETURN NEW;
END
$$;

CREATE TRIGGER stock_level_recount BEFORE UPDATE ON public.stock_level
    FOR EACH ROW WHEN (NEW.revision = OLD.revision)
    EXECUTE FUNCTION public.stock_level_recount();
