//! Merchants and terminals as people see them: lists, the page of a merchant, the page of a terminal. Every question carries
//! whose they may be; nothing is filtered afterwards.

pub mod choices;
pub mod merchants;
pub mod terminals;

use jiff::Timestamp;
use postsale_domain::ground::{AcquirerId, Lang, Text};
use postsale_domain::merchant::MerchantId;
use postsale_domain::refuse;
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::{Priority, TicketId, TicketState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::db::{DbError, Done, Query, Row, Tx, p};
use crate::sql;
use crate::ticket::store::NEVER_DUE;
pub use crate::view::visit::sight;
pub use crate::visit::list::Sight;

/// An acquirer with a name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AcquirerName {
    /// Which one.
    pub id: AcquirerId,
    /// Name.
    pub name: String,
}

/// A merchant with a name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MerchantName {
    /// Which one.
    pub id: MerchantId,
    /// Name.
    pub name: String,
}

/// A ticket in one line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegistryTicket {
    /// Which one.
    pub id: TicketId,
    /// `T-000831`.
    pub number: String,
    /// A short title.
    pub subject: String,
    /// Where it stands.
    pub state: TicketState,
    /// Priority.
    pub priority: Priority,
    /// Who is accountable.
    pub owner_name: String,
    /// The terminal, if known.
    pub terminal_id: Option<TerminalId>,
    /// When the next of its clocks falls due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// When it was closed or withdrawn.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
}

/// Open and recent tickets of a merchant or a terminal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegistryTickets {
    /// Not closed, the newest first; 100 at most.
    pub open: Vec<RegistryTicket>,
    /// The last twenty, whether open or not.
    pub recent: Vec<RegistryTicket>,
}

/// Whose tickets.
#[derive(Debug, Clone, Copy)]
enum Of {
    Merchant(MerchantId),
    Terminal(TerminalId),
}

fn tickets(tx: &mut Tx<'_>, sight: Sight, of: Of) -> Done<RegistryTickets> {
    Ok(RegistryTickets { open: lines(tx, sight, of, true)?, recent: lines(tx, sight, of, false)? })
}

/// Tickets in one line each; with `open` only those not closed.
fn lines(tx: &mut Tx<'_>, sight: Sight, of: Of, open: bool) -> Done<Vec<RegistryTicket>> {
    macro_rules! question {
        ($of:literal, $open:literal, $sight:literal, $limit:literal) => {
            sql!(concat!(
                "SELECT t.id, t.number, t.subject, t.state, t.priority, COALESCE(u.display_name, ''), t.terminal_id, t.next_due_at, t.opened_at, t.closed_at
                 FROM ticket t LEFT JOIN app_user u ON u.id = t.owner_id WHERE t.tenant_id = $1 AND ",
                $of,
                $open,
                $sight,
                " ORDER BY t.opened_at DESC, t.id DESC LIMIT ",
                $limit
            ))
        };
    }
    macro_rules! by_sight {
        ($of:literal, $open:literal, $limit:literal) => {
            match sight {
                Sight::All | Sight::Nothing => question!($of, $open, "", $limit),
                Sight::Acquirer(_) => question!($of, $open, " AND t.acquirer_id = $3", $limit),
                Sight::Engineer(_) => {
                    question!($of, $open, " AND t.id IN (SELECT w.ticket_id FROM work_order w WHERE w.engineer_id = $3)", $limit)
                }
                Sight::Branch(_) => question!(
                    $of,
                    $open,
                    " AND t.store_id IN (SELECT s.id FROM store s JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                                         WHERE s.id = t.store_id AND d.branch_id = $3)",
                    $limit
                ),
            }
        };
    }
    let question = match (of, open) {
        (Of::Merchant(_), true) => by_sight!("t.merchant_id = $2", " AND t.closed_at IS NULL", "100"),
        (Of::Merchant(_), false) => by_sight!("t.merchant_id = $2", "", "20"),
        (Of::Terminal(_), true) => by_sight!("t.terminal_id = $2", " AND t.closed_at IS NULL", "100"),
        (Of::Terminal(_), false) => by_sight!("t.terminal_id = $2", "", "20"),
    };
    let mut params = vec![
        p(&tx.tenant()),
        match of {
            Of::Merchant(id) => p(&id),
            Of::Terminal(id) => p(&id),
        },
    ];
    match sight {
        Sight::Nothing => return Ok(Vec::new()),
        Sight::All => {}
        Sight::Acquirer(own) => params.push(p(&own)),
        Sight::Engineer(me) => params.push(p(&me)),
        Sight::Branch(own) => params.push(p(&own)),
    }
    Ok(tx.query(question, &params, read)?)
}

fn read(r: &mut Row) -> Result<RegistryTicket, DbError> {
    let (id, number) = (r.next()?, format!("T-{:06}", r.next::<i64>()?));
    let (subject, state, priority, owner_name, terminal_id) = (r.next()?, r.coded()?, r.coded()?, r.next()?, r.next()?);
    let due: i64 = r.next()?;
    let due_at = (due < NEVER_DUE).then(|| postsale_domain::ground::from_millis(due));
    Ok(RegistryTicket { id, number, subject, state, priority, owner_name, terminal_id, due_at, opened_at: r.next()?, closed_at: r.next()? })
}

