//! Writes the changes of a transaction into the tenant's hash chain, as the last thing before its commit.

use jiff::Timestamp;
use postsale_domain::ground::to_millis;
use postsale_domain::org::audit::{Entry, GENESIS};
use postsale_domain::org::chain::{Broken, Chain, Head, Line};
use uuid::Uuid;

use crate::ground::db::{Bare, DbError, Done, Query, Tx, Val, p};
use crate::ground::seal::hex;
use crate::sql;

/// Appends what the transaction noted. The head row is locked only here, so on PostgreSQL a tenant's writers queue for no
/// longer than this takes.
pub fn finish(tx: &mut Tx<'_>) -> Done<()> {
    let changes = tx.take_changes();
    if changes.is_empty() {
        return Ok(());
    }
    let (tenant, caller, now) = (tx.tenant(), tx.caller().label(), tx.now());
    let mut head = locked_head(tx)?;
    if head.is_none() {
        // The first change of a tenant; two may be first, and the second waits for the other one's end.
        tx.exec(
            sql!("INSERT INTO audit_head (tenant_id, seq, hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING"),
            &[p(&tenant), p(GENESIS.as_slice())],
        )?;
        head = locked_head(tx)?;
    }
    let (mut seq, mut hash) = head.and_then(|(seq, hash)| Some((seq, <[u8; 32]>::try_from(hash).ok()?))).unwrap_or((0, GENESIS));
    for change in changes {
        seq += 1;
        let entry = Entry {
            seq,
            at_ms: to_millis(now),
            caller: &caller,
            action: change.action,
            subject: &change.subject,
            before: &change.before,
            after: &change.after,
        };
        hash = entry.hash(&hash);
        tx.later(
            sql!(
                "INSERT INTO audit_entry (tenant_id, seq, at, caller, action, subject, before_json, after_json, hash, subject_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            ),
            vec![
                p(&tenant),
                p(&seq),
                p(&now),
                p(&caller),
                p(change.action),
                p(&change.subject),
                p(&change.before),
                p(&change.after),
                p(hash.as_slice()),
                // Beside the chain, for joining: the same id as in `subject`.
                raw_id(&change.subject).map_or(Val::Null, Val::Id),
            ],
        )?;
    }
    tx.later(sql!("UPDATE audit_head SET seq = $1, hash = $2 WHERE tenant_id = $3"), vec![p(&seq), p(hash.as_slice()), p(&tenant)])?;
    Ok(())
}

fn locked_head(tx: &mut Tx<'_>) -> Result<Option<(i64, Vec<u8>)>, DbError> {
    let tenant = tx.tenant();
    tx.one(sql!("SELECT seq, hash FROM audit_head WHERE tenant_id = $1 {for_update}"), &[p(&tenant)], |r| Ok((r.next()?, r.next()?)))
}

/// The id inside a text form such as `tkt_0198…`, of whatever kind it is.
fn raw_id(subject: &str) -> Option<Uuid> {
    subject.split_once('_').filter(|(_, hex)| hex.len() == 32).and_then(|(_, hex)| Uuid::try_parse(hex).ok())
}

/// Recomputes the tenant's whole chain; the number of the first entry that does not fit, if any.
pub fn first_broken(tx: &mut Tx<'_>) -> Done<Option<i64>> {
    Ok(verify(tx)?.err().map(|broken| match broken {
        Broken::Bent { seq } | Broken::Rewritten { seq } => seq,
        Broken::Gap { expected, .. } => expected,
        Broken::Cut { last, .. } => last + 1,
        Broken::Unreadable { .. } | Broken::NoHead => 0,
    }))
}

/// Recomputes the tenant's whole chain: its head, or the first thing that does not fit.
pub fn verify(tx: &mut Tx<'_>) -> Done<Result<Head, Broken>> {
    let mut chain = Chain::default();
    loop {
        let lines = lines_after(tx, chain.last(), i64::MAX)?;
        if lines.is_empty() {
            break;
        }
        for (line, hash) in lines {
            let Line { seq, at_ms, caller, action, subject, before, after, .. } = &line;
            let entry = Entry { seq: *seq, at_ms: *at_ms, caller, action, subject, before, after };
            if let Err(broken) = chain.take(&entry, &hash) {
                return Ok(Err(broken));
            }
        }
    }
    // A cut tail shows against the head.
    let head = head(tx)?;
    Ok(chain.end(head.as_ref().map(|(seq, hash)| (*seq, hash.as_slice()))).map(|()| chain.head()))
}

/// The number and the hash of the tenant's last entry.
pub fn head(tx: &mut Tx<'_>) -> Done<Option<(i64, Vec<u8>)>> {
    let tenant = tx.tenant();
    Ok(tx.one(sql!("SELECT seq, hash FROM audit_head WHERE tenant_id = $1"), &[p(&tenant)], |r| Ok((r.next()?, r.next()?)))?)
}

/// The next entries after a number, up to another, with their hashes; at most a thousand.
pub fn lines_after(tx: &mut Tx<'_>, after: i64, last: i64) -> Done<Vec<(Line, Vec<u8>)>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT seq, at, caller, action, subject, before_json, after_json, hash FROM audit_entry
             WHERE tenant_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT 1000"
        ),
        &[p(&tenant), p(&after), p(&last)],
        |r| {
            let (seq, at_ms) = (r.next()?, r.next()?);
            let (caller, action, subject, before, after) = (r.next()?, r.next()?, r.next()?, r.next()?, r.next()?);
            let hash: Vec<u8> = r.next()?;
            Ok((Line { seq, at_ms, caller, action, subject, before, after, hash: hex(&hash) }, hash))
        },
    )?)
}

/// When the newest entry of any tenant was written. A clock behind it has been turned back.
pub fn latest(bare: &mut Bare<'_>) -> Done<Option<Timestamp>> {
    let newest = sql!(
        "SELECT MAX(d.at) FROM
           (SELECT (SELECT e.at FROM audit_entry e WHERE e.tenant_id = h.tenant_id AND e.seq = h.seq) AS at FROM audit_head h) AS d"
    );
    Ok(bare.one(newest, &[], |r| r.next::<Option<Timestamp>>())?.flatten())
}
