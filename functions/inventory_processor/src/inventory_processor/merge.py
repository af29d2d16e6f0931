"""The SQL statement that merges a batch into the database.

It runs in its own REPEATABLE READ transaction, and all of its parts see one snapshot. A transaction
that writes a row fails with a serialization error if another one has changed the row since the
snapshot (https://www.postgresql.org/docs/current/transaction-iso.html#XACT-REPEATABLE-READ), and is
run again. Two transactions that read what the other writes, but write different rows, both commit
("write skew"); a row lock alone does not prevent that. Hence the rule:

  A transaction that changes what another transaction's decision depends on also writes the row
  that serialises this decision.

A stock item is an article in a warehouse. The parameters are arrays, one per column of the reduced
batch (`postgres.as_parameters`). The common table expressions:
  stock_item           each stock item of the batch, with the count that is valid after it
  kept                 adjustments of earlier batches that a new count does not include
  relevant             adjustments of this batch that the count may not include; `difference` is
                       the change of the quantity. For a known adjustment it is 0, unless its
                       first put turns out to precede a count of the very same time
  stored_adjustments   stores them, each with the smallest sequence number it was ever put under
  deleted_adjustments  deletes those that a new count includes
  merged               the new row of each stock item; unchanged ones keep their values
  stored_levels        stores the changed rows
  stored_facts         stores the changed facts

Decisions, the rows they read, and the row whose write serialises them. L is the row of a stock
item in stock_level, A are its rows in stock_adjustment, and F is the row of a fact in product_fact:
  decision                                   reads       writes              serialised by
  Is a count newer than the stored one?      L           L if it is          L
  What does a new count still add? (kept)    L, A        L, deletes from A   L
  Is an adjustment new, or put earlier than  L, one row  L and the row of A  L
    known? What does it add?                   of A        if it is
  Is a fact newer than the stored one?       F           F if it is          F
  What is written to the cache?              L, F        nothing             revision of L, F
  Are there stale cache entries?             stale_      nothing             not needed: each
                                             cache_entry                       batch asks again
A row that does not exist yet is serialised by its primary key.

A decision that changes nothing writes nothing. It stays correct whatever commits concurrently,
because its reasons are permanent: the time of a stock item's count only increases, the smallest
sequence number of an adjustment only decreases, and a fact is only replaced by a newer one.

Concurrent statements from elsewhere:
  MERGE before migration 0004   lowered a sequence number in A without writing L. The trigger
      stock_adjustment_rewrites_level writes L. It skips rows that this statement has written.
  upsert before migration 0002  writes L in READ COMMITTED. Its trigger stock_level_recount reads A
      while it holds the lock on L, so it sees every change of A whose transaction has written L.
      A transaction that has not yet written L fails there. MERGE always increases the revision,
      so that the trigger does not fire.
  stale_cache.py       writes only stale_cache_entry. It reads L and F in order to write the cache.
  catalog_reader       sends one SELECT per query and writes nothing.
  migrations, access.sql  lock tables. A migration may change rows under the rule above. It must
      not rewrite a table: a rewritten table is empty to older snapshots
      (https://www.postgresql.org/docs/current/mvcc-caveats.html).

Locks are taken on rows of F by SKU and name, then of L by SKU and warehouse, then of A. Only the
transaction that has written L changes A, so these transactions never deadlock. A merge of the
previous release locks A before L, and PostgreSQL does not guarantee the order of the parts: a
deadlock is possible there, and is repeated like any other conflict.

test_interleavings.py runs every order of the steps of two and three transactions.
"""

from __future__ import annotations

