//! Sender lists, of an organisation at `/proofpoint/orgs/{domain}/senders` and of a user on the user's page.

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::mail::{
    senders::{self, SenderList, SendersOf},
    users::Changed,
};
use proofpoint::{DomainName, SenderEntry, SenderLists};
use server_fn::ServerFn;

use super::{PROOFPOINT, addressed, organization_domain};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    ui::{EmptyState, Page, PostForm, Section, SubmitButton, TextAreaField},
};

/// Adds entries to a list of an organisation.
#[server(prefix = "/api", endpoint = "proofpoint/senders/add")]
pub async fn add_mail_senders(
    domain: String,
    #[server(default)] list: String,
    #[server(default)] entries: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let (organization, operation) = begin(&context, Action::ChangeMailSenders, &domain).await?;
    let (list, of) = (SenderList::named(&list)?, SendersOf::Organization);
    let services = &context.services;
    let changed = senders::add(services, &operation, &organization, &of, list, &entries).await?;
    Ok(added(list, organization.as_str(), changed))
}

/// Removes one entry from a list of an organisation.
#[server(prefix = "/api", endpoint = "proofpoint/senders/remove")]
pub async fn remove_mail_sender(
    domain: String,
    #[server(default)] list: String,
    #[server(default)] entry: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let (organization, operation) = begin(&context, Action::ChangeMailSenders, &domain).await?;
    let (list, of, entry) = (
        SenderList::named(&list)?,
        SendersOf::Organization,
        SenderEntry::from(entry),
    );
    let services = &context.services;
    let changed = senders::remove(services, &operation, &organization, &of, list, &entry).await?;
    Ok(removed(list, organization.as_str(), &entry, changed))
}

async fn begin(
    context: &RequestContext,
    action: Action,
    domain: &str,
) -> Result<(DomainName, Operation), PortalError> {
    let organization = organization_domain(domain)?;
    let target = Target::of("mail_organization", &organization);
    let operation = context.begin(action, target).await?;
    Ok((organization, operation))
}

/// What came of adding to a list of this owner.
pub(super) fn added(list: SenderList, owner: &str, changed: Changed) -> Done {
    let title = format!("The {} senders of {owner} are saved.", list.name());
    super::outcome(title, "All of these were in the list already.", changed)
}

/// What came of removing from a list of this owner.
pub(super) fn removed(list: SenderList, owner: &str, entry: &SenderEntry, changed: Changed) -> Done {
    let title = format!("{entry} is no {} sender of {owner} any more.", list.name());
    super::outcome(title, format!("{entry} was not in the list."), changed)
}

/// `/proofpoint/orgs/{domain}/senders`
pub async fn organization_senders(context: RequestContext) -> PageResult {
    let (domain, page) = addressed(&context)?;
    let (_, operation) = begin(&context, Action::ViewMailOrganization, domain.as_str()).await?;
    let lists = senders::read(&context.services, &operation, &domain, &SendersOf::Organization).await?;
    let forms = SenderForms {
        action: Action::ChangeMailSenders,
        add: AddMailSenders::url(),
        remove: RemoveMailSender::url(),
        hidden: vec![("domain", domain.to_string())],
        none: "Each user can have entries besides.",
    };
    Ok(
        Page::new("Sender lists", view! { <Senders context lists forms/> })
            .crumb("Proofpoint", PROOFPOINT)
            .crumb(domain.to_string(), page)
            .lead("They count for every user of the organisation, beside the lists of each."),
    )
}

/// The forms that change the lists of one owner.
#[derive(Clone)]
pub(super) struct SenderForms {
    /// What they are.
    pub action: Action,
    /// The address that adds entries.
    pub add: &'static str,
    /// The address that removes one.
    pub remove: &'static str,
    /// What names the owner.
    pub hidden: Vec<(&'static str, String)>,
    /// What counts where a list is empty.
    pub none: &'static str,
}

/// Both lists of an owner.
#[component]
pub(super) fn Senders(context: RequestContext, lists: SenderLists, forms: SenderForms) -> impl IntoView {
    let safe = one_list(&context, SenderList::Safe, lists.allow, &forms);
    let blocked = one_list(&context, SenderList::Blocked, lists.block, &forms);
    view! {
        <Section title="Safe senders">{safe}</Section>
        <Section title="Blocked senders">{blocked}</Section>
    }
    .into_any()
}

fn one_list(
    context: &RequestContext,
    list: SenderList,
    entries: Option<Vec<SenderEntry>>,
    forms: &SenderForms,
) -> AnyView {
    let denied = context.denied(forms.action);
    let mut hidden = forms.hidden.clone();
    hidden.push(("list", list.name().to_owned()));
    let rows = match entries.as_deref() {
        None => {
            view! { <EmptyState title="Unknown" hint="Proofpoint does not report this list."/> }.into_any()
        }
        Some([]) => view! { <EmptyState title="No entries" hint=forms.none/> }.into_any(),
        Some(entries) => {
            let items = entries
                .iter()
                .map(|entry| sender(entry.to_string(), forms.remove, hidden.clone(), denied.is_none()));
            view! { <ul class="sender-list">{items.collect_view()}</ul> }.into_any()
        }
    };
    let fields = context.fields(forms.add);
    // The failure is of the form of one of the two lists.
    let is_own = fields.text("list", "") == list.name();
    let error = fields.error().filter(|_| is_own);
    let value = if is_own {
        fields.text("entries", "")
    } else {
        String::new()
    };
    let (label, button) = match list {
        SenderList::Safe => ("New safe senders", "Add safe senders"),
        SenderList::Blocked => ("New blocked senders", "Add blocked senders"),
    };
    let warning = match list {
        SenderList::Safe => {
            "One a line: an address, a domain, a network. Mail of a safe sender is not checked for spam, so name as few as you can."
        }
        SenderList::Blocked => "One a line: an address, a domain, a network.",
    };
    let add = forms.add;
    view! {
        {rows}
        <PostForm action=add hidden error=error.clone() class="form page">
            <TextAreaField name="entries" label rows=2 value hint=warning error id_prefix=format!("{}-", list.name())/>
            <div class="form-actions"><SubmitButton label=button quiet=true name=None denied/></div>
        </PostForm>
    }
    .into_any()
}

/// One entry of a list, with the button that removes it.
fn sender(
    entry: String,
    action: &'static str,
    mut hidden: Vec<(&'static str, String)>,
    may_remove: bool,
) -> AnyView {
    hidden.push(("entry", entry.clone()));
    let label = format!("Remove {entry}");
    let remove = may_remove.then(|| {
        view! {
            <PostForm action hidden class="inline" unguarded=true>
                <SubmitButton label quiet=true/>
            </PostForm>
        }
    });
    view! { <li><bdi>{entry}</bdi>{remove}</li> }.into_any()
}
