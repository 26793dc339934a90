//! The cluster's services: whether they are up, their versions and log levels.

mod doc;
mod health;
mod log_level;

use futures::future::join_all;
use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::cluster::{ServiceFacts, service_facts};
use protegrity::Api;

pub use self::{
    doc::{doc, doc_file},
    health::Health,
    log_level::{SetLogLevel, set_log_level},
};
use self::{health::State, log_level::LogLevels};
use crate::{
    answer::PageResult,
    context::RequestContext,
    ui::{Badge, Page, Section, Table},
};

/// The purpose of a service, and the name of its API.
const fn name(api: Api) -> &'static str {
    match api {
        Api::Auth => "Authentication and tokens (auth)",
        Api::Pim => "Policy management (pim)",
        Api::Rps => "Resilient packages (rps)",
    }
}

/// `/services`
pub async fn page(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ViewServices, Target::portal()).await?;
    let rows = Suspend::new(async move {
        let rows = join_all(Api::ALL.map(|api| row(&operation, api))).await;
        view! {
            <Table
                label="Services and what they report"
                columns=&["Service", "State", "Ready", "Live", "Version", "Build", "Log level", "Remark"]
            >
                {rows}
            </Table>
        }
    });
    let content = view! {
        <Section title="State"><Suspense fallback=|| ()>{rows}</Suspense></Section>
        <LogLevels context/>
    };
    Ok(Page::new("Services", content)
        .lead("The three services of the cluster, asked just now.")
        .streamed())
}

/// What one service reports. Each fact is asked for separately; one that cannot be had is a dash.
async fn row(operation: &Operation, api: Api) -> AnyView {
    let (state, facts) = futures::join!(health::ask(operation, api), service_facts(operation, api));
    let State { tone, word, detail } = state;
    let ServiceFacts {
        ready,
        live,
        version,
        log_level,
    } = facts;
    let build = version.as_ref().and_then(|version| version.build_version.clone());
    let yes = |answer: Option<()>| answer.map_or("—", |()| "yes");
    let or_dash = |answer: Option<String>| answer.unwrap_or_else(|| "—".to_owned());
    view! {
        <tr>
            <th scope="row"><a href=format!("/services/{}/doc", api.name())>{name(api)}</a></th>
            <td><Badge tone text=word/></td>
            <td>{yes(ready)}</td>
            <td>{yes(live)}</td>
            <td>{or_dash(version.and_then(|version| version.version))}</td>
            <td>{or_dash(build)}</td>
            <td>{or_dash(log_level.map(|level| level.level))}</td>
            <td class="wraps">{detail}</td>
        </tr>
    }
    .into_any()
}
