//! The section "Used by" on the page of an object of policy management. It follows when the lists have been read, so that
//! the object itself does not wait for them, and is shown whatever they fail with.

use leptos::prelude::*;
use operations::{
    merge::listed,
    policy::{self, Named, Use, Uses},
};
use protegrity::pim::Item;

use super::{
    begin,
    object::{ALPHABETS, APPLICATIONS, DATA_ELEMENTS, DATA_STORES, MASKS, POLICIES, ROLES, SOURCES},
};
use crate::{
    context::RequestContext,
    error::PortalError,
    links::child_path,
    ui::{Caution, EmptyState, ErrorState, LoadingState, Section, Table},
};

/// How many objects of one use are named.
const MAX_NAMED: usize = 12;

/// Where the object is used, with links. The page has to be streamed.
#[component]
pub(super) fn UsedBy(context: RequestContext, item: Item) -> impl IntoView {
    let what_it_is = match item {
        Item::DataStore(_) => "policies and trusted applications",
        _ => "other objects",
    };
    let uses = Suspend::new(async move {
        match uses(&context, &item).await {
            Ok(uses) => table(uses, what_it_is),
            Err(error) => view! { <ErrorState error retry=context.address()/> }.into_any(),
        }
    });
    let waiting = || view! { <LoadingState label="Looking for where it is used"/> };
    view! { <Section title="Used by"><Suspense fallback=waiting>{uses}</Suspense></Section> }.into_any()
}

async fn uses(context: &RequestContext, item: &Item) -> Result<Uses, PortalError> {
    Ok(policy::uses(&begin(context).await?, item).await?)
}

fn table(uses: Uses, what_it_is: &str) -> AnyView {
    let unknown = (!uses.unknown.is_empty()).then(|| {
        let detail = format!(
            "The cluster does not say what these have: {}.",
            listed(&uses.unknown)
        );
        view! { <Caution title="There may be more uses on data stores." detail/> }
    });
    let content = if uses.known.is_empty() {
        let hint = format!("According to the lists of the cluster, no {what_it_is} use it.");
        view! { <EmptyState title="Not used" hint/> }.into_any()
    } else {
        let rows = uses.known.into_iter().map(row).collect_view();
        view! { <Table label="Uses" columns=&["Object", "Kind", "How"]>{rows}</Table> }.into_any()
    };
    view! { {unknown}{content} }.into_any()
}

fn row(used: Use) -> AnyView {
    let kind = kind(&used.by.0);
    let more = used.objects.len().saturating_sub(MAX_NAMED);
    let objects = used.objects.iter().take(MAX_NAMED).enumerate();
    let objects = objects.map(|(at, object)| {
        let separator = if at == 0 { ": " } else { ", " };
        view! { {separator}{link(object)} }
    });
    let objects = objects.collect_view();
    let more = (more > 0).then(|| format!(" and {more} more"));
    view! {
        <tr>
            <th scope="row">{link(&used.by)}</th>
            <td>{kind}</td>
            <td class="wraps">{used.how}{objects}{more}</td>
        </tr>
    }
    .into_any()
}

/// The kind of an object, in a word.
fn kind(item: &Item) -> &'static str {
    match item {
        Item::Role(_) => "Role",
        Item::Member(..) => "Member",
        Item::DataElement(_) => "Data element",
        Item::Policy(_) => "Policy",
        Item::Rule(..) => "Rule",
        Item::DataStore(_) => "Data store",
        Item::ExportKey(..) => "Export key",
        Item::Application(_) => "Trusted application",
        Item::Mask(_) => "Mask",
        Item::Alphabet(_) => "Alphabet",
        Item::Source(_) => "Member source",
    }
}

/// An object's name, which leads to its page where it has one.
fn link((item, name): &Named) -> AnyView {
    match item {
        Item::Role(uid) => ROLES.link(uid.as_str(), name),
        Item::DataElement(uid) => DATA_ELEMENTS.link(uid.as_str(), name),
        Item::DataStore(uid) => DATA_STORES.link(uid.as_str(), name),
        Item::Application(uid) => APPLICATIONS.link(uid.as_str(), name),
        Item::Mask(uid) => MASKS.link(uid.as_str(), name),
        Item::Alphabet(uid) => ALPHABETS.link(uid.as_str(), name),
        Item::Source(uid) => SOURCES.link(uid.as_str(), name),
        Item::Policy(uid) if !uid.is_empty() => {
            let href = child_path(POLICIES.list, uid.as_str());
            view! { <a href=href><bdi>{name.clone()}</bdi></a> }.into_any()
        }
        _ => view! { <bdi>{name.clone()}</bdi> }.into_any(),
    }
}
