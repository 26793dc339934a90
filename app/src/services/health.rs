//! Whether the cluster's three services are up. Each is asked for itself: one that fails does not hide the others.

use gate::{Action, GateError, Target};
use leptos::prelude::*;
use protegrity::{Api, ErrorKind};

use super::name;
use crate::{
    ui::{Badge, Section, Table, Tone},
    visit::Visit,
};

/// What is known about one service.
pub(super) struct State {
    pub tone: Tone,
    pub word: &'static str,
    pub detail: String,
}

/// The panel. It is last on the page, so that nothing waits for it.
#[component]
pub fn Health(visit: Visit) -> impl IntoView {
    view! {
        <Section title="Services of the cluster">
            {Suspend::new(async move {
                let states = futures::future::join_all(Api::ALL.map(|api| ask(&visit, api))).await;
                let rows = Api::ALL.into_iter().zip(states);
                view! {
                    <Table label="Services and their state" columns=&["Service", "State", "Remark"]>{rows.map(|(api, state)| view! { <Row api state/> }).collect_view()}</Table>
                }
            })}
        </Section>
    }
    .into_any()
}

#[component]
fn Row(api: Api, state: State) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{name(api)}</th>
            <td><Badge tone=state.tone text=state.word/></td>
            <td>{state.detail}</td>
        </tr>
    }
    .into_any()
}

/// Asks one service how it is.
pub(super) async fn ask(visit: &Visit, api: Api) -> State {
    let passage = match visit.open(Action::SeeServices, Target::portal()) {
        Ok(passage) => passage,
        Err(error) => {
            return State {
                tone: Tone::Neutral,
                word: "Not known",
                detail: error.title,
            };
        }
    };
    match passage
        .read(|cluster| async move { cluster.health(api).await })
        .await
    {
        Ok(health) if health.is_healthy => State {
            tone: Tone::Good,
            word: "Up",
            detail: String::new(),
        },
        Ok(_) => State {
            tone: Tone::Bad,
            word: "Down",
            detail: "The service says that it is down.".to_owned(),
        },
        Err(error) => unknown(visit, api, &error),
    }
}

/// A service that did not say how it is. `pim` and `rps` answer only after the Policy Workbench is
/// installed (reference, sections 5 and 6), so their 404 is no failure.
fn unknown(visit: &Visit, api: Api, error: &GateError) -> State {
    let kind = if let GateError::Cluster(error) = error {
        Some(error.kind())
    } else {
        None
    };
    match (api, kind) {
        (Api::Pim | Api::Rps, Some(ErrorKind::NotFound)) => State {
            tone: Tone::Neutral,
            word: "Not installed",
            detail: "It answers once the Policy Workbench is installed.".to_owned(),
        },
        (_, Some(ErrorKind::Forbidden)) => State {
            tone: Tone::Neutral,
            word: "Not known",
            detail: "The cluster does not let you ask.".to_owned(),
        },
        _ => {
            let error = visit.explain(Action::SeeServices, error);
            let request_id = error
                .request_id
                .map(|id| format!(" Request id {id}."))
                .unwrap_or_default();
            State {
                tone: Tone::Bad,
                word: "No answer",
                detail: format!("{}{request_id}", error.title),
            }
        }
    }
}
