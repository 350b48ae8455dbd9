//! AZ-16: what PostgreSQL itself does not hand out. Every other test of this binary runs behind the same walls: the role of
//! `scripts/with-postgres` is an ordinary one.

use postsale_domain::ground::{Caller, TenantId, TypedId};
use postsale_server::ground::db::{Bare, Conn, DbError, Done, Query, Walls, migrate, walls};
use postsale_testkit::{Kit, World};
use serde_json::json;

use crate::desk_world::{DeskWorld, id_of};
use crate::talk_world::{SERIAL, some_terminal};

/// Tables that name no tenant: what hangs on a row that does and is read through it, and what is there before anybody is known.
const NAMELESS: &[&str] = &[
    "clock_event",
    "clock_firing",
    "clock_segment",
    "dispatch_plan_stop",
    "engineer_skill",
    "guide_answer",
    "identity_spent",
    "import_row",
    "login_failure",
    "recovery_code",
    "schema_migration",
    "throttle",
    "visit_event",
    "visit_part",
    "visit_step",
];

/// The walls as the kit's role meets them.
async fn walls_of(kit: &Kit) -> Walls {
    let url = kit.house.config.database_url();
    tokio::task::spawn_blocking(move || walls(&url)).await.unwrap().unwrap().unwrap()
}

/// A desk with a ticket, and a neighbour with one.
async fn neighbours(kit: &Kit) -> [TenantId; 2] {
    let desk = DeskWorld::new(kit).await;
    desk.called().await;
    let other = World::new(kit, "t2").await;
    some_terminal(kit, &other).await;
    let agent = other.client(kit, postsale_domain::ground::Role::Agent).await;
    let call = json!({ "terminal_serial": SERIAL, "symptom": "蜂鸣器长鸣", "contact": { "name": "赵老板", "phone": "13712345521" } });
    id_of(&agent.post("/api/v1/tickets", &call).await.expect(201));
    [desk.world.tenant, other.tenant]
}

/// Tables with a column that names the tenant, that column beside them.
fn walled(conn: &mut dyn Conn) -> Done<Vec<(String, &'static str)>> {
    let question = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1";
    let mut found = Vec::new();
    for row in &mut conn.raw_rows(question)? {
        let table: String = row.next()?;
        if !NAMELESS.contains(&table.as_str()) {
            found.push((table.clone(), if table == "tenant" { "id" } else { "tenant_id" }));
        }
    }
    Ok(found)
}

fn count(conn: &mut dyn Conn, text: &str) -> Done<i64> {
    Ok(conn.raw_rows(&format!("SELECT COUNT(*) {text}"))?[0].next()?)
}

/// Whether the database refuses a statement because of its walls. The transaction goes on.
fn refused(conn: &mut dyn Conn, text: &str) -> Done<bool> {
    conn.raw("SAVEPOINT attempt")?;
    let said = conn.raw(text);
    conn.raw("ROLLBACK TO attempt")?;
    match said {
        Ok(()) => Ok(false),
        Err(DbError::Other(why)) if why.contains("row-level security") => Ok(true),
        Err(other) => Err(other.into()),
    }
}

/// Runs `work` as a role the walls hold, working for `tenant` or for nobody, and undoes it.
fn held(bare: &mut Bare<'_>, passes: bool, tenant: Option<TenantId>, work: impl FnOnce(&mut dyn Conn) -> Done<()>) -> Done<()> {
    let conn = bare.conn();
    conn.raw("SAVEPOINT before")?;
    if passes {
        conn.raw("CREATE ROLE postsale_held; GRANT ALL ON ALL TABLES IN SCHEMA public TO postsale_held; SET LOCAL ROLE postsale_held")?;
    }
    let setting = tenant.map(|t| t.uuid().to_string()).unwrap_or_default();
    conn.raw(&format!("SET LOCAL postsale.tenant = '{setting}'"))?;
    work(conn)?;
    conn.raw("ROLLBACK TO before")?;
    Ok(())
}

#[test]
fn az_16_every_table_with_a_tenant_has_its_wall() {
    Kit::run(Kit::postgres(), async |kit: Kit| {
        let found = walls_of(&kit).await;
        assert_eq!(found.open, Vec::<String>::new());
        // A new table either names its tenant or is among those that knowingly do not.
        let tables = kit.house.db.bare_read(|bare| walled(bare.conn())).await.unwrap();
        assert_eq!(tables.len(), found.tables);
    });
}

