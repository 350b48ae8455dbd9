-- What is closed is listed in the orders in which what is open is.
CREATE INDEX ticket_closed_opened ON ticket (tenant_id, opened_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX ticket_closed_changed ON ticket (tenant_id, updated_at, id) WHERE closed_at IS NOT NULL;
