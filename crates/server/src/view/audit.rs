//! What the things are called that the audit chain speaks of: its lines hold ids, people know numbers and names.

use std::collections::BTreeMap;

use postsale_domain::ground::UserId;
use postsale_domain::merchant::MerchantId;
use postsale_domain::terminal::TerminalId;
use postsale_domain::ticket::TicketId;
use postsale_domain::visit::WorkOrderId;

use crate::ground::db::{Done, Query, Tx, p};
use crate::org::store::{self as org, AuditLine};
use crate::ticket::{list, store as tickets};
use crate::view::ticket::number;
use crate::visit::store as visits;
use crate::{merchant, sql, terminal};

/// Says what each line is about, where it has a number or a name.
pub fn name(tx: &mut Tx<'_>, lines: &mut [AuditLine]) -> Done<()> {
    let ids: Vec<TicketId> = lines.iter().filter_map(|line| line.subject.parse().ok()).collect();
    let mut known: BTreeMap<String, Option<String>> =
        list::titles(tx, &ids)?.into_iter().map(|(id, (n, _))| (id.to_string(), Some(number(n)))).collect();
    for line in lines {
        line.subject_name = match known.get(&line.subject) {
            Some(name) => name.clone(),
            None => {
                let name = named(tx, &line.subject)?;
                known.insert(line.subject.clone(), name.clone());
                name
            }
        };
    }
    Ok(())
}

fn named(tx: &mut Tx<'_>, subject: &str) -> Done<Option<String>> {
    Ok(if let Ok(id) = subject.parse::<UserId>() {
        org::names(tx, id)?.map(|(_, shown)| shown)
    } else if let Ok(id) = subject.parse::<MerchantId>() {
        merchant::store::merchant(tx, id, None)?.map(|m| m.name)
    } else if let Ok(id) = subject.parse::<TerminalId>() {
        terminal::store::terminal(tx, id)?.map(|t| t.serial_no)
    } else if let Ok(id) = subject.parse::<WorkOrderId>() {
        visits::work_order(tx, id)?.map(|w| visits::number(w.number))
    } else {
        None
    })
}

/// The thing somebody asks about: by the number people call it by, or by its id. A number nobody has is about nothing.
pub fn subject(tx: &mut Tx<'_>, asked: &str) -> Done<String> {
    let asked = asked.trim();
    let digits = |letter: char| {
        asked.strip_prefix([letter, letter.to_ascii_lowercase()]).and_then(|rest| rest.trim_start_matches('-').parse::<i64>().ok())
    };
    let found = if let Some(n) = digits('T') {
        tickets::numbered(tx, Some(n))?.map(|t| t.id.to_string())
    } else if let Some(n) = digits('W') {
        let key = [p(&tx.tenant()), p(&n)];
        tx.one(sql!("SELECT id FROM work_order WHERE tenant_id = $1 AND number = $2"), &key, |r| r.next::<WorkOrderId>())?
            .map(|id| id.to_string())
    } else {
        None
    };
    Ok(found.unwrap_or_else(|| asked.to_owned()))
}
