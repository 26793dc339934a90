//! A provider's attribute mappers on its page.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::saml::{
    mappers::{self, ATTRIBUTE_MAPPER, MapperForm, SYNC_MODES, TYPES, in_words},
    plain, target,
};
use protegrity::{Alias, MapperId, SamlMapper};
use server_fn::ServerFn;

use super::alias;
use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    params::id,
    ui::{
        Choice, DeleteDialog, DialogButton, EmptyState, ErrorState, PostForm, Section, SelectField,
        SubmitButton, Table, TextField,
    },
};

/// Adds an attribute mapper.
#[server(prefix = "/api", endpoint = "saml/mappers/create")]
pub async fn create_saml_mapper(#[server(flatten)] form: MapperForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let alias = alias(&form.alias)?;
    let operation = context.begin(Action::CreateSamlMapper, target(&alias)).await?;
    let name = mappers::create(&operation, &alias, &form).await?;
    Ok(Done::new(format!("The mapper {name} is added.")))
}

/// Deletes one attribute mapper. An empty id is refused: the path without it is that of the whole provider (row 47).
#[server(prefix = "/api", endpoint = "saml/mappers/delete")]
pub async fn delete_saml_mapper(
    alias: String,
    #[server(default)] mapper: String,
    #[server(default)] name: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let alias = super::alias(&alias)?;
    let id = mapper_id(&mapper)?;
    let target = Target::of("saml_mapper", &id).with_name(format!("of the provider {alias}"));
    let operation = context.begin(Action::DeleteSamlMapper, target).await?;
    mappers::delete(&operation, &alias, &id).await?;
    // The name is the form's own, for the message alone.
    let name: String = name.chars().filter(|c| !c.is_control()).take(255).collect();
    Ok(Done::new(format!("The mapper {name} is deleted.")))
}

/// A mapper's id, as a form gives it.
fn mapper_id(text: &str) -> Result<MapperId, PortalError> {
    id(text).map(MapperId::from).ok_or_else(|| {
        PortalError::new(ErrorKind::NotFound, "There is no such attribute mapper.")
            .with_detail("The form does not hold a mapper's id. Nothing was deleted.")
    })
}

/// The mappers of a provider, and the forms that add and delete them.
#[component]
pub(super) fn Mappers(
    context: RequestContext,
    alias: Alias,
    mappers: Result<Vec<SamlMapper>, PortalError>,
) -> impl IntoView {
    let may_add = context.denied(Action::CreateSamlMapper).is_none();
    let dialogs = match &mappers {
        Ok(mappers) => mappers
            .iter()
            .enumerate()
            .filter(|(_, mapper)| !mapper.id.is_empty())
            .map(|(at, mapper)| delete_dialog(&context, at, &alias, mapper))
            .collect_view(),
        Err(_) => Vec::new(),
    };
    let list = match mappers {
        Err(error) => view! { <ErrorState error/> }.into_any(),
        Ok(mappers) if mappers.is_empty() => view! {
            <EmptyState title="No attribute mappers"
                hint="Without one, a user who signs in by this provider has only the identity of the NameID."/>
        }
        .into_any(),
        Ok(mappers) => {
            let rows = mappers.into_iter().enumerate().map(|(at, mapper)| row(&context, at, mapper));
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
        {may_add.then(|| view! { <AddMapper context=context.clone() alias/> })}
    }
    .into_any()
}

fn row(context: &RequestContext, at: usize, mapper: SamlMapper) -> AnyView {
    let SamlMapper {
        id,
        name,
        mapper_type,
        config,
    } = mapper;
    let settings = config.into_iter().filter(|(_, value)| !value.is_null());
    let settings =
        settings.map(|(key, value)| view! { <li><code>{key}</code> " " <bdi>{plain(&value)}</bdi></li> });
    let denied = context.denied(Action::DeleteSamlMapper);
    let action = if id.is_empty() {
        view! { <span class="muted">"The cluster gives no id, so it cannot be deleted here"</span> }
            .into_any()
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

fn delete_dialog(context: &RequestContext, at: usize, alias: &Alias, mapper: &SamlMapper) -> AnyView {
    let hidden = vec![
        ("alias", alias.to_string()),
        ("mapper", mapper.id.to_string()),
        ("name", mapper.name.clone()),
    ];
    let (denied, object) = (
        context.denied(Action::DeleteSamlMapper),
        format!("the mapper {}", mapper.name),
    );
    view! {
        <DeleteDialog id=dialog_id(at) object action=DeleteSamlMapper::url() denied hidden=hidden>
            <p>"Users keep the values that it has set; their next sign-in sets no more."</p>
        </DeleteDialog>
    }
    .into_any()
}

#[component]
fn AddMapper(context: RequestContext, alias: Alias) -> impl IntoView {
    let fields = context.fields(CreateSamlMapper::url());
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
                        hint="The API has no fields for the further settings of the other types: a role, a group, a template."/>
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
}
