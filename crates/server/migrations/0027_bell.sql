-- Who follows a ticket, and what people of the desk are told of.

CREATE TABLE follower (
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  user_id {id} NOT NULL REFERENCES app_user (id),
  tenant_id {id} NOT NULL,
  since {int} NOT NULL,
  PRIMARY KEY (ticket_id, user_id)
){strict};

CREATE TABLE bell (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  user_id {id} NOT NULL REFERENCES app_user (id),
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  kind TEXT NOT NULL,
  by_name TEXT NOT NULL,
  preview TEXT NOT NULL,
  created_at {int} NOT NULL,
  read_at {int}
){strict};
CREATE INDEX bell_list ON bell (user_id, created_at, id);
CREATE INDEX bell_unread ON bell (user_id, id) WHERE read_at IS NULL;
CREATE INDEX bell_recent ON bell (created_at);
