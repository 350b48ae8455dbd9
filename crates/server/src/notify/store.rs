//! SQL of notices and of the outbox that carries them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use postsale_domain::file::Kind;
use postsale_domain::ground::{Lang, TenantId, TypedId};
use postsale_domain::notify::{
    After, CONTACTS_A_DAY, Contact, Exception, Held, MAX_ATTEMPTS, May, NoticeId, NoticeKind, change_key, day_of, may_contact,
};
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ground::db::{Bare, DbError, Done, Query, Tx, Val, code, p};
use crate::ground::when;
use crate::sql;

postsale_domain::ids! {
    /// A notice on its way by mail.
    OutboxId = "out";
}

/// How long a claimed mail is its holder's before another worker may claim it; a holder that still works on it renews it.
pub const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// Receipts one address gets by mail within an hour; beyond it the page alone tells. A form in a stranger's hands, and two
/// machines that answer each other, both end here.
const RECEIPTS_AN_HOUR: i64 = 3;

/// Something to tell a merchant.
#[derive(Debug, Clone)]
pub struct Telling<'a> {
    /// About which ticket.
    pub ticket: TicketId,
    /// What.
    pub kind: NoticeKind,
    /// What changed: the ticket, an offer, an entry. Together with the kind and `turn` it is told once.
    pub changed: Uuid,
    /// Which turn of the same change.
    pub turn: i64,
    /// One change told about several tickets, to the contact of each: of those merged into one, of those an incident hits.
    pub beside: bool,
    /// Whether they wait for an answer just now.
    pub asked: bool,
    /// Whether the case is an emergency.
    pub emergency: bool,
    /// The language to write in.
    pub lang: Lang,
    /// Where mail goes; without it the page alone tells.
    pub email: Option<&'a str>,
    /// Values for the text: `number`, `shop` and those of the kind. The link is filled in when it goes out.
    pub values: BTreeMap<&'static str, String>,
}

/// Tells a merchant: keeps the notice for the page and, with an address, a mail for the outbox. `None`: this change has been told.
pub fn tell(tx: &mut Tx<'_>, telling: &Telling<'_>) -> Done<Option<NoticeId>> {
    let force = crate::facts::in_force(tx)?;
    let written = force.wordings().and_then(|w| w.write(telling.kind, telling.lang, &telling.values));
    let notice = written.map_err(|e| DbError::Other(e.to_string()))?;
    let (id, tenant, now): (NoticeId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let mut key = change_key(telling.kind, telling.changed.simple(), telling.turn);
    if telling.beside {
        key = format!("{key}:{}", telling.ticket);
    }
    let keep = sql!(
        "INSERT INTO notice (id, tenant_id, ticket_id, kind, change_key, lang, subject, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
    );
    let params = vec![
        p(&id),
        p(&tenant),
        p(&telling.ticket),
        p(telling.kind.as_str()),
        p(&key),
        code(&telling.lang),
        p(&notice.subject),
        p(&notice.body),
        p(&now),
    ];
    if telling.ticket.uuid() == telling.changed && tx.is_bare(telling.changed, file!()) {
        // Nothing has been told of it yet, so nothing can stand in the way.
        tx.later(keep, params)?;
    } else if tx.exec(keep, &params)? == 0 {
        return Ok(None);
    }
    let receipt = matches!(telling.kind, NoticeKind::Received | NoticeKind::OrderReceived);
    let address = telling.email.map(mailbox);
    if let Some(address) = address.as_ref().filter(|_| receipt) {
        tx.ahead(|tx| may_mail(tx, address, telling.kind, telling.asked, telling.emergency));
    }
    let kept_back = match &address {
        Some(address) if receipt && had_enough(tx, address)? => Some(HeldWhy::Receipts),
        _ => None,
    };
    if let Some(why) = &kept_back {
        tx.later(sql!("UPDATE notice SET kept_back = $1 WHERE tenant_id = $2 AND id = $3"), vec![code(why), p(&tenant), p(&id)])?;
    }
    let mailed = match address {
        Some(address) if kept_back.is_none() => {
            let may = may_mail(tx, &address, telling.kind, telling.asked, telling.emergency)?;
            post(tx, id, &address, may, None)?;
            Some(may)
        }
        _ => None,
    };
    let (until, held, exception) = spelt(mailed.unwrap_or(May::Now(None)));
    let held = held.map(HeldWhy::from).or(kept_back);
    let told =
        json!({ "notice": id, "kind": telling.kind, "mail": mailed.is_some(), "until": until, "held": held, "exception": exception });
    tx.audit("notice.tell", telling.ticket, None, Some(&told));
    Ok(Some(id))
}

/// Takes back what was told in this very transaction and has been overtaken in it: nothing of it has gone out.
pub fn overtaken(tx: &mut Tx<'_>, ticket: TicketId, kind: NoticeKind) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let params = [p(&tenant), p(&ticket), p(kind.as_str()), p(&now)];
    tx.exec(
        sql!(
            "DELETE FROM outbox WHERE state = 'ready' AND attempts = 0 AND notice_id IN
               (SELECT id FROM notice WHERE tenant_id = $1 AND ticket_id = $2 AND kind = $3 AND created_at = $4)"
        ),
        &params,
    )?;
    tx.exec(
        sql!(
            "DELETE FROM notice WHERE tenant_id = $1 AND ticket_id = $2 AND kind = $3 AND created_at = $4
               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.notice_id = notice.id)"
        ),
        &params,
    )?;
    Ok(())
}

