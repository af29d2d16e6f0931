-- Whoever decides about a place reads its row in stock_level and its adjustments, and writes that
-- row; so a change of an adjustment must write it, too, or two transactions that both decided by
-- what the other changes could both commit. The processor does so. This trigger does it for
-- the previous processor, which may run during and after this migration and only lowered the
-- adjustment's sequence number. A row that the same transaction has written stays as it is.
SET LOCAL lock_timeout = '5s';

CREATE FUNCTION public.stock_adjustment_rewrites_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.stock_level
    SET revision = greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
                            revision + 1),
        updated_at = clock_timestamp()
    WHERE sku = NEW.sku AND warehouse = NEW.warehouse
      AND xmin <> pg_current_xact_id()::xid;
    RETURN NULL;
END
$$;

CREATE TRIGGER stock_adjustment_rewrites_level AFTER UPDATE ON public.stock_adjustment
    FOR EACH ROW EXECUTE FUNCTION public.stock_adjustment_rewrites_level();
