//! SAML providers (reference, lines 1735-2060).

use crate::{
    Simulator,
    body::Fields,
    refusal::Refusal,
    world::{Caller, Mapper, NewMapper, Provider, SamlConfig, World},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::Uri,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) const READ: &[&str] = &["saml_viewer"];
pub(super) const WRITE: &[&str] = &["saml_admin"];

/// The well-known host whose metadata cannot be had.
const UNREACHABLE: &str = "unreachable.example";

/// Keycloak's names.
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

async fn list(State(simulator): State<Simulator>, caller: Caller) -> Result<Response, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    let all: Vec<_> = world.providers.all().map(Provider::item).collect();
    Ok(Json(all).into_response())
}

async fn fetch(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(alias): Path<String>,
) -> Result<Response, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    Ok(Json(world.providers.get(&alias)?.item()).into_response())
}

/// The body of a create and of an update (reference, lines 1873-1904).
struct Wanted {
    alias: String,
    display_name: String,
    config_type: String,
    metadata_url: Option<String>,
    metadata_file: Option<String>,
    enabled: Option<bool>,
    /// What goes to the config as it is, by the config's keys.
    config: Vec<(&'static str, String)>,
    attribute_mapping: Map<String, Value>,
}

impl Wanted {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::parse(body)?;
        let wanted = Self {
            alias: fields.required("alias"),
            display_name: fields.required("displayName"),
            config_type: fields.required("configType"),
            metadata_url: fields.text("metadataUrl"),
            metadata_file: fields.text("metadataFileContent"),
            enabled: fields.flag("enabled"),
            config: read_config(&mut fields),
            attribute_mapping: fields.object("attributeMapping").unwrap_or_default(),
        };
        if !wanted.attribute_mapping.values().all(Value::is_string) {
            fields.flaw(
                "attributeMapping",
                "string_type",
                "Input should be a valid string",
            );
        }
        if wanted.config_type == "metadataUrl" && wanted.metadata_url.is_none() {
            fields.flaw("metadataUrl", "missing", "Field required");
        }
        fields.finish()?;
        Ok(wanted)
    }

    /// The address of the metadata, if all that was sent can be done.
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

    fn set(self, provider: &mut Provider) {
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

/// The fields that Keycloak's config has too. One is spelt otherwise there (notes, section 6, no. 44), and one is
/// sampled and not listed (no. 43).
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

/// In Keycloak's words.
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

async fn create(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Created>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let wanted = Wanted::read(&body)?;
    check_alias(&wanted.alias)?;
    let metadata = wanted.check()?;
    let (alias, config_type) = (wanted.alias.clone(), wanted.config_type.clone());
    if world.providers.has(&alias) {
        let text = format!("Identity Provider {alias} already exists");
        return Err(Refusal::keycloak(409, text));
    }
    let mapping = wanted.attribute_mapping.clone();
    let mut provider = Provider::new(alias.clone(), String::new(), true, SamlConfig::of(&metadata));
    wanted.set(&mut provider);
    world.providers.insert(provider);
    map_attributes(&mut world, &alias, mapping)?;
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

/// The alias is in the path and in the body (notes, section 6, no. 41), and cannot be changed. What is not sent stays.
async fn update(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(alias): Path<String>,
    body: Bytes,
) -> Result<Json<Done>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    let wanted = Wanted::read(&body)?;
    let provider = world.providers.get_mut(&alias)?;
    if wanted.alias != alias {
        return Err(Refusal::detail(
            400,
            "The alias of the body is not that of the path",
        ));
    }
    let metadata = wanted.check()?;
    let mapping = wanted.attribute_mapping.clone();
    provider.config.set_metadata(&metadata);
    wanted.set(provider);
    map_attributes(&mut world, &alias, mapping)?;
    Ok(Json(Done {
        status: "updated",
        alias,
    }))
}

/// Gives the provider a mapper for each pair of a SAML attribute and a user attribute, unless there is one.
fn map_attributes(world: &mut World, alias: &str, mapping: Map<String, Value>) -> Result<(), Refusal> {
    for (saml, user) in mapping {
        let mapper = NewMapper::attribute(saml, user.as_str().unwrap_or_default().to_owned());
        let is_there = |other: &Mapper| other.name == mapper.name;
        if !world.providers.get(alias)?.mappers.iter().any(is_there) {
            let mapper = mapper.of_provider(alias, world.prng.uuid());
            world.providers.get_mut(alias)?.mappers.push(mapper);
        }
    }
    Ok(())
}

async fn delete(
    State(simulator): State<Simulator>,
    caller: Caller,
    Path(alias): Path<String>,
) -> Result<Json<Done>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, WRITE)?;
    world.providers.remove(&alias)?;
    Ok(Json(Done {
        status: "deleted",
        alias,
    }))
}
