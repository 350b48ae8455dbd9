-- Stores are looked up by their ids within the tenant, as merchants, terminals and people are: without this SQLite walks the tenant's stores.
CREATE INDEX store_known ON store (tenant_id, id);
-- And a merchant's by the tenant and the merchant, or SQLite takes the index above for the order it has. Joins go on with store_merchant.
CREATE INDEX store_of_merchant ON store (tenant_id, merchant_id, id);
