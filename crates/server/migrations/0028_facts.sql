-- What a tenant changes of the facts the house ships with. A version is written once; `live` says whether it may still be in force.

CREATE TABLE fact_head (
  tenant_id {id} PRIMARY KEY REFERENCES tenant (id),
  stamp {id} NOT NULL
){strict};

CREATE TABLE fact_version (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  kind TEXT NOT NULL,
  version {int} NOT NULL,
  rows TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  reason TEXT NOT NULL,
  by_caller TEXT NOT NULL,
  by_name TEXT NOT NULL,
  restored_from {int},
  published_at {int} NOT NULL,
  live {int} NOT NULL,
  UNIQUE (tenant_id, kind, version)
){strict};
CREATE INDEX fact_version_live ON fact_version (tenant_id, kind, version) WHERE live = 1;

CREATE TABLE fact_draft (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  kind TEXT NOT NULL,
  base {int} NOT NULL,
  rows TEXT NOT NULL,
  by_name TEXT NOT NULL,
  edited_at {int} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (tenant_id, kind)
){strict};

-- What a tenant's own facts say about a ticket: the label it wears, what it is about, its custom fields.
CREATE TABLE ticket_extra (
  ticket_id {id} PRIMARY KEY REFERENCES ticket (id),
  tenant_id {id} NOT NULL,
  label TEXT,
  ticket_type TEXT NOT NULL,
  fields TEXT NOT NULL
){strict};
CREATE INDEX ticket_extra_label ON ticket_extra (tenant_id, label) WHERE label IS NOT NULL;

-- What was offered at which prices.
CREATE TABLE quote (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  ticket_id {id} NOT NULL REFERENCES ticket (id),
  price_version {int} NOT NULL,
  priced_on TEXT NOT NULL,
  lines TEXT NOT NULL,
  total {int} NOT NULL,
  tax {int} NOT NULL,
  by_name TEXT NOT NULL,
  created_at {int} NOT NULL
){strict};
CREATE INDEX quote_ticket ON quote (ticket_id, created_at, id);
