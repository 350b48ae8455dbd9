//! A person leaves or becomes something else: what they answer for goes to somebody in the same transaction, and what they
//! were let into ends with it.

use postsale_domain::ground::{AcquirerId, BranchId, EngineerId, Lang, Reach, Role, UserId};
use postsale_domain::org::{PartnerId, UserState, people as rules};
use postsale_domain::refuse;
use postsale_domain::ticket::Command;
use serde::Deserialize;
use utoipa::ToSchema;

use super::desk::Desk;
use crate::ground::db::{Done, Tx};
use crate::org::mail::{self, Letter};
use crate::org::store::people::{self, NewPerson, Person};
use crate::org::store::{key, place, session, token};
use crate::{crew, ticket, visit};

/// Most tickets handed over at a time.
const MOST: u32 = 500;

/// Somebody who is asked to join.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserNew {
    /// What they will sign in with: 2 to 60 letters, digits and `. _ - @ +`. Stays as it is.
    pub username: String,
    /// The name shown.
    pub display_name: String,
    /// What they will do.
    pub role: Role,
    /// Where the invitation goes; without it an administrator hands over a link.
    pub email: Option<String>,
    /// The language they read.
    #[serde(default)]
    pub lang: Lang,
    /// For the role engineer: which one of the crew.
    pub engineer_id: Option<EngineerId>,
    /// For the role acquirer: whose.
    pub acquirer_id: Option<AcquirerId>,
    /// Binds them to a branch.
    pub branch_id: Option<BranchId>,
    /// The firm they work for, if not for us.
    pub partner_id: Option<PartnerId>,
}

/// Invites somebody; with an address a mail with a link goes out. Nobody chooses a password for them. Errors: those of the fields,
/// `user.name_taken`.
pub fn invite(tx: &mut Tx<'_>, new: &UserNew) -> Done<UserId> {
    rules::check_username(&new.username)?;
    rules::check_display_name(&new.display_name)?;
    if let Some(address) = &new.email {
        rules::check_email(address)?;
    }
    rules::check_ties(new.role, new.engineer_id, new.acquirer_id)?;
    rules::check_branch(new.role, new.branch_id.is_some())?;
    people::check_ties_exist(tx, None, new.engineer_id, new.acquirer_id)?;
    place::check_open(tx, new.branch_id, new.partner_id)?;
    let person = NewPerson {
        username: &new.username,
        name: new.display_name.trim(),
        role: new.role,
        email: new.email.as_deref(),
        lang: new.lang,
        engineer: new.engineer_id,
        acquirer: new.acquirer_id,
        branch: new.branch_id,
        partner: new.partner_id,
    };
    let id = people::invite(tx, &person)?;
    if new.email.is_some() {
        mail::ask(tx, id, Letter::Invite)?;
    }
    Ok(id)
}

/// Lets somebody go: they sign in no more, from this moment. Errors: `user.yourself`, `user.left_already`, `user.last_admin`,
/// `user.owns_tickets` without a successor, `user.cannot_own`, `user.has_visits`.
pub fn disable(tx: &mut Tx<'_>, id: UserId, version: i64, successor: Option<UserId>) -> Done<Person> {
    let before = people::for_change(tx, id, Some(version))?;
    not_oneself(tx, id)?;
    if before.row.state == UserState::Disabled {
        return Err(refuse!(Conflict, "user.left_already").into());
    }
    not_the_last(tx, &before)?;
    no_visits(tx, before.row.engineer_id)?;
    hand_over(tx, id, successor)?;
    let mut after = before.clone();
    after.disabled_at = Some(tx.now());
    people::save(tx, "user.disable", &before, &mut after)?;
    if let Some(engineer) = before.row.engineer_id {
        crew::store::set_active(tx, engineer, false)?;
    }
    let_out(tx, id)?;
    Ok(after)
}

/// Takes somebody back. Errors: `user.not_left`, `user.engineer_taken`.
pub fn enable(tx: &mut Tx<'_>, id: UserId, version: i64) -> Done<Person> {
    let before = people::for_change(tx, id, Some(version))?;
    if before.row.state != UserState::Disabled {
        return Err(refuse!(Conflict, "user.not_left").into());
    }
    people::check_ties_exist(tx, Some(id), before.row.engineer_id, None)?;
    let mut after = before.clone();
    after.disabled_at = None;
    people::save(tx, "user.enable", &before, &mut after)?;
    if let Some(engineer) = before.row.engineer_id {
        crew::store::set_active(tx, engineer, true)?;
    }
    Ok(after)
}

