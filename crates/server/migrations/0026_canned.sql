-- Canned replies and macros.

CREATE TABLE canned_reply (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  share TEXT NOT NULL CHECK (share IN ('own', 'team', 'all')),
  owner_id {id} NOT NULL REFERENCES app_user (id),
  branch_id {id},
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  updated_at {int} NOT NULL,
  version {int} NOT NULL
){strict};
CREATE INDEX canned_reply_list ON canned_reply (tenant_id, id);

CREATE TABLE recipe (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  name TEXT NOT NULL,
  steps TEXT NOT NULL,
  updated_at {int} NOT NULL,
  version {int} NOT NULL
){strict};
CREATE INDEX recipe_list ON recipe (tenant_id, id);