/// An address as the outbox keeps it: one box is counted once, however its letters are spelt.
pub fn mailbox(address: &str) -> String {
    address.to_lowercase()
}

/// Whether a [`mailbox`] may be written to now: the contact policy, asked with what the address has had, or is to have, today.
pub fn may_mail(tx: &mut Tx<'_>, address: &str, kind: NoticeKind, asked: bool, emergency: bool) -> Done<May> {
    let (tenant, now, zone) = (tx.tenant(), tx.now(), when::zone());
    let (from, to) = day_of(&zone, now);
    // More than the day's most makes no difference.
    let today = tx.number(
        sql!(
            "SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE tenant_id = $1 AND address = $2 AND run_at >= $3 AND run_at < $4 LIMIT $5) AS d"
        ),
        &[p(&tenant), p(address), p(&from), p(&to), p(&CONTACTS_A_DAY)],
    )?;
    let contact = Contact { account: kind.account(), asked, emergency, today: u32::try_from(today).unwrap_or(u32::MAX) };
    Ok(may_contact(&contact, &zone, now))
}

fn spelt(may: May) -> (Option<Timestamp>, Option<Held>, Option<Exception>) {
    match may {
        May::Now(exception) => (None, None, exception),
        May::Later(until, held) => (Some(until), Some(held), None),
    }
}

fn post(tx: &mut Tx<'_>, notice: NoticeId, address: &str, may: May, reason: Option<&str>) -> Done<()> {
    let (id, tenant, now): (OutboxId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let (until, held, exception) = spelt(may);
    let run_at = until.unwrap_or(now);
    // The message id is completed with the ticket's signed token when the mail is first claimed; until then the notice stands for it.
    tx.later(
        sql!(
            "INSERT INTO outbox (id, tenant_id, notice_id, transport, address, message_id, state, run_at, attempts, fence, created_at, held, exception, exception_reason)
             VALUES ($1, $2, $3, 'mail', $4, $5, 'ready', $6, 0, 0, $7, $8, $9, $10)"
        ),
        vec![
            p(&id),
            p(&tenant),
            p(&notice),
            p(address),
            p(&notice.to_string()),
            p(&run_at),
            p(&now),
            held.as_ref().map_or(Val::Null, code),
            exception.as_ref().map_or(Val::Null, code),
            reason.map_or(Val::Null, p),
        ],
    )?;
    tx.falls_due(run_at);
    Ok(())
}

/// Why a letter has not gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldWhy {
    /// It is night where they are.
    Quiet,
    /// They have heard from us often enough today.
    Enough,
    /// The address got as many receipts as it gets within an hour: this one goes only when somebody sends it.
    Receipts,
}

impl From<Held> for HeldWhy {
    fn from(held: Held) -> Self {
        match held {
            Held::Quiet => Self::Quiet,
            Held::Enough => Self::Enough,
        }
    }
}

