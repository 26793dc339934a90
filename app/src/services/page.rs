//! `/services`: each service of the cluster with everything that it says of itself.

use futures::future::join_all;
use gate::{Action, GateError, Target};
use leptos::prelude::*;
use protegrity::Api;

use super::{
    health::{self, State},
    name,
};
use crate::{
    shell::Frame,
    ui::{Badge, PageHeader, Section, Table},
    visit::{Visit, visit},
};

/// What one service says of itself. Each fact is asked for by itself; one that cannot be had is a dash.
struct Facts {
    api: Api,
    health: State,
    ready: Option<()>,
    live: Option<()>,
    version: Option<String>,
    build: Option<String>,
    log_level: Option<String>,
}

/// `/services`
#[component]
pub fn ServicesPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/services">
            <PageHeader title="Services" lead="The three services of the cluster, asked just now."/>
            <Section title="State">
                {Suspend::new(async move {
                    let facts = join_all(Api::ALL.map(|api| ask(&visit, api))).await;
                    let rows = facts.into_iter().map(|facts| view! { <Row facts/> }).collect_view();
                    view! {
                        <Table
                            label="Services and what they say of themselves"
                            columns=&["Service", "State", "Ready", "Live", "Version", "Build", "Log level", "Remark"]
                        >
                            {rows}
                        </Table>
                    }
                })}
            </Section>
        </Frame>
    }
    .into_any()
}

#[component]
fn Row(facts: Facts) -> impl IntoView {
    let Facts {
        api,
        health,
        ready,
        live,
        version,
        build,
        log_level,
    } = facts;
    view! {
        <tr>
            <th scope="row">{name(api)}</th>
            <td><Badge tone=health.tone text=health.word/></td>
            <td>{yes(ready)}</td>
            <td>{yes(live)}</td>
            <td>{or_dash(version)}</td>
            <td>{or_dash(build)}</td>
            <td>{or_dash(log_level)}</td>
            <td class="wraps">{health.detail}</td>
        </tr>
    }
    .into_any()
}

fn yes(answer: Option<()>) -> &'static str {
    answer.map_or("—", |()| "yes")
}

fn or_dash(answer: Option<String>) -> String {
    answer.unwrap_or_else(|| "—".to_owned())
}

async fn ask(visit: &Visit, api: Api) -> Facts {
    let Ok(passage) = visit.open(Action::SeeServices, Target::portal()) else {
        let health = health::ask(visit, api).await;
        return Facts {
            api,
            health,
            ready: None,
            live: None,
            version: None,
            build: None,
            log_level: None,
        };
    };
    let (health, ready, live, version, log_level) = futures::join!(
        health::ask(visit, api),
        passage.read(|cluster| async move { cluster.ready(api).await }),
        passage.read(|cluster| async move { cluster.live(api).await }),
        passage.version(api),
        passage.read(|cluster| async move { cluster.log_level(api).await }),
    );
    let (version, build) =
        known(visit, version).map_or((None, None), |version| (version.version, version.build_version));
    let log_level = known(visit, log_level).map(|level| level.level);
    Facts {
        api,
        health,
        ready: known(visit, ready),
        live: known(visit, live),
        version,
        build,
        log_level,
    }
}

/// The answer, or a line in the log for the one that failed.
fn known<T>(visit: &Visit, answer: Result<T, GateError>) -> Option<T> {
    answer
        .map_err(|error| visit.explain(Action::SeeServices, &error))
        .ok()
}