MERGE = """
WITH level AS MATERIALIZED (
    SELECT * FROM unnest(
        %(level_sku)s::text[], %(level_warehouse)s::text[], %(level_quantity)s::bigint[],
        %(level_occurred_at)s::timestamptz[], %(level_sequence_number)s::numeric[]
    ) AS level(sku, warehouse, quantity, occurred_at, sequence_number)
), adjustment AS MATERIALIZED (
    SELECT * FROM unnest(
        %(adjustment_sku)s::text[], %(adjustment_warehouse)s::text[],
        %(adjustment_occurred_at)s::timestamptz[], %(adjustment_event_id)s::text[],
        %(adjustment_change)s::bigint[], %(adjustment_sequence_number)s::numeric[]
    ) AS adjustment(sku, warehouse, occurred_at, event_id, change, sequence_number)
), stock_item AS MATERIALIZED (
    SELECT touched.sku, touched.warehouse, touched.counted, newer.recounted,
           coalesce(stored.quantity, 0) AS quantity,
           coalesce(stored.adjustments, 0) AS adjustments,
           CASE WHEN stored.revision > 0 THEN stored.revision
                ELSE coalesce((extract(epoch FROM stored.occurred_at) * 1000000)::bigint, 0) END
               AS revision,
           stored.revision IS NOT DISTINCT FROM 0 AS untouched,
           CASE WHEN newer.recounted THEN touched.occurred_at
                ELSE coalesce(stored.occurred_at, 'epoch') END AS occurred_at,
           CASE WHEN newer.recounted THEN touched.sequence_number
                ELSE coalesce(stored.sequence_number, 0) END AS sequence_number
    FROM (
        SELECT sku, warehouse, level.quantity AS counted, level.occurred_at,
               level.sequence_number
        FROM level
        FULL JOIN (SELECT DISTINCT sku, warehouse FROM adjustment) AS adjusted
        USING (sku, warehouse)
    ) AS touched
    LEFT JOIN LATERAL (
        SELECT * FROM public.stock_level AS row
        WHERE row.sku = touched.sku AND row.warehouse = touched.warehouse
        LIMIT 1
    ) AS stored ON true
    CROSS JOIN LATERAL (
        SELECT touched.counted IS NOT NULL
               AND (stored.sku IS NULL OR (stored.occurred_at, stored.sequence_number)
                    < (touched.occurred_at, touched.sequence_number)) AS recounted
    ) AS newer
), kept AS (
    SELECT stock_item.sku, stock_item.warehouse, count(*) AS number,
           sum(entry.change) FILTER (
               WHERE (entry.occurred_at, entry.sequence_number)
                   > (stock_item.occurred_at, stock_item.sequence_number)) AS change
    FROM stock_item
    JOIN public.stock_adjustment AS entry
      ON entry.sku = stock_item.sku AND entry.warehouse = stock_item.warehouse
     AND entry.occurred_at >= stock_item.occurred_at
    WHERE stock_item.recounted AND stock_item.adjustments > 0
    GROUP BY 1, 2
), relevant AS MATERIALIZED (
    SELECT adjustment.*, entry.sku IS NULL AS fresh,
           entry.sku IS NULL OR adjustment.sequence_number < entry.sequence_number AS noted,
           adjustment.change * (
               ((adjustment.occurred_at,
                 least(adjustment.sequence_number, entry.sequence_number))
                > (stock_item.occurred_at, stock_item.sequence_number))::integer
               - (entry.sku IS NOT NULL
                  AND (entry.occurred_at, entry.sequence_number)
                    > (stock_item.occurred_at, stock_item.sequence_number))::integer) AS difference
    FROM adjustment
    JOIN stock_item USING (sku, warehouse)
    LEFT JOIN LATERAL (
        SELECT * FROM public.stock_adjustment AS row
        WHERE row.sku = adjustment.sku AND row.warehouse = adjustment.warehouse
          AND row.occurred_at = adjustment.occurred_at AND row.event_id = adjustment.event_id
        LIMIT 1
    ) AS entry ON true
    WHERE adjustment.occurred_at >= stock_item.occurred_at
), added AS (
    SELECT sku, warehouse, count(*) FILTER (WHERE fresh) AS number, sum(difference) AS change,
           bool_or(noted) AS noted
    FROM relevant
    GROUP BY 1, 2
), stored_adjustments AS (
    INSERT INTO public.stock_adjustment AS entry
        (sku, warehouse, occurred_at, event_id, change, sequence_number)
    SELECT sku, warehouse, occurred_at, event_id, change, sequence_number
    FROM relevant
    WHERE noted
    ON CONFLICT (sku, warehouse, occurred_at, event_id)
    DO UPDATE SET sequence_number = EXCLUDED.sequence_number
), deleted_adjustments AS (
    DELETE FROM public.stock_adjustment AS entry
    USING stock_item
    WHERE stock_item.recounted AND stock_item.adjustments > 0
      AND entry.sku = stock_item.sku AND entry.warehouse = stock_item.warehouse
      AND entry.occurred_at < stock_item.occurred_at
), merged AS MATERIALIZED (
    SELECT sku, warehouse, stock_item.occurred_at, stock_item.sequence_number, untouched,
           (CASE WHEN recounted THEN counted + coalesce(kept.change, 0) ELSE quantity END
            + coalesce(added.change, 0))::bigint AS quantity,
           (CASE WHEN recounted THEN coalesce(kept.number, 0) ELSE adjustments END
            + coalesce(added.number, 0))::integer AS adjustments,
           differs.changed,
           CASE WHEN differs.changed
                THEN greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
                              revision + 1)
                ELSE revision END AS revision
    FROM stock_item
    LEFT JOIN kept USING (sku, warehouse)
    LEFT JOIN added USING (sku, warehouse)
    CROSS JOIN LATERAL (
        -- A change of an adjustment also writes the row of its stock item: see the rule.
        SELECT recounted OR coalesce(added.noted, false) AS changed
    ) AS differs
), stored_levels AS (
    INSERT INTO public.stock_level AS stored
        (sku, warehouse, quantity, occurred_at, sequence_number, updated_at, revision,
         adjustments)
    SELECT sku, warehouse, quantity, occurred_at, sequence_number, clock_timestamp(), revision,
           adjustments
    FROM merged
    WHERE changed
    ORDER BY sku COLLATE "C", warehouse COLLATE "C"
    ON CONFLICT (sku, warehouse) DO UPDATE SET
        quantity = EXCLUDED.quantity,
        occurred_at = EXCLUDED.occurred_at,
        sequence_number = EXCLUDED.sequence_number,
        updated_at = EXCLUDED.updated_at,
        revision = EXCLUDED.revision,
        adjustments = EXCLUDED.adjustments
), fact AS MATERIALIZED (
    SELECT fact.*, stored.value AS stored_value, stored.revision AS stored_revision,
           stored.sku IS NULL OR (stored.occurred_at, stored.sequence_number)
               < (fact.occurred_at, fact.sequence_number) AS changed,
           greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
                    stored.revision + 1) AS revision
    FROM unnest(
        %(fact_sku)s::text[], %(fact_name)s::text[], %(fact_value)s::jsonb[],
        %(fact_occurred_at)s::timestamptz[], %(fact_sequence_number)s::numeric[]
    ) AS fact(sku, name, value, occurred_at, sequence_number)
    LEFT JOIN LATERAL (
        SELECT * FROM public.product_fact AS row
        WHERE row.sku = fact.sku AND row.name = fact.name
        LIMIT 1
    ) AS stored ON true
), stored_facts AS (
    INSERT INTO public.product_fact AS stored
        (sku, name, value, occurred_at, sequence_number, revision, updated_at)
    SELECT sku, name, value, occurred_at, sequence_number, revision, clock_timestamp()
    FROM fact
    WHERE changed
    ORDER BY sku COLLATE "C", name COLLATE "C"
    ON CONFLICT (sku, name) DO UPDATE SET
        value = EXCLUDED.value,
        occurred_at = EXCLUDED.occurred_at,
        sequence_number = EXCLUDED.sequence_number,
        revision = EXCLUDED.revision,
        updated_at = EXCLUDED.updated_at
), answer AS (
    SELECT changed, 'stock:{' || sku || '}' AS key, warehouse AS field, quantity::text AS value,
           -- A row from before revisions existed is cached under the version it had then.
           CASE WHEN untouched AND NOT changed THEN revision || '.' || sequence_number
                ELSE revision || '.0' END AS version
    FROM merged
    UNION ALL
    SELECT changed, 'product:{' || sku || '}', name,
           CASE WHEN changed THEN value ELSE stored_value END ::text,
           CASE WHEN changed THEN revision ELSE stored_revision END || '.0'
    FROM fact
)
SELECT count(*) FILTER (WHERE changed),
       coalesce(json_agg(json_build_array(key, field, value, version)), '[]')::text,
       EXISTS (SELECT FROM public.stale_cache_entry),
       ARRAY[pg_relation_size('public.stock_level'), pg_relation_size('public.stock_adjustment'),
             pg_relation_size('public.product_fact')]
FROM answer
"""
