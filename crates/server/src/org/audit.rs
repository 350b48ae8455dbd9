//! Writes the changes of a transaction into the tenant's hash chain, as the last thing before its commit.

use postsale_domain::ground::to_millis;
use postsale_domain::org::audit::{Entry, GENESIS};

use crate::ground::db::{Done, Query, Tx, p};
use crate::sql;

/// Appends what the transaction noted. The head row is locked only here, so on PostgreSQL a tenant's writers queue for no
/// longer than this takes.
pub fn finish(tx: &mut Tx<'_>) -> Done<()> {
    let changes = tx.take_changes();
    if changes.is_empty() {
        return Ok(());
    }
    let (tenant, caller, now) = (tx.tenant(), tx.caller().label(), tx.now());
    tx.exec(
        sql!("INSERT INTO audit_head (tenant_id, seq, hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING"),
        &[p(&tenant), p(GENESIS.as_slice())],
    )?;
    let head = tx.one(sql!("SELECT seq, hash FROM audit_head WHERE tenant_id = $1 {for_update}"), &[p(&tenant)], |r| {
        Ok((r.next::<i64>()?, r.next::<Vec<u8>>()?))
    })?;
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
        tx.exec(
            sql!(
                "INSERT INTO audit_entry (tenant_id, seq, at, caller, action, subject, before_json, after_json, hash)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            ),
            &[
                p(&tenant),
                p(&seq),
                p(&now),
                p(&caller),
                p(change.action),
                p(&change.subject),
                p(&change.before),
                p(&change.after),
                p(hash.as_slice()),
            ],
        )?;
    }
    tx.exec(sql!("UPDATE audit_head SET seq = $1, hash = $2 WHERE tenant_id = $3"), &[p(&seq), p(hash.as_slice()), p(&tenant)])?;
    Ok(())
}

/// Recomputes the tenant's whole chain; the number of the first entry that does not fit, if any.
pub fn first_broken(tx: &mut Tx<'_>) -> Done<Option<i64>> {
    let tenant = tx.tenant();
    let (mut previous, mut expected, mut after) = (GENESIS, 1_i64, 0_i64);
    loop {
        let entries = tx.query(
            sql!(
                "SELECT seq, at, caller, action, subject, before_json, after_json, hash FROM audit_entry
                 WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT 1000"
            ),
            &[p(&tenant), p(&after)],
            |r| {
                Ok((
                    (r.next::<i64>()?, r.next::<i64>()?),
                    [r.next::<String>()?, r.next()?, r.next()?, r.next()?, r.next()?],
                    r.next::<Vec<u8>>()?,
                ))
            },
        )?;
        if entries.is_empty() {
            break;
        }
        for ((seq, at_ms), [caller, action, subject, before, after_text], hash) in entries {
            let entry = Entry { seq, at_ms, caller: &caller, action: &action, subject: &subject, before: &before, after: &after_text };
            let computed = entry.hash(&previous);
            if seq != expected || computed.as_slice() != hash {
                return Ok(Some(expected));
            }
            (previous, expected, after) = (computed, expected + 1, seq);
        }
    }
    // A cut tail shows against the head.
    let head = tx.one(sql!("SELECT seq, hash FROM audit_head WHERE tenant_id = $1"), &[p(&tenant)], |r| {
        Ok((r.next::<i64>()?, r.next::<Vec<u8>>()?))
    })?;
    let whole = head.is_none_or(|(seq, hash)| seq == expected - 1 && hash == previous);
    Ok((!whole).then_some(expected))
}
