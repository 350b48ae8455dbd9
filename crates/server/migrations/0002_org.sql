-- Tenants, people, sessions, the audit chain.

CREATE TABLE tenant (
  id {id} PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  settings TEXT NOT NULL,
  created_at {int} NOT NULL
){strict};

CREATE TABLE app_user (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  username TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  engineer_id {id},
  acquirer_id {id},
  disabled_at {int},
  created_at {int} NOT NULL
){strict};
CREATE INDEX app_user_tenant ON app_user (tenant_id, role, id);

CREATE TABLE session (
  token_hash {bytes} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  user_id {id} NOT NULL REFERENCES app_user (id),
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  ended_at {int}
){strict};
CREATE INDEX session_of_user ON session (user_id);

CREATE TABLE login_failure (
  username TEXT PRIMARY KEY,
  failures {int} NOT NULL,
  last_at {int} NOT NULL
){strict};

CREATE TABLE audit_head (
  tenant_id {id} PRIMARY KEY,
  seq {int} NOT NULL,
  hash {bytes} NOT NULL
){strict};

CREATE TABLE audit_entry (
  tenant_id {id} NOT NULL,
  seq {int} NOT NULL,
  at {int} NOT NULL,
  caller TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  before_json TEXT NOT NULL,
  after_json TEXT NOT NULL,
  hash {bytes} NOT NULL,
  PRIMARY KEY (tenant_id, seq)
){strict};
CREATE INDEX audit_subject ON audit_entry (tenant_id, subject, seq);
