//! SQL of followers and notifications.

use jiff::{SignedDuration, Timestamp};
use postsale_domain::bell::{BellId, Kind};
use postsale_domain::ground::{TypedId, UserId};
use postsale_domain::ticket::TicketId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::db::{Bare, Done, Query, Tx, code, p};
use crate::ground::web::Keyset;
use crate::sql;

/// A notification as its reader sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Bell {
    /// Which one.
    pub id: BellId,
    /// On which ticket.
    pub ticket_id: TicketId,
    /// The ticket's number.
    pub number: i64,
    /// The ticket's title.
    pub subject: String,
    /// What it is about.
    pub kind: Kind,
    /// Whose deed; empty for the house.
    pub by_name: String,
    /// The first words, or the state's word.
    pub preview: String,
    /// When.
    pub at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// Somebody follows a ticket from now on; who does already goes on.
pub fn follow(tx: &mut Tx<'_>, ticket: TicketId, user: UserId) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let fresh = tx.exec(
        sql!("INSERT INTO follower (ticket_id, user_id, tenant_id, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"),
        &[p(&ticket), p(&user), p(&tenant), p(&now)],
    )?;
    if fresh == 1 {
        tx.audit("ticket.follow", user, None, Some(&serde_json::json!({ "ticket": ticket })));
    }
    Ok(())
}

/// Somebody no longer follows it.
pub fn unfollow(tx: &mut Tx<'_>, ticket: TicketId, user: UserId) -> Done<()> {
    let tenant = tx.tenant();
    let gone = tx
        .exec(sql!("DELETE FROM follower WHERE ticket_id = $1 AND user_id = $2 AND tenant_id = $3"), &[p(&ticket), p(&user), p(&tenant)])?;
    if gone == 1 {
        tx.audit("ticket.unfollow", user, Some(&serde_json::json!({ "ticket": ticket })), None);
    }
    Ok(())
}

/// A follower.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Follower {
    /// Who.
    pub id: UserId,
    /// Name.
    pub name: String,
}

/// Who follows a ticket and may still sign in, by name; a hundred at most.
pub fn followers(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<Follower>> {
    let tenant = tx.tenant();
    Ok(tx.hanging(
        ticket,
        sql!(
            "SELECT f.user_id, u.display_name FROM follower f JOIN app_user u ON u.id = f.user_id
             WHERE f.ticket_id = $1 AND f.tenant_id = $2 AND u.disabled_at IS NULL ORDER BY u.display_name, f.user_id LIMIT 100"
        ),
        &[p(&ticket), p(&tenant)],
        |r| Ok(Follower { id: r.next()?, name: r.next()? }),
    )?)
}

/// Everybody of the tenant who can be named.
pub fn people(tx: &mut Tx<'_>) -> Done<Vec<(UserId, String)>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!("SELECT id, display_name FROM app_user WHERE tenant_id = $1 AND disabled_at IS NULL AND role <> 'acquirer' ORDER BY id LIMIT 5000"),
        &[p(&tenant)],
        |r| Ok((r.next()?, r.next()?)),
    )?)
}

/// Rings for somebody.
pub fn ring(tx: &mut Tx<'_>, user: UserId, ticket: TicketId, kind: Kind, by_name: &str, preview: &str) -> Done<()> {
    let (id, tenant, now): (BellId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO bell (id, tenant_id, user_id, ticket_id, kind, by_name, preview, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        &[p(&id), p(&tenant), p(&user), p(&ticket), code(&kind), p(by_name), p(preview), p(&now)],
    )?;
    Ok(())
}

/// [`ring`], unless they have not read yet that the same thing happened on the same ticket.
pub fn ring_once(tx: &mut Tx<'_>, user: UserId, ticket: TicketId, kind: Kind, by_name: &str, preview: &str) -> Done<()> {
    let tenant = tx.tenant();
    let unread = tx.number(
        sql!("SELECT COUNT(*) FROM bell WHERE user_id = $1 AND read_at IS NULL AND tenant_id = $2 AND ticket_id = $3 AND kind = $4"),
        &[p(&user), p(&tenant), p(&ticket), code(&kind)],
    )?;
    match unread {
        0 => ring(tx, user, ticket, kind, by_name, preview),
        _ => Ok(()),
    }
}

/// Somebody's notifications, newest first, after a place.
pub fn list(tx: &mut Tx<'_>, user: UserId, after: Keyset, limit: u32) -> Done<Vec<Bell>> {
    let (tenant, id) = (tx.tenant(), BellId::from_uuid(after.id));
    Ok(tx.query(
        sql!(
            "SELECT b.id, b.ticket_id, t.number, t.subject, b.kind, b.by_name, b.preview, b.created_at, b.read_at
             FROM bell b JOIN ticket t ON t.id = b.ticket_id
             WHERE b.tenant_id = $1 AND b.user_id = $2 AND (b.created_at, b.id) < ($3, $4) ORDER BY b.created_at DESC, b.id DESC LIMIT $5"
        ),
        &[p(&tenant), p(&user), p(&after.at), p(&id), p(&limit)],
        |r| {
            Ok(Bell {
                id: r.next()?,
                ticket_id: r.next()?,
                number: r.next()?,
                subject: r.next()?,
                kind: r.coded()?,
                by_name: r.next()?,
                preview: r.next()?,
                at: r.next()?,
                read_at: r.next()?,
            })
        },
    )?)
}

/// How many somebody has not read; counted up to a hundred.
pub fn unread(tx: &mut Tx<'_>, user: UserId) -> Done<i64> {
    let tenant = tx.tenant();
    Ok(tx.number(
        sql!("SELECT COUNT(*) FROM (SELECT id FROM bell WHERE user_id = $1 AND read_at IS NULL AND tenant_id = $2 LIMIT 100) AS d"),
        &[p(&user), p(&tenant)],
    )?)
}

/// Notes that somebody has read theirs: one, those of a ticket, or all.
pub fn read(tx: &mut Tx<'_>, user: UserId, one: Option<BellId>, ticket: Option<TicketId>) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let key = [p(&now), p(&user), p(&tenant)];
    let with = |id| [key.as_slice(), &[id]].concat();
    match (one, ticket) {
        (Some(id), _) => tx.exec(
            sql!("UPDATE bell SET read_at = $1 WHERE user_id = $2 AND tenant_id = $3 AND id = $4 AND read_at IS NULL"),
            &with(p(&id)),
        )?,
        (None, Some(ticket)) => tx.exec(
            sql!("UPDATE bell SET read_at = $1 WHERE user_id = $2 AND tenant_id = $3 AND ticket_id = $4 AND read_at IS NULL"),
            &with(p(&ticket)),
        )?,
        (None, None) => tx.exec(sql!("UPDATE bell SET read_at = $1 WHERE user_id = $2 AND tenant_id = $3 AND read_at IS NULL"), &key)?,
    };
    Ok(())
}

/// How long a notification that was read can be looked at.
pub const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Takes away what is older; the number of rows.
pub fn sweep(bare: &mut Bare<'_>, now: Timestamp, batch: u32) -> Done<u64> {
    Ok(bare.exec(
        sql!("DELETE FROM bell WHERE id IN (SELECT id FROM bell WHERE created_at < $1 ORDER BY created_at LIMIT $2)"),
        &[p(&(now - KEPT)), p(&batch)],
    )?)
}
