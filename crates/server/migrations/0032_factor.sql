-- Roles whose people must have a second factor; without one they are led to setting it up and let in nowhere else.

CREATE TABLE factor_rule (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  role TEXT NOT NULL,
  PRIMARY KEY (tenant_id, role)
){strict};
