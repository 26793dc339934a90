//! A provider's attribute mappers: what the cluster takes from a SAML assertion for a user (reference lines
//! 2061-2205; rows 47-49).

use gate::{Action, Target};
use leptos::prelude::*;
use protegrity::{Alias, MapperId, NewSamlMapper, SamlMapper};
use server_fn::ServerFn;

use super::{actions::target, draft::LONGEST_TEXT, plain};
use crate::{
    act::is_one_segment,
    error::{ErrorKind, PortalError},
    flash::Done,
    form::Faults,
    ui::{
        Choice, ConfirmDialog, DialogButton, EmptyState, ErrorState, PostForm, Section, SelectField,
        SubmitButton, Table, TextField,
    },
    visit::{Visit, visit},
};

/// The longest name of an attribute, in characters: many are addresses.
const LONGEST_ATTRIBUTE: usize = 500;
/// The longest id of a mapper that is looked at, in characters.
const LONGEST_ID: usize = 128;

/// The type that the reference samples, and the only one that its fields are enough for.
const ATTRIBUTE_MAPPER: &str = "saml-user-attribute-idp-mapper";

/// Keycloak's types (notes section 7): the name on the wire, and what such a mapper does.
const TYPES: &[(&str, &str)] = &[
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

/// How a mapper treats a user who signs in again (notes section 7).
const SYNC_MODES: &[(&str, &str)] = &[
    ("INHERIT", "INHERIT: as the provider does"),
    ("IMPORT", "IMPORT: at the first sign-in only"),
    ("LEGACY", "LEGACY: as older versions did"),
    ("FORCE", "FORCE: at every sign-in"),
];

/// A mapper's type in words; one that is not known is told as it is.
fn in_words(mapper_type: Option<&str>) -> String {
    let Some(name) = mapper_type else {
        return "not told".to_owned();
    };
    let known = TYPES.iter().find(|(known, _)| *known == name);
    known.map_or(name, |(_, words)| words).to_owned()
}

/// Adds an attribute mapper, `POST /saml/providers/{alias}/mappers`.
#[server(prefix = "/api", endpoint = "saml/mappers/create")]
pub async fn create_saml_mapper(
    alias: String,
    name: String,
    mapper_type: String,
    #[server(default)] attribute_name: String,
    #[server(default)] user_attribute: String,
    #[server(default)] sync_mode: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let alias = super::alias(&alias)?;
    let mut faults = Faults::default();
    let mapper = NewSamlMapper {
        name: faults.required_line("name", &name, LONGEST_TEXT),
        attribute_name: faults.line("attribute_name", &attribute_name, LONGEST_ATTRIBUTE),
        user_attribute: faults.line("user_attribute", &user_attribute, LONGEST_TEXT),
        mapper_type,
        sync_mode,
    };
    check(&mapper, &mut faults);
    faults.finish()?;
    let passage = visit.open(Action::CreateSamlMapper, target(&alias))?;
    passage
        .call(|cluster| {
            let (alias, mapper) = (alias.clone(), mapper.clone());
            async move { cluster.create_saml_mapper(&alias, &mapper).await }
        })
        .await
        .map_err(|error| visit.explain(Action::CreateSamlMapper, &error))?;
    visit.done(Done::new(format!("The mapper {} is added.", mapper.name)));
    Ok(())
}

/// What a mapper of its type needs, and whether type and mode are of the lists.
fn check(mapper: &NewSamlMapper, faults: &mut Faults) {
    let is_of = |list: &[(&str, &str)], value: &str| list.iter().any(|(known, _)| *known == value);
    faults.unless(
        is_of(TYPES, &mapper.mapper_type),
        "mapper_type",
        "Choose one of the list.",
    );
    let is_mode = mapper.sync_mode.is_empty() || is_of(SYNC_MODES, &mapper.sync_mode);
    faults.unless(is_mode, "sync_mode", "Choose one of the list.");
    if mapper.mapper_type == ATTRIBUTE_MAPPER {
        for (field, value) in [
            ("attribute_name", &mapper.attribute_name),
            ("user_attribute", &mapper.user_attribute),
        ] {
            faults.unless(!value.is_empty(), field, "A mapper of this type needs it.");
        }
    }
}

/// Deletes one attribute mapper, `DELETE /saml/providers/{alias}/mappers/{mapper_id}`. An empty id is
/// refused: the path without it is that of the whole provider (row 47).
#[server(prefix = "/api", endpoint = "saml/mappers/delete")]
pub async fn delete_saml_mapper(
    alias: String,
    #[server(default)] mapper: String,
    #[server(default)] name: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let alias = super::alias(&alias)?;
    let id = mapper_id(&mapper)?;
    let provider = target(&alias);
    let what = Target::named("attribute mapper", format_args!("{id} of {provider}"));
    let passage = visit.open(Action::DeleteSamlMapper, what)?;
    passage
        .call(|cluster| {
            let (alias, id) = (alias.clone(), id.clone());
            async move { cluster.delete_saml_mapper(&alias, &id).await }
        })
        .await
        .map_err(|error| visit.explain(Action::DeleteSamlMapper, &error))?;
    // The name is the form's own word, for the message alone.
    let name: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_TEXT)
        .collect();
    visit.done(Done::new(format!("The mapper {name} is deleted.")));
    Ok(())
}