#[test]
fn az_16_a_wall_that_fell_is_missed_and_built_again() {
    Kit::run(Kit::postgres(), async |kit: Kit| {
        let lower =
            "ALTER TABLE bell NO FORCE ROW LEVEL SECURITY; DROP POLICY tenant ON letter; ALTER TABLE notice DISABLE ROW LEVEL SECURITY";
        kit.house.db.bare_write(move |bare| Ok(bare.conn().raw(lower)?)).await.unwrap();
        assert_eq!(walls_of(&kit).await.open, ["bell", "letter", "notice"]);
        let (url, now) = (kit.house.config.database_url(), kit.now());
        tokio::task::spawn_blocking(move || migrate(&url, now)).await.unwrap().unwrap();
        assert_eq!(walls_of(&kit).await.open, Vec::<String>::new());
    });
}

#[test]
fn az_16_who_says_nothing_sees_nothing_and_writes_nothing() {
    Kit::run(Kit::postgres(), async |kit: Kit| {
        let [own, _] = neighbours(&kit).await;
        let passes = walls_of(&kit).await.passes.is_some();
        let looked = kit.house.db.bare_write(move |bare| {
            let tables = walled(bare.conn())?;
            let filled = tables.iter().filter(|(t, _)| count(bare.conn(), &format!("FROM {t}")).is_ok_and(|n| n > 0)).count();
            assert!(filled > 15, "there is something to see at all: {filled}");
            held(bare, passes, None, |conn| {
                for (table, column) in &tables {
                    assert_eq!(count(conn, &format!("FROM {table}"))?, 0, "{table}");
                    for write in [format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")] {
                        assert_eq!(count(conn, &format!("FROM {table}"))?, 0, "{write}");
                        conn.raw(&write)?;
                    }
                    assert!(refused(conn, &format!("INSERT INTO {table} ({column}) VALUES ('{}')", own.uuid()))?, "{table}");
                }
                // The deletions met no row.
                conn.raw("SET LOCAL postsale.tenant = 'every'")?;
                let left = tables.iter().map(|(t, _)| count(conn, &format!("FROM {t}"))).collect::<Done<Vec<_>>>()?;
                assert_eq!(left.iter().filter(|n| **n > 0).count(), filled);
                Ok(())
            })
        });
        looked.await.unwrap();
    });
}

#[test]
fn az_16_with_one_tenants_setting_nothing_of_the_other_is_there() {
    Kit::run(Kit::postgres(), async |kit: Kit| {
        let [own, theirs] = neighbours(&kit).await;
        let passes = walls_of(&kit).await.passes.is_some();
        let looked = kit.house.db.bare_write(move |bare| {
            let tables = walled(bare.conn())?;
            held(bare, passes, Some(own), |conn| {
                let mut seen = 0;
                for (table, column) in &tables {
                    assert_eq!(count(conn, &format!("FROM {table} WHERE {column} <> '{}'", own.uuid()))?, 0, "{table}");
                    assert!(refused(conn, &format!("INSERT INTO {table} ({column}) VALUES ('{}')", theirs.uuid()))?, "{table}");
                    let rows = count(conn, &format!("FROM {table}"))?;
                    assert!(rows == 0 || refused(conn, &format!("UPDATE {table} SET {column} = '{}'", theirs.uuid()))?, "{table}");
                    seen += rows;
                }
                assert!(seen > 15, "its own rows are there: {seen}");
                Ok(())
            })
        });
        looked.await.unwrap();
    });
}

#[test]
fn az_16_a_statement_that_forgets_the_tenant_gets_its_own_rows_only() {
    Kit::run(Kit::postgres(), async |kit: Kit| {
        let [own, theirs] = neighbours(&kit).await;
        if walls_of(&kit).await.passes.is_some() {
            return;
        }
        for tenant in [own, theirs, own] {
            let caller = Caller::system(tenant, "test");
            let forgetful = |conn: &mut dyn Conn| count(conn, "FROM ticket");
            assert_eq!(kit.house.db.read(caller.clone(), kit.now(), move |tx| forgetful(tx.conn())).await.unwrap(), 1);
            assert_eq!(kit.house.db.write(caller, kit.now(), move |tx| forgetful(tx.conn())).await.unwrap(), 1);
            // Work over all tenants goes over the same connections, before and after.
            assert_eq!(kit.house.db.bare_look(move |bare| forgetful(bare.conn())).await.unwrap(), 2);
            assert_eq!(kit.house.db.bare_read(move |bare| forgetful(bare.conn())).await.unwrap(), 2);
        }
    });
}
