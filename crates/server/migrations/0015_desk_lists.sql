-- Lists of the desk that had no index of their own: an acquirer's queue, the call-back lists.

CREATE INDEX ticket_acquirer ON ticket (tenant_id, acquirer_id, next_due_at, id) WHERE closed_at IS NULL;
CREATE INDEX ticket_acquirer_closed ON ticket (tenant_id, acquirer_id, closed_at, id);
CREATE INDEX follow_up_open ON follow_up (tenant_id, due_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX follow_up_answered ON follow_up (tenant_id, answered_at, id) WHERE answered_at IS NOT NULL;