/// A letter that waits because of the contact policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HeldNotice)]
pub struct HeldNotice {
    /// Which one.
    pub id: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// One line.
    pub subject: String,
    /// When it goes; null: not by itself.
    pub until: Option<Timestamp>,
    /// Why not now.
    pub held: HeldWhy,
}

/// The letters of a ticket that wait because of the contact policy, oldest first; 20 at most.
pub fn held(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<HeldNotice>> {
    let (tenant, now) = (tx.tenant(), tx.now());
    Ok(tx.hanging(
        ticket,
        sql!(
            "SELECT n.id, n.kind, n.subject, o.run_at, COALESCE(n.kept_back, o.held)
             FROM notice n LEFT JOIN outbox o ON o.notice_id = n.id AND o.transport = 'mail'
             WHERE n.tenant_id = $1 AND n.ticket_id = $2
               AND (n.kept_back IS NOT NULL OR (o.held IS NOT NULL AND o.exception IS NULL AND o.state = 'ready' AND o.run_at > $3))
             ORDER BY n.created_at, n.id LIMIT 20"
        ),
        &[p(&tenant), p(&ticket), p(&now)],
        |r| Ok(HeldNotice { id: r.next()?, kind: r.coded()?, subject: r.next()?, until: r.next()?, held: r.coded()? }),
    )?)
}

/// Lets a letter that waits go now, because somebody said why it must; one that was kept back goes to `address`. `false`: it does not
/// wait, or is none of this ticket's.
pub fn let_go(tx: &mut Tx<'_>, ticket: TicketId, notice: NoticeId, address: Option<&str>, reason: &str) -> Done<bool> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let gone = tx.exec(
        sql!(
            "UPDATE outbox SET run_at = $1, exception = 'said', exception_reason = $2
             WHERE tenant_id = $3 AND notice_id = $4 AND state = 'ready' AND held IS NOT NULL AND exception IS NULL AND run_at > $1
               AND EXISTS (SELECT 1 FROM notice n WHERE n.id = outbox.notice_id AND n.ticket_id = $5)"
        ),
        &[p(&now), p(reason), p(&tenant), p(&notice), p(&ticket)],
    )?;
    let mut gone = gone == 1;
    if let (false, Some(address)) = (gone, address) {
        let out = sql!("UPDATE notice SET kept_back = NULL WHERE tenant_id = $1 AND id = $2 AND ticket_id = $3 AND kept_back IS NOT NULL");
        gone = tx.exec(out, &[p(&tenant), p(&notice), p(&ticket)])? == 1;
        if gone {
            post(tx, notice, &mailbox(address), May::Now(Some(Exception::Said)), Some(reason))?;
        }
    }
    if gone {
        tx.falls_due(now);
        tx.audit("notice.let_go", ticket, None, Some(&json!({ "notice": notice, "reason": reason })));
    }
    Ok(gone)
}

fn had_enough(tx: &mut Tx<'_>, address: &str) -> Done<bool> {
    let (tenant, since) = (tx.tenant(), tx.now() - SignedDuration::from_hours(1));
    let sent = tx.number(
        sql!(
            "SELECT COUNT(*) FROM outbox o JOIN notice n ON n.id = o.notice_id
             WHERE o.tenant_id = $1 AND o.address = $2 AND o.created_at > $3 AND n.kind IN ('received', 'order_received')"
        ),
        &[p(&tenant), p(address), p(&since)],
    )?;
    Ok(sent >= RECEIPTS_AN_HOUR)
}

/// A notice as the merchant's page shows it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Which one.
    pub id: NoticeId,
    /// About what.
    pub kind: NoticeKind,
    /// One line.
    pub subject: String,
    /// The words, with the place of the link marked.
    pub body: String,
    /// When.
    pub at: Timestamp,
}

/// The newest notice of a kind about a ticket.
pub fn newest(tx: &mut Tx<'_>, ticket: TicketId, kind: NoticeKind) -> Done<Option<Shown>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!(
            "SELECT id, kind, subject, body, created_at FROM notice WHERE tenant_id = $1 AND ticket_id = $2 AND kind = $3
             ORDER BY created_at DESC, id DESC LIMIT 1"
        ),
        &[p(&tenant), p(&ticket), p(kind.as_str())],
        |r| Ok(Shown { id: r.next()?, kind: r.coded()?, subject: r.next()?, body: r.next()?, at: r.next()? }),
    )?)
}

