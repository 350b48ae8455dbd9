-- What the lists of merchants and terminals walk; contacts are changed under a version as everything else is.

ALTER TABLE contact ADD COLUMN version {int} NOT NULL DEFAULT 1;

CREATE INDEX merchant_newest ON merchant (tenant_id, id);
CREATE INDEX merchant_newest_of ON merchant (tenant_id, acquirer_id, id);
-- The middle of a district, for a store whose place is not known.
CREATE INDEX store_district ON store (tenant_id, district, id);
CREATE INDEX terminal_newest ON terminal (tenant_id, id);
-- The last four characters of the label, and the model without its spaces: what people read out.
CREATE INDEX terminal_tail ON terminal (tenant_id, substr(serial_no, length(serial_no) - 3));
CREATE INDEX terminal_model ON terminal (tenant_id, upper(replace(model, ' ', '')));
CREATE INDEX binding_open_number ON binding (tenant_id, tid) WHERE valid_to IS NULL;
CREATE INDEX ticket_open_merchant ON ticket (merchant_id, opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX ticket_open_terminal ON ticket (terminal_id, opened_at, id) WHERE closed_at IS NULL;
