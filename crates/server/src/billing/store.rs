//! SQL of quotes.

use jiff::Timestamp;
use jiff::civil::Date;
use postsale_domain::billing::{Agreed, Answer, AnswerWay, Offer, QuoteState, standing};
use postsale_domain::facts::{Charge, QuoteId, Quoted};
use postsale_domain::ground::Text;
use postsale_domain::ticket::TicketId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ground::db::{DbError, Done, Json, Query, Row, Tx, Val, code, p};
use crate::sql;

/// A warranty term that was looked at, as it was when the quote was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuotedTerm {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Whether it counts.
    pub holds: bool,
    /// Why, or why not.
    pub why: Text,
}

/// What coverage said when the quote was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuotedCover {
    /// In a sentence.
    pub sentence: Text,
    /// The terms that were looked at.
    pub terms: Vec<QuotedTerm>,
}

/// What the merchant answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuoteAnswer {
    /// Who said it.
    pub by: String,
    /// How it came.
    pub way: AnswerWay,
    /// Why, or what was said besides.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Who wrote it down; null where the merchant did it themselves.
    pub noted_by: Option<String>,
    /// Of a signature: lines of points, as drawn.
    #[serde(skip)]
    pub strokes: Vec<Vec<(i32, i32)>>,
}

/// What is offered at which prices.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Quote {
    /// Which one.
    pub id: QuoteId,
    /// Where it stands now.
    pub state: QuoteState,
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
    /// Until when it can be answered; null for quotes of earlier days, which nobody was asked about.
    pub valid_until: Option<Timestamp>,
    /// What coverage said.
    pub cover: Option<QuotedCover>,
    /// What the merchant answered.
    pub answer: Option<QuoteAnswer>,
}

impl Quote {
    /// As its rules see it.
    pub fn offer(&self) -> Offer {
        Offer { state: self.state, valid_until: self.valid_until }
    }

    /// Its lines, as far as consent goes.
    pub fn agreed(&self) -> Vec<Agreed> {
        self.lines.iter().map(|line| Agreed { code: line.code.clone(), quantity: line.quantity }).collect()
    }
}

/// A quote to be kept.
#[derive(Debug, Clone)]
pub struct NewQuote {
    /// The version of the price list.
    pub version: i64,
    /// The day of its prices.
    pub day: Date,
    /// The lines.
    pub quoted: Quoted,
    /// Until when it can be answered.
    pub valid_until: Timestamp,
    /// What coverage said.
    pub cover: Option<QuotedCover>,
    /// Who made it.
    pub by: String,
}

/// Keeps an offer of a case; the one before it is replaced, or written down as the expired one it is.
pub fn add(tx: &mut Tx<'_>, ticket: TicketId, new: NewQuote) -> Done<Quote> {
    let (tenant, at) = (tx.tenant(), tx.now());
    if let Some(live) = of_ticket(tx, ticket)?.into_iter().find(|q| q.answer.is_none() && q.valid_until.is_some()) {
        let over = if live.state == QuoteState::Offered { QuoteState::Replaced } else { live.state };
        tx.exec(
            sql!("UPDATE quote SET state = $1 WHERE id = $2 AND tenant_id = $3 AND state = 'offered'"),
            &[code(&over), p(&live.id), p(&tenant)],
        )?;
    }
    let NewQuote { version, day, quoted, valid_until, cover, by } = new;
    let quote = Quote {
        id: tx.new_id(),
        state: QuoteState::Offered,
        price_version: version,
        priced_on: day,
        lines: quoted.lines,
        total: quoted.total,
        tax: quoted.tax,
        by,
        at,
        valid_until: Some(valid_until),
        cover,
        answer: None,
    };
    tx.exec(
        sql!(
            "INSERT INTO quote (id, tenant_id, ticket_id, price_version, priced_on, lines, total, tax, by_name, created_at, state, valid_until, coverage)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        &[
            p(&quote.id),
            p(&tenant),
            p(&ticket),
            p(&quote.price_version),
            p(&quote.priced_on.to_string()),
            p(&Json(&quote.lines)),
            p(&quote.total),
            p(&quote.tax),
            p(&quote.by),
            p(&quote.at),
            code(&quote.state),
            p(&quote.valid_until),
            p(&quote.cover.as_ref().map(Json)),
        ],
    )?;
    tx.audit("quote.make", ticket, None, Some(&quote));
    Ok(quote)
}

