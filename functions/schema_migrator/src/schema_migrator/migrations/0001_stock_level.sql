-- The newest known level of every article in every warehouse.
CREATE TABLE public.stock_level (
    sku             text        NOT NULL CHECK (length(sku) BETWEEN 1 AND 64),
    warehouse       text        NOT NULL CHECK (length(warehouse) BETWEEN 1 AND 32),
    quantity        bigint      NOT NULL CHECK (quantity BETWEEN 0 AND 1000000000),
    occurred_at     timestamptz NOT NULL,
    sequence_number numeric     NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (sku, warehouse)
);

COMMENT ON TABLE public.stock_level IS
    'Newest stock level per article and warehouse; (occurred_at, sequence_number) decides which.';
COMMENT ON COLUMN public.stock_level.sequence_number IS
    'Kinesis sequence number of the record that set this level.';
