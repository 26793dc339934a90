//! Resilient packages: the encrypted policy of a data store, as a file for protectors without a connection.

use gate::{Operation, Permission};
use protegrity::{
    Download, Fingerprint, PackageRequest, permissions as known,
    pim::{DataStore, ExportKey},
};

use crate::{Error, policy, validation::Validation};

/// The schema versions that a protector supports are small numbers; 1 in the reference's sample.
const VERSIONS: std::ops::RangeInclusive<i64> = 1..=1000;

/// The form that exports a package, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct PackageForm {
    /// The fingerprint of the export key.
    pub fingerprint: String,
    /// The schema of the package.
    pub version: String,
    /// The schema of the core policy.
    pub core_version: String,
}

/// An export key with the data store that it is of.
#[derive(Clone, Debug)]
pub struct KeyOfStore {
    /// The data store.
    pub store: DataStore,
    /// The key.
    pub key: ExportKey,
}

/// The export keys of all data stores; `None` where the caller may not read them.
///
/// # Errors
/// The cluster's error.
pub async fn keys(operation: &Operation) -> Result<Option<Vec<KeyOfStore>>, Error> {
    if operation.lacks(Permission::protegrity(known::WORKBENCH_POLICY_READ)) {
        return Ok(None);
    }
    let stores = policy::data_stores(operation).await?;
    let mut keys_of = policy::export_keys_of(operation, &stores).await?;
    let keys = stores.into_iter().flat_map(|store| {
        let keys = keys_of.remove(&store.uid).unwrap_or_default().into_iter();
        keys.map(move |key| KeyOfStore {
            store: store.clone(),
            key,
        })
    });
    Ok(Some(keys.collect()))
}

/// Exports a package (`GET /rps/export/{fingerprint}`). The bytes are handed on as they come, and kept nowhere.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn export(operation: &Operation, form: &PackageForm) -> Result<Download, Error> {
    let request = read(form)?;
    let exported = operation
        .perform(|cluster| async move { cluster.export_package(&request).await })
        .await;
    Ok(exported?)
}

fn read(form: &PackageForm) -> Result<PackageRequest, Error> {
    let mut validation = Validation::default();
    let fingerprint = Fingerprint::new(&form.fingerprint);
    validation.require(
        fingerprint.is_sha256(),
        "fingerprint",
        "A fingerprint has 64 hexadecimal digits, with or without colons between them.",
    );
    let mut number = |field: &str, typed: &str| {
        let typed = if typed.trim().is_empty() { "1" } else { typed };
        let number = validation.number(field, typed, VERSIONS);
        number.and_then(|number| u32::try_from(number).ok()).unwrap_or(1)
    };
    let version = number("version", &form.version);
    let core_version = number("core_version", &form.core_version);
    validation.finish()?;
    Ok(PackageRequest {
        fingerprint,
        version,
        core_version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fingerprint: &str, version: &str) -> PackageForm {
        PackageForm {
            fingerprint: fingerprint.to_owned(),
            version: version.to_owned(),
            core_version: String::new(),
        }
    }

    #[test]
    fn a_fingerprint_is_taken_in_either_spelling() {
        let digits = "ab".repeat(32);
        let colons = ["AB"; 32].join(":");
        for typed in [&digits, &colons] {
            let request = read(&form(typed, "")).expect("it can be asked for");
            assert_eq!(request.fingerprint.as_str(), digits);
            assert_eq!((request.version, request.core_version), (1, 1));
        }
    }

    #[test]
    fn what_is_no_fingerprint_or_version_is_refused_at_its_field() {
        let field = |form: &PackageForm| match read(form) {
            Err(Error::Invalid(problems)) => problems[0].field.clone(),
            other => panic!("refused: {other:?}"),
        };
        for typed in ["", "abc", "../../x", &"zz".repeat(32)] {
            assert_eq!(field(&form(typed, "1")), "fingerprint", "{typed}");
        }
        let digits = "0".repeat(64);
        for version in ["0", "-1", "one", "1001"] {
            assert_eq!(field(&form(&digits, version)), "version", "{version}");
        }
    }
}
