//! `/proofpoint/orgs/{domain}/users/{email}`: one user of an organisation.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    Error,
    mail::users::{self, full_name, type_name},
};
use proofpoint::{EmailAddress, User};

use super::{
    StateBadge, below_users,
    dialogs::{Actions, Dialogs, Senders},
    organization_domain, user_address, yes_or_no,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    ui::{DescriptionList, Detail, ErrorState, Page, Section},
};

/// `/proofpoint/orgs/{domain}/users/{email}`
pub async fn detail(context: RequestContext) -> PageResult {
    let organization = organization_domain(context.param("domain"))?;
    let email = user_address(context.param("email"))?;
    let target = Target::of("mail_user", &email);
    let operation = context.begin(Action::ViewMailUsers, target).await?;
    let services = &context.services;
    let (user, exemptions) = futures::join!(
        users::read(services, &operation, &organization, &email),
        users::exemptions(services, &operation, &organization),
    );
    let user = user?.user;
    let (title, name) = (user.primary_email.to_string(), full_name(&user));
    let is_synchronised = matches!(&exemptions, Ok(Some(exempt)) if !exempt.contains(&user.primary_email));
    let actions = view! {
        <Actions context=context.clone() organization=organization.clone() user=user.clone()/>
    };
    let of = organization.clone();
    let sections = view! {
        <Details user=user.clone()/>
        <Sync exemptions user=user.clone() retry=context.address()/>
        <Senders context=context.clone() organization=of.clone() user=user.clone()/>
        <Dialogs context organization=of user is_synchronised/>
    };
    let page = below_users(Page::new(title, sections), &organization).actions(actions);
    Ok(if name.is_empty() { page } else { page.lead(name) })
}

#[component]
fn Details(user: User) -> impl IntoView {
    let aliases = match user.alias_emails.as_deref() {
        None => "Unknown".into_any(),
        Some([]) => "None".into_any(),
        Some(aliases) => entries(aliases),
    };
    let or_dash = |text: &Option<String>| {
        text.clone()
            .filter(|text| !text.is_empty())
            .unwrap_or("—".to_owned())
    };
    let (first_name, last_name) = (or_dash(&user.first_name), or_dash(&user.last_name));
    let user_type = type_name(user.user_type.as_ref());
    let (billable, read_only) = (yes_or_no(user.is_billable), yes_or_no(user.is_read_only));
    view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="State"><StateBadge user/></Detail>
                <Detail label="Type"><bdi>{user_type}</bdi></Detail>
                <Detail label="First name"><bdi>{first_name}</bdi></Detail>
                <Detail label="Last name"><bdi>{last_name}</bdi></Detail>
                <Detail label="Takes a licence">{billable}</Detail>
                <Detail label="May only look">{read_only}</Detail>
                <Detail label="Aliases">{aliases}</Detail>
            </DescriptionList>
        </Section>
    }
    .into_any()
}

/// Whether the synchronisation with Azure leaves the user alone. Where that cannot be read, the rest of the page stays.
#[component]
fn Sync(exemptions: Result<Option<Vec<EmailAddress>>, Error>, user: User, retry: String) -> impl IntoView {
    let content = match exemptions {
        Ok(Some(exempt)) if exempt.contains(&user.primary_email) => view! {
            <p>"The user is exempt: the synchronisation leaves the user as they are."</p>
        }
        .into_any(),
        Ok(Some(_)) => view! {
            <p>"The user is not exempt: the synchronisation undoes changes that are made here."</p>
        }
        .into_any(),
        Ok(None) => view! {
            <p>"The organisation takes no users from Azure, or Proofpoint does not show that to your account."</p>
        }
        .into_any(),
        Err(error) => view! { <ErrorState error=PortalError::from(error) retry/> }.into_any(),
    };
    view! { <Section title="Synchronisation with Azure">{content}</Section> }.into_any()
}

fn entries<T: AsRef<str>>(entries: &[T]) -> AnyView {
    let items = entries
        .iter()
        .map(|entry| view! { <li><bdi>{entry.as_ref().to_owned()}</bdi></li> });
    view! { <ul>{items.collect_view()}</ul> }.into_any()
}