/// The kinds and mail states of a ticket's notices, oldest first: for tests and the evidence of what was told.
pub fn told(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<(NoticeKind, Option<String>)>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT n.kind, o.state FROM notice n LEFT JOIN outbox o ON o.notice_id = n.id AND o.transport = 'mail'
             WHERE n.tenant_id = $1 AND n.ticket_id = $2 ORDER BY n.created_at, n.id"
        ),
        &[p(&tenant), p(&ticket)],
        |r| Ok((r.coded()?, r.next()?)),
    )?)
}

/// A mail in the hands of a worker.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Which one.
    pub id: OutboxId,
    /// Whose.
    pub tenant: TenantId,
    /// About which ticket.
    pub ticket: TicketId,
    /// What it carries.
    pub notice: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// To whom.
    pub address: String,
    /// Without angle brackets; the same at every attempt.
    pub message_id: String,
    /// One line.
    pub subject: String,
    /// The words, with the place of the link marked.
    pub body: String,
    /// The message ids of this ticket's mails from that address, oldest first: what an answer refers to.
    pub answers: Vec<String>,
    /// This attempt's number, from 1.
    pub attempts: u32,
    /// The fence of this claim.
    pub fence: i64,
    /// Files that go with it: name, kind, size, hash.
    pub files: Vec<(String, Kind, i64, String)>,
}

/// Lets go of mails whose holder let the lease run out; one that has used its attempts that way is given up and shown.
pub fn free(bare: &mut Bare<'_>, now: Timestamp) -> Done<()> {
    bare.exec(
        sql!(
            "UPDATE outbox SET state = CASE WHEN attempts >= $2 THEN 'failed' ELSE 'ready' END, lease_until = NULL,
               last_error = 'whoever handed it over did not come back'
             WHERE state = 'run' AND lease_until < $1"
        ),
        &[p(&now), p(&MAX_ATTEMPTS)],
    )?;
    Ok(())
}

/// Claims the mail that has been due for longest. `message_id` makes the id of a mail at its first claim.
pub fn claim(bare: &mut Bare<'_>, now: Timestamp, message_id: &dyn Fn(TicketId, NoticeId) -> String) -> Done<Option<Claimed>> {
    let claimed: Option<(OutboxId, NoticeId, u32, i64)> = bare.one(
        sql!(
            "UPDATE outbox SET state = 'run', lease_until = $1, attempts = attempts + 1, fence = fence + 1
             WHERE id IN (SELECT id FROM outbox WHERE state = 'ready' AND run_at <= $2 ORDER BY run_at, id LIMIT 1 {skip_locked})
             RETURNING id, notice_id, attempts, fence"
        ),
        &[p(&(now + LEASE)), p(&now)],
        |r| Ok((r.next()?, r.next()?, r.next()?, r.next()?)),
    )?;
    let Some((id, notice, attempts, fence)) = claimed else { return Ok(None) };
    let found = bare.one(
        sql!(
            "SELECT o.tenant_id, n.ticket_id, n.kind, o.address, o.message_id, n.subject, n.body FROM outbox o JOIN notice n ON n.id = o.notice_id
             WHERE o.id = $1"
        ),
        &[p(&id)],
        |r| Ok((r.next()?, r.next()?, r.coded()?, r.next::<String>()?, r.next::<String>()?, r.next()?, r.next()?)),
    )?;
    let (tenant, ticket, kind, address, mut id_so_far, subject, body) =
        found.ok_or_else(|| DbError::Other(format!("the notice of mail {id} is not there")))?;
    if !id_so_far.contains('@') {
        id_so_far = message_id(ticket, notice);
        bare.exec(sql!("UPDATE outbox SET message_id = $1 WHERE id = $2"), &[p(&id_so_far), p(&id)])?;
    }
    let (answers, files) = (answers(bare, ticket, &address)?, files(bare, ticket, notice)?);
    Ok(Some(Claimed { id, tenant, ticket, notice, kind, address, message_id: id_so_far, subject, body, answers, attempts, fence, files }))
}

