-- A terminal's and a merchant's tickets are asked for within the tenant: without it in front, the index of all open ones looks as good.
DROP INDEX ticket_terminal;
DROP INDEX ticket_merchant;
DROP INDEX ticket_open_terminal;
DROP INDEX ticket_open_merchant;
CREATE INDEX ticket_terminal ON ticket (tenant_id, terminal_id, opened_at, id);
CREATE INDEX ticket_merchant ON ticket (tenant_id, merchant_id, opened_at, id);
CREATE INDEX ticket_open_terminal ON ticket (tenant_id, terminal_id, opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX ticket_open_merchant ON ticket (tenant_id, merchant_id, opened_at, id) WHERE closed_at IS NULL;

-- With the open ones in it, it offered itself for every question about what is open once the database had counted its rows.
DROP INDEX ticket_acquirer_closed;
CREATE INDEX ticket_acquirer_closed ON ticket (tenant_id, acquirer_id, closed_at, id) WHERE closed_at IS NOT NULL;
