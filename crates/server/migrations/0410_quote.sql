-- A quote is an offer to the merchant: it waits for an answer until a day, and says what coverage decided of its lines. Quotes of before have
-- no state; nobody was asked about them, and nobody can answer them any more.
ALTER TABLE quote ADD COLUMN state TEXT CHECK (state IN ('offered', 'accepted', 'declined', 'expired', 'replaced'));
ALTER TABLE quote ADD COLUMN valid_until {int};
ALTER TABLE quote ADD COLUMN coverage TEXT;
ALTER TABLE quote ADD COLUMN answered_at {int};
ALTER TABLE quote ADD COLUMN answered_by TEXT;
ALTER TABLE quote ADD COLUMN answered_way TEXT CHECK (answered_way IN ('page', 'phone', 'mail', 'wechat', 'in_person', 'signature'));
ALTER TABLE quote ADD COLUMN answer_note TEXT;
ALTER TABLE quote ADD COLUMN signature TEXT;
ALTER TABLE quote ADD COLUMN noted_by TEXT;
-- One live offer of a case at most.
CREATE UNIQUE INDEX quote_live ON quote (tenant_id, ticket_id) WHERE state = 'offered';

-- What is charged in a case goes on without the merchant's yes: who said so, and why.
CREATE TABLE charge_waiver (
  ticket_id {id} PRIMARY KEY REFERENCES ticket (id),
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  reason TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at {int} NOT NULL
){strict};
