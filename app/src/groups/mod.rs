//! Groups of the cluster: their members, the roles that they give, and changing both.

mod detail;
mod form;
mod list;
mod members;
mod review;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    groups::{self, DeleteGroupForm, EditGroupForm, NewGroupForm, Updated},
    lockout::Confirmations,
    reviews::values_of,
};
use protegrity::{Group, GroupId, lenient};
use serde_json::Value;

pub use self::{
    detail::detail,
    form::{edit, new},
    list::{export, list, list_events},
    review::review,
};
use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    form::shown_again,
    links,
    params::id,
};

/// Creates a group.
#[server(prefix = "/api", endpoint = "groups/create")]
pub async fn create_group(
    #[server(flatten)] form: NewGroupForm,
    #[server(default)] step: String,
) -> Result<Done, PortalError> {
    if step == "find" {
        return Err(shown_again());
    }
    let context = RequestContext::current();
    let operation = context.begin(Action::CreateGroup, Target::portal()).await?;
    let saved = groups::create(&context.services, &operation, &form).await?;
    let next = saved
        .id
        .as_ref()
        .map_or_else(|| "/groups?fresh=1".to_owned(), links::group);
    let done = Done::new(format!("The group {} is created.", saved.name)).with_next(next);
    Ok(done.with_read_back(saved.read_back.as_ref()))
}

/// Changes the members and roles of a group.
#[server(prefix = "/api", endpoint = "groups/edit")]
pub async fn edit_group(
    #[server(flatten)] form: EditGroupForm,
    #[server(default)] confirm_self: String,
    #[server(default)] confirm_no_admins: String,
    #[server(default)] step: String,
) -> Result<Done, PortalError> {
    if step == "find" {
        return Err(shown_again());
    }
    let context = RequestContext::current();
    let id = group_id(&form.id)?;
    let operation = context
        .begin(Action::UpdateGroup, Target::of("group", &id))
        .await?;
    let confirmations = Confirmations::of_boxes(&confirm_self, &confirm_no_admins);
    let saved = match groups::update(&context.services, &operation, &id, &form, confirmations).await? {
        Updated::Saved(saved) => saved,
        Updated::NeedsReview => {
            let values = [values_of(&form), confirmations.values()].concat();
            let review = context.keep_for_review(&operation, &links::group(&id), values);
            return Ok(Done::default().with_next(review));
        }
    };
    let title = match saved.read_back {
        Some(_) => format!("The group {} is saved.", saved.name),
        None => format!("No changes to save: {} stays as it is.", saved.name),
    };
    Ok(Done::new(title)
        .with_next(links::group(&id))
        .with_read_back(saved.read_back.as_ref()))
}

/// Deletes a group, and its members' accounts when that was asked for twice.
#[server(prefix = "/api", endpoint = "groups/delete")]
pub async fn delete_group(
    #[server(flatten)] form: DeleteGroupForm,
    #[server(default)] confirm_self: String,
    #[server(default)] confirm_no_admins: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let id = group_id(&form.id)?;
    let operation = context
        .begin(Action::DeleteGroup, Target::of("group", &id))
        .await?;
    if form.delete_members == "true" {
        context.permit(Action::DeleteUser).await?;
    }
    let confirmations = Confirmations::of_boxes(&confirm_self, &confirm_no_admins);
    let deleted = groups::delete(&context.services, &operation, &id, &form, confirmations).await?;
    let detail = match &deleted.members {
        Some(members) => {
            let names = operations::merge::listed(members);
            format!("The accounts of its members are deleted too: {names}.")
        }
        None => "Its members stay as users.".to_owned(),
    };
    Ok(Done::new(format!("The group {} is deleted.", deleted.name))
        .with_detail(detail)
        .with_next("/groups"))
}

/// A group's id, as an address or a form gives it.
fn group_id(text: &str) -> Result<GroupId, PortalError> {
    id(text).map(GroupId::from).ok_or_else(|| {
        PortalError::new(ErrorKind::NotFound, "There is no such group.")
            .with_detail("The address does not hold a group's id.")
    })
}

/// Where a group comes from, as the cluster says it in `attributes.groupType`: `["local"]` in the reference's
/// samples. Empty where it does not.
fn kind(group: &Group) -> String {
    let words = |value: &Value| lenient::into_text(value.clone());
    match group.attributes.get("groupType") {
        Some(Value::Array(values)) => values.iter().filter_map(words).collect::<Vec<_>>().join(", "),
        Some(value) => words(value).unwrap_or_default(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_a_list_or_a_word() {
        let check = |json: &str, expected: &str| {
            let group: Group = serde_json::from_str(json).expect("a group");
            assert_eq!(kind(&group), expected, "{json}");
        };
        check(
            r#"{"id":"1","name":"g","attributes":{"groupType":["local"]}}"#,
            "local",
        );
        check(
            r#"{"id":"1","name":"g","attributes":{"groupType":"entra"}}"#,
            "entra",
        );
        check(r#"{"id":"1","name":"g","attributes":{"groupType":[]}}"#, "");
        check(r#"{"id":"1","name":"g"}"#, "");
    }
}
