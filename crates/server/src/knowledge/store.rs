//! SQL of walks through guides.

use postsale_domain::knowledge::{Given, GuideEvent, GuideRun, GuideRunId, GuideState, apply};
use postsale_domain::ticket::TicketId;

use crate::ground::db::{Done, Query, Tx, p};
use crate::sql;

/// Where what hangs on a ticket is asked for here; see [`Tx::nothing_hangs`].
pub const FILE: &str = file!();

/// The newest walk of a ticket, with the answers that hold.
pub fn newest(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<GuideRun>> {
    let tenant = tx.tenant();
    let found = tx.hanging_one(
        ticket,
        sql!(
            "SELECT id, guide, guide_version, state, step, ending FROM guide_run WHERE tenant_id = $1 AND ticket_id = $2
             ORDER BY started_at DESC, id DESC LIMIT 1"
        ),
        &[p(&tenant), p(&ticket)],
        |r| {
            Ok(GuideRun {
                id: r.next()?,
                guide: r.next()?,
                version: r.next()?,
                state: r.coded()?,
                step: r.next()?,
                ending: r.next()?,
                answers: Vec::new(),
            })
        },
    )?;
    let Some(mut run) = found else { return Ok(None) };
    run.answers = tx.query(
        sql!("SELECT step, answer, auto, at, by_name FROM guide_answer WHERE run_id = $1 AND undone_at IS NULL ORDER BY seq"),
        &[p(&run.id)],
        |r| Ok(Given { step: r.next()?, answer: r.next()?, auto: r.next()?, at: r.next()?, by: r.next()? }),
    )?;
    Ok(Some(run))
}

/// Lets events of a walk happen and keeps them. The ticket must be loaded for change: it guards its walks. An answer taken back stays on record.
pub fn record(tx: &mut Tx<'_>, ticket: TicketId, run: &mut GuideRun, events: &[GuideEvent], by: &str) -> Done<()> {
    let (now, caller) = (tx.now(), tx.caller().label());
    for event in events {
        match event {
            GuideEvent::Started { guide, version, step } => begin(tx, ticket, run.id, guide, *version, step)?,
            GuideEvent::Answered { step, answer, auto, note, .. } => {
                tx.exec(
                    sql!(
                        "INSERT INTO guide_answer (run_id, seq, step, answer, auto, note, by_caller, by_name, at)
                         VALUES ($1, (SELECT COUNT(*) + 1 FROM guide_answer WHERE run_id = $1), $2, $3, $4, $5, $6, $7, $8)"
                    ),
                    &[p(&run.id), p(step), p(answer), p(auto), p(note), p(&caller), p(by), p(&now)],
                )?;
            }
            GuideEvent::Undone { .. } => {
                tx.exec(
                    sql!(
                        "UPDATE guide_answer SET undone_at = $1 WHERE run_id = $2 AND seq =
                           (SELECT MAX(seq) FROM guide_answer WHERE run_id = $2 AND undone_at IS NULL)"
                    ),
                    &[p(&now), p(&run.id)],
                )?;
            }
            GuideEvent::Ended { .. } | GuideEvent::Left { .. } => {}
        }
        apply(run, event, now, by);
    }
    let left = events.iter().find_map(|e| if let GuideEvent::Left { reason } = e { Some(reason.clone()) } else { None });
    let ended_at = (run.state != GuideState::Running).then_some(now);
    tx.exec(
        sql!(
            "UPDATE guide_run SET state = $1, step = $2, ending = $3, left_because = COALESCE($4, left_because), ended_at = $5, version = version + 1
             WHERE id = $6"
        ),
        &[p(run.state.as_str()), p(&run.step), p(&run.ending), p(&left), p(&ended_at), p(&run.id)],
    )?;
    tx.audit("guide.walk", ticket, None, Some(&serde_json::json!({ "run": run.id, "events": events })));
    Ok(())
}

fn begin(tx: &mut Tx<'_>, ticket: TicketId, id: GuideRunId, guide: &str, version: i64, step: &str) -> Done<()> {
    let (tenant, now) = (tx.tenant(), tx.now());
    tx.exec(
        sql!(
            "INSERT INTO guide_run (id, tenant_id, ticket_id, guide, guide_version, state, step, started_at, version)
             VALUES ($1, $2, $3, $4, $5, 'running', $6, $7, 1)"
        ),
        &[p(&id), p(&tenant), p(&ticket), p(guide), p(&version), p(step), p(&now)],
    )?;
    Ok(())
}