/// A mapper's id, as a form gives it.
fn mapper_id(text: &str) -> Result<MapperId, PortalError> {
    if is_one_segment(text, LONGEST_ID) {
        Ok(MapperId::from(text))
    } else {
        Err(
            PortalError::new(ErrorKind::NotFound, "There is no such attribute mapper.")
                .with_detail("The form does not hold a mapper's id. Nothing was deleted."),
        )
    }
}

/// The mappers of a provider, with what adds and deletes them.
#[component]
pub(super) fn Mappers(
    visit: Visit,
    alias: Alias,
    mappers: Result<Vec<SamlMapper>, PortalError>,
) -> impl IntoView {
    let may_add = visit.denied(Action::CreateSamlMapper).is_none();
    let dialogs = match &mappers {
        Ok(mappers) if visit.denied(Action::DeleteSamlMapper).is_none() => mappers
            .iter()
            .enumerate()
            .filter(|(_, mapper)| !mapper.id.is_empty())
            .map(|(at, mapper)| delete_dialog(at, &alias, mapper))
            .collect_view(),
        _ => Vec::new(),
    };
    let list = match mappers {
        Err(error) => view! { <ErrorState error/> }.into_any(),
        Ok(mappers) if mappers.is_empty() => view! {
            <EmptyState title="No attribute mappers"
                hint="Without one, a user who signs in by this provider has what its NameID says and no more."/>
        }
        .into_any(),
        Ok(mappers) => {
            let rows = mappers.into_iter().enumerate().map(|(at, mapper)| row(&visit, at, mapper));
            let rows = rows.collect_view();
            view! {
                <Table label="Attribute mappers" columns=&["Name", "Type", "Configuration", "Actions"]>
                    {rows}
                </Table>
            }
            .into_any()
        }
    };
    view! {
        <Section title="Attribute mappers">{list}</Section>
        {dialogs}
        {may_add.then(|| view! { <AddMapper visit=visit.clone() alias/> })}
    }
    .into_any()
}

fn row(visit: &Visit, at: usize, mapper: SamlMapper) -> AnyView {
    let SamlMapper {
        id,
        name,
        mapper_type,
        config,
    } = mapper;
    let settings = config.into_iter().filter(|(_, value)| !value.is_null());
    let settings =
        settings.map(|(key, value)| view! { <li><code>{key}</code> " " <bdi>{plain(&value)}</bdi></li> });
    let denied = visit.denied(Action::DeleteSamlMapper);
    let action = if id.is_empty() {
        view! { <span class="muted">"The cluster gives no id to delete it by"</span> }.into_any()
    } else {
        view! { <DialogButton label="Delete mapper" dialog=dialog_id(at) danger=true denied/> }.into_any()
    };
    view! {
        <tr>
            <th scope="row" class="wraps"><bdi>{name}</bdi></th>
            <td class="fits">{in_words(mapper_type.as_deref())}</td>
            <td class="fits"><ul>{settings.collect_view()}</ul></td>
            <td>{action}</td>
        </tr>
    }
    .into_any()
}

