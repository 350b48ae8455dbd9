-- A terminal's and a merchant's tickets are asked for within the tenant: without it in front, the index of all open ones looks as good.
DROP INDEX ticket_terminal;
DROP INDEX ticket_merchant;
DROP INDEX ticket_open_terminal;
DROP INDEX ticket_open_merchant;
CREATE INDEX ticket_terminal ON ticket (tenant_id, terminal_id, opened_at, id);
CREATE INDEX ticket_merchant ON ticket (tenant_id, merchant_id, opened_at, id);
CREATE INDEX ticket_open_terminal ON ticket (tenant_id, terminal_id, opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX ticket_open_merchant ON ticket (tenant_id, merchant_id, opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX ticket_open_phone ON ticket (tenant_id, contact_phone, opened_at, id) WHERE closed_at IS NULL;

-- What belongs to a thing that is named is found by that, not by the tenant alone.
CREATE INDEX binding_open_merchant ON binding (tenant_id, merchant_id, store_id, valid_from, id) WHERE valid_to IS NULL;
CREATE INDEX work_order_of_case ON work_order (tenant_id, ticket_id, number);
CREATE INDEX work_order_newest ON work_order (tenant_id, id);
CREATE INDEX work_order_open_engineer ON work_order (tenant_id, engineer_id) WHERE closed_at IS NULL;
CREATE INDEX letter_of_case ON letter (tenant_id, ticket_id, received_at, id);
CREATE INDEX attachment_of_case ON attachment (tenant_id, ticket_id, id);
-- How many are in which state, counted over the index alone.
CREATE INDEX ticket_open_state ON ticket (tenant_id, state, waiting) WHERE closed_at IS NULL;
CREATE INDEX app_user_engineer ON app_user (tenant_id, engineer_id) WHERE disabled_at IS NULL;
