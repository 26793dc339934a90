//! Changing and deleting one object. The reference has no such call, so each asks the cluster's own specification first
//! and sends nothing that is not listed there (notes sections 3 and 9).

use http::Method;
use serde::Serialize;
use serde_json::{Value, json};
use upstream::{Call, Endpoint, Error, check_filled};

use crate::{
    Specification,
    pim::{
        Alphabet, Application, DataElement, DataStore, Item, ItemCall, Mask, Object, Policy, PolicyUid, Role,
        Rule, UID,
    },
};

use super::{Pim, endpoint, pim_path};

/// A change sends the whole row, with the fields that are not documented: whether the cluster merges or replaces is not
/// known, and a field that is left out might be cleared.
impl Pim<'_> {
    /// Deletes an object for good. The key of a data element is deleted with it: what it protected cannot be recovered.
    ///
    /// # Errors
    /// Without sending anything where the specification does not list the call.
    pub async fn delete(self, specification: &Specification, item: &Item) -> Result<(), Error> {
        let (endpoint, path) = address(specification, ItemCall::Delete, item)?;
        let call = Call::new(Method::DELETE, endpoint, path);
        self.caller.send(call).await.map(drop)
    }

    /// Changes a role.
    ///
    /// # Errors
    /// Without sending anything where the specification does not list the call; so do the other changes.
    pub async fn update_role(self, specification: &Specification, role: &Role) -> Result<(), Error> {
        let item = Item::Role(role.uid.clone());
        self.update_object(specification, &item, role).await
    }

    /// Gives a data element, as it was read, another description: nothing else of it can be changed (notes section 9).
    pub async fn describe_data_element(
        self,
        specification: &Specification,
        element: &DataElement,
        description: &str,
    ) -> Result<(), Error> {
        let item = Item::DataElement(element.uid.clone());
        let described = DataElement {
            description: Some(description.to_owned()),
            ..element.clone()
        };
        self.update_object(specification, &item, &described).await
    }

    /// Changes a policy, not its rules.
    pub async fn update_policy(self, specification: &Specification, policy: &Policy) -> Result<(), Error> {
        let item = Item::Policy(policy.uid.clone());
        self.update_object(specification, &item, policy).await
    }

    /// Changes a rule of a policy; one without a uid is refused, for it has no address.
    pub async fn update_rule(
        self,
        specification: &Specification,
        policy: &PolicyUid,
        rule: &Rule,
    ) -> Result<(), Error> {
        let item = Item::Rule(policy.clone(), rule.uid.clone().unwrap_or_default());
        self.update(specification, &item, rule).await
    }

    /// Changes a data store.
    pub async fn update_data_store(
        self,
        specification: &Specification,
        store: &DataStore,
    ) -> Result<(), Error> {
        let item = Item::DataStore(store.uid.clone());
        self.update_object(specification, &item, store).await
    }

    /// Changes a trusted application.
    pub async fn update_application(
        self,
        specification: &Specification,
        application: &Application,
    ) -> Result<(), Error> {
        let item = Item::Application(application.uid.clone());
        self.update_object(specification, &item, application).await
    }

    /// Changes a mask.
    pub async fn update_mask(self, specification: &Specification, mask: &Mask) -> Result<(), Error> {
        let item = Item::Mask(mask.uid.clone());
        self.update_object(specification, &item, mask).await
    }

    /// Changes an alphabet.
    pub async fn update_alphabet(
        self,
        specification: &Specification,
        alphabet: &Alphabet,
    ) -> Result<(), Error> {
        let item = Item::Alphabet(alphabet.uid.clone());
        self.update_object(specification, &item, alphabet).await
    }

    async fn update_object(
        self,
        specification: &Specification,
        item: &Item,
        object: &(impl Object + Serialize),
    ) -> Result<(), Error> {
        let endpoint = endpoint(item.kind().endpoint_name(ItemCall::Update));
        check_filled(endpoint, "name", object.name())?;
        self.update(specification, item, object).await
    }

    async fn update(
        self,
        specification: &Specification,
        item: &Item,
        row: &impl Serialize,
    ) -> Result<(), Error> {
        let (endpoint, path) = address(specification, ItemCall::Update, item)?;
        let call = Call::new(Method::PUT, endpoint, path).json(body(row));
        self.caller.send(call).await.map(drop)
    }
}

fn address(specification: &Specification, call: ItemCall, item: &Item) -> Result<(Endpoint, String), Error> {
    let kind = item.kind();
    let endpoint = endpoint(kind.endpoint_name(call));
    if !specification.lists_item(call, kind) {
        return Err(Error::refused(
            endpoint,
            "the cluster's specification does not list this call",
        ));
    }
    Ok((endpoint, pim_path(&item.path(endpoint)?)))
}

/// The row without its uid, which is in the address; no creation has it in its body either.
fn body(row: &impl Serialize) -> Value {
    let mut body = json!(row);
    if let Some(fields) = body.as_object_mut() {
        for key in UID {
            fields.remove(*key);
        }
    }
    body
}
