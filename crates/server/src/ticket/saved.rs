//! SQL of saved views.

use jiff::Timestamp;
use postsale_domain::ground::{Role, UserId, to_millis};
use postsale_domain::ticket::DeskViewId;
use postsale_domain::ticket::saved::{Asker, Kept, Layout, ListColumn, Share};
use serde::Serialize;

use super::filter::{Filter, Narrow, Sort, matches};
use super::list::{SOON, Sight, View, given_to, of_branch};
use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, code, p};
use crate::sql;

/// Counts stop here; what is more is said as "more than".
pub const COUNTED: i64 = 999;

/// A saved view.
#[derive(Debug, Clone, Serialize)]
pub struct DeskView {
    /// Which one.
    pub id: DeskViewId,
    /// Who keeps it, for whom.
    #[serde(skip)]
    pub kept: Kept,
    /// For whom.
    pub share: Share,
    /// Its name.
    pub name: String,
    /// Where it stands among its keeper's.
    pub place: i64,
    /// How it is drawn.
    pub layout: Layout,
    /// Its columns; none means those everybody has.
    pub columns: Vec<ListColumn>,
    /// Its order.
    pub sort: Sort,
    /// The queue it starts from.
    pub queue: View,
    /// What it is narrowed to.
    pub filter: Filter,
    /// Grows with each change.
    pub version: i64,
}

/// The columns, in the order [`read`] takes them.
macro_rules! columns {
    () => {
        "v.id, v.keeper_id, v.share, v.team_role, v.team_branch, v.name, v.place, v.layout, v.columns, v.sort, v.queue, v.states, v.priorities, \
         v.channels, v.waiting, v.owner_me, v.owner_is, v.district, v.tier, v.fault, v.version"
    };
}

fn read(r: &mut Row) -> Result<DeskView, DbError> {
    let (id, keeper, share) = (r.next()?, r.next()?, r.coded()?);
    let kept = Kept { keeper, share, team_role: r.word(Role::parse)?, team_branch: r.next()? };
    let (name, place, layout, columns, sort, queue) = (r.next()?, r.next()?, r.coded()?, r.next::<Json<_>>()?.0, r.coded()?, r.coded()?);
    let narrow = Narrow {
        states: r.next()?,
        priorities: r.next()?,
        channels: r.next()?,
        waiting: r.next()?,
        owner_me: r.next()?,
        owner_is: r.next()?,
        district: r.next()?,
        tier: r.next()?,
        fault: r.next()?,
    };
    Ok(DeskView { id, kept, share, name, place, layout, columns, sort, queue, filter: Filter::from(&narrow), version: r.next()? })
}

/// Keeps a new view.
pub fn insert(tx: &mut Tx<'_>, view: &DeskView, narrow: &Narrow) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO desk_view (id, tenant_id, keeper_id, share, team_role, team_branch, name, place, layout, columns, sort, queue, states,
               priorities, channels, waiting, owner_me, owner_is, district, tier, fault, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22, $23)"
        ),
        &[
            p(&view.id),
            p(&tenant),
            p(&view.kept.keeper),
            code(&view.share),
            p(view.kept.team_role.as_str()),
            p(&view.kept.team_branch),
            p(&view.name),
            p(&view.place),
            code(&view.layout),
            p(&Json(&view.columns)),
            code(&view.sort),
            code(&view.queue),
            p(&narrow.states),
            p(&narrow.priorities),
            p(&narrow.channels),
            p(&narrow.waiting),
            p(&narrow.owner_me),
            p(&narrow.owner_is),
            p(&narrow.district),
            p(&narrow.tier),
            p(&narrow.fault),
            p(&now),
            p(&view.version),
        ],
    )?;
    tx.audit("desk_view.add", view.id, None, Some(view));
    Ok(())
}

/// Saves a changed view under its next version.
pub fn save(tx: &mut Tx<'_>, before: &DeskView, view: &mut DeskView, narrow: &Narrow) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    view.version = before.version + 1;
    tx.exec(
        sql!(
            "UPDATE desk_view SET share = $3, team_role = $4, team_branch = $5, name = $6, place = $7, layout = $8, columns = $9, sort = $10,
               queue = $11, states = $12, priorities = $13, channels = $14, waiting = $15, owner_me = $16, owner_is = $17, district = $18,
               tier = $19, fault = $20, updated_at = $21, version = $22 WHERE id = $1 AND tenant_id = $2"
        ),
        &[
            p(&view.id),
            p(&tenant),
            code(&view.share),
            p(view.kept.team_role.as_str()),
            p(&view.kept.team_branch),
            p(&view.name),
            p(&view.place),
            code(&view.layout),
            p(&Json(&view.columns)),
            code(&view.sort),
            code(&view.queue),
            p(&narrow.states),
            p(&narrow.priorities),
            p(&narrow.channels),
            p(&narrow.waiting),
            p(&narrow.owner_me),
            p(&narrow.owner_is),
            p(&narrow.district),
            p(&narrow.tier),
            p(&narrow.fault),
            p(&now),
            p(&view.version),
        ],
    )?;
    tx.audit("desk_view.change", view.id, Some(before), Some(view));
    Ok(())
}

