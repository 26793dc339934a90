//! Changing and deleting one object of policy management. The reference promises neither; each is done only where the
//! cluster's own specification lists the call (notes on the reference, sections 3 and 9).

use std::sync::Arc;

use gate::{Operation, Target};
use protegrity::{
    Specification,
    pim::{DataElement, DataElementUid, Item, ItemCall, ItemKind, Object},
};
use serde::{Deserialize, Serialize};

use super::{
    configuration::{alphabets, applications, data_elements, data_stores, masks, policies, roles, sources},
    object::{MAX_DESCRIPTION, differs, the_one},
    uses::uses,
};
use crate::{
    Error, Services,
    locks::KeyedGuard,
    merge::listed,
    read_back::{ReadBack, settle},
    refusal,
    specification::Read,
    text::is_same,
    validation::Validation,
};

/// The form that deletes an object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteForm {
    /// The kind, as [`kind_name`] has it.
    pub kind: String,
    /// The uid.
    pub uid: String,
    /// The name, typed by hand; asked for a data element.
    pub typed: String,
}

/// The form that gives a data element another description.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DescriptionForm {
    /// The uid.
    pub uid: String,
    /// The description that the form showed.
    pub shown: String,
    /// The description that it shall have.
    pub description: String,
}

/// An object that was deleted, or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemOutcome {
    /// Its name.
    pub name: String,
    /// The object now, beside what was sent.
    pub read_back: ReadBack,
}

/// The name of a kind in forms and in the audit log; nothing of those whose objects have no pages.
pub const fn kind_name(kind: ItemKind) -> Option<&'static str> {
    match kind {
        ItemKind::Source => Some("member_source"),
        ItemKind::Role => Some("policy_role"),
        ItemKind::Mask => Some("mask"),
        ItemKind::Alphabet => Some("alphabet"),
        ItemKind::DataElement => Some("data_element"),
        ItemKind::Policy => Some("policy"),
        ItemKind::Application => Some("trusted_application"),
        ItemKind::DataStore => Some("data_store"),
        ItemKind::Member | ItemKind::Rule | ItemKind::ExportKey => None,
    }
}

/// The object of this kind and uid.
pub fn item(kind: &str, uid: &str) -> Option<Item> {
    let kind = ItemKind::ALL
        .into_iter()
        .find(|known| kind_name(*known) == Some(kind))?;
    match kind {
        ItemKind::Source => Some(Item::Source(uid.into())),
        ItemKind::Role => Some(Item::Role(uid.into())),
        ItemKind::Mask => Some(Item::Mask(uid.into())),
        ItemKind::Alphabet => Some(Item::Alphabet(uid.into())),
        ItemKind::DataElement => Some(Item::DataElement(uid.into())),
        ItemKind::Policy => Some(Item::Policy(uid.into())),
        ItemKind::Application => Some(Item::Application(uid.into())),
        ItemKind::DataStore => Some(Item::DataStore(uid.into())),
        ItemKind::Member | ItemKind::Rule | ItemKind::ExportKey => None,
    }
}

/// Deletes an object that nothing uses, as far as that is known (`DELETE /pim/…/{uid}`), and looks whether it is gone.
///
/// # Errors
/// Where the cluster does not offer it, where the object is used, at the field of the typed name, or the cluster's error.
pub async fn delete(
    services: &Services,
    operation: &Operation,
    item: &Item,
    typed: &str,
) -> Result<ItemOutcome, Error> {
    let specification = offered(services, operation, ItemCall::Delete, item.kind()).await?;
    let _lock = lock(services, item).await;
    let name = name(operation, item).await?;
    // The key goes with it, and with the key what it protected.
    if matches!(item, Item::DataElement(_)) && typed != name {
        return Err(Error::at("typed", format!("Type the name to go on: {name}")));
    }
    let users = uses(operation, item).await?.known;
    if !users.is_empty() {
        let users: Vec<_> = users.iter().map(|used| used.by.1.as_str()).collect();
        return Err(Error::refused(
            format!("{name} is used by {}.", listed(&users)),
            "Nothing was deleted. See “Used by” on its page.",
        ));
    }
    let operation = &operation.on(target(item).with_name(&name));
    let specification = specification.specification();
    let is_gone = || async move {
        match self::name(operation, item).await {
            Err(Error::NotFound(_)) => Ok(true),
            listed => listed.map(|_| false),
        }
    };
    let read_back = delete_item(operation, specification, item, is_gone).await?;
    Ok(ItemOutcome { name, read_back })
}

/// Deletes an object and looks whether it is gone, also where no answer came.
pub(super) async fn delete_item<F>(
    operation: &Operation,
    specification: &Specification,
    item: &Item,
    is_gone: impl Fn() -> F,
) -> Result<ReadBack, Error>
where
    F: Future<Output = Result<bool, Error>>,
{
    let deleted = operation
        .perform(|cluster| async move { cluster.pim().delete(specification, item).await })
        .await;
    settle(deleted, || async { is_gone().await.ok()?.then_some(()) }).await?;
    Ok(match is_gone().await {
        Ok(true) => ReadBack::AsSent,
        Ok(false) => ReadBack::Differs("The cluster still lists it.".to_owned()),
        Err(error) => {
            tracing::warn!(%error, "whether an object is gone could not be read");
            ReadBack::Unread
        }
    })
}