/// Whether a merchant has a store in a branch's districts, or none yet: then it is everybody's, so that somebody can add its
/// first. The branch's id is at the place named.
macro_rules! merchant_of_branch {
    ($place:literal) => {
        concat!(
            " AND (EXISTS (SELECT 1 FROM store s JOIN branch_district d ON d.tenant_id = s.tenant_id AND d.district = s.district
                           WHERE s.merchant_id = m.id AND d.branch_id = ",
            $place,
            ") OR NOT EXISTS (SELECT 1 FROM store s WHERE s.merchant_id = m.id))"
        )
    };
}
pub(super) use merchant_of_branch;

/// Lets a merchant be seen: with a store in their districts for somebody bound to a branch. Errors: `not_found`, whether it does
/// not exist or is not theirs.
pub fn see_merchant(tx: &mut Tx<'_>, sight: Sight, id: MerchantId) -> Done<()> {
    let tenant = tx.tenant();
    let key = [p(&tenant), p(&id)];
    let seen = match sight {
        Sight::Nothing => 0,
        Sight::All => tx.number(sql!("SELECT COUNT(*) FROM merchant WHERE tenant_id = $1 AND id = $2"), &key)?,
        Sight::Acquirer(own) => tx.number(
            sql!("SELECT COUNT(*) FROM merchant WHERE tenant_id = $1 AND id = $2 AND acquirer_id = $3"),
            &[key.as_slice(), &[p(&own)]].concat(),
        )?,
        Sight::Engineer(me) => tx.number(
            sql!(
                "SELECT COUNT(*) FROM merchant m WHERE m.tenant_id = $1 AND m.id = $2
                 AND m.id IN (SELECT t.merchant_id FROM work_order w JOIN ticket t ON t.id = w.ticket_id WHERE w.engineer_id = $3)"
            ),
            &[key.as_slice(), &[p(&me)]].concat(),
        )?,
        Sight::Branch(own) => tx.number(
            sql!(concat!("SELECT COUNT(*) FROM merchant m WHERE m.tenant_id = $1 AND m.id = $2", merchant_of_branch!("$3"))),
            &[key.as_slice(), &[p(&own)]].concat(),
        )?,
    };
    if seen == 0 { Err(refuse!(NotFound, "not_found").into()) } else { Ok(()) }
}

/// Lets a terminal be seen: an acquirer sees those that stand at its merchants, an engineer those of their work orders, somebody
/// bound to a branch those of its shops and those that stand nowhere.
/// Errors: `not_found`.
pub fn see_terminal(tx: &mut Tx<'_>, sight: Sight, id: TerminalId) -> Done<()> {
    let tenant = tx.tenant();
    let key = [p(&tenant), p(&id)];
    let seen = match sight {
        Sight::Nothing => 0,
        Sight::All => tx.number(sql!("SELECT COUNT(*) FROM terminal WHERE tenant_id = $1 AND id = $2"), &key)?,
        Sight::Acquirer(own) => tx.number(
            sql!("SELECT COUNT(*) FROM binding WHERE tenant_id = $1 AND terminal_id = $2 AND valid_to IS NULL AND acquirer_id = $3"),
            &[key.as_slice(), &[p(&own)]].concat(),
        )?,
        Sight::Engineer(me) => tx.number(
            sql!(
                "SELECT COUNT(*) FROM terminal x WHERE x.tenant_id = $1 AND x.id = $2
                 AND x.id IN (SELECT t.terminal_id FROM work_order w JOIN ticket t ON t.id = w.ticket_id WHERE w.engineer_id = $3)"
            ),
            &[key.as_slice(), &[p(&me)]].concat(),
        )?,
        Sight::Branch(own) => tx.number(
            sql!(
                "SELECT COUNT(*) FROM terminal x LEFT JOIN binding b ON b.terminal_id = x.id AND b.valid_to IS NULL
                   LEFT JOIN store s ON s.id = b.store_id
                 WHERE x.tenant_id = $1 AND x.id = $2 AND (b.id IS NULL OR EXISTS
                   (SELECT 1 FROM branch_district d WHERE d.tenant_id = s.tenant_id AND d.district = s.district AND d.branch_id = $3))"
            ),
            &[key.as_slice(), &[p(&own)]].concat(),
        )?,
    };
    if seen == 0 { Err(refuse!(NotFound, "not_found").into()) } else { Ok(()) }
}

/// What a person typed, as numbers are kept: letters and digits in capitals.
fn plain(q: &str) -> String {
    q.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).take(32).collect()
}

/// The last text that begins with `plain`, among texts of capital letters and digits of up to 32 characters.
fn last_with(plain: &str) -> String {
    format!("{plain}{}", "Z".repeat(32))
}

/// A sentence of the house in both languages, its holes filled.
fn said(code: &str, holes: &[(&'static str, &str)]) -> Text {
    let args = holes.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let say = |lang| crate::ground::texts::sentence(lang, code, &args);
    Text { zh: say(Lang::Zh), en: say(Lang::En) }
}
