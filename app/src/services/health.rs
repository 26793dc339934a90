//! Whether the cluster's three services are up. Each is asked separately: one that fails does not hide the others.

use futures::future::join_all;
use gate::{Action, Operation, OperationError, Target};
use leptos::prelude::*;
use operations::cluster;
use protegrity::{Api, ErrorKind};

use super::name;
use crate::{
    context::RequestContext,
    error::PortalError,
    ui::{Badge, Section, Table, Tone},
};

/// The state of one service.
pub(super) struct State {
    pub tone: Tone,
    pub word: &'static str,
    pub detail: String,
}

/// The panel. It follows when the services have answered, so that the rest of the page does not wait.
#[component]
pub fn Health(context: RequestContext) -> AnyView {
    let states = Suspend::new(async move {
        let rows = match context.begin(Action::ViewServices, Target::portal()).await {
            Ok(operation) => join_all(Api::ALL.map(|api| row(&operation, api))).await,
            Err(_) => Vec::new(),
        };
        view! { <Table label="Services and their state" columns=&["Service", "State", "Remark"]>{rows}</Table> }
    });
    view! { <Section title="Services of the cluster"><Suspense fallback=|| ()>{states}</Suspense></Section> }
        .into_any()
}

async fn row(operation: &Operation, api: Api) -> AnyView {
    let State { tone, word, detail } = ask(operation, api).await;
    view! {
        <tr>
            <th scope="row">{name(api)}</th>
            <td><Badge tone text=word/></td>
            <td>{detail}</td>
        </tr>
    }
    .into_any()
}

/// Asks one service for its state.
pub(super) async fn ask(operation: &Operation, api: Api) -> State {
    match cluster::health(operation, api).await {
        Ok(health) if health.is_healthy => State {
            tone: Tone::Good,
            word: "Up",
            detail: String::new(),
        },
        Ok(_) => State {
            tone: Tone::Bad,
            word: "Down",
            detail: "The service reports that it is down.".to_owned(),
        },
        Err(error) => unknown(api, error),
    }
}

/// A service that gave no state. `pim` and `rps` answer only after the Policy Workbench is installed (reference,
/// sections 5 and 6), so their 404 is no failure.
fn unknown(api: Api, error: OperationError) -> State {
    match (api, error.kind()) {
        (Api::Pim | Api::Rps, Some(ErrorKind::NotFound)) => State {
            tone: Tone::Neutral,
            word: "Not installed",
            detail: "It answers after the Policy Workbench is installed.".to_owned(),
        },
        (_, Some(ErrorKind::Forbidden)) => State {
            tone: Tone::Neutral,
            word: "Unknown",
            detail: "The cluster does not let you ask.".to_owned(),
        },
        _ => {
            let error = PortalError::from(error);
            let request_id = error.request_id.map(|id| format!(" Request id {id}."));
            State {
                tone: Tone::Bad,
                word: "No answer",
                detail: format!("{}{}", error.title, request_id.unwrap_or_default()),
            }
        }
    }
}
