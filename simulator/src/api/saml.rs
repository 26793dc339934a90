//! SAML providers (reference, lines 1735-2060).

use crate::{
    Simulator,
    auth::Caller,
    body::Fields,
    refusal::Refusal,
    state::{ClusterState, Mapper, NewMapper, Provider, SamlConfig},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::Path,
    http::Uri,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) const READ: &[&str] = &["saml_viewer"];
pub(super) const WRITE: &[&str] = &["saml_admin"];

/// The well-known host that does not answer a request for metadata.
const UNREACHABLE: &str = "unreachable.example";

/// Keycloak's signature algorithms.
const SIGNATURE_ALGORITHMS: [&str; 6] = [
    "RSA_SHA1",
    "RSA_SHA256",
    "RSA_SHA256_MGF1",
    "RSA_SHA512",
    "RSA_SHA512_MGF1",
    "DSA_SHA1",
];

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/saml/providers", get(list).post(create))
        .route("/saml/providers/{alias}", get(fetch).put(update).delete(delete))
}

async fn list(caller: Caller) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    let all: Vec<_> = state.providers.all().map(Provider::item).collect();
    Ok(Json(all).into_response())
}

async fn fetch(caller: Caller, Path(alias): Path<String>) -> Result<Response, Refusal> {
    let state = caller.authorize(READ)?;
    Ok(Json(state.providers.get(&alias)?.item()).into_response())
}

/// The body of a create and of an update (reference, lines 1873-1904).
struct ProviderFields {
    alias: String,
    display_name: String,
    config_type: String,
    metadata_url: Option<String>,
    metadata_file: Option<String>,
    enabled: Option<bool>,
    /// The values to copy into the provider's config, by the config's keys.
    config: Vec<(&'static str, String)>,
    attribute_mapping: Map<String, Value>,
}

impl ProviderFields {
    fn read(fields: &mut Fields) -> Self {
        let read = Self {
            alias: fields.required("alias"),
            display_name: fields.required("displayName"),
            config_type: fields.required("configType"),
            metadata_url: fields.text("metadataUrl"),
            metadata_file: fields.text("metadataFileContent"),
            enabled: fields.flag("enabled"),
            config: read_config(fields),
            attribute_mapping: fields.object("attributeMapping").unwrap_or_default(),
        };
        if !read.attribute_mapping.values().all(Value::is_string) {
            fields.reject(
                "attributeMapping",
                "string_type",
                "Input should be a valid string",
            );
        }
        if read.config_type == "metadataUrl" && read.metadata_url.is_none() {
            fields.reject("metadataUrl", "missing", "Field required");
        }
        read
    }

    /// Checks the fields, and returns the address of the metadata.
    fn check(&self) -> Result<Uri, Refusal> {
        let refuse = |text: String| Err(Refusal::detail(400, text));
        if self.config_type == "metadataFileContent" || self.metadata_file.is_some() {
            return refuse("metadataFileContent is not supported: use metadataUrl".to_owned());
        }
        if self.config_type != "metadataUrl" {
            return refuse(format!("Unknown configType: {}", self.config_type));
        }
        for (key, value) in &self.config {
            if *key == "signingCertificate" && value.contains("-----") {
                return refuse("signingCertificate must be PEM without the headers".to_owned());
            }
            if *key == "signatureAlgorithm" && !SIGNATURE_ALGORITHMS.contains(&value.as_str()) {
                return refuse(format!("Unknown signatureAlgorithm: {value}"));
            }
        }
        metadata_address(self.metadata_url.as_deref().unwrap_or_default())
    }

