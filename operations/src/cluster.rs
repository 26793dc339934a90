//! The cluster as a whole: its services, the meanings of its permissions, the lifespan of its tokens.

use std::collections::BTreeMap;

use gate::{Operation, OperationError, Permission};
use protegrity::{Api, Health, LogLevel, PermissionName, Specification, Version, permissions as known};

use crate::{Error, refusal};

/// What one service reports beside its health, each fact asked for by itself; `None` where it did not answer.
#[derive(Clone, Debug)]
pub struct ServiceFacts {
    /// It is ready (`GET /ready`).
    pub ready: Option<()>,
    /// It is live (`GET /live`).
    pub live: Option<()>,
    /// Its version (`GET /version`).
    pub version: Option<Version>,
    /// Its log level (`GET /log`).
    pub log_level: Option<LogLevel>,
}

/// The health of one service, `GET /health` (reference lines 64-108).
pub async fn health(operation: &Operation, api: Api) -> Result<Health, OperationError> {
    operation
        .read(|cluster| async move { cluster.health(api).await })
        .await
}

/// What one service reports beside its health (reference lines 20-221).
pub async fn service_facts(operation: &Operation, api: Api) -> ServiceFacts {
    let (ready, live, version, log_level) = futures::join!(
        operation.read(|cluster| async move { cluster.ready(api).await }),
        operation.read(|cluster| async move { cluster.live(api).await }),
        operation.read_without_token(|cluster| async move { cluster.version(api).await }),
        operation.read(|cluster| async move { cluster.log_level(api).await }),
    );
    ServiceFacts {
        ready: reported(ready),
        live: reported(live),
        version: reported(version),
        log_level: reported(log_level),
    }
}

fn reported<T>(answer: Result<T, OperationError>) -> Option<T> {
    answer
        .inspect_err(|error| tracing::info!(%error, "a service did not report a fact"))
        .ok()
}

/// Sets what a service writes into its log, until it is started again (`POST /log`, reference lines 223-263), and returns
/// the level that it has afterwards; `None` where that could not be read. The answer of the call says little (notes on the
/// reference, rows 8 and 9).
///
/// # Errors
/// At the field where the service has no such level, or the cluster's error.
pub async fn set_log_level(operation: &Operation, api: Api, level: &str) -> Result<Option<LogLevel>, Error> {
    let levels = api.log_levels();
    let level = levels
        .iter()
        .find(|known| known.eq_ignore_ascii_case(level.trim()));
    let level =
        *level.ok_or_else(|| Error::at("level", format!("Choose one of these: {}.", levels.join(", "))))?;
    operation
        .perform(|cluster| async move { cluster.set_log_level(api, level).await })
        .await?;
    let now = operation.read(|cluster| async move { cluster.log_level(api).await });
    Ok(reported(now.await))
}

/// The specification that a service gives of itself (`GET /doc`, reference lines 35-85). It is asked for without a token.
///
/// # Errors
/// The cluster's error.
pub async fn specification(operation: &Operation, api: Api) -> Result<Specification, Error> {
    let read = operation.read_without_token(|cluster| async move { cluster.specification(api).await });
    Ok(read.await?)
}

/// The meaning of each permission, `GET /permissions`; empty where the caller may not read them or they cannot be
/// read.
pub async fn permission_meanings(operation: &Operation) -> BTreeMap<PermissionName, String> {
    if operation.lacks(Permission::protegrity(known::ROLE_VIEWER)) {
        return BTreeMap::new();
    }
    let permissions = operation.read(|cluster| async move { cluster.permissions().await });
    match permissions.await {
        Ok(permissions) => permissions
            .into_iter()
            .filter_map(|one| Some((one.name, one.description?)))
            .collect(),
        Err(error) => {
            tracing::info!(%error, "the meanings of the permissions could not be read");
            BTreeMap::new()
        }
    }
}

/// Sets the lifespan of access tokens in seconds, `POST /token/lifespan/update` (reference lines 605-640). One field is
/// sent; the lifespan of refresh tokens follows from it (notes on the reference, row 5).
///
/// # Errors
/// At the field, or the cluster's error.
pub async fn set_token_lifespan(operation: &Operation, seconds: u32) -> Result<(), Error> {
    operation
        .perform(|cluster| async move { cluster.update_token_lifespan(seconds).await })
        .await
        .map_err(|error| refusal::at_field(error, refusal::LIFESPAN))
}
