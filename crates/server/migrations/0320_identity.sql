-- The house of accounts a tenant trusts to say who somebody is, and whom it has named so far.

CREATE TABLE identity_provider (
  tenant_id {id} PRIMARY KEY REFERENCES tenant (id),
  terms TEXT NOT NULL,
  -- Locked by the key of the house: the database alone does not give it back.
  secret {bytes} NOT NULL,
  changed_at {int} NOT NULL,
  version {int} NOT NULL
){strict};

-- A subject is one person for good, whatever their name or address becomes.
CREATE TABLE identity_link (
  tenant_id {id} NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id {id} NOT NULL REFERENCES app_user (id),
  created_at {int} NOT NULL,
  last_at {int} NOT NULL,
  PRIMARY KEY (tenant_id, issuer, subject),
  UNIQUE (user_id, issuer)
){strict};

-- Answers that came back from a provider once; they open nothing a second time.
CREATE TABLE identity_spent (
  state_hash {bytes} PRIMARY KEY,
  expires_at {int} NOT NULL
){strict};
CREATE INDEX identity_spent_age ON identity_spent (expires_at);

-- Whether the provider vouched for a second factor when the session was opened.
ALTER TABLE session ADD COLUMN vouched {int} NOT NULL DEFAULT 0;

-- Mail addresses compare in small letters.
CREATE INDEX app_user_email ON app_user (tenant_id, LOWER(email));
