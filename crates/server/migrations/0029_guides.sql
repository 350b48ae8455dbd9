-- Guides a tenant writes itself. One version of a guide is open at a time; a published one is never written again.

CREATE TABLE guide_version (
  id {id} PRIMARY KEY,
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  guide TEXT NOT NULL,
  version {int} NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'review', 'published')),
  body TEXT NOT NULL,
  source TEXT NOT NULL,
  expires_on TEXT,
  author_id {id} NOT NULL REFERENCES app_user (id),
  reviewer_id {id} REFERENCES app_user (id),
  returned_because TEXT,
  edited_at {int} NOT NULL,
  published_at {int},
  seen {int} NOT NULL,
  UNIQUE (tenant_id, guide, version)
){strict};
CREATE UNIQUE INDEX guide_version_open ON guide_version (tenant_id, guide) WHERE state <> 'published';

-- How often a guide was walked, and where people left it.
CREATE INDEX guide_run_guide ON guide_run (tenant_id, guide, started_at);