    fn apply_to(self, provider: &mut Provider) {
        provider.display_name = self.display_name;
        provider.enabled = self.enabled.unwrap_or(provider.enabled);
        for (key, value) in self.config {
            if (key, value.as_str()) == ("wantAssertionsEncrypted", "true") {
                provider.config.set("encryptionAlgorithm", "RSA-OAEP");
            }
            provider.config.set(key, value);
        }
    }
}

/// The fields that Keycloak's config has too. The config spells one of them differently (notes, section 6, no. 44), and
/// one is in the samples but not in the list of parameters (no. 43).
fn read_config(fields: &mut Fields) -> Vec<(&'static str, String)> {
    let texts = [
        ("signingCertificate", "signingCertificate"),
        ("nameIdPolicyFormat", "nameIDPolicyFormat"),
        ("signatureAlgorithm", "signatureAlgorithm"),
        ("serviceProviderEntityId", "entityId"),
    ];
    let flags = [
        "forceAuthn",
        "validateSignature",
        "wantAssertionsSigned",
        "wantAssertionsEncrypted",
    ];
    let texts = texts.map(|(field, key)| fields.text(field).map(|value| (key, value)));
    let flags = flags.map(|key| fields.flag(key).map(|value| (key, value.to_string())));
    texts.into_iter().chain(flags).flatten().collect()
}

fn metadata_address(text: &str) -> Result<Uri, Refusal> {
    let address = text.parse::<Uri>().ok().filter(|address| {
        let is_web = matches!(address.scheme_str(), Some("http" | "https"));
        is_web && address.host().is_some_and(|host| !host.is_empty())
    });
    let Some(address) = address else {
        return Err(Refusal::detail(400, "metadataUrl must be an http or https URL"));
    };
    if address.host() == Some(UNREACHABLE) {
        let text = format!("Could not fetch SAML metadata from {address}");
        return Err(Refusal::detail(400, text));
    }
    Ok(address)
}

/// Checks an alias. The error has Keycloak's text.
fn check_alias(alias: &str) -> Result<(), Refusal> {
    let allowed = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
    match alias.chars().find(|sign| !allowed(*sign)) {
        Some(sign) => Err(Refusal::keycloak(400, format!("Character '{sign}' not allowed."))),
        None => Ok(()),
    }
}

/// The fields in the order of the sample (reference, line 1915).
#[derive(Serialize)]
struct Created {
    status: &'static str,
    alias: String,
    #[serde(rename = "configType")]
    config_type: String,
    message: &'static str,
}

async fn create(caller: Caller, body: Bytes) -> Result<Json<Created>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let fields = Fields::read(&body, ProviderFields::read)?;
    check_alias(&fields.alias)?;
    let metadata = fields.check()?;
    let (alias, config_type) = (fields.alias.clone(), fields.config_type.clone());
    if state.providers.contains(&alias) {
        let text = format!("Identity Provider {alias} already exists");
        return Err(Refusal::keycloak(409, text));
    }
    let mapping = fields.attribute_mapping.clone();
    let config = SamlConfig::from_metadata(&metadata);
    let mut provider = Provider::new(alias.clone(), String::new(), true, config);
    fields.apply_to(&mut provider);
    state.providers.insert(provider);
    map_attributes(&mut state, &alias, mapping)?;
    Ok(Json(Created {
        status: "created",
        alias,
        config_type,
        message: "SAML provider created successfully from metadata",
    }))
}

#[derive(Serialize)]
struct Done {
    status: &'static str,
    alias: String,
}

/// Changes a provider, but not its alias, which is in the path and in the body (notes, section 6, no. 41). Absent
/// fields stay.
async fn update(caller: Caller, Path(alias): Path<String>, body: Bytes) -> Result<Json<Done>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    let fields = Fields::read(&body, ProviderFields::read)?;
    let provider = state.providers.get_mut(&alias)?;
    if fields.alias != alias {
        return Err(Refusal::detail(
            400,
            "The alias of the body is not that of the path",
        ));
    }
    let metadata = fields.check()?;
    let mapping = fields.attribute_mapping.clone();
    provider.config.set_metadata(&metadata);
    fields.apply_to(provider);
    map_attributes(&mut state, &alias, mapping)?;
    Ok(Json(Done {
        status: "updated",
        alias,
    }))
}

/// Adds a mapper for each pair of a SAML attribute and a user attribute that has none yet.
fn map_attributes(state: &mut ClusterState, alias: &str, mapping: Map<String, Value>) -> Result<(), Refusal> {
    for (saml, user) in mapping {
        let mapper = NewMapper::attribute(saml, user.as_str().unwrap_or_default().to_owned());
        let has_name = |other: &Mapper| other.name == mapper.name;
        if !state.providers.get(alias)?.mappers.iter().any(has_name) {
            let mapper = mapper.into_mapper(alias, state.prng.uuid());
            state.providers.get_mut(alias)?.mappers.push(mapper);
        }
    }
    Ok(())
}

async fn delete(caller: Caller, Path(alias): Path<String>) -> Result<Json<Done>, Refusal> {
    let mut state = caller.authorize(WRITE)?;
    state.providers.remove(&alias)?;
    Ok(Json(Done {
        status: "deleted",
        alias,
    }))
}
