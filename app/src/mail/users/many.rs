//! `/proofpoint/orgs/{domain}/users/many`: the chosen users and the bulk action, before it is confirmed.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    jobs::{self, JobError, Jobs},
    mail::users::{
        BulkMailAction, BulkMailUsersForm, MailSelection, MailUsers, full_name, plan_bulk, select, type_name,
    },
};
use proofpoint::{DomainName, User};
use server_fn::ServerFn;
use std::sync::Arc;
use url::form_urlencoded;

use super::{StateBadge, below_users, list, organization_domain};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    jobs::start_once,
    links,
    ui::{CheckField, EmptyState, FieldGroup, FormActions, Page, PostForm, Table, TextField},
};

/// Starts a bulk job.
#[server(prefix = "/api", endpoint = "proofpoint/users/many")]
pub async fn many_mail_users(
    #[server(flatten)] form: BulkMailUsersForm,
    #[server(default)] once: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let organization = organization_domain(&form.domain)?;
    let target = Target::of("mail_organization", &organization);
    let operation = context.begin(form.action()?.action(), target).await?;
    let start = async |once| {
        let command = plan_bulk(&context.services, &operation, &organization, &form).await?;
        jobs::start(&context.services, &operation, command, Vec::new(), once).await
    };
    start_once(&context, &operation, &once, start).await
}

/// `/proofpoint/orgs/{domain}/users/many`
pub async fn many(context: RequestContext) -> PageResult {
    let organization = organization_domain(context.param("domain"))?;
    let target = Target::of("mail_organization", &organization);
    let operation = context.begin(Action::ViewMailUsers, target).await?;
    let chosen = context.query_value("do");
    let Some(action) = chosen.as_deref().and_then(BulkMailAction::named) else {
        return Ok(nothing_chosen(&organization));
    };
    // The page is of no use to a caller who may not go on.
    context.permit(action.action()).await?;
    let services = &context.services;
    let all = services.mail.users(&operation, &organization, false).await?;
    let addresses = chosen_addresses(&context, &organization, &all)?;
    let selection = select(services, &operation, &organization, action, &addresses).await?;
    if selection.users.is_empty() && selection.own.is_none() {
        return Ok(nothing_chosen(&organization));
    }
    let title = selection.title(action);
    let body = view! { <Confirm context organization=organization.clone() action selection/> };
    Ok(below_users(Page::new(title, body), &organization).lead(action.consequence()))
}

fn nothing_chosen(organization: &DomainName) -> Page {
    let back = links::mail_users(organization);
    let body = view! {
        <EmptyState title="No users selected" hint="Tick some users in the list, then choose what to do with them.">
            <a class="button" href=back>"Back to the users"</a>
        </EmptyState>
    };
    below_users(Page::new("Bulk job", body), organization)
}

/// The addresses that were ticked, or all that match the list's search.
fn chosen_addresses(
    context: &RequestContext,
    organization: &DomainName,
    all: &MailUsers,
) -> Result<Vec<String>, PortalError> {
    let addresses: Vec<_> = if let Some(search) = context.query_value("all") {
        // The list's own search, or the one in the address.
        let search = if search == "true" {
            context.query.clone()
        } else {
            search
        };
        let found = list::matching(organization, all, &search);
        found.iter().map(|user| user.primary_email.to_string()).collect()
    } else {
        let ticked = form_urlencoded::parse(context.query.as_bytes()).filter(|(name, _)| name == "ids[]");
        ticked.map(|(_, value)| value.into_owned()).collect()
    };
    let (rows, most) = (addresses.len(), Jobs::MAX_ROWS);
    if rows <= most {
        return Ok(addresses);
    }
    let title = JobError::TooMany { rows, most }.to_string();
    Err(PortalError::new(ErrorKind::Invalid, title).with_detail("Narrow the search."))
}

#[component]
fn Confirm(
    context: RequestContext,
    organization: DomainName,
    action: BulkMailAction,
    selection: MailSelection,
) -> impl IntoView {
    let fields = context.fields(ManyMailUsers::url());
    let error = fields.error();
    let phrase = selection.phrase();
    let MailSelection { users, unknown, own } = selection;
    let mut hidden = vec![
        ("domain", organization.to_string()),
        ("bulk_action", action.name().to_owned()),
    ];
    hidden.extend(
        users
            .iter()
            .map(|user| ("users[]", user.primary_email.to_string())),
    );
    let more = match action {
        BulkMailAction::MakeFunctional => view! {
            <CheckField name="exempt" label="Exempt the users from the synchronisation first"
                checked=fields.flag("exempt", true) error=error.clone()
                hint="Nothing is added where the organisation takes no users from Azure."/>
        }
        .into_any(),
        BulkMailAction::Delete => view! {
            <TextField name="typed" label=format!("Type “{phrase}” to go on") value=fields.text("typed", "")
                error=error.clone()/>
        }
        .into_any(),
        BulkMailAction::Activate | BulkMailAction::Deactivate => ().into_any(),
    };
    let back = links::mail_users(&organization);
    view! {
        {own.map(|email| view! {
            <p class="warning">
                {format!("{email}, the account that you are connected with, is left out: use another administrator's account.")}
            </p>
        })}
        {(!unknown.is_empty()).then(|| view! {
            <p class="warning">{format!("Not known to Proofpoint any more: {}.", unknown.join(", "))}</p>
        })}
        <PostForm action=ManyMailUsers::url() error=error.clone() class="form page" hidden once=true>
            {more}
            <FieldGroup name="users[]" label="Users" error>
                <Chosen organization users/>
            </FieldGroup>
            <FormActions back submit=action.label() danger=action.is_dangerous()/>
        </PostForm>
    }
    .into_any()
}

#[component]
fn Chosen(organization: DomainName, users: Vec<Arc<User>>) -> impl IntoView {
    let rows = users.into_iter().map(move |user| {
        let page = links::mail_user(&organization, &user.primary_email);
        view! {
            <tr>
                <th scope="row"><a href=page><bdi>{user.primary_email.to_string()}</bdi></a></th>
                <td><bdi>{full_name(&user)}</bdi></td>
                <td><bdi>{type_name(user.user_type.as_ref())}</bdi></td>
                <td><StateBadge user=User::clone(&user)/></td>
            </tr>
        }
    });
    view! {
        <Table label="Chosen users" columns=&["E-mail", "Name", "Type", "State"]>{rows.collect_view()}</Table>
    }
    .into_any()
}
