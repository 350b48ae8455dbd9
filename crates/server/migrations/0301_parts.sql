-- The catalogue of parts: what can be bought and put in, by the number printed on it.
CREATE TABLE part (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  number TEXT NOT NULL,
  name TEXT NOT NULL,
  -- What a fault or a work order asks for; of a kind there are many parts.
  kind TEXT NOT NULL,
  models TEXT NOT NULL,
  unit TEXT NOT NULL,
  price_fen {int} NOT NULL CHECK (price_fen >= 0),
  serialised {int} NOT NULL,
  min_stock {int} NOT NULL CHECK (min_stock >= 0),
  off {int} NOT NULL,
  version {int} NOT NULL,
  UNIQUE (tenant_id, number)
){strict};
CREATE INDEX part_list ON part (tenant_id, id);