/// Writes down what the merchant answered; `noted_by` is who took it down for them. The ticket is locked by the caller.
pub fn answered(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    before: &Quote,
    state: QuoteState,
    answer: &Answer,
    noted_by: Option<&str>,
) -> Done<Quote> {
    let (tenant, at) = (tx.tenant(), tx.now());
    let signature = (!answer.strokes.is_empty()).then_some(&answer.strokes);
    let touched = tx.exec(
        sql!(
            "UPDATE quote SET state = $1, answered_at = $2, answered_by = $3, answered_way = $4, answer_note = $5, signature = $6, noted_by = $7
             WHERE id = $8 AND tenant_id = $9 AND state = 'offered'"
        ),
        &[
            code(&state),
            p(&at),
            p(&answer.by),
            code(&answer.way),
            p(&answer.note),
            p(&signature.map(Json)),
            p(&noted_by.map(str::to_owned)),
            p(&before.id),
            p(&tenant),
        ],
    )?;
    if touched != 1 {
        return Err(DbError::Contended("a quote changed under a lock".into()).into());
    }
    let said = QuoteAnswer {
        by: answer.by.clone(),
        way: answer.way,
        note: answer.note.clone(),
        at,
        noted_by: noted_by.map(str::to_owned),
        strokes: answer.strokes.clone(),
    };
    let after = Quote { state, answer: Some(said), ..before.clone() };
    tx.audit("quote.answer", ticket, Some(before), Some(&after));
    Ok(after)
}

fn read(r: &mut Row) -> Result<Quote, DbError> {
    let (id, price_version, day) = (r.next()?, r.next()?, r.next::<String>()?);
    let priced_on = day.parse().map_err(|_| DbError::Row(format!("{day:?} is not a day")))?;
    let lines = r.next::<Json<Vec<Charge>>>()?.0;
    let (total, tax, by, at) = (r.next()?, r.next()?, r.next()?, r.next()?);
    // Of a quote of earlier days, or of a node of the version before, nobody was asked.
    let state = r.coded_opt::<QuoteState>()?.unwrap_or(QuoteState::Expired);
    let (valid_until, cover) = (r.next()?, r.next::<Option<Json<QuotedCover>>>()?.map(|j| j.0));
    let (answered_at, by_whom, way): (Option<Timestamp>, Option<String>, Option<AnswerWay>) = (r.next()?, r.next()?, r.coded_opt()?);
    let (note, strokes, noted_by) = (r.next()?, r.next::<Option<Json<Vec<Vec<(i32, i32)>>>>>()?, r.next()?);
    let answer = answered_at.zip(by_whom).zip(way).map(|((at, by), way)| QuoteAnswer {
        by,
        way,
        note,
        at,
        noted_by,
        strokes: strokes.map(|j| j.0).unwrap_or_default(),
    });
    Ok(Quote { id, state, price_version, priced_on, lines, total, tax, by, at, valid_until, cover, answer })
}

/// The newest quotes of a ticket, newest first, as they stand now.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Vec<Quote>> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let found = tx.query(
        sql!(
            "SELECT id, price_version, priced_on, lines, total, tax, by_name, created_at, state, valid_until, coverage, answered_at, answered_by,
               answered_way, answer_note, signature, noted_by
             FROM quote WHERE ticket_id = $1 AND tenant_id = $2 ORDER BY created_at DESC, id DESC LIMIT 20"
        ),
        &[p(&ticket), p(&tenant)],
        read,
    )?;
    Ok(found.into_iter().map(|quote| Quote { state: standing(&quote.offer(), now), ..quote }).collect())
}

/// Why what is charged goes on without the merchant's yes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Waiver {
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The waiver of a case, if there is one.
pub fn waiver(tx: &mut Tx<'_>, ticket: TicketId) -> Done<Option<Waiver>> {
    let tenant = tx.tenant();
    Ok(tx.one(
        sql!("SELECT reason, by_name, at FROM charge_waiver WHERE ticket_id = $1 AND tenant_id = $2"),
        &[p(&ticket), p(&tenant)],
        |r| Ok(Waiver { reason: r.next()?, by: r.next()?, at: r.next()? }),
    )?)
}

/// Keeps a waiver; one that stands already stays as it is.
pub fn waive(tx: &mut Tx<'_>, ticket: TicketId, reason: &str, by: &str) -> Done<()> {
    let (tenant, at) = (tx.tenant(), tx.now());
    let values: [Val; 5] = [p(&ticket), p(&tenant), p(&reason.to_owned()), p(&by.to_owned()), p(&at)];
    tx.exec(
        sql!("INSERT INTO charge_waiver (ticket_id, tenant_id, reason, by_name, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (ticket_id) DO NOTHING"),
        &values,
    )?;
    tx.audit("charge.waive", ticket, None, Some(&Waiver { reason: reason.to_owned(), by: by.to_owned(), at }));
    Ok(())
}