/// Forgets a view.
pub fn remove(tx: &mut Tx<'_>, view: &DeskView) -> Done<()> {
    let tenant = tx.tenant();
    tx.exec(sql!("DELETE FROM desk_view WHERE id = $1 AND tenant_id = $2"), &[p(&view.id), p(&tenant)])?;
    tx.audit("desk_view.remove", view.id, Some(view), None);
    Ok(())
}

/// One view, to be changed.
pub fn for_change(tx: &mut Tx<'_>, id: DeskViewId) -> Done<Option<DeskView>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(concat!("SELECT ", columns!(), " FROM desk_view v WHERE v.id = $1 AND v.tenant_id = $2 {for_update}")),
        &[p(&id), p(&tenant)],
        read,
    )?)
}

/// The views somebody keeps, as they stand.
pub fn kept_by(tx: &mut Tx<'_>, keeper: UserId) -> Done<Vec<DeskView>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(concat!("SELECT ", columns!(), " FROM desk_view v WHERE v.tenant_id = $1 AND v.keeper_id = $2 ORDER BY v.place, v.id")),
        &[p(&tenant), p(&keeper)],
        read,
    )?)
}

/// A view as somebody sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The view.
    pub view: DeskView,
    /// Who keeps it.
    pub keeper_name: String,
    /// Open tickets in it, [`COUNTED`] and one at most; none of a view of closed ones.
    pub count: Option<i64>,
    /// The last change.
    pub updated_at: Timestamp,
}

/// Every view somebody sees with what stands in each, in one statement: their own first, then their team's, then everybody's;
/// 200 at most.
pub fn seen_by(tx: &mut Tx<'_>, asker: &Asker, sight: Sight) -> Done<Vec<Seen>> {
    let read_seen = |r: &mut Row| {
        let view = read(r)?;
        let (keeper_name, updated_at, count): (_, _, i64) = (r.next()?, r.next()?, r.next()?);
        let count = (view.queue != View::Closed).then_some(count);
        Ok(Seen { view, keeper_name, count, updated_at })
    };
    let insider = asker.role != Role::Acquirer;
    let mut params = vec![
        p(&tx.tenant()),
        p(&asker.user),
        p(asker.role.as_str()),
        p(&asker.branch),
        p(&insider),
        p(&to_millis(tx.now() + SOON)),
        p(&(COUNTED + 1)),
    ];
    macro_rules! seen {
        ($sight:expr) => {
            tx.query(
                sql!(concat!(
                    "SELECT ",
                    columns!(),
                    ", u.display_name, v.updated_at,
                     (SELECT COUNT(*) FROM (SELECT 1 FROM ticket t WHERE t.tenant_id = $1 AND t.closed_at IS NULL AND v.queue <> 'closed'",
                    matches!(
                        "v.queue",
                        "v.states",
                        "v.priorities",
                        "v.channels",
                        "v.waiting",
                        "v.district",
                        "v.tier",
                        "v.fault",
                        "CASE WHEN v.owner_me = 1 THEN $2 ELSE v.owner_is END",
                        "$2",
                        "$6"
                    ),
                    $sight,
                    " LIMIT $7) AS found)
                     FROM desk_view v JOIN app_user u ON u.id = v.keeper_id
                     WHERE v.tenant_id = $1 AND (v.keeper_id = $2 OR (v.share = 'public' AND $5 = 1)
                        OR (v.share = 'team' AND v.team_role = $3 AND (v.team_branch IS NULL OR v.team_branch = $4)))
                     ORDER BY CASE WHEN v.keeper_id = $2 THEN 0 WHEN v.share = 'team' THEN 1 ELSE 2 END, v.place, v.id LIMIT 200"
                )),
                &params,
                read_seen,
            )?
        };
    }
    Ok(match sight {
        Sight::Nothing => Vec::new(),
        Sight::All => seen!(""),
        Sight::Acquirer(own) => {
            params.push(p(&own));
            seen!(" AND t.acquirer_id = $8")
        }
        Sight::Branch(own) => {
            params.push(p(&own));
            seen!(of_branch!("$8"))
        }
        Sight::Engineer(own) => {
            params.push(p(&own));
            seen!(given_to!("$8"))
        }
    })
}
