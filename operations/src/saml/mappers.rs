//! A provider's attribute mappers: what the cluster takes from a SAML assertion for a user (reference lines
//! 2061-2205; rows 47-49).

use gate::{Operation, OperationError};
use protegrity::{Alias, MapperId, NewSamlMapper, SamlMapper};
use serde::{Deserialize, Serialize};

use super::draft::MAX_TEXT_LENGTH;
use crate::{Error, read_back::settle, refusal, validation::Validation};

/// The longest name of an attribute, in characters: many are addresses.
const MAX_ATTRIBUTE_LENGTH: usize = 500;

/// The type that the reference samples, and the only one that its fields are enough for.
pub const ATTRIBUTE_MAPPER: &str = "saml-user-attribute-idp-mapper";

/// Keycloak's types (notes section 7): the name on the wire, and the effect of such a mapper.
pub const TYPES: &[(&str, &str)] = &[
    (ATTRIBUTE_MAPPER, "SAML attribute to user attribute"),
    ("saml-role-idp-mapper", "SAML attribute to role"),
    ("saml-advanced-role-idp-mapper", "Several SAML attributes to role"),
    (
        "saml-advanced-group-idp-mapper",
        "Several SAML attributes to group",
    ),
    ("saml-username-idp-mapper", "User name by a template"),
    (
        "saml-xpath-attribute-idp-mapper",
        "Part of a SAML attribute to user attribute (XPath)",
    ),
    ("hardcoded-attribute-idp-mapper", "Fixed user attribute"),
    (
        "hardcoded-user-session-attribute-idp-mapper",
        "Fixed attribute of the session",
    ),
    ("oidc-hardcoded-role-idp-mapper", "Fixed role"),
    ("oidc-hardcoded-group-idp-mapper", "Fixed group"),
];

/// The treatment of a user who signs in again (notes section 7).
pub const SYNC_MODES: &[(&str, &str)] = &[
    ("INHERIT", "INHERIT: as the provider does"),
    ("IMPORT", "IMPORT: at the first sign-in only"),
    ("LEGACY", "LEGACY: as older versions did"),
    ("FORCE", "FORCE: at every sign-in"),
];

/// A mapper's type in words; an unknown one as it is.
pub fn in_words(mapper_type: Option<&str>) -> String {
    let Some(name) = mapper_type else {
        return "Unknown".to_owned();
    };
    let known = TYPES.iter().find(|(known, _)| *known == name);
    known.map_or(name, |(_, words)| words).to_owned()
}

/// The form that adds a mapper.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the fields of the form by their labels")]
pub struct MapperForm {
    pub alias: String,
    pub name: String,
    pub mapper_type: String,
    pub attribute_name: String,
    pub user_attribute: String,
    pub sync_mode: String,
}

/// The attribute mappers of a provider, `GET /saml/providers/{alias}/mappers`.
pub async fn list(operation: &Operation, alias: &Alias) -> Result<Vec<SamlMapper>, OperationError> {
    operation
        .read(|cluster| async move { cluster.saml_mappers(alias).await })
        .await
}

/// Adds an attribute mapper, `POST /saml/providers/{alias}/mappers`, and returns its name.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(operation: &Operation, alias: &Alias, form: &MapperForm) -> Result<String, Error> {
    let mut validation = Validation::default();
    let mapper = NewSamlMapper {
        name: validation.required_line("name", &form.name, MAX_TEXT_LENGTH),
        attribute_name: validation.line("attribute_name", &form.attribute_name, MAX_ATTRIBUTE_LENGTH),
        user_attribute: validation.line("user_attribute", &form.user_attribute, MAX_TEXT_LENGTH),
        mapper_type: form.mapper_type.clone(),
        sync_mode: form.sync_mode.clone(),
    };
    check(&mapper, &mut validation);
    validation.finish()?;
    operation
        .perform(|cluster| {
            let mapper = mapper.clone();
            async move { cluster.create_saml_mapper(alias, &mapper).await }
        })
        .await
        .map_err(|error| refusal::at_field(error, refusal::MAPPER))?;
    Ok(mapper.name)
}

/// Deletes one attribute mapper, `DELETE /saml/providers/{alias}/mappers/{mapper_id}`.
///
/// # Errors
/// The cluster's error.
pub async fn delete(operation: &Operation, alias: &Alias, id: &MapperId) -> Result<(), Error> {
    let deleted = operation
        .perform(|cluster| async move { cluster.delete_saml_mapper(alias, id).await })
        .await;
    settle(deleted, || async {
        let now = list(operation, alias).await.ok()?;
        now.iter().all(|mapper| mapper.id != *id).then_some(())
    })
    .await?;
    Ok(())
}

/// The requirements of the mapper's type, and whether type and mode are in the lists.
fn check(mapper: &NewSamlMapper, validation: &mut Validation) {
    let is_of = |list: &[(&str, &str)], value: &str| list.iter().any(|(known, _)| *known == value);
    validation.require(
        is_of(TYPES, &mapper.mapper_type),
        "mapper_type",
        "Choose one of the list.",
    );
    let is_mode = mapper.sync_mode.is_empty() || is_of(SYNC_MODES, &mapper.sync_mode);
    validation.require(is_mode, "sync_mode", "Choose one of the list.");
    if mapper.mapper_type == ATTRIBUTE_MAPPER {
        for (field, value) in [
            ("attribute_name", &mapper.attribute_name),
            ("user_attribute", &mapper.user_attribute),
        ] {
            validation.require(!value.is_empty(), field, "A mapper of this type requires it.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_mapper_needs_both_attributes() {
        let check = |mapper_type: &str, attribute: &str, expected: &[&str]| {
            let mapper = NewSamlMapper {
                name: "m".to_owned(),
                mapper_type: mapper_type.to_owned(),
                attribute_name: attribute.to_owned(),
                user_attribute: "email".to_owned(),
                sync_mode: "FORCE".to_owned(),
            };
            let mut validation = Validation::default();
            super::check(&mapper, &mut validation);
            let problems = match validation.finish() {
                Err(Error::Invalid(problems)) => problems,
                _ => Vec::new(),
            };
            let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
            assert_eq!(fields, expected, "{mapper_type}");
        };
        check(ATTRIBUTE_MAPPER, "mail", &[]);
        check(ATTRIBUTE_MAPPER, "", &["attribute_name"]);
        check("saml-role-idp-mapper", "", &[]);
        check("made-up", "mail", &["mapper_type"]);
    }

    #[test]
    fn types_are_shown_in_words_and_unknown_ones_as_they_are() {
        assert_eq!(
            in_words(Some(ATTRIBUTE_MAPPER)),
            "SAML attribute to user attribute"
        );
        assert_eq!(in_words(Some("new-mapper")), "new-mapper");
        assert_eq!(in_words(None), "Unknown");
    }
}
