//! SAML providers and their attribute mappers (reference lines 1735-2205).

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};
use upstream::{Call, Endpoint, Error, check_filled, encode_segment, non_empty, put};

use crate::{Alias, MapperId, SamlMapper, SamlProvider};

use super::{Authorized, auth_path, endpoint};

/// `POST /saml/providers` and `PUT /saml/providers/{alias}`. What is `None` or empty is not sent.
///
/// The cluster reads the provider's metadata from a URL; the metadata's text, which the reference lists and
/// then calls unsupported, is not offered (row 42).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SamlDraft {
    pub alias: Alias,
    /// Needed to create a provider.
    pub display_name: String,
    /// Needed to create a provider. Empty in an update of one whose URL is not known: then nothing is said
    /// of the metadata.
    pub metadata_url: String,
    /// Sampled, not listed (row 43).
    pub service_provider_entity_id: Option<String>,
    /// Always sent.
    pub enabled: bool,
    pub force_authn: Option<bool>,
    pub validate_signature: Option<bool>,
    pub want_assertions_signed: Option<bool>,
    pub want_assertions_encrypted: Option<bool>,
    pub signature_algorithm: Option<String>,
    /// Spelt `nameIdPolicyFormat` here and `nameIDPolicyFormat` in a provider's config (row 44).
    pub name_id_policy_format: Option<String>,
    /// PEM without its first and last line.
    pub signing_certificate: Option<String>,
    /// From the SAML attribute to the user's.
    pub attribute_mapping: BTreeMap<String, String>,
}

/// `POST /saml/providers/{alias}/mappers`. What is empty is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewSamlMapper {
    pub name: String,
    /// `saml-user-attribute-idp-mapper` in the reference's sample.
    pub mapper_type: String,
    /// The attribute of the SAML assertion.
    pub attribute_name: String,
    /// The user's attribute it becomes.
    pub user_attribute: String,
    /// `INHERIT` in the reference's sample.
    pub sync_mode: String,
}

impl SamlDraft {
    fn body(&self) -> Value {
        let mut body = json!({"alias": self.alias, "enabled": self.enabled});
        put(&mut body, "displayName", non_empty(Some(&self.display_name)));
        if let Some(url) = non_empty(Some(&self.metadata_url)) {
            put(&mut body, "configType", Some("metadataUrl"));
            put(&mut body, "metadataUrl", Some(url));
        }
        put(
            &mut body,
            "serviceProviderEntityId",
            non_empty(self.service_provider_entity_id.as_ref()),
        );
        put(&mut body, "forceAuthn", self.force_authn);
        put(&mut body, "validateSignature", self.validate_signature);
        put(&mut body, "wantAssertionsSigned", self.want_assertions_signed);
        put(
            &mut body,
            "wantAssertionsEncrypted",
            self.want_assertions_encrypted,
        );
        put(
            &mut body,
            "signatureAlgorithm",
            non_empty(self.signature_algorithm.as_ref()),
        );
        put(
            &mut body,
            "nameIdPolicyFormat",
            non_empty(self.name_id_policy_format.as_ref()),
        );
        put(
            &mut body,
            "signingCertificate",
            non_empty(self.signing_certificate.as_ref()),
        );
        put(
            &mut body,
            "attributeMapping",
            Some(&self.attribute_mapping).filter(|mapping| !mapping.is_empty()),
        );
        body
    }
}

impl NewSamlMapper {
    fn body(&self) -> Value {
        let mut body = json!({"name": self.name, "mapperType": self.mapper_type});
        put(&mut body, "attributeName", non_empty(Some(&self.attribute_name)));
        put(&mut body, "userAttribute", non_empty(Some(&self.user_attribute)));
        put(&mut body, "syncMode", non_empty(Some(&self.sync_mode)));
        body
    }
}

impl Authorized {
    /// All SAML providers, `GET /saml/providers` (reference lines 1739-1858). Rows without an alias are
    /// left out.
    pub async fn saml_providers(&self) -> Result<Vec<SamlProvider>, Error> {
        let answer = self
            .get(endpoint("GET /saml/providers"), "/saml/providers")
            .await?;
        let mut rows: Vec<SamlProvider> = answer.list("providers")?;
        rows.retain(|row| !row.alias.is_empty());
        Ok(rows)
    }

