//! What a row means that asks somebody to join.

use postsale_domain::ground::{Lang, Refusal, Role};
use postsale_domain::org::people as rules;
use postsale_domain::refuse;

use super::cells::Cells;
use super::rows::{Draft, Judged, Read};
use crate::crew::store as crew;
use crate::flow::people::UserNew;
use crate::ground::db::{Done, Stop, Tx};
use crate::ground::texts;
use crate::ground::web::Keyset;
use crate::merchant::store as merchants;
use crate::org::store::{people, place};

/// Most branches and partners a name is looked for among.
const MOST: u32 = 1000;

/// A role by its word, in either language. Errors: `import.no_role`.
fn role(text: &str) -> Result<Role, Refusal> {
    let said = |role: Role, lang| texts::sentence(lang, &format!("role.{}", role.as_str()), &std::collections::BTreeMap::new());
    let named = |role: &Role| {
        role.as_str().eq_ignore_ascii_case(text) || said(*role, Lang::Zh) == text || said(*role, Lang::En).eq_ignore_ascii_case(text)
    };
    Role::ALL.into_iter().find(named).ok_or_else(|| {
        let known = Role::ALL.map(|role| said(role, Lang::Zh)).join("、");
        refuse!(Invalid, "import.no_role", known = known)
    })
}

/// One of a few named things. Errors: `import.no_such`, with some of those there are.
pub(super) fn one_of<T: Copy>(known: &[(T, String, String)], text: &str) -> Result<T, Refusal> {
    let found = known.iter().find(|(_, code, name)| code.eq_ignore_ascii_case(text) || name == text);
    found.map(|(id, ..)| *id).ok_or_else(|| {
        let names: Vec<&str> = known.iter().take(5).map(|(_, _, name)| name.as_str()).collect();
        refuse!(Invalid, "import.no_such", known = names.join("、"))
    })
}

pub(super) fn user(tx: &mut Tx<'_>, row: &mut Cells<'_>) -> Done<Judged> {
    let username = row.ruled("username", |t| rules::check_username(t).map(|()| t.to_owned()));
    let display_name = row.ruled("display_name", |t| rules::check_display_name(t).map(|()| t.to_owned()));
    let role = row.ruled("role", role);
    let email = row.ruled("email", |t| rules::check_email(t).map(|()| t.to_lowercase()));
    let branches: Vec<_> = place::branches(tx, Keyset::LAST, MOST)?.into_iter().filter(|b| b.closed_at.is_none()).collect();
    let branches: Vec<_> = branches.into_iter().map(|b| (b.id, b.code, b.name)).collect();
    let branch_id = row.ruled("branch", |t| one_of(&branches, t));
    let partners: Vec<_> = place::partners(tx, Keyset::LAST, MOST)?.into_iter().filter(|b| b.closed_at.is_none()).collect();
    let partners: Vec<_> = partners.into_iter().map(|b| (b.id, b.code, b.name)).collect();
    let partner_id = row.ruled("partner", |t| one_of(&partners, t));
    let acquirers: Vec<_> = merchants::acquirers(tx, None)?.into_iter().map(|a| (a.id, a.code, a.name)).collect();
    let acquirer_id = row.ruled("acquirer", |t| one_of(&acquirers, t));
    let engineers: Vec<_> = crew::engineers(tx)?.into_iter().map(|e| (e.id, e.phone, e.name)).collect();
    let engineer_id = row.ruled("engineer", |t| one_of(&engineers, t));
    let keys = [username.clone(), email.clone()];
    let (Some(username), Some(display_name), Some(role)) = (username, display_name, role) else { return Ok((Read::Wrong, keys)) };
    if row.errors.is_empty() {
        let tied = |refusal: &Refusal| if refusal.field.as_deref() == Some("acquirer_id") { "acquirer" } else { "engineer" };
        if let Err(refusal) = rules::check_ties(role, engineer_id, acquirer_id) {
            row.wrong(tied(&refusal), &refusal, None);
        }
        if let Err(refusal) = rules::check_branch(role, branch_id.is_some()) {
            row.wrong("branch", &refusal, None);
        }
        match people::check_ties_exist(tx, None, engineer_id, acquirer_id) {
            Err(Stop::Refused(refusal)) => row.wrong(tied(&refusal), &refusal, None),
            other => other?,
        }
    }
    if people::named(tx, &username)?.is_some() {
        return Ok((Read::Known, keys));
    }
    let new = UserNew { username, display_name, role, email, lang: Lang::Zh, engineer_id, acquirer_id, branch_id, partner_id };
    Ok((Read::Draft(Box::new(Draft::User(new))), keys))
}
