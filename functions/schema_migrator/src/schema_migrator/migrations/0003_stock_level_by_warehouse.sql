-- What a warehouse holds, in the order of the articles, is read page by page.
SET LOCAL lock_timeout = '5s';

CREATE INDEX stock_level_by_warehouse ON public.stock_level (warehouse, sku);
