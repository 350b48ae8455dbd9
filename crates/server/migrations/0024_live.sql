-- Live updates: what an audited change is about, as an id that can be joined; who looks at a ticket or writes on it just now.

ALTER TABLE audit_entry ADD COLUMN subject_id {id};

CREATE TABLE presence (
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  user_id {id} NOT NULL REFERENCES app_user (id),
  tenant_id {id} NOT NULL,
  doing TEXT NOT NULL CHECK (doing IN ('viewing', 'writing')),
  until_at {int} NOT NULL,
  PRIMARY KEY (ticket_id, user_id)
){strict};
CREATE INDEX presence_until ON presence (until_at);
CREATE INDEX session_ended ON session (ended_at) WHERE ended_at IS NOT NULL;
