//! Groups of the cluster: who is in them, which roles they give, and changing both.

mod actions;
mod detail;
mod form;
mod list;
mod members;

pub use actions::{CreateGroup, DeleteGroup, EditGroup, create_group, delete_group, edit_group};
pub use detail::GroupPage;
pub use form::{EditGroupPage, NewGroupPage};
pub use list::GroupsPage;
pub(crate) use list::export;

use protegrity::{Group, GroupId, lenient};
use serde_json::Value;

use crate::{
    act::{below, id},
    error::{ErrorKind, PortalError},
};

/// The address of a group's page.
pub(crate) fn path(id: &GroupId) -> String {
    below("/groups", id.as_str())
}

/// A group's id, as an address or a form gives it.
///
/// # Errors
/// When it cannot be one.
fn group_id(text: &str) -> Result<GroupId, PortalError> {
    id(text).map(GroupId::from).ok_or_else(|| {
        PortalError::new(ErrorKind::NotFound, "There is no such group.")
            .with_detail("The address does not hold a group's id.")
    })
}

/// Where a group comes from, as the cluster says it in `attributes.groupType`: `["local"]` in the reference's
/// samples.
fn kind(group: &Group) -> Option<String> {
    let words = |value: &Value| lenient::into_text(value.clone());
    match group.attributes.get("groupType")? {
        Value::Array(values) => {
            let all: Vec<_> = values.iter().filter_map(words).collect();
            Some(all.join(", "))
        }
        value => words(value),
    }
    .filter(|kind| !kind.is_empty())
}

/// The member of this name, whatever its case: the cluster's names are lower-cased.
fn has_member(members: &[String], name: &str) -> bool {
    members.iter().any(|member| member.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_a_list_or_a_word() {
        let check = |json: &str, expected: Option<&str>| {
            let group: Group = serde_json::from_str(json).expect("a group");
            assert_eq!(kind(&group).as_deref(), expected, "{json}");
        };
        check(
            r#"{"id":"1","name":"g","attributes":{"groupType":["local"]}}"#,
            Some("local"),
        );
        check(
            r#"{"id":"1","name":"g","attributes":{"groupType":"entra"}}"#,
            Some("entra"),
        );
        check(r#"{"id":"1","name":"g","attributes":{"groupType":[]}}"#, None);
        check(r#"{"id":"1","name":"g"}"#, None);
    }
}