fn dialog_id(at: usize) -> String {
    format!("delete-mapper-{at}")
}

fn delete_dialog(at: usize, alias: &Alias, mapper: &SamlMapper) -> AnyView {
    let hidden = vec![
        ("alias", alias.to_string()),
        ("mapper", mapper.id.to_string()),
        ("name", mapper.name.clone()),
    ];
    let name = mapper.name.clone();
    view! {
        <ConfirmDialog id=dialog_id(at) title=format!("Delete the mapper {name}?") action=DeleteSamlMapper::url()
            confirm="Delete" danger=true hidden=hidden>
            <p>"What it has given users before stays with them; at their next sign-in nothing is taken over any more."</p>
        </ConfirmDialog>
    }
    .into_any()
}

#[component]
fn AddMapper(visit: Visit, alias: Alias) -> impl IntoView {
    let fields = visit.fields(CreateSamlMapper::url());
    let error = fields.error();
    let choices = |list: &[(&str, &str)]| {
        list.iter()
            .map(|(value, label)| Choice::new(*value, *label))
            .collect()
    };
    let types: Vec<Choice> = choices(TYPES);
    let modes: Vec<Choice> = choices(SYNC_MODES);
    view! {
        <Section title="Add mapper">
            <PostForm action=CreateSamlMapper::url() class="form page" error=error.clone()
                hidden=vec![("alias", alias.to_string())]>
                <div class="field-pair">
                    <TextField name="name" id_prefix="mapper-" label="Mapper name" required=true maxlength=255
                        value=fields.text("name", "") error=error.clone()/>
                    <SelectField name="mapper_type" id_prefix="mapper-" label="Mapper type" choices=types
                        value=fields.text("mapper_type", ATTRIBUTE_MAPPER) error=error.clone()
                        hint="The API has no field for what the other types need beyond the two attributes: a role, a group, a template."/>
                </div>
                <div class="field-pair">
                    <TextField name="attribute_name" id_prefix="mapper-" label="SAML attribute" maxlength=500
                        value=fields.text("attribute_name", "") error=error.clone()
                        hint="As the identity provider sends it, for example http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress."/>
                    <TextField name="user_attribute" id_prefix="mapper-" label="User attribute" maxlength=255
                        value=fields.text("user_attribute", "") error=error.clone()
                        hint="email, firstName and lastName are the user's own fields; any other name becomes an attribute."/>
                </div>
                <SelectField name="sync_mode" id_prefix="mapper-" label="Sync mode" choices=modes
                    value=fields.text("sync_mode", "INHERIT") error=error.clone()/>
                <div class="form-actions"><SubmitButton label="Add mapper"/></div>
            </PostForm>
        </Section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_deletes_a_provider_in_place_of_a_mapper() {
        for id in [
            "",
            " ",
            "\t",
            ".",
            "..",
            " .. ",
            "a/b",
            "../x",
            "a?b",
            "a#b",
            &"x".repeat(129),
        ] {
            assert!(mapper_id(id).is_err(), "{id:?} passed");
        }
        assert!(mapper_id("a1b2c3d4-e5f6").is_ok());
    }

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
            let mut faults = Faults::default();
            super::check(&mapper, &mut faults);
            let fields = faults
                .finish()
                .err()
                .map(|error| error.fields)
                .unwrap_or_default();
            let fields: Vec<_> = fields.iter().map(|fault| fault.field.as_str()).collect();
            assert_eq!(fields, expected, "{mapper_type}");
        };
        check(ATTRIBUTE_MAPPER, "mail", &[]);
        check(ATTRIBUTE_MAPPER, "", &["attribute_name"]);
        check("saml-role-idp-mapper", "", &[]);
        check("made-up", "mail", &["mapper_type"]);
    }

    #[test]
    fn types_are_told_in_words_and_unknown_ones_as_they_are() {
        assert_eq!(
            in_words(Some(ATTRIBUTE_MAPPER)),
            "SAML attribute to user attribute"
        );
        assert_eq!(in_words(Some("new-mapper")), "new-mapper");
        assert_eq!(in_words(None), "not told");
    }
}
