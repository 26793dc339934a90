//! `/users/many`: the chosen users and what is about to be done to them.

use gate::{Action, Batches, Passage, Target, UserQuery};
use leptos::prelude::*;
use protegrity::User;
use server_fn::ServerFn;
use url::form_urlencoded;

use super::{Deed, ManyUsers};
use crate::{
    error::{ErrorKind, PortalError},
    shell::{Frame, failed},
    ui::{
        Choice, EmptyState, FieldGroup, PageHeader, PostForm, SelectField, SubmitButton, Table, TextField,
        counted,
    },
    users::{StateBadge, full_name, is_open, path},
    visit::{Visit, visit},
};

/// What the page shows.
struct Shown {
    deed: Deed,
    users: Vec<User>,
    /// Names that are no user's, or not any more.
    unknown: Vec<String>,
    /// The person's own name, where it is left out.
    own: Option<String>,
    /// What there is to choose from: groups or roles, where the deed asks for one.
    choices: Vec<Choice>,
}

/// `/users/many`
#[component]
pub fn ManyUsersPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/users">
            <p class="back"><a href="/users">"Users"</a></p>
            {Suspend::new(async move {
                match load(&visit).await {
                    Ok(Some(shown)) => view! { <Confirm visit shown/> }.into_any(),
                    Ok(None) => view! { <NothingChosen/> }.into_any(),
                    Err(error) => failed(&visit, "Many users", error, visit.address()),
                }
            })}
        </Frame>
    }
    .into_any()
}

#[component]
fn NothingChosen() -> impl IntoView {
    view! {
        <PageHeader title="Many users"/>
        <EmptyState title="Nobody is chosen" hint="Tick some users in the list, then choose what to do with them.">
            <a class="button" href="/users">"Back to the users"</a>
        </EmptyState>
    }
    .into_any()
}

async fn load(visit: &Visit) -> Result<Option<Shown>, PortalError> {
    let passage = visit.open(Action::ListUsers, Target::portal())?;
    let Some(deed) = visit.query_value("do").as_deref().and_then(Deed::named) else {
        return Ok(None);
    };
    // Not to be looked at by somebody who may not do it.
    visit.open(deed.action(), Target::portal())?;
    let names = chosen(visit, &passage).await?;
    if names.len() > Batches::MOST_ROWS {
        return Err(too_many(names.len()));
    }
    let found = passage
        .users_named(&names)
        .await
        .map_err(|error| visit.explain(Action::ListUsers, &error))?;
    let (mut users, mut unknown) = (Vec::new(), Vec::new());
    for (name, user) in names.into_iter().zip(found) {
        match user {
            Some(user) => users.push(user),
            None => unknown.push(name),
        }
    }
    if users.is_empty() {
        return Ok(None);
    }
    let own = users
        .iter()
        .find(|user| deed.is_dangerous() && passage.is_self(user))
        .map(|user| user.username.clone());
    users.retain(|user| own.as_ref() != Some(&user.username));
    let choices = choices(visit, &passage, deed).await?;
    Ok(Some(Shown {
        deed,
        users,
        unknown,
        own,
        choices,
    }))
}

fn too_many(count: usize) -> PortalError {
    PortalError::new(ErrorKind::Invalid, format!("These are {count} users.")).with_detail(format!(
        "At most {} are worked on at once: narrow the search.",
        Batches::MOST_ROWS
    ))
}

/// The names that were ticked, or all that match the list's search.
async fn chosen(visit: &Visit, passage: &Passage) -> Result<Vec<String>, PortalError> {
    if visit.query_value("all").as_deref() == Some("true") {
        let query = UserQuery {
            text: visit.query_value("q").unwrap_or_default(),
            enabled: visit.query_value("state").map(|state| state == "open"),
            take: Batches::MOST_ROWS + 1,
            ..UserQuery::default()
        };
        let listing = passage
            .users(&query)
            .await
            .map_err(|error| visit.explain(Action::ListUsers, &error))?;
        if listing.matching > Batches::MOST_ROWS {
            return Err(too_many(listing.matching));
        }
        return Ok(listing.users.into_iter().map(|user| user.username).collect());
    }
    let ticked = form_urlencoded::parse(visit.query.as_bytes()).filter(|(name, _)| name == "ids[]");
    Ok(ticked.map(|(_, value)| value.into_owned()).collect())
}

