//! `/session`: one's own session, tokens and permissions, and where each permission comes from; one's own
//! password; and how long the cluster's tokens live.

mod lifespan;
mod password;
mod tokens;

pub use lifespan::{TokensPage, UpdateTokenLifespan, update_token_lifespan};
pub use password::{ChangeOwnPassword, OwnPasswordPage, change_own_password};
pub use tokens::{RefreshSession, refresh_session};

use std::collections::BTreeMap;

use gate::{Action, Origin, Source, Target, Visitor};
use leptos::prelude::*;
use protegrity::{PermissionName, permissions as known};

use crate::{
    session::tokens::{RefreshButton, TokenFacts},
    shell::Frame,
    ui::{Copyable, DescriptionList, Detail, EmptyState, LinkButton, PageHeader, Section, Table, When},
    visit::{Visit, visit},
};

/// `/session`
#[component]
pub fn SessionPage() -> impl IntoView {
    let visit = visit();
    let Some(visitor) = visit.visitor.clone() else {
        return ().into_any();
    };
    view! {
        <Frame area="/session">
            <PageHeader title="My session" lead=visitor.profile.user_name.clone()>
                <RefreshButton/>
                <LinkButton label="Change your password" href="/session/password" icon=Some("key")/>
            </PageHeader>
            <Summary visit=visit.clone()/>
            {Suspend::new({
                let (visit, visitor) = (visit.clone(), visitor.clone());
                async move {
                    let times = visit.gate.token_times(&visitor).await;
                    view! { <TokenFacts times=times.ok()/> }
                }
            })}
            {Suspend::new(async move {
                let meanings = meanings(&visit).await;
                view! { <OwnPermissions visitor meanings/> }
            })}
        </Frame>
    }
    .into_any()
}

/// Who is signed in, since when and until when.
#[component]
pub fn Summary(visit: Visit) -> impl IntoView {
    let visitor = visit.visitor.clone()?;
    let profile = visitor.profile.clone();
    let idle = visit.gate.rules().idle.as_mins();
    let user_name = profile.user_name.clone();
    let id = profile.user_id.clone();
    let roles = profile
        .roles
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    Some(view! {
        <Section title="Your session">
            <DescriptionList>
                <Detail label="User name">{user_name}</Detail>
                {id.map(|id| view! {
                    <Detail label="ID"><Copyable text=id.to_string() label="the id"/></Detail>
                })}
                <Detail label="Roles">{if roles.is_empty() { "not known".to_owned() } else { roles }}</Detail>
                <Detail label="Signed in"><When millis=visitor.signed_in_at.as_millisecond()/></Detail>
                <Detail label="Ends at the latest"><When millis=visitor.ends_at.as_millisecond()/></Detail>
                <Detail label="Ends without use">{format!("after {idle} minutes")}</Detail>
            </DescriptionList>
        </Section>
    })
}

/// What the cluster says each permission means, where it may be asked.
async fn meanings(visit: &Visit) -> BTreeMap<PermissionName, String> {
    let Ok(passage) = visit.open(Action::SeeOwnSession, Target::portal()) else {
        return BTreeMap::new();
    };
    if passage.lacks(known::ROLE_VIEWER) {
        return BTreeMap::new();
    }
    match passage
        .read(|cluster| async move { cluster.permissions().await })
        .await
    {
        Ok(permissions) => permissions
            .into_iter()
            .filter_map(|one| Some((one.name, one.description?)))
            .collect(),
        Err(error) => {
            visit.explain(Action::SeeOwnSession, &error);
            BTreeMap::new()
        }
    }
}

#[component]
fn OwnPermissions(visitor: Visitor, meanings: BTreeMap<PermissionName, String>) -> impl IntoView {
    let profile = visitor.profile;
    let origin = match profile.origin {
        Origin::Token => "The cluster's token names them.",
        Origin::Roles => "The token does not name them; they are those of your roles.",
        Origin::Unknown => "Neither the token nor your roles could tell them.",
    };
    let held = profile.permissions.iter().map(|(name, sources)| {
        let sources = sources.iter().map(source).collect::<Vec<_>>().join(", ");
        (name.clone(), sources)
    });
    let implied = profile.permissions.implied();
    let implied = implied.map(|(name, by)| (PermissionName::from(name), format!("implied by {by}")));
    let rows: BTreeMap<_, _> = held.chain(implied).collect();
    let rows = rows.into_iter().map(|(name, sources)| {
        let meaning = meanings.get(&name).cloned().unwrap_or_else(|| "—".to_owned());
        view! {
            <tr>
                <th scope="row"><code>{name.to_string()}</code></th>
                <td class="wraps">{meaning}</td>
                <td class="wraps">{sources}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Section title="Your permissions">
            <p>{origin} " The cluster stays the judge of what you may do."</p>
            {if profile.permissions.is_known() {
                view! {
                    <Table label="Your permissions" columns=&["Permission", "What it means", "Where it comes from"]>{rows}</Table>
                }
                .into_any()
            } else {
                view! {
                    <EmptyState title="Not known"
                        hint="Nothing is hidden from you for that. The cluster decides each time, and says so when it refuses."/>
                }
                .into_any()
            }}
        </Section>
    }
    .into_any()
}

fn source(source: &Source) -> String {
    match source {
        Source::Token => "the token".to_owned(),
        Source::Role(role) => format!("role {role}"),
    }
}
