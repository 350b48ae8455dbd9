//! Saved views: who may see, share and change a list somebody named.

use serde::{Deserialize, Serialize};

use crate::ground::{BranchId, Reach, Refusal, Role, UserId, mask_cards};
use crate::refuse;

crate::ids! {
    /// A saved view of the desk.
    DeskViewId = "dvw";
}

/// Whom a saved view is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// For who keeps it.
    #[default]
    Own,
    /// For everybody of the keeper's role and, where the keeper is bound to one, branch.
    Team,
    /// For everybody of the house.
    Public,
}

/// How a view is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Rows.
    #[default]
    List,
    /// A column for each state.
    Kanban,
}

/// A column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ListColumn {
    /// The clock that runs out first.
    Clock,
    /// The number.
    Number,
    /// What the merchant sees.
    Subject,
    /// Shop and device.
    Place,
    /// Priority.
    Priority,
    /// State, and for whom it waits.
    State,
    /// Who is accountable.
    Owner,
    /// How it came in.
    Channel,
    /// The merchant's tier.
    Tier,
    /// When it was registered.
    Opened,
    /// The last change.
    Changed,
    /// The newest line.
    Last,
}

/// Most characters of a view's name.
pub const MAX_NAME: usize = 30;
/// Most views one person keeps.
pub const MAX_KEPT: i64 = 50;

/// Who asks about a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The person.
    pub user: UserId,
    /// What they do.
    pub role: Role,
    /// The branch they are bound to.
    pub branch: Option<BranchId>,
    /// How far their right to share reaches: own is their team, all is everybody.
    pub sharing: Reach,
}

/// Whose a view is, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Who keeps it.
    pub keeper: UserId,
    /// For whom.
    pub share: Share,
    /// The role of the team.
    pub team_role: Role,
    /// The branch of the team.
    pub team_branch: Option<BranchId>,
}

/// Whether somebody sees a view. Another house's people see only what they keep themselves.
pub fn sees(asker: &Asker, view: &Kept) -> bool {
    view.keeper == asker.user
        || match view.share {
            Share::Own => false,
            Share::Team => view.team_role == asker.role && (view.team_branch.is_none() || view.team_branch == asker.branch),
            Share::Public => asker.role != Role::Acquirer,
        }
}

/// Whether somebody may change a view: who keeps it; of shared ones also who may share with everybody.
pub fn may_change(asker: &Asker, view: &Kept) -> bool {
    view.keeper == asker.user || (view.share != Share::Own && asker.sharing == Reach::All && sees(asker, view))
}

/// Lets a view be for these people. Errors: `desk_view.no_sharing`, `desk_view.team_only`.
pub fn share(asker: &Asker, with: Share) -> Result<(), Refusal> {
    match (with, asker.sharing) {
        (Share::Own, _) | (_, Reach::All) | (Share::Team, Reach::Own) => Ok(()),
        (Share::Public, Reach::Own) => Err(refuse!(Forbidden, "desk_view.team_only").field("share")),
        (_, Reach::None) => Err(refuse!(Forbidden, "desk_view.no_sharing").field("share")),
    }
}

/// A view's name as it is kept. Errors: `desk_view.bad_name`.
pub fn name(given: &str) -> Result<String, Refusal> {
    let name = given.trim();
    if (1..=MAX_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        Ok(mask_cards(name).text)
    } else {
        Err(refuse!(Invalid, "desk_view.bad_name", limit = MAX_NAME).field("name"))
    }
}

/// The columns of a view, each once; none means those everybody has. Errors: `desk_view.columns`.
pub fn columns(given: &[ListColumn]) -> Result<Vec<ListColumn>, Refusal> {
    let twice = given.iter().enumerate().any(|(i, c)| given[..i].contains(c));
    if twice { Err(refuse!(Invalid, "desk_view.columns").field("columns")) } else { Ok(given.to_vec()) }
}
