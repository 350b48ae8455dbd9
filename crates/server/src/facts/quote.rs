//! SQL of quotes.

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::facts::{Charge, QuoteId, Quoted};
use postsale_domain::ticket::TicketId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ground::db::{DbError, Done, Json, Query, Tx, p};
use crate::org;
use crate::sql;

/// What was offered at which prices.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Quote {
    /// Which one.
    pub id: QuoteId,
    /// The version of the price list it was made by; 0 is the one that ships.
    pub price_version: i64,
    /// The day whose prices these are.
    #[schema(value_type = String, format = Date)]
    pub priced_on: Date,
    /// What it adds up.
    pub lines: Vec<Charge>,
    /// Fen, tax included.
    pub total: i64,
    /// Fen of tax in it.
    pub tax: i64,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Keeps a quote of a ticket.
pub fn add(tx: &mut Tx<'_>, ticket: TicketId, version: i64, day: Date, quoted: &Quoted) -> Done<Quote> {
    let (id, tenant, at): (QuoteId, _, _) = (tx.new_id(), tx.tenant(), tx.now());
    let by = org::store::shown_name(tx)?;
    tx.exec(
        sql!(
            "INSERT INTO quote (id, tenant_id, ticket_id, price_version, priced_on, lines, total, tax, by_name, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[
            p(&id),
            p(&tenant),
            p(&ticket),
            p(&version),
            p(&day.to_string()),
            p(&Json(&quoted.lines)),
            p(&quoted.total),
            p(&quoted.tax),
            p(&by),
            p(&at),
        ],
    )?;
    let quote =
        Quote { id, price_version: version, priced_on: day, lines: quoted.lines.clone(), total: quoted.total, tax: quoted.tax, by, at };
    tx.audit("quote.make", ticket, None, Some(&quote));
    Ok(quote)
}

/// The newest quotes of a ticket, newest first.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<Quote>> {
    let tenant = tx.tenant();
    Ok(tx.query(
        sql!(
            "SELECT id, price_version, priced_on, lines, total, tax, by_name, created_at FROM quote WHERE ticket_id = $1 AND tenant_id = $2
             ORDER BY created_at DESC, id DESC LIMIT 20"
        ),
        &[p(&ticket), p(&tenant)],
        |r| {
            let (id, price_version, day) = (r.next()?, r.next()?, r.next::<String>()?);
            let priced_on = day.parse().map_err(|_| DbError::Row(format!("{day:?} is not a day")))?;
            let lines = r.next::<Json<Vec<Charge>>>()?.0;
            Ok(Quote { id, price_version, priced_on, lines, total: r.next()?, tax: r.next()?, by: r.next()?, at: r.next()? })
        },
    )?)
}
