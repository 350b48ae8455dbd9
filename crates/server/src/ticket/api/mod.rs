//! HTTP of tickets: the queues, the page, registering, and one door per command.

mod bulk;
mod list;
mod merge;
mod open;
mod relation;
mod saved;
mod send;
mod show;
mod work;

use postsale_domain::ground::{Refusal, mask_cards};
use postsale_domain::inbox::plain_phone;
use postsale_domain::refuse;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::house::House;

/// The routes of tickets.
pub fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .merge(list::routes())
        .merge(bulk::routes())
        .merge(saved::routes())
        .merge(show::routes())
        .merge(open::routes())
        .merge(work::routes())
        .merge(send::routes())
        .merge(merge::routes())
        .merge(relation::routes())
}

/// Who can be reached; what is left out is not known, or stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactGiven {
    /// 1 to 100 characters.
    name: Option<String>,
    /// 5 to 15 digits.
    phone: Option<String>,
    /// A mail address.
    email: Option<String>,
}

/// Name, phone number and address as they are kept. Errors: `contact.bad_name`, `contact.bad_phone`, `contact.bad_email`.
fn contact(given: &ContactGiven) -> Result<(Option<String>, Option<String>, Option<String>), Refusal> {
    let said = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let name = said(&given.name);
    if name.as_ref().is_some_and(|n| n.chars().count() > 100) {
        return Err(refuse!(Invalid, "contact.bad_name").field("contact.name"));
    }
    let name = name.map(|n| mask_cards(&n).text);
    let bad_phone = || refuse!(Invalid, "contact.bad_phone").field("contact.phone");
    let phone = said(&given.phone).map(|text| plain_phone(&text).ok_or_else(bad_phone)).transpose()?;
    let email = said(&given.email).map(|text| text.to_lowercase());
    let address = |e: &String| {
        let (local, host) = e.split_once('@').unwrap_or_default();
        e.len() <= 254 && !local.is_empty() && host.contains('.') && !e.chars().any(|c| c.is_whitespace() || c.is_control())
    };
    if email.as_ref().is_some_and(|e| !address(e)) {
        return Err(refuse!(Invalid, "contact.bad_email").field("contact.email"));
    }
    Ok((name, phone, email))
}