/// Renews the lease of a claim. `false`: the claim is no longer ours.
pub fn renew(bare: &mut Bare<'_>, mail: &Claimed, now: Timestamp) -> Done<bool> {
    let touched = bare.exec(
        sql!("UPDATE outbox SET lease_until = $1 WHERE id = $2 AND fence = $3 AND state = 'run'"),
        &[p(&(now + LEASE)), p(&mail.id), p(&mail.fence)],
    )?;
    Ok(touched == 1)
}

/// Letters of a ticket and of what goes on under its number: a mail thread goes on whatever the number.
fn answers(bare: &mut Bare<'_>, ticket: TicketId, address: &str) -> Done<Vec<String>> {
    let mut ids: Vec<String> = bare.query(
        sql!(
            "WITH RECURSIVE joined (id, steps) AS (
               SELECT id, 0 FROM ticket WHERE id = $1
               UNION ALL
               SELECT g.loser_id, j.steps + 1 FROM ticket_merge g JOIN joined j ON g.survivor_id = j.id WHERE g.undone_at IS NULL AND j.steps < 20)
             SELECT external_id FROM letter WHERE ticket_id IN (SELECT id FROM joined) AND channel = 'mail' AND sender LIKE $2 ESCAPE '!'
             ORDER BY received_at DESC, id DESC LIMIT 10"
        ),
        &[p(&ticket), p(&crate::ground::db::contains(address))],
        |r| r.next::<String>(),
    )?;
    ids.reverse();
    Ok(ids.iter().filter_map(|id| id.strip_prefix("mid:").map(str::to_owned)).collect())
}

/// Marks a mail as handed over. `false`: the claim was no longer ours, another worker has it.
pub fn sent(bare: &mut Bare<'_>, mail: &Claimed, now: Timestamp) -> Done<bool> {
    let touched = bare.exec(
        sql!(
            "UPDATE outbox SET state = 'sent', sent_at = $1, lease_until = NULL, last_error = NULL WHERE id = $2 AND fence = $3 AND state = 'run'"
        ),
        &[p(&now), p(&mail.id), p(&mail.fence)],
    )?;
    Ok(touched == 1)
}

/// Gives a mail back after a failed attempt: later, or given up and shown.
pub fn not_sent(bare: &mut Bare<'_>, mail: &Claimed, after: After, error: &str) -> Done<()> {
    let error: String = error.chars().take(500).collect();
    let (state, run_at) = match after {
        After::Again(at) => ("ready", Some(at)),
        After::GiveUp => ("failed", None),
    };
    bare.exec(
        sql!(
            "UPDATE outbox SET state = $1, run_at = COALESCE($2, run_at), lease_until = NULL, last_error = $3 WHERE id = $4 AND fence = $5 AND state = 'run'"
        ),
        &[p(state), p(&run_at), p(&error), p(&mail.id), p(&mail.fence)],
    )?;
    Ok(())
}

/// Mails that are due and wait, up to `most`, and since when the oldest does.
pub fn backlog(bare: &mut Bare<'_>, now: Timestamp, most: u32) -> Done<(i64, Option<Timestamp>)> {
    let due = sql!(
        "SELECT COUNT(*), MIN(d.run_at) FROM (SELECT run_at FROM outbox WHERE state = 'ready' AND run_at <= $1 ORDER BY run_at LIMIT $2) AS d"
    );
    Ok(bare.one(due, &[p(&now), p(&most)], |r| Ok((r.next()?, r.next()?)))?.unwrap_or_default())
}

/// Files on the line that a notice carries: name, kind, size, hash.
fn files(bare: &mut Bare<'_>, ticket: TicketId, notice: NoticeId) -> Done<Vec<(String, Kind, i64, String)>> {
    Ok(bare.query(
        sql!(
            "SELECT a.name, a.kind, a.bytes, a.sha256 FROM attachment a JOIN ticket_entry e ON e.id = a.entry_id
             WHERE a.ticket_id = $1 AND e.notice_id = $2 ORDER BY a.id LIMIT 10"
        ),
        &[p(&ticket), p(&notice)],
        |r| Ok((r.next()?, r.coded()?, r.next()?, r.next()?)),
    )?)
}
