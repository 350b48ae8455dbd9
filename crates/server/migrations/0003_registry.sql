-- Acquirers, merchants, stores, contacts, terminals, bindings, crew.

CREATE TABLE acquirer (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (tenant_id, code)
){strict};

CREATE TABLE merchant (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  acquirer_id {id} NOT NULL REFERENCES acquirer (id),
  mid TEXT NOT NULL,
  name TEXT NOT NULL,
  uscc TEXT NOT NULL,
  tier TEXT NOT NULL CHECK (tier IN ('standard', 'silver', 'gold')),
  industry TEXT NOT NULL,
  settlement_account_mask TEXT NOT NULL,
  created_at {int} NOT NULL,
  version {int} NOT NULL,
  UNIQUE (tenant_id, mid)
){strict};
CREATE INDEX merchant_name ON merchant (tenant_id, name, id);
CREATE INDEX merchant_acquirer ON merchant (tenant_id, acquirer_id, name, id);

CREATE TABLE store (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  merchant_id {id} NOT NULL REFERENCES merchant (id),
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  district TEXT NOT NULL,
  lat_e6 {int} NOT NULL,
  lng_e6 {int} NOT NULL,
  hours TEXT NOT NULL,
  agreement TEXT NOT NULL,
  version {int} NOT NULL
){strict};
CREATE INDEX store_merchant ON store (merchant_id, id);

CREATE TABLE contact (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  merchant_id {id} NOT NULL REFERENCES merchant (id),
  store_id {id} REFERENCES store (id),
  name TEXT NOT NULL,
  duty TEXT NOT NULL,
  phone TEXT,
  email TEXT,
  lang TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
  created_at {int} NOT NULL
){strict};
CREATE INDEX contact_merchant ON contact (merchant_id, id);
CREATE INDEX contact_phone ON contact (tenant_id, phone);
CREATE INDEX contact_email ON contact (tenant_id, email);

CREATE TABLE terminal (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  serial_no TEXT NOT NULL,
  tusn TEXT NOT NULL,
  model TEXT NOT NULL,
  batch TEXT NOT NULL,
  firmware TEXT NOT NULL,
  shipped_on TEXT,
  activated_on TEXT,
  warranty_until TEXT,
  extended_until TEXT,
  offline_since {int},
  created_at {int} NOT NULL,
  version {int} NOT NULL,
  UNIQUE (tenant_id, serial_no),
  UNIQUE (tenant_id, tusn)
){strict};

CREATE TABLE binding (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL,
  terminal_id {id} NOT NULL REFERENCES terminal (id),
  acquirer_id {id} NOT NULL REFERENCES acquirer (id),
  merchant_id {id} NOT NULL REFERENCES merchant (id),
  store_id {id} NOT NULL REFERENCES store (id),
  tid TEXT NOT NULL,
  uscc TEXT NOT NULL,
  settlement_account_mask TEXT NOT NULL,
  address TEXT NOT NULL,
  valid_from {int} NOT NULL,
  valid_to {int},
  closed_because TEXT,
  CHECK (valid_to IS NULL OR valid_to >= valid_from)
){strict};
-- One terminal, one merchant (259号): never two open bindings of one serial.
CREATE UNIQUE INDEX binding_open_terminal ON binding (terminal_id) WHERE valid_to IS NULL;
-- And never two terminals under one open terminal number of an acquirer.
CREATE UNIQUE INDEX binding_open_tid ON binding (acquirer_id, tid) WHERE valid_to IS NULL;
CREATE INDEX binding_terminal ON binding (terminal_id, valid_from);
CREATE INDEX binding_merchant ON binding (merchant_id, valid_to);
CREATE INDEX binding_store ON binding (store_id, valid_to);

CREATE TABLE engineer (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  territory TEXT NOT NULL,
  shifts TEXT NOT NULL,
  daily_limit {int} NOT NULL,
  lat_e6 {int} NOT NULL,
  lng_e6 {int} NOT NULL,
  active {int} NOT NULL
){strict};
CREATE INDEX engineer_tenant ON engineer (tenant_id, active, id);

CREATE TABLE engineer_skill (
  engineer_id {id} NOT NULL REFERENCES engineer (id),
  skill TEXT NOT NULL,
  valid_until TEXT,
  PRIMARY KEY (engineer_id, skill)
){strict};
