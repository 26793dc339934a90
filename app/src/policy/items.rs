//! Changing and deleting single objects of policy management, on their pages; offered only where the cluster's own
//! specification lists the call.

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::policy::{
    MAX_DESCRIPTION,
    items::{self, DeleteForm, DescriptionForm, kind_name},
};
use protegrity::pim::{DataElement, DataElementUid, ItemCall, ItemKind};
use server_fn::ServerFn;

use super::object::{ALPHABETS, APPLICATIONS, DATA_ELEMENTS, DATA_STORES, MASKS, POLICIES, ROLES, SOURCES};
use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    params::id,
    ui::{DeleteDialog, DialogButton, Page, PostForm, Section, SubmitButton, TextAreaField, TextField},
};

/// Deletes an object of policy management.
#[server(prefix = "/api", endpoint = "policy/objects/delete")]
pub async fn delete_policy_object(#[server(flatten)] form: DeleteForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let item = id(&form.uid).and_then(|uid| items::item(&form.kind, uid));
    let item = item.ok_or_else(|| PortalError::new(ErrorKind::NotFound, "There is no such object."))?;
    let (one, list) = words(item.kind());
    let target = Target::of(kind_name(item.kind()).unwrap_or("object"), form.uid.trim());
    let operation = context.begin(Action::DeletePolicyObject, target).await?;
    let deleted = items::delete(&context.services, &operation, &item, &form.typed).await?;
    Ok(Done::new(format!("The {one} {} is deleted.", deleted.name))
        .with_next(list)
        .with_read_back(Some(&deleted.read_back)))
}

/// Gives a data element another description.
#[server(prefix = "/api", endpoint = "policy/data-elements/describe")]
pub async fn describe_data_element(#[server(flatten)] form: DescriptionForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let uid: DataElementUid = DATA_ELEMENTS.uid(&form.uid)?;
    let operation = context
        .begin(Action::DescribeDataElement, Target::of("data_element", &uid))
        .await?;
    let described = items::describe(&context.services, &operation, &uid, &form).await?;
    let title = format!("The data element {} has another description.", described.name);
    Ok(Done::new(title).with_read_back(Some(&described.read_back)))
}

/// One object of a kind, in a sentence, and the list of all.
const fn words(kind: ItemKind) -> (&'static str, &'static str) {
    match kind {
        ItemKind::Source => (SOURCES.one, SOURCES.list),
        ItemKind::Role => (ROLES.one, ROLES.list),
        ItemKind::Mask => (MASKS.one, MASKS.list),
        ItemKind::Alphabet => (ALPHABETS.one, ALPHABETS.list),
        ItemKind::DataElement => (DATA_ELEMENTS.one, DATA_ELEMENTS.list),
        ItemKind::Application => (APPLICATIONS.one, APPLICATIONS.list),
        ItemKind::DataStore => (DATA_STORES.one, DATA_STORES.list),
        _ => (POLICIES.one, POLICIES.list),
    }
}

/// The button that deletes an object, and its dialog.
pub(super) struct Deletion {
    pub button: Option<AnyView>,
    pub dialog: Option<AnyView>,
}

/// What deletes this object; nothing where the cluster does not offer it.
pub(super) async fn deletion(
    context: &RequestContext,
    operation: &Operation,
    kind: ItemKind,
    uid: &str,
    name: &str,
) -> Deletion {
    let specification = &context.services.pim_specification;
    let is_offered = !uid.is_empty() && specification.offers(operation, ItemCall::Delete, kind).await;
    let (Some(kind_name), true) = (kind_name(kind), is_offered) else {
        return Deletion {
            button: None,
            dialog: None,
        };
    };
    let denied = context.denied(Action::DeletePolicyObject);
    let fields = context.fields(DeletePolicyObject::url());
    let error = fields.error();
    let hidden = vec![("kind", kind_name.to_owned()), ("uid", uid.to_owned())];
    let label = format!("Type {name} to go on");
    let typed = (kind == ItemKind::DataElement).then(|| {
        let value = fields.text("typed", "");
        view! { <TextField name="typed" id_prefix="delete-" label required=true value error=error.clone()/> }
    });
    let loss = match kind {
        ItemKind::DataElement => {
            "Its key is destroyed. Nothing that was protected with it can be unprotected again, in no database and in no backup."
        }
        ItemKind::DataStore => {
            "Its export keys go with it. Its protectors get what the default data store has."
        }
        ItemKind::Policy => "Its rules go with it.",
        ItemKind::Role => "Its members go with it; the users themselves stay.",
        _ => "It cannot be brought back.",
    };
    let is_used = match kind {
        ItemKind::Policy => {
            "A policy that is on a data store is not deleted: see “Deployed on” on this page."
        }
        _ => "What is used is not deleted: see “Used by” on this page.",
    };
    let button =
        view! { <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=denied.clone()/> };
    let dialog = view! {
        <DeleteDialog object=name.to_owned() action=DeletePolicyObject::url() denied hidden error>
            <p>{loss}</p>
            <p>{is_used}</p>
            {typed}
        </DeleteDialog>
    };
    Deletion {
        button: Some(button.into_any()),
        dialog: Some(dialog.into_any()),
    }
}

/// The page with the button that deletes its object.
pub(super) fn with_button(page: Page, button: Option<AnyView>) -> Page {
    match button {
        Some(button) => page.actions(button),
        None => page,
    }
}

/// The form that changes the description of a data element; nothing where the cluster does not offer it.
pub(super) async fn description_form(
    context: &RequestContext,
    operation: &Operation,
    element: &DataElement,
) -> Option<AnyView> {
    let specification = &context.services.pim_specification;
    let is_offered = specification.offers(operation, ItemCall::Update, ItemKind::DataElement);
    if element.uid.is_empty() || !is_offered.await {
        return None;
    }
    let fields = context.fields(DescribeDataElement::url());
    let error = fields.error();
    let denied = context.denied(Action::DescribeDataElement);
    let present = element.description.clone().unwrap_or_default();
    let value = fields.text("description", &present);
    let hidden = vec![("uid", element.uid.to_string()), ("shown", present)];
    let hint = format!("At most {MAX_DESCRIPTION} characters.");
    let form = view! {
        <Section title="Change the description">
            <PostForm action=DescribeDataElement::url() class="form page" error=error.clone() hidden>
                <TextAreaField name="description" label="Description" rows=2 value hint error/>
                <div class="form-actions"><SubmitButton label="Save" denied/></div>
            </PostForm>
        </Section>
    };
    Some(form.into_any())
}