/// What the deed asks to choose: a group's name and id, or a role.
async fn choices(visit: &Visit, passage: &Passage, deed: Deed) -> Result<Vec<Choice>, PortalError> {
    let explain = |error| visit.explain(deed.action(), &error);
    let nothing = Choice::new("", "Choose …");
    Ok(match deed {
        Deed::AddToGroup => {
            let listing = passage.groups(false).await.map_err(explain)?;
            let groups = listing
                .groups
                .iter()
                .map(|group| Choice::new(group.id.to_string(), group.name.clone()));
            std::iter::once(nothing).chain(groups).collect()
        }
        Deed::AssignRole => {
            let roles = passage.roles(false).await.map_err(explain)?;
            let roles = roles.iter().map(|role| {
                let about = role.description.clone().unwrap_or_default();
                let label = if about.is_empty() {
                    role.name.to_string()
                } else {
                    format!("{} – {about}", role.name)
                };
                Choice::new(role.name.to_string(), label)
            });
            std::iter::once(nothing).chain(roles).collect()
        }
        Deed::Lock | Deed::Unlock | Deed::Delete => Vec::new(),
    })
}

#[component]
fn Confirm(visit: Visit, shown: Shown) -> impl IntoView {
    let Shown {
        deed,
        users,
        unknown,
        own,
        choices,
    } = shown;
    let fields = visit.fields(ManyUsers::url());
    let error = fields.error();
    let count = counted(users.len(), ("user", "users"));
    let title = match deed {
        Deed::AddToGroup => format!("Add {count} to a group"),
        Deed::AssignRole => format!("Assign a role to {count}"),
        other => format!("{} {count}?", other.label()),
    };
    let hidden = users.iter().map(|user| ("users[]", user.username.clone()));
    let hidden = std::iter::once(("deed", deed.name().to_owned()))
        .chain(hidden)
        .collect::<Vec<_>>();
    let phrase = format!("delete {}", users.len());
    let ask = match deed {
        Deed::AddToGroup => view! {
            <SelectField name="target" label="Group" choices value=fields.text("target", "") error=error.clone()/>
        }
        .into_any(),
        Deed::AssignRole => view! {
            <SelectField name="target" label="Role" choices value=fields.text("target", "") error=error.clone()/>
        }
        .into_any(),
        Deed::Delete => view! {
            <TextField name="target" label=format!("Type “{phrase}” to go on") value=fields.text("target", "")
                error=error.clone()/>
        }
        .into_any(),
        Deed::Lock | Deed::Unlock => ().into_any(),
    };
    view! {
        <PageHeader title lead=deed.consequence()/>
        {own.map(|name| view! {
            <p class="warning">{format!("Your own account, {name}, is left out: do that from its own page.")}</p>
        })}
        {(!unknown.is_empty()).then(|| view! {
            <p class="warning">{format!("Not known to the cluster any more: {}.", unknown.join(", "))}</p>
        })}
        <PostForm action=ManyUsers::url() error=error.clone() class="form page" hidden>
            {ask}
            <FieldGroup name="users[]" label="Who" error>
                <Chosen users/>
            </FieldGroup>
            <div class="form-actions">
                <a class="button" href="/users">"Cancel"</a>
                <SubmitButton label=deed.label() danger=deed.is_dangerous()/>
            </div>
        </PostForm>
    }
    .into_any()
}

#[component]
fn Chosen(users: Vec<User>) -> impl IntoView {
    let rows = users.into_iter().map(|user| {
        view! {
            <tr>
                <th scope="row"><a href=path(&user.id)>{user.username.clone()}</a></th>
                <td><bdi>{full_name(&user)}</bdi></td>
                <td><StateBadge open=is_open(&user)/></td>
            </tr>
        }
    });
    view! { <Table label="Chosen users" columns=&["User name", "Name", "State"]>{rows.collect_view()}</Table> }.into_any()
}
