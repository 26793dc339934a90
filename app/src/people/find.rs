//! The search of people in the top bar, while the person types.

use gate::Action;
use leptos::prelude::*;
use operations::people::suggest;

use super::{begin, systems};
use crate::{context::RequestContext, error::PortalError, flash::Done, pickers::Found, ui::Pick};

/// People whose names or addresses hold these words, from both systems.
#[server(prefix = "/api", endpoint = "people/find")]
pub async fn find_people(#[server(default)] q: String) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = begin(&context, Action::ViewPerson).await?;
    let suggestions = suggest(&context.services, &systems(&operation), &q).await;
    let found = suggestions.into_iter().map(|one| Pick {
        value: one.key,
        label: one.name,
        detail: String::new(),
    });
    Ok(Done::answer(&Found {
        found: found.collect(),
        more: 0,
    }))
}
