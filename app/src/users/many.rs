//! `/users/many`: the chosen users and the bulk action, before it is confirmed.

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::{
    directory::{UserQuery, full_name, is_open},
    jobs::{self, BulkAction, BulkUsersForm, JobError, Jobs, Selection},
};
use protegrity::User;
use server_fn::ServerFn;
use url::form_urlencoded;

use super::{StateBadge, list};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    jobs::start_once,
    links,
    ui::{
        Choice, EmptyState, FieldGroup, FormActions, Page, PostForm, SelectField, Table, TextField, counted,
    },
};

/// Starts a bulk job.
#[server(prefix = "/api", endpoint = "users/many")]
pub async fn many_users(
    #[server(flatten)] form: BulkUsersForm,
    #[server(default)] once: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let target = Target::of("users", form.users.len());
    let operation = context.begin(form.action()?.action(), target).await?;
    let start = async |once| {
        let command = jobs::plan_bulk(&context.services, &operation, &form).await?;
        jobs::start(&context.services, &operation, command, Vec::new(), once).await
    };
    start_once(&context, &operation, &once, start).await
}

/// `/users/many`
pub async fn many(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::ListUsers, Target::portal()).await?;
    let chosen = context.query_value("do");
    let Some(action) = chosen.as_deref().and_then(BulkAction::named) else {
        return Ok(nothing_chosen());
    };
    // The page is of no use to a caller who may not go on.
    context.permit(action.action()).await?;
    let names = chosen_names(&context, &operation).await?;
    let selection = jobs::select(&context.services, &operation, action, names).await?;
    if selection.users.is_empty() && selection.own.is_none() {
        return Ok(nothing_chosen());
    }
    let choices = choices(&context, &operation, action).await?;
    let count = counted(selection.users.len(), ("user", "users"));
    let title = match action {
        BulkAction::AddToGroup => format!("Add {count} to a group"),
        BulkAction::AssignRole => format!("Assign a role to {count}"),
        BulkAction::Lock | BulkAction::Unlock | BulkAction::Delete => format!("{} {count}?", action.label()),
    };
    let body = view! { <Confirm context action selection choices/> };
    Ok(Page::new(title, body)
        .crumb("Users", "/users")
        .lead(action.consequence()))
}

fn nothing_chosen() -> Page {
    let body = view! {
        <EmptyState title="No users selected" hint="Tick some users in the list, then choose what to do with them.">
            <a class="button" href="/users">"Back to the users"</a>
        </EmptyState>
    };
    Page::new("Bulk job", body).crumb("Users", "/users")
}

/// The names that were ticked, or all that match the list's search.
async fn chosen_names(context: &RequestContext, operation: &Operation) -> Result<Vec<String>, PortalError> {
    if let Some(all) = context.query_value("all") {
        // The list's own search, or the one in the address.
        let search = if all == "true" { &context.query } else { &all };
        let query = UserQuery {
            take: Jobs::MAX_ROWS,
            ..list::query(&list::users().state(search))
        };
        let listing = context.services.directory.users(operation, &query).await?;
        check_count(listing.matching)?;
        return Ok(listing.users.into_iter().map(|user| user.username).collect());
    }
    let ticked = form_urlencoded::parse(context.query.as_bytes()).filter(|(name, _)| name == "ids[]");
    let names: Vec<_> = ticked.map(|(_, value)| value.into_owned()).collect();
    check_count(names.len())?;
    Ok(names)
}

fn check_count(rows: usize) -> Result<(), PortalError> {
    let most = Jobs::MAX_ROWS;
    if rows <= most {
        return Ok(());
    }
    let title = JobError::TooMany { rows, most }.to_string();
    Err(PortalError::new(ErrorKind::Invalid, title).with_detail("Narrow the search."))
}

/// The groups or roles to choose from, where the action needs one.
async fn choices(
    context: &RequestContext,
    operation: &Operation,
    action: BulkAction,
) -> Result<Vec<Choice>, PortalError> {
    let mut choices = vec![Choice::new("", "Choose …")];
    let directory = &context.services.directory;
    match action {
        BulkAction::AddToGroup => {
            let listing = directory.groups(operation, false).await?;
            let groups = listing.groups.iter();
            choices.extend(groups.map(|group| Choice::new(group.id.to_string(), group.name.clone())));
        }
        BulkAction::AssignRole => {
            let roles = directory.roles(operation, false).await?;
            choices.extend(roles.iter().map(|role| {
                let label = match role.description.as_deref().unwrap_or_default() {
                    "" => role.name.to_string(),
                    description => format!("{} – {description}", role.name),
                };
                Choice::new(role.name.to_string(), label)
            }));
        }
        BulkAction::Lock | BulkAction::Unlock | BulkAction::Delete => {}
    }
    Ok(choices)
}

#[component]
fn Confirm(
    context: RequestContext,
    action: BulkAction,
    selection: Selection,
    choices: Vec<Choice>,
) -> impl IntoView {
    let fields = context.fields(ManyUsers::url());
    let (error, value) = (fields.error(), fields.text("target", ""));
    let phrase = selection.phrase();
    let Selection { users, unknown, own } = selection;
    let mut hidden = vec![("bulk_action", action.name().to_owned())];
    hidden.extend(users.iter().map(|user| ("users[]", user.username.clone())));
    let target = match action {
        BulkAction::AddToGroup => view! {
            <SelectField name="target" label="Group" choices value error=error.clone()/>
        }
        .into_any(),
        BulkAction::AssignRole => view! {
            <SelectField name="target" label="Role" choices value error=error.clone()/>
        }
        .into_any(),
        BulkAction::Delete => view! {
            <TextField name="target" label=format!("Type “{phrase}” to go on") value error=error.clone()/>
        }
        .into_any(),
        BulkAction::Lock | BulkAction::Unlock => ().into_any(),
    };
    view! {
        {own.map(|name| view! {
            <p class="warning">{format!("Your own account, {name}, is left out: do that from its own page.")}</p>
        })}
        {(!unknown.is_empty()).then(|| view! {
            <p class="warning">{format!("Not known to the cluster any more: {}.", unknown.join(", "))}</p>
        })}
        <PostForm action=ManyUsers::url() error=error.clone() class="form page" hidden once=true>
            {target}
            <FieldGroup name="users[]" label="Users" error>
                <Chosen users/>
            </FieldGroup>
            <FormActions back="/users" submit=action.label() danger=action.is_dangerous()/>
        </PostForm>
    }
    .into_any()
}

#[component]
fn Chosen(users: Vec<User>) -> impl IntoView {
    let rows = users.into_iter().map(|user| {
        view! {
            <tr>
                <th scope="row"><a href=links::user(&user.id)>{user.username.clone()}</a></th>
                <td><bdi>{full_name(&user)}</bdi></td>
                <td><StateBadge open=is_open(&user)/></td>
            </tr>
        }
    });
    view! { <Table label="Chosen users" columns=&["User name", "Name", "State"]>{rows.collect_view()}</Table> }
        .into_any()
}
