-- Where people belong, how they join, second factors, keys for programs, and what slows down guessing.

CREATE TABLE branch (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at {int} NOT NULL,
  closed_at {int},
  version {int} NOT NULL,
  UNIQUE (tenant_id, code)
){strict};
CREATE INDEX branch_listed ON branch (tenant_id, id);

-- A district belongs to one branch at most: what happens there is that branch's.
CREATE TABLE branch_district (
  tenant_id {id} NOT NULL,
  district TEXT NOT NULL,
  branch_id {id} NOT NULL REFERENCES branch (id),
  PRIMARY KEY (tenant_id, district)
){strict};
CREATE INDEX branch_district_branch ON branch_district (branch_id, district);

CREATE TABLE partner (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('outsourcer', 'dealer')),
  contact TEXT NOT NULL,
  created_at {int} NOT NULL,
  closed_at {int},
  version {int} NOT NULL,
  UNIQUE (tenant_id, code)
){strict};
CREATE INDEX partner_listed ON partner (tenant_id, id);

ALTER TABLE app_user ADD COLUMN email TEXT;
ALTER TABLE app_user ADD COLUMN previous_email TEXT;
ALTER TABLE app_user ADD COLUMN lang TEXT NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en'));
ALTER TABLE app_user ADD COLUMN branch_id {id} REFERENCES branch (id);
ALTER TABLE app_user ADD COLUMN partner_id {id} REFERENCES partner (id);
ALTER TABLE app_user ADD COLUMN joined_at {int};
ALTER TABLE app_user ADD COLUMN version {int} NOT NULL DEFAULT 1;
UPDATE app_user SET joined_at = created_at;
CREATE INDEX app_user_listed ON app_user (tenant_id, id);

ALTER TABLE session ADD COLUMN id {id};
ALTER TABLE session ADD COLUMN agent TEXT;
ALTER TABLE session ADD COLUMN address TEXT;

-- Links for joining and for a new password; only the hash of what stands in the link.
CREATE TABLE user_token (
  token_hash {bytes} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  user_id {id} NOT NULL REFERENCES app_user (id),
  kind TEXT NOT NULL CHECK (kind IN ('invite', 'reset')),
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  UNIQUE (user_id, kind)
){strict};

-- The secret itself is made from this salt and the key of the house: neither alone gives a code.
CREATE TABLE second_factor (
  user_id {id} PRIMARY KEY REFERENCES app_user (id),
  tenant_id {id} NOT NULL,
  salt {bytes} NOT NULL,
  created_at {int} NOT NULL,
  confirmed_at {int},
  last_step {int} NOT NULL
){strict};

CREATE TABLE recovery_code (
  user_id {id} NOT NULL REFERENCES app_user (id),
  code_hash {bytes} NOT NULL,
  used_at {int},
  PRIMARY KEY (user_id, code_hash)
){strict};

CREATE TABLE api_key (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  user_id {id} NOT NULL REFERENCES app_user (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  secret_hash {bytes} NOT NULL UNIQUE,
  role TEXT NOT NULL,
  created_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  last_used_at {int},
  ended_at {int}
){strict};
CREATE INDEX api_key_listed ON api_key (tenant_id, id);
CREATE INDEX api_key_user ON api_key (user_id);

-- Failures by name, by address, by mail asked for; takes the place of login_failure.
CREATE TABLE throttle (
  key TEXT PRIMARY KEY,
  failures {int} NOT NULL,
  last_at {int} NOT NULL
){strict};
CREATE INDEX throttle_age ON throttle (last_at);
DROP TABLE login_failure;