    /// One SAML provider, `GET /saml/providers/{alias}` (reference lines 1919-1966): the sample's path,
    /// which the other calls share, not the heading's (row 40).
    pub async fn saml_provider(&self, alias: &Alias) -> Result<SamlProvider, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /saml/providers/{alias}");
        let answer = self.get(ENDPOINT, &provider_path(ENDPOINT, alias, "")?).await?;
        let provider: SamlProvider = answer.item("provider")?;
        if provider == SamlProvider::default() {
            return Err(answer.unreadable("the answer is no SAML provider"));
        }
        // It is the provider asked for even where the answer does not repeat the alias.
        Ok(if provider.alias.is_empty() {
            SamlProvider {
                alias: alias.clone(),
                ..provider
            }
        } else {
            provider
        })
    }

    /// Creates a SAML provider, `POST /saml/providers` (reference lines 1860-1917). The cluster fetches the
    /// metadata. The answer's alias may be another (row 46), so it is not looked at.
    pub async fn create_saml_provider(&self, draft: &SamlDraft) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("POST /saml/providers");
        encode_segment(ENDPOINT, "alias", &draft.alias)?;
        check_filled(ENDPOINT, "display name", &draft.display_name)?;
        check_filled(ENDPOINT, "metadata URL", &draft.metadata_url)?;
        let call = Call::new(Method::POST, ENDPOINT, auth_path("/saml/providers")).json(draft.body());
        self.send(call).await.map(drop)
    }

    /// Changes a SAML provider, `PUT /saml/providers/{alias}` with a body that names the alias again
    /// (reference lines 1968-2015; rows 40 and 41).
    pub async fn update_saml_provider(&self, draft: &SamlDraft) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /saml/providers/{alias}");
        let path = auth_path(&provider_path(ENDPOINT, &draft.alias, "")?);
        let call = Call::new(Method::PUT, ENDPOINT, path).json(draft.body());
        self.send(call).await.map(drop)
    }

    /// Deletes a SAML provider with its mappers, `DELETE /saml/providers/{alias}` (reference lines
    /// 2017-2059).
    pub async fn delete_saml_provider(&self, alias: &Alias) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("DELETE /saml/providers/{alias}");
        let path = auth_path(&provider_path(ENDPOINT, alias, "")?);
        self.send(Call::new(Method::DELETE, ENDPOINT, path))
            .await
            .map(drop)
    }

    /// A provider's attribute mappers, `GET /saml/providers/{alias}/mappers` (reference lines 2061-2112):
    /// the sample's path, for the heading's is the provider's own (row 47). Rows without anything that
    /// names them are left out.
    pub async fn saml_mappers(&self, alias: &Alias) -> Result<Vec<SamlMapper>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /saml/providers/{alias}/mappers");
        let answer = self
            .get(ENDPOINT, &provider_path(ENDPOINT, alias, "/mappers")?)
            .await?;
        let mut rows: Vec<SamlMapper> = answer.list("mappers")?;
        rows.retain(|row| !row.id.is_empty() || !row.name.is_empty());
        Ok(rows)
    }

    /// Creates an attribute mapper, `POST /saml/providers/{alias}/mappers` (reference lines 2114-2159; rows
    /// 47 and 48). Gives its id where the answer has it.
    pub async fn create_saml_mapper(
        &self,
        alias: &Alias,
        mapper: &NewSamlMapper,
    ) -> Result<Option<MapperId>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /saml/providers/{alias}/mappers");
        let path = auth_path(&provider_path(ENDPOINT, alias, "/mappers")?);
        check_filled(ENDPOINT, "mapper's name", &mapper.name)?;
        check_filled(ENDPOINT, "mapper's type", &mapper.mapper_type)?;
        let call = Call::new(Method::POST, ENDPOINT, path).json(mapper.body());
        Ok(self
            .send(call)
            .await?
            .identifier(&["mapperId", "mapper_id", "id"]))
    }

    /// Deletes one attribute mapper, `DELETE /saml/providers/{alias}/mappers/{mapper_id}` (reference lines
    /// 2161-2205). The heading's path would delete the provider (row 47); its text says "all", its answer
    /// names one (row 48).
    pub async fn delete_saml_mapper(&self, alias: &Alias, id: &MapperId) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("DELETE /saml/providers/{alias}/mappers/{mapper_id}");
        let mapper = encode_segment(ENDPOINT, "mapper id", id)?;
        let path = auth_path(&provider_path(ENDPOINT, alias, &format!("/mappers/{mapper}"))?);
        self.send(Call::new(Method::DELETE, ENDPOINT, path))
            .await
            .map(drop)
    }
}

/// Below a provider, with the rest encoded already.
fn provider_path(endpoint: Endpoint, alias: &Alias, rest: &str) -> Result<String, Error> {
    Ok(format!(
        "/saml/providers/{}{rest}",
        encode_segment(endpoint, "alias", alias)?
    ))
}
