-- Cases that go on under another number, and clocks that are set aside meanwhile.

CREATE TABLE ticket_merge (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  loser_id {id} NOT NULL REFERENCES ticket (id),
  survivor_id {id} NOT NULL REFERENCES ticket (id),
  at {int} NOT NULL,
  by_name TEXT NOT NULL,
  -- Where the loser stood, for the day it stands on its own again.
  state_before TEXT NOT NULL,
  undone_at {int},
  undone_by TEXT
){strict};
CREATE UNIQUE INDEX ticket_merge_live ON ticket_merge (loser_id) WHERE undone_at IS NULL;
CREATE INDEX ticket_merge_survivor ON ticket_merge (survivor_id, at) WHERE undone_at IS NULL;

ALTER TABLE clock ADD COLUMN aside_at {int};
DROP INDEX clock_next;
CREATE INDEX clock_next_live ON clock (next_at, id) WHERE next_at IS NOT NULL AND aside_at IS NULL;
