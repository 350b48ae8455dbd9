-- Which words stand in which ticket, merchant, terminal.

CREATE TABLE search_doc (
  tenant_id {id} NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('ticket', 'merchant', 'terminal')),
  id {id} NOT NULL,
  -- What its words were cut by; another one means that it has to be cut again.
  dictionary TEXT NOT NULL,
  PRIMARY KEY (tenant_id, kind, id)
){strict};

CREATE TABLE search_word (
  tenant_id {id} NOT NULL,
  kind TEXT NOT NULL,
  word TEXT NOT NULL,
  -- When the thing came to be: what is found is shown newest first, and the index has that order.
  at {int} NOT NULL,
  id {id} NOT NULL,
  PRIMARY KEY (tenant_id, kind, word, at, id)
){strict};
CREATE INDEX search_word_of ON search_word (tenant_id, kind, id, word);
-- A rebuild walks tickets by their id.
CREATE INDEX ticket_newest ON ticket (tenant_id, id);
