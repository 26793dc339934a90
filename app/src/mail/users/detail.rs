//! `/proofpoint/orgs/{domain}/users/{email}`: one user of an organisation.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    Error,
    mail::users::{self, full_name, type_name},
};
use proofpoint::{DomainName, EmailAddress, User};
use server_fn::ServerFn;

use super::{
    AddMailUserSenders, ExemptMailUser, RemoveMailUserSender, StateBadge, below_users,
    dialogs::{Actions, Dialogs, hidden},
    organization_domain, user_address, yes_or_no,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    mail::senders::{SenderForms, Senders},
    ui::{DescriptionList, Detail, ErrorState, Page, PostForm, Section, SubmitButton},
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
    let forms = SenderForms {
        action: Action::ChangeMailUserSenders,
        add: AddMailUserSenders::url(),
        remove: RemoveMailUserSender::url(),
        hidden: hidden(&organization, &user),
        none: "The lists of the organisation count for this user too.",
    };
    let (of, lists) = (organization.clone(), user.senders.clone());
    let sections = view! {
        <Details user=user.clone()/>
        <Sync context=context.clone() exemptions organization=of.clone() user=user.clone()/>
        <Senders context=context.clone() lists forms/>
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
fn Sync(
    context: RequestContext,
    exemptions: Result<Option<Vec<EmailAddress>>, Error>,
    organization: DomainName,
    user: User,
) -> impl IntoView {
    let change = |exempt: bool, label: &'static str| {
        let mut hidden = hidden(&organization, &user);
        hidden.push(("exempt", exempt.to_string()));
        let (error, denied) = (
            context.fields(ExemptMailUser::url()).error(),
            context.denied(Action::ExemptMailUser),
        );
        view! {
            <PostForm action=ExemptMailUser::url() hidden error class="inline" unguarded=true>
                <SubmitButton label quiet=true denied/>
            </PostForm>
        }
    };
    let content = match exemptions {
        Ok(Some(exempt)) if exempt.contains(&user.primary_email) => view! {
            <p>"The user is exempt: the synchronisation leaves the user as they are."</p>
            {change(false, "Include in the synchronisation")}
        }
        .into_any(),
        Ok(Some(_)) => view! {
            <p>"The user is not exempt: the synchronisation undoes changes that are made here."</p>
            {change(true, "Exempt from the synchronisation")}
        }
        .into_any(),
        Ok(None) => view! {
            <p>"The organisation takes no users from Azure, or Proofpoint does not show that to your account."</p>
        }
        .into_any(),
        Err(error) => {
            let retry = context.address();
            view! { <ErrorState error=PortalError::from(error) retry/> }.into_any()
        }
    };
    view! { <Section title="Synchronisation with Azure">{content}</Section> }.into_any()
}

fn entries<T: AsRef<str>>(entries: &[T]) -> AnyView {
    let items = entries
        .iter()
        .map(|entry| view! { <li><bdi>{entry.as_ref().to_owned()}</bdi></li> });
    view! { <ul>{items.collect_view()}</ul> }.into_any()
}
