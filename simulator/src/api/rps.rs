//! `GET /export/{fingerprint}`: the encrypted resilient package of a data store (reference, section 6).

use crate::{
    Simulator,
    auth::Caller,
    body::field_error,
    jwe::{self, Jwe},
    refusal::Refusal,
};
use axum::{
    Json, Router,
    extract::{Path, Query},
    routing::get,
};
use serde::Deserialize;
use serde_json::Value;

/// The permission (reference, line 3146).
const EXPORT: &[&str] = &["workbench_deployment_immutablepackage_export"];

/// The only version of both schemas that the reference samples.
const SUPPORTED_VERSION: u32 = 1;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/export/{fingerprint}", get(export))
}

/// The schema versions as texts, so that an invalid number gets FastAPI's error and not axum's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Versions {
    version: Option<String>,
    core_version: Option<String>,
}

impl Versions {
    /// Checks both parameters (reference, lines 3178-3187).
    fn check(&self) -> Result<(), Refusal> {
        check_version("version", self.version.as_deref())?;
        check_version("coreVersion", self.core_version.as_deref())
    }
}

fn check_version(name: &str, text: Option<&str>) -> Result<(), Refusal> {
    let invalid = |kind, message| {
        let location = vec!["query".into(), name.into()];
        Err(Refusal::Invalid(vec![field_error(kind, location, message)]))
    };
    match text.map(str::parse) {
        None => invalid("missing", "Field required"),
        Some(Err(_)) => invalid(
            "int_parsing",
            "Input should be a valid integer, unable to parse string as an integer",
        ),
        Some(Ok(SUPPORTED_VERSION)) => Ok(()),
        Some(Ok(other)) => {
            let text = format!("The {name} {other} is not supported");
            Err(Refusal::detail(400, text))
        }
    }
}

/// Exports the package as of the last deployment. The fingerprint of an export key names the data store and the key.
async fn export(
    caller: Caller,
    Path(fingerprint): Path<String>,
    Query(versions): Query<Versions>,
) -> Result<Json<Jwe>, Refusal> {
    let (key, content) = {
        let state = caller.authorize(EXPORT)?;
        versions.check()?;
        let found = state.pim.as_ref().and_then(|pim| pim.export_key(&fingerprint));
        let (store, key) = found.ok_or_else(|| Refusal::detail(404, "Export key not found"))?;
        let deployment = store
            .deployment
            .as_ref()
            .ok_or_else(|| Refusal::detail(400, format!("Data store '{}' is not deployed", store.name)))?;
        (key.clone(), Value::to_string(&deployment.content))
    };
    let package =
        jwe::encrypt(&key, content.as_bytes()).map_err(|error| Refusal::detail(500, error.to_string()))?;
    Ok(Json(package))
}