/// Gives a data element another description (`PUT /pim/dataelements/{uid}`): nothing else of it can change.
///
/// # Errors
/// Where the cluster does not offer it, at the field, or the cluster's error.
pub async fn describe(
    services: &Services,
    operation: &Operation,
    uid: &DataElementUid,
    form: &DescriptionForm,
) -> Result<ItemOutcome, Error> {
    let item = Item::DataElement(uid.clone());
    let specification = offered(services, operation, ItemCall::Update, item.kind()).await?;
    let mut validation = Validation::default();
    let description =
        validation.changed_lines("description", &form.description, &form.shown, MAX_DESCRIPTION);
    validation.finish()?;
    let _lock = lock(services, &item).await;
    let now = element(operation, uid).await?;
    let present = now.description.clone().unwrap_or_default();
    if !is_same(&present, &form.shown) {
        let words = format!("It was changed meanwhile. The cluster has: “{present}”.");
        return Err(Error::at("description", words));
    }
    if is_same(&present, &description) {
        return Err(Error::at("description", "No changes to save."));
    }
    let operation = &operation.on(target(&item).with_name(&now.name));
    let specification = specification.specification();
    let (before, sent) = (&now, description.as_str());
    let written = operation
        .perform(|cluster| async move {
            let pim = cluster.pim();
            pim.describe_data_element(specification, before, sent).await
        })
        .await;
    settle(written, || async {
        let now = element(operation, uid).await.ok()?;
        (compared(sent, &now) == ReadBack::AsSent).then_some(())
    })
    .await
    .map_err(|error| refusal::at_field(error, &[("description", "description")]))?;
    let read_back = match element(operation, uid).await {
        Ok(now) => compared(sent, &now),
        Err(error) => {
            tracing::warn!(%error, "a data element could not be read back");
            ReadBack::Unread
        }
    };
    Ok(ItemOutcome {
        name: now.name,
        read_back,
    })
}

async fn element(operation: &Operation, uid: &DataElementUid) -> Result<DataElement, Error> {
    the_one(data_elements(operation).await?, uid.as_str(), "data element")
}

fn compared(sent: &str, now: &DataElement) -> ReadBack {
    ReadBack::of([differs("the description", sent, now.description.as_deref())])
}

/// The specification that lists this call.
pub(super) async fn offered(
    services: &Services,
    operation: &Operation,
    call: ItemCall,
    kind: ItemKind,
) -> Result<Arc<Read>, Error> {
    let read = services.pim_specification.get(operation).await?;
    if !read.specification().lists_item(call, kind) {
        return Err(Error::refused(
            "The cluster does not offer that.",
            "Its own specification of policy management lists no such call. Use the cluster's own screens.",
        ));
    }
    Ok(read)
}

fn target(item: &Item) -> Target {
    Target::of(kind_name(item.kind()).unwrap_or("object"), uid(item))
}

/// A policy is locked as its rules and deployments lock it.
async fn lock(services: &Services, item: &Item) -> KeyedGuard {
    let kind = kind_name(item.kind()).unwrap_or("object");
    services.locks.lock((kind, uid(item).to_owned())).await
}

fn uid(item: &Item) -> &str {
    match item {
        Item::Source(uid) => uid.as_str(),
        Item::Role(uid) => uid.as_str(),
        Item::Mask(uid) => uid.as_str(),
        Item::Alphabet(uid) => uid.as_str(),
        Item::DataElement(uid) => uid.as_str(),
        Item::Policy(uid) => uid.as_str(),
        Item::Application(uid) => uid.as_str(),
        Item::DataStore(uid) => uid.as_str(),
        Item::Member(_, uid) => uid.as_str(),
        Item::Rule(_, uid) => uid.as_str(),
        Item::ExportKey(_, uid) => uid.as_str(),
    }
}

/// The object's name, which shows that it is there.
async fn name(operation: &Operation, item: &Item) -> Result<String, Error> {
    fn of<T: Object>(rows: Result<Vec<T>, Error>, uid: &str, what: &str) -> Result<String, Error> {
        Ok(the_one(rows?, uid, what)?.name().to_owned())
    }
    let uid = uid(item);
    match item.kind() {
        ItemKind::Source => of(sources(operation).await, uid, "member source"),
        ItemKind::Role => of(roles(operation).await, uid, "role"),
        ItemKind::Mask => of(masks(operation).await, uid, "mask"),
        ItemKind::Alphabet => of(alphabets(operation).await, uid, "alphabet"),
        ItemKind::DataElement => of(data_elements(operation).await, uid, "data element"),
        ItemKind::Policy => of(policies(operation).await, uid, "policy"),
        ItemKind::Application => of(applications(operation).await, uid, "trusted application"),
        ItemKind::DataStore => of(data_stores(operation).await, uid, "data store"),
        ItemKind::Member | ItemKind::Rule | ItemKind::ExportKey => {
            Err(Error::NotFound("There is no such object.".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_that_leads_back() {
        for kind in ItemKind::ALL {
            match kind_name(kind) {
                Some(name) => {
                    let item = item(name, "7").expect("an object");
                    assert_eq!((item.kind(), uid(&item)), (kind, "7"));
                }
                None => assert!(matches!(
                    kind,
                    ItemKind::Member | ItemKind::Rule | ItemKind::ExportKey
                )),
            }
        }
        assert_eq!(item("rule", "7"), None);
    }
}
