-- How tickets stand to each other, and the smaller things to be done before one is solved.

CREATE TABLE ticket_link (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  from_id {id} NOT NULL REFERENCES ticket (id),
  to_id {id} NOT NULL REFERENCES ticket (id),
  kind TEXT NOT NULL,
  at {int} NOT NULL,
  by_name TEXT NOT NULL,
  -- The version of a ticket right after it was split off: while it has this one, nothing else has happened to it.
  split_version {int},
  removed_at {int},
  removed_by TEXT
){strict};
CREATE UNIQUE INDEX ticket_link_live ON ticket_link (from_id, to_id, kind) WHERE removed_at IS NULL;
CREATE INDEX ticket_link_to ON ticket_link (to_id, at) WHERE removed_at IS NULL;

CREATE TABLE sub_task (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  title TEXT NOT NULL,
  assignee_id {id} REFERENCES app_user (id),
  due_at {int},
  -- What lists sort by: due, or year 9999.
  sort_at {int} NOT NULL,
  made_at {int} NOT NULL,
  made_by TEXT NOT NULL,
  done_at {int},
  done_by TEXT,
  -- Why it was not done after all.
  dropped TEXT
){strict};
CREATE INDEX sub_task_ticket ON sub_task (ticket_id, id);
CREATE INDEX sub_task_open ON sub_task (tenant_id, assignee_id, sort_at, id) WHERE done_at IS NULL;
