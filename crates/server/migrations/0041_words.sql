-- The words of a thing stand beside it as one text, so that a second table in the order of things is not needed; and the places of words
-- are kept in their key alone. A ticket is written with a third of the work.

CREATE TABLE search_text (
  tenant_id {id} NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('ticket', 'merchant', 'terminal')),
  id {id} NOT NULL,
  -- What its words were cut by; another one means that it has to be cut again.
  dictionary TEXT NOT NULL,
  -- When the thing came to be, as its places say it.
  at {int} NOT NULL,
  -- Its words, a blank around each.
  words TEXT NOT NULL,
  PRIMARY KEY (tenant_id, kind, id)
){keyed};
INSERT INTO search_text (tenant_id, kind, id, dictionary, at, words)
  SELECT d.tenant_id, d.kind, d.id, d.dictionary, COALESCE(w.at, 0), COALESCE(' ' || w.words || ' ', ' ')
  FROM search_doc d LEFT JOIN
    (SELECT tenant_id, kind, id, MAX(at) AS at, string_agg(word, ' ') AS words FROM search_word GROUP BY tenant_id, kind, id) w
    ON w.tenant_id = d.tenant_id AND w.kind = d.kind AND w.id = d.id;
DROP TABLE search_doc;
ALTER TABLE search_text RENAME TO search_doc;

CREATE TABLE search_place (
  tenant_id {id} NOT NULL,
  kind TEXT NOT NULL,
  word TEXT NOT NULL,
  -- When the thing came to be: what is found is shown newest first, and the index has that order.
  at {int} NOT NULL,
  id {id} NOT NULL,
  PRIMARY KEY (tenant_id, kind, word, at, id)
){keyed};
INSERT INTO search_place (tenant_id, kind, word, at, id)
  SELECT tenant_id, kind, word, at, id FROM search_word ORDER BY tenant_id, kind, word, at, id;
DROP TABLE search_word;
ALTER TABLE search_place RENAME TO search_word;
