//! Data stores, which protectors belong to.

use gate::{Operation, Target};
use protegrity::pim::{DataStore, DataStoreUid, MAX_DATA_STORE_NAME, NewDataStore};
use serde::{Deserialize, Serialize};

use super::{
    configuration::data_stores,
    object::{MAX_DESCRIPTION, Saved, created, differs, require_free, the_one},
};
use crate::{Error, read_back::ReadBack, refusal::Words, validation::Validation};

/// The words of the cluster's refusals.
const WORDS: &Words = &[
    ("default", "is_default"),
    ("description", "description"),
    ("data store", "name"),
    ("datastore", "name"),
    ("name", "name"),
];

/// The form that creates a data store.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DataStoreForm {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// `true` makes it the default.
    pub is_default: String,
    /// `true` agrees that another data store stops being the default.
    pub confirm_default: String,
}

impl DataStoreForm {
    /// The data store of this form, with the problems of its fields.
    pub(super) fn read(&self) -> (Validation, NewDataStore) {
        let mut validation = Validation::default();
        let store = NewDataStore {
            name: validation.required_line("name", &self.name, MAX_DATA_STORE_NAME),
            description: validation.lines("description", &self.description, MAX_DESCRIPTION),
            is_default: self.is_default == "true",
        };
        (validation, store)
    }
}

/// The default data store among these; `None` where the cluster names none.
pub fn default_of(stores: &[DataStore]) -> Option<&DataStore> {
    stores.iter().find(|store| store.is_default == Some(true))
}

/// One data store, of `GET /pim/datastores`.
///
/// # Errors
/// Where there is none of this uid, or the cluster's error.
pub async fn data_store(operation: &Operation, uid: &DataStoreUid) -> Result<DataStore, Error> {
    the_one(data_stores(operation).await?, uid.as_str(), "data store")
}

/// Creates a data store (`POST /pim/datastores`, reference lines 3037-3057). One that takes over from the present
/// default has to be confirmed, as on the vendor's own screen (notes on the reference, section 3).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(operation: &Operation, form: &DataStoreForm) -> Result<Saved<DataStoreUid>, Error> {
    let (mut validation, store) = form.read();
    let stores = data_stores(operation).await;
    if let Some(present) = stores.as_ref().ok().and_then(|stores| default_of(stores)) {
        validation.require(
            !store.is_default || form.confirm_default == "true",
            "confirm_default",
            format!(
                "The default is {} now. Protectors that no data store lists would get what is deployed on the new one instead.",
                present.name
            ),
        );
    }
    require_free(&mut validation, "name", &store.name, stores)?;
    validation.finish()?;
    let sent = &store;
    let operation = &operation.on(Target::of("data_store", &sent.name));
    let written = operation
        .perform(|cluster| async move { cluster.pim().create_data_store(sent).await })
        .await;
    let list = || data_stores(operation);
    created(written, ("name", &sent.name), WORDS, list, |now| {
        compared(sent, now)
    })
    .await
}

fn compared(sent: &NewDataStore, now: &DataStore) -> ReadBack {
    let word = |is_default: bool| {
        if is_default {
            "the default"
        } else {
            "not the default"
        }
    };
    ReadBack::of([
        differs("the description", &sent.description, now.description.as_deref()),
        differs("its place", word(sent.is_default), now.is_default.map(word)),
    ])
}
