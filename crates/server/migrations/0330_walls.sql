-- Nothing by itself. On PostgreSQL every migration ends by walling the tables with tenants' rows that are not yet (ground/db/walls.rs): this
-- one is for databases that were there before the walls.
SELECT 1;