/// What somebody is from now on.
#[derive(Debug, Clone, Copy)]
pub struct NewRole {
    /// What they do.
    pub role: Role,
    /// For the role engineer.
    pub engineer: Option<EngineerId>,
    /// For the role acquirer.
    pub acquirer: Option<AcquirerId>,
    /// Who takes their tickets, when the new role answers for none.
    pub successor: Option<UserId>,
}

/// Gives somebody another role. Their sessions, keys and links end, so that nothing opened under the old role lives on. Errors: as
/// [`disable`], and those of the ties of a role.
pub fn change_role(tx: &mut Tx<'_>, id: UserId, version: i64, new: NewRole) -> Done<Person> {
    let before = people::for_change(tx, id, Some(version))?;
    not_oneself(tx, id)?;
    rules::check_ties(new.role, new.engineer, new.acquirer)?;
    rules::check_branch(new.role, before.row.branch_id.is_some())?;
    people::check_ties_exist(tx, Some(id), new.engineer, new.acquirer)?;
    if new.role != Role::Admin {
        not_the_last(tx, &before)?;
    }
    if before.row.engineer_id != new.engineer {
        no_visits(tx, before.row.engineer_id)?;
    }
    if !rules::can_own_tickets(new.role) {
        hand_over(tx, id, new.successor)?;
    }
    let mut after = before.clone();
    (after.row.role, after.row.engineer_id, after.acquirer_id) = (new.role, new.engineer, new.acquirer);
    people::save(tx, "user.role", &before, &mut after)?;
    if before != after {
        let_out(tx, id)?;
    }
    Ok(after)
}

fn not_oneself(tx: &Tx<'_>, id: UserId) -> Done<()> {
    if tx.caller().user() == Some(id) { Err(refuse!(Conflict, "user.yourself").into()) } else { Ok(()) }
}

fn not_the_last(tx: &mut Tx<'_>, person: &Person) -> Done<()> {
    let counts = person.row.role == Role::Admin && person.row.state == UserState::Active;
    if counts && people::administrators(tx)? <= 1 { Err(refuse!(Conflict, "user.last_admin").into()) } else { Ok(()) }
}

/// Work on site is given back by dispatch, which knows who else can come; leaving does not do it in passing.
fn no_visits(tx: &mut Tx<'_>, engineer: Option<EngineerId>) -> Done<()> {
    let Some(engineer) = engineer else { return Ok(()) };
    match visit::list::held_by(tx, engineer)? {
        0 => Ok(()),
        count => Err(refuse!(Conflict, "user.has_visits", count = count).into()),
    }
}

/// Every open ticket of a person goes to the successor, each with its line on the timeline.
fn hand_over(tx: &mut Tx<'_>, from: UserId, successor: Option<UserId>) -> Done<()> {
    let owned = ticket::list::owned(tx, from, MOST + 1)?;
    if owned.is_empty() {
        return Ok(());
    }
    if owned.len() > MOST as usize {
        return Err(refuse!(Conflict, "user.owns_too_many", most = MOST).into());
    }
    let to = successor.ok_or_else(|| refuse!(Conflict, "user.owns_tickets", count = owned.len()).field("hand_over_to"))?;
    let able = people::person(tx, to)?.is_some_and(|p| p.row.state == UserState::Active && rules::can_own_tickets(p.row.role));
    if !able || to == from {
        return Err(refuse!(Invalid, "user.cannot_own").field("hand_over_to").into());
    }
    for id in owned {
        let mut desk = Desk::load(tx, id, Reach::All, None)?;
        desk.command(tx, &Command::Assign { to })?;
        desk.save(tx, "ticket.assign")?;
    }
    Ok(())
}

/// Ends everything that lets a person in.
fn let_out(tx: &mut Tx<'_>, id: UserId) -> Done<()> {
    session::end_all_but(tx, id, &[])?;
    key::end_of(tx, id)?;
    token::forget(tx, id)
}
