//! Data stores with their export keys, and trusted applications (reference lines 3037-3057; notes sections 3 and 9).

use serde_json::json;
use upstream::{Endpoint, Error, check_filled, encode_segment};

use crate::pim::{
    Application, ApplicationUid, DataStore, DataStoreUid, ExportKey, ExportKeyUid, NewApplication,
    NewDataStore, NewExportKey,
};

use super::{Created, Pim, endpoint};
use crate::Fingerprint;

/// The outcome of a new export key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedExportKey {
    /// `None` where the answer has none: list the store's keys.
    pub uid: Option<ExportKeyUid>,
    /// What packages are exported by. `None` where the answer has none: list the store's keys.
    pub fingerprint: Option<Fingerprint>,
}

impl Pim<'_> {
    /// All data stores, `GET /pim/datastores`. Rows that name nothing are left out.
    ///
    /// The vendor's client takes a success for "policy management is initialised" (notes section 3).
    pub async fn data_stores(self) -> Result<Vec<DataStore>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /pim/datastores");
        self.objects(ENDPOINT, "/datastores", "dataStores").await
    }

    /// Creates a data store, `POST /pim/datastores` (reference lines 3037-3057).
    pub async fn create_data_store(self, store: &NewDataStore) -> Result<Created<DataStoreUid>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/datastores");
        check_filled(ENDPOINT, "data store's name", &store.name)?;
        self.create(ENDPOINT, "/datastores", store).await
    }

    /// The export keys of a data store, `GET /pim/datastores/{uid}/export/keys`. Rows that name nothing are left out.
    pub async fn export_keys(self, store: &DataStoreUid) -> Result<Vec<ExportKey>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /pim/datastores/{uid}/export/keys");
        let mut rows: Vec<ExportKey> = self.list(ENDPOINT, &keys_path(ENDPOINT, store)?, "keys").await?;
        rows.retain(|row| !row.uid.is_empty() || row.fingerprint.is_some());
        Ok(rows)
    }

    /// Adds an export key to a data store, `POST /pim/datastores/{uid}/export/keys`: the public key, with its lines. A
    /// private key is refused here.
    pub async fn create_export_key(
        self,
        store: &DataStoreUid,
        key: &NewExportKey,
    ) -> Result<CreatedExportKey, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/datastores/{uid}/export/keys");
        let path = keys_path(ENDPOINT, store)?;
        check_filled(ENDPOINT, "public key", &key.pem)?;
        check_filled(ENDPOINT, "key's algorithm", &key.algorithm)?;
        if key.has_private_key() {
            return Err(Error::refused(
                ENDPOINT,
                "the text is a private key: give the public key",
            ));
        }
        let answer = self.post(ENDPOINT, &path, json!(key)).await?;
        let created = ExportKey::from(answer.value_or_null());
        Ok(CreatedExportKey {
            uid: Some(created.uid).filter(|uid| !uid.is_empty()),
            fingerprint: created.fingerprint,
        })
    }

    /// All trusted applications, `GET /pim/applications`. Rows that name nothing are left out.
    pub async fn applications(self) -> Result<Vec<Application>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /pim/applications");
        self.objects(ENDPOINT, "/applications", "applications").await
    }

    /// Creates a trusted application, `POST /pim/applications`.
    pub async fn create_application(
        self,
        application: &NewApplication,
    ) -> Result<Created<ApplicationUid>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/applications");
        check_filled(ENDPOINT, "trusted application's name", &application.name)?;
        check_filled(ENDPOINT, "name of the program", &application.application_name)?;
        check_filled(ENDPOINT, "system user", &application.application_user)?;
        self.create(ENDPOINT, "/applications", application).await
    }
}

fn keys_path(endpoint: Endpoint, store: &DataStoreUid) -> Result<String, Error> {
    let store = encode_segment(endpoint, "data store's uid", store)?;
    Ok(format!("/datastores/{store}/export/keys"))
}
