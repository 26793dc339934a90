//! One person across both systems, and the guides for one who leaves or starts.

mod find;
mod leaver;
mod page;
mod starter;

use gate::{Action, Operation, System, Target};
use leptos::prelude::*;
use operations::people::Systems;

pub use self::{
    find::{FindPeople, find_people},
    leaver::{RunLeaver, leaver, review_leaver, run_leaver},
    page::page,
    starter::{RunStarter, review_starter, run_starter, starter},
};
use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    redirect,
    ui::{ErrorState, Notice, Tone, When},
};

/// Operations that read users of both systems, as far as the caller may.
fn systems(operation: &Operation) -> Systems {
    Systems {
        cluster: operation.step(Action::ViewUser),
        mail: operation.step(Action::ViewMailUsers),
    }
}

/// The operation of a page about a person.
async fn begin(context: &RequestContext, action: Action) -> Result<Operation, PortalError> {
    Ok(context.begin(action, Target::portal()).await?)
}

/// In place of what one system has: what is missing, why, since when, and what can be done.
fn missing_part(context: &RequestContext, system: System, error: PortalError) -> AnyView {
    match error.kind {
        ErrorKind::Connect => {
            let connect = redirect::connect(&context.address());
            view! {
            <Notice standing=true tone=Tone::Info title="You are not connected with Proofpoint."
                detail="Connect once to see what Proofpoint has of this person.">
                <p><a class="button" href=connect>"Connect"</a></p>
            </Notice>
            }
            .into_any()
        }
        ErrorKind::Forbidden => {
            let detail = error.detail.unwrap_or_default();
            view! { <Notice standing=true tone=Tone::Info title=error.title detail/> }.into_any()
        }
        _ => {
            let since = context.gate.failing_since(system).map(|since| view! {
                <p class="muted">"It has not answered since " <When millis=since.as_millisecond()/> "."</p>
            });
            view! { <ErrorState error retry=context.address()/> {since} }.into_any()
        }
    }
}
