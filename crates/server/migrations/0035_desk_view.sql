-- Saved views of the desk: a queue, a filter, an order, columns, and how it is drawn.

CREATE TABLE desk_view (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  keeper_id {id} NOT NULL REFERENCES app_user (id),
  share TEXT NOT NULL CHECK (share IN ('own', 'team', 'public')),
  -- A team is the keeper's role and, where they are bound to one, branch, as it was when the view was shared.
  team_role TEXT NOT NULL,
  team_branch {id},
  name TEXT NOT NULL,
  place {int} NOT NULL,
  layout TEXT NOT NULL CHECK (layout IN ('list', 'kanban')),
  columns TEXT NOT NULL,
  sort TEXT NOT NULL,
  -- The filter, a column for each thing it asks, so that one statement counts what stands in every view. Words stand
  -- between commas: ',new,triaged,'; empty asks nothing.
  queue TEXT NOT NULL,
  states TEXT NOT NULL,
  priorities TEXT NOT NULL,
  channels TEXT NOT NULL,
  waiting TEXT NOT NULL,
  owner_me {int} NOT NULL,
  owner_is {id},
  district TEXT NOT NULL,
  tier TEXT NOT NULL,
  fault TEXT NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  version {int} NOT NULL
){strict};
CREATE INDEX desk_view_keeper ON desk_view (tenant_id, keeper_id);
CREATE INDEX desk_view_shared ON desk_view (tenant_id, share) WHERE share <> 'own';

-- The other orders a queue can be walked in.
CREATE INDEX ticket_open_opened ON ticket (tenant_id, opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX ticket_open_changed ON ticket (tenant_id, updated_at, id) WHERE closed_at IS NULL;
