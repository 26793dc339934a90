//! `/session`: the caller's session, tokens and permissions with their sources; the caller's password; the lifespan of
//! the cluster's tokens.

mod lifespan;
mod password;
mod tokens;

use std::{collections::BTreeMap, sync::Arc};

use gate::{Action, PermissionOrigin, Principal, Source, System, Target};
use leptos::prelude::*;
use operations::cluster;
use protegrity::PermissionName;

use self::tokens::{RefreshButton, TokenFacts};
pub use self::{
    lifespan::{SetTokenLifespan, set_token_lifespan, tokens},
    password::{ChangeOwnPassword, change_own_password, password},
    tokens::{RefreshSession, refresh_session},
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    ui::{Copyable, DescriptionList, Detail, EmptyState, LinkButton, Page, Section, Table, When, counted},
};

/// `/session`
pub async fn page(context: RequestContext) -> PageResult {
    let principal = signed_in(&context)?;
    let (times, meanings) = futures::join!(context.gate.token_times(&principal), meanings(&context));
    let actions = view! {
        <RefreshButton/>
        <LinkButton label="Change your password" href="/session/password" icon=Some("key")/>
    };
    let content = view! {
        <Summary context/>
        <TokenFacts times=times.ok()/>
        <OwnPermissions principal=principal.clone() meanings/>
    };
    Ok(Page::new("My session", content)
        .lead(principal.user_name.clone())
        .actions(actions))
}

/// The signed-in person.
///
/// # Errors
/// When the session has ended.
pub(crate) fn signed_in(context: &RequestContext) -> Result<Arc<Principal>, PortalError> {
    context.principal.clone().ok_or_else(|| {
        PortalError::new(crate::error::ErrorKind::SignIn, "Your session has ended.")
            .with_detail("Sign in to go on.")
    })
}

/// The signed-in person, the start and the end of the session.
#[component]
pub fn Summary(context: RequestContext) -> impl IntoView {
    let principal = context.principal.clone()?;
    let idle = context.gate.rules().idle.as_mins();
    let idle = counted(usize::try_from(idle).unwrap_or_default(), ("minute", "minutes"));
    let user_name = principal.user_name.clone();
    let id = principal.user_id.clone();
    let roles = principal
        .roles
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let (signed_in_at, ends_at) = (
        principal.signed_in_at.as_millisecond(),
        principal.ends_at.as_millisecond(),
    );
    Some(view! {
        <Section title="Your session">
            <DescriptionList>
                <Detail label="User name">{user_name}</Detail>
                {id.map(|id| view! {
                    <Detail label="ID"><Copyable text=id.to_string() label="the id"/></Detail>
                })}
                <Detail label="Roles">{if roles.is_empty() { "Unknown".to_owned() } else { roles }}</Detail>
                <Detail label="Signed in"><When millis=signed_in_at/></Detail>
                <Detail label="Ends at the latest"><When millis=ends_at/></Detail>
                <Detail label="Ends without use">{format!("after {idle}")}</Detail>
            </DescriptionList>
        </Section>
    })
}

/// The meaning of each permission, where the cluster may be asked.
async fn meanings(context: &RequestContext) -> BTreeMap<PermissionName, String> {
    let Ok(operation) = context.begin(Action::ViewOwnSession, Target::portal()).await else {
        return BTreeMap::new();
    };
    cluster::permission_meanings(&operation).await
}

#[component]
fn OwnPermissions(principal: Arc<Principal>, meanings: BTreeMap<PermissionName, String>) -> impl IntoView {
    let permissions = &principal.permissions;
    let origin = match principal.permission_origin {
        PermissionOrigin::Token => "The cluster's token names them.",
        PermissionOrigin::Roles => "The token does not name them; they are those of your roles.",
        PermissionOrigin::Unknown => "Neither the token nor your roles name them.",
    };
    let held = permissions.of(System::Protegrity).map(|(name, sources)| {
        let sources = sources.iter().map(source).collect::<Vec<_>>().join(", ");
        (name.clone(), sources)
    });
    let implied = permissions.implied();
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
    let is_known = permissions.is_known(System::Protegrity);
    view! {
        <Section title="Your permissions">
            <p>{origin} " The cluster decides what you may do."</p>
            {if is_known {
                view! {
                    <Table label="Your permissions" columns=&["Permission", "Meaning", "Source"]>{rows}</Table>
                }
                .into_any()
            } else {
                view! {
                    <EmptyState title="Unknown"
                        hint="Nothing is hidden from you. The cluster decides each time, and the portal shows its refusal."/>
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
        Source::Account => "the connected account".to_owned(),
    }
}
