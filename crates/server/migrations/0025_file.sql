-- Files that came along with words, and those still on their way. The bytes lie in files/ of the data folder under their hash; a row here
-- is written only when the file it names is safely on the disk.

CREATE TABLE attachment (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  -- The line it stands on; none until its words are sent.
  entry_id {id} REFERENCES ticket_entry (id),
  caller TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  bytes {int} NOT NULL,
  sha256 TEXT NOT NULL,
  width {int},
  height {int},
  created_at {int} NOT NULL
){strict};
CREATE INDEX attachment_ticket ON attachment (ticket_id, id);
CREATE INDEX attachment_blob ON attachment (sha256);
CREATE INDEX attachment_day ON attachment (tenant_id, created_at);
CREATE INDEX attachment_loose ON attachment (created_at) WHERE entry_id IS NULL;

CREATE TABLE upload (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  caller TEXT NOT NULL,
  name TEXT NOT NULL,
  bytes {int} NOT NULL,
  sha256 TEXT NOT NULL,
  received {int} NOT NULL,
  attachment_id {id},
  created_at {int} NOT NULL
){strict};
CREATE INDEX upload_open ON upload (tenant_id, caller, created_at) WHERE attachment_id IS NULL;
CREATE INDEX upload_age ON upload (created_at);
