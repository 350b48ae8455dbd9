//! HTTP of exports: lists as tables to take away.

use axum::http::header;
use axum::response::IntoResponse;
use jiff::civil::Date;
use postsale_domain::agreement::StatementId;
use postsale_domain::ground::{Lang, Reach, Refusal, Role};
use postsale_domain::incident::IncidentState;
use postsale_domain::org::{UserState, act};
use postsale_domain::refuse;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ground::db::DbError;
use crate::ground::gate::Costly;
use crate::ground::sheet::{Book, CsvText, Out, XLSX};
use crate::ground::web::{Door, Params, Problem, Ref, said};
use crate::house::House;
use crate::view::export::{ExportList, Filter, FollowUpView, Narrowed, View, Which, header as titles, rows};
use crate::view::registry::sight;
use crate::view::statement::LinesView;
use crate::view::visit::day;

/// The routes of exports.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new().routes(routes!(export_list))
}

/// Most rows of a table that is taken away.
const MAX_ROWS: usize = 50_000;
/// Rows read at a time.
const AT_A_TIME: u32 = 500;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum TableFormat {
    Xlsx,
    Csv,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExportAsked {
    /// CSV without it.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Of merchants, terminals, parts and people, those somebody typed this for.
    q: Option<String>,
    /// Of tickets, only those of this queue; all there are without it.
    #[param(inline)]
    view: Option<View>,
    /// Of tickets, as lists are narrowed: states. Of people, how they stand. Of incidents, `open` or `resolved`; of follow-ups, `due`, `coming` or
    /// `answered`: the first without it.
    state: Option<String>,
    /// Priorities.
    priority: Option<String>,
    /// Channels.
    channel: Option<String>,
    /// A pause reason.
    waiting: Option<String>,
    /// `me`, or a colleague.
    owner: Option<String>,
    /// A district.
    district: Option<String>,
    /// A tier.
    tier: Option<String>,
    /// How a fault code begins.
    fault: Option<String>,
    /// Of letters, only those nobody could read.
    unreadable: Option<bool>,
    /// Of parts, only those of which fewer lie in the warehouse than should.
    low: Option<bool>,
    /// Of the chain, only changes of this object.
    subject: Option<String>,
    /// Of people, only those of this role.
    #[param(inline)]
    role: Option<Role>,
    /// Of work orders, only those planned on this day.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<Date>,
    /// The statement whose lines are taken.
    #[param(value_type = Option<String>)]
    statement: Option<StatementId>,
    /// Of a statement, this version; the one signed last without it.
    version: Option<i64>,
    /// Of a statement, only these lines.
    #[param(inline)]
    lines: Option<LinesView>,
}

impl ExportAsked {
    fn which(&self) -> Result<Which, Refusal> {
        let filter = Filter {
            state: self.state.clone(),
            priority: self.priority.clone(),
            channel: self.channel.clone(),
            waiting: self.waiting.clone(),
            owner: self.owner.clone(),
            district: self.district.clone(),
            tier: self.tier.clone(),
            fault: self.fault.clone(),
        };
        Ok(Which { queue: self.view, narrow: filter.narrow()? })
    }

    /// The word of `state` as this list reads it. Errors: `query.unreadable`.
    fn stands<T: DeserializeOwned>(&self, lang: Lang) -> Result<T, Refusal> {
        serde_json::from_value(json!(self.state))
            .map_err(|why| refuse!(Invalid, "query.unreadable", reason = said(lang, &why.to_string())).field("state"))
    }

    /// What a list is narrowed to. Errors: `query.unreadable`, those of a queue's filter.
    fn narrowed(&self, list: ExportList, lang: Lang) -> Result<Narrowed, Refusal> {
        Ok(Narrowed {
            which: if list == ExportList::Tickets { self.which()? } else { Which::default() },
            q: self.q.clone().unwrap_or_default(),
            unreadable: self.unreadable.unwrap_or_default(),
            low: self.low.unwrap_or_default(),
            subject: self.subject.clone(),
            role: self.role,
            state: if list == ExportList::Users { self.stands::<Option<UserState>>(lang)? } else { None },
            planned: self.date.map(day),
            statement: self.statement,
            version: self.version,
            lines: self.lines.unwrap_or_default(),
            over: list == ExportList::Incidents && self.stands::<Option<IncidentState>>(lang)? == Some(IncidentState::Resolved),
            follow_ups: if list == ExportList::FollowUps {
                self.stands::<Option<FollowUpView>>(lang)?.unwrap_or_default()
            } else {
                FollowUpView::Due
            },
        })
    }
}

enum Table {
    Csv(CsvText),
    Xlsx(Box<Book>),
}

impl Table {
    fn out(&mut self) -> &mut dyn Out {
        match self {
            Table::Csv(text) => text,
            Table::Xlsx(book) => book.as_mut(),
        }
    }

    fn bytes(self) -> Result<Vec<u8>, DbError> {
        match self {
            Table::Csv(text) => Ok(text.bytes()),
            Table::Xlsx(book) => book.bytes(),
        }
    }
}

/// A list as a table, narrowed as on the screen, newest first: the 50,000 newest rows at most (`X-Rows-Left-Out: true` says that there are more). Phone
/// numbers are masked, nothing in it is ever computed, and the audit chain says who took it.
#[utoipa::path(get, path = "/exports/{list}", operation_id = "export_list", tag = "import", params(("list" = inline(ExportList), Path), ExportAsked),
    responses((status = 200, content((Vec<u8> = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))), Problem))]
async fn export_list(
    door: Door<act::ExportRead>,
    Ref(list): Ref<ExportList>,
    Params(asked): Params<ExportAsked>,
) -> Result<impl IntoResponse, Problem> {
    let reach = door.reach().min(act::reach(list.action(), &door.caller.who));
    if reach == Reach::None {
        return Err(Problem::refused(door.lang, &refuse!(Forbidden, "not_allowed", action = list.action())));
    }
    let (lang, format) = (door.lang, asked.format.unwrap_or(TableFormat::Csv));
    let narrowed = asked.narrowed(list, lang).map_err(|refusal| Problem::refused(door.lang, &refusal))?;
    let turn = door.turn(Costly::Table).await?;
    let (bytes, taken, more) = door
        .read(move |tx| {
            let sight = sight(tx, reach);
            let titles = titles(list, lang);
            let mut table = match format {
                TableFormat::Csv => Table::Csv(CsvText::new(&titles)),
                TableFormat::Xlsx => Table::Xlsx(Box::new(Book::new(&titles)?)),
            };
            let (mut after, mut taken) = (narrowed.start(list, tx.now()), 0);
            loop {
                let some = rows(tx, lang, list, sight, &narrowed, after, AT_A_TIME)?;
                for (_, cells) in &some {
                    table.out().row(cells)?;
                }
                taken += some.len();
                match some.last() {
                    Some((place, _)) if some.len() == AT_A_TIME as usize && taken < MAX_ROWS => after = *place,
                    last => {
                        let more = last.is_some() && taken >= MAX_ROWS;
                        return Ok((table.bytes()?, taken, more));
                    }
                }
            }
        })
        .await?;
    drop(turn);
    let name = list.as_str();
    door.write(move |tx| {
        tx.audit("export.read", name, None, Some(&json!({ "rows": taken })));
        Ok(())
    })
    .await?;
    let (kind, ending) = match format {
        TableFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        TableFormat::Xlsx => (XLSX, "xlsx"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")),
        (header::HeaderName::from_static("x-rows-left-out"), more.to_string()),
    ];
    Ok((headers, bytes))
}
