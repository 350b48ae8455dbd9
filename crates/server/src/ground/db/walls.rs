//! The walls between tenants inside PostgreSQL (row-level security), a second line behind the `tenant_id = $1` of every statement: what a
//! statement forgot to ask for, the database does not hand out.
//!
//! Whom a transaction works for is said with its BEGIN, in the same message: one tenant, or `every` for [`Bare`](super::Bare). Who says
//! nothing sees no row and writes none, the tables' owner included. Superusers and roles with BYPASSRLS walk through all of it, so a
//! server should be neither; `postsale doctor` says when it is. SQLite has no such thing.

use postsale_domain::ground::{TenantId, TypedId};

use super::handle::Target;
use super::postgres::PgConn;
use super::sql::only_there;
use super::{Conn, DbError, Sql, Val};

/// Whose rows a transaction can see and write.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reach {
    /// Those of one tenant.
    Tenant(TenantId),
    /// All of them: work before a tenant is known, and over all tenants.
    Every,
}

impl Reach {
    /// Tells PostgreSQL until the end of the transaction, with [`Reach::value`].
    pub(super) const LOCAL: &'static Sql = {
        static LOCAL: Sql = only_there!("SELECT set_config('postsale.tenant', $1, true)");
        &LOCAL
    };

    pub(super) fn value(self) -> Val {
        Val::Text(match self {
            Reach::Tenant(tenant) => tenant.uuid().to_string(),
            Reach::Every => "every".to_owned(),
        })
    }
}

/// Lets a connection see every tenant until it is closed, except in transactions that say otherwise: for single statements that need no
/// transaction, and for migrations.
pub(super) const OPEN: &str = "SET postsale.tenant = 'every'";

/// Tables with tenants' rows and the column that names the tenant, with whether the wall stands.
const TABLES: &str = "
    SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT),
      c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
      AND a.attname = CASE c.relname WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END
    ORDER BY c.relname";

/// Tables whose wall does not stand.
pub(super) fn open(conn: &mut dyn Conn) -> Result<Vec<String>, DbError> {
    Ok(tables(conn)?.into_iter().filter(|(.., stands)| !stands).map(|(table, ..)| table).collect())
}

/// Builds the walls that are missing. Every migration ends with it, so that a table and its wall come in one transaction.
///
/// The setting is compared in a CASE, which PostgreSQL takes for true of half the rows: joined with the statement's own `tenant_id = $1`
/// its estimates, and so its plans, stay what they were. An OR or an IN would make it expect far too few rows, a sub-query costs each
/// statement more than it saves. Texts are compared, since reading an id out of the setting costs more than writing the row's.
pub(super) fn raise(conn: &mut dyn Conn) -> Result<(), DbError> {
    for (table, column, stands) in tables(conn)? {
        if !stands {
            // Names from the catalogue, which only migrations write.
            conn.raw(&format!(
                "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                 DROP POLICY IF EXISTS tenant ON {table};
                 CREATE POLICY tenant ON {table} USING (CASE WHEN CAST({column} AS TEXT) = current_setting('postsale.tenant', true) THEN true
                   ELSE current_setting('postsale.tenant', true) = 'every' END)"
            ))?;
        }
    }
    Ok(())
}

fn tables(conn: &mut dyn Conn) -> Result<Vec<(String, String, bool)>, DbError> {
    conn.raw_rows(TABLES)?.iter_mut().map(|row| Ok((row.next()?, row.next()?, row.next()?))).collect()
}

/// How well the walls inside a database hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walls {
    /// Tables with tenants' rows.
    pub tables: usize,
    /// Those among them without a wall.
    pub open: Vec<String>,
    /// Why this server's role is not held by any wall, if it is not.
    pub passes: Option<&'static str>,
}

/// Looks at the walls of a database as this server's role meets them; `None` for SQLite, which has none.
pub fn walls(url: &str) -> Result<Option<Walls>, DbError> {
    let Target::Postgres(url) = Target::parse(url)? else { return Ok(None) };
    let mut conn = PgConn::open(&url)?;
    let mut role = conn.raw_rows(
        "SELECT rolsuper, rolbypassrls, COALESCE(current_setting('postsale.tenant', true), '') <> '' FROM pg_roles WHERE rolname = current_user",
    )?;
    let mut passes = None;
    if let Some(row) = role.first_mut() {
        let (superuser, bypasses, told): (bool, bool, bool) = (row.next()?, row.next()?, row.next()?);
        passes = match (superuser, bypasses, told) {
            (true, ..) => Some("it is a superuser"),
            (_, true, _) => Some("it has BYPASSRLS"),
            (.., true) => Some("postsale.tenant is set for the whole connection"),
            _ => None,
        };
    }
    Ok(Some(Walls { tables: tables(&mut conn)?.len(), open: open(&mut conn)?, passes }))
}
