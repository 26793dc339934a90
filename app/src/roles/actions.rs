//! The server functions of roles.

use gate::{Action, Change, Passage, Target};
use leptos::prelude::*;
use protegrity::{PermissionName, Role, RoleDraft, RoleName};

use super::{
    TAKEN, find,
    form::LONGEST_NAME,
    holders::{Holders, holders},
    may_sign_in, path,
};
use crate::{
    error::{ErrorKind, PortalError},
    flash::Done,
    form::{Faults, at_field},
    left::{self, Sure, manages_users, manages_users_no_more},
    merge::{difference, merged},
    visit::{Visit, visit},
};

/// The longest description, in characters. The reference has no limit; this one keeps forms small.
const LONGEST_DESCRIPTION: usize = 1000;

/// The most permissions of a role. The product has about thirty.
const MOST_PERMISSIONS: usize = 1000;

/// Creates a role (`POST /roles`).
#[server(prefix = "/api", endpoint = "roles/create")]
pub async fn create_role(
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] permissions: Vec<String>,
) -> Result<(), PortalError> {
    let visit = visit();
    let mut faults = Faults::default();
    let draft = RoleDraft {
        name: new_name(&mut faults, &name),
        description: faults.lines("description", &description, LONGEST_DESCRIPTION),
        permissions: names(faults.names("permissions", &permissions, MOST_PERMISSIONS)),
    };
    let passage = visit.open(Action::CreateRole, Target::named("role", &draft.name))?;
    // Nothing says what a cluster does that is asked to create what is there.
    let is_there = |roles: &[Role]| roles.iter().any(|role| role.name == draft.name);
    let is_taken = faults.is_empty() && passage.roles(true).await.is_ok_and(|roles| is_there(&roles));
    faults.unless(!is_taken, "name", "There is a role of this name already.");
    faults.finish()?;

    passage
        .call(|cluster| {
            let draft = draft.clone();
            async move { cluster.create_role(&draft).await }
        })
        .await
        .map_err(|error| refused(visit.explain(Action::CreateRole, &error)))?;
    let done = outcome(&passage, &draft, "created").await;
    visit.done(done.with_next(path(&draft.name)));
    Ok(())
}

/// Changes what a role grants and is for (`PUT /roles`). The cluster is sent all of it: what the person
/// changed, and the rest as it is now.
#[server(prefix = "/api", endpoint = "roles/edit")]
pub async fn edit_role(
    name: String,
    #[server(default)] description: String,
    #[server(default)] permissions: Vec<String>,
    #[server(default)] held: Vec<String>,
    #[server(default)] sure_self: String,
    #[server(default)] sure_nobody_manages: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let passage = visit.open(Action::UpdateRole, Target::named("role", bounded(&name)?))?;
    let mut faults = Faults::default();
    let description = faults.lines("description", &description, LONGEST_DESCRIPTION);
    let ticked = faults.names("permissions", &permissions, MOST_PERMISSIONS);
    let shown = faults.names("permissions", &held, MOST_PERMISSIONS);
    faults.finish()?;

    let role = current(&visit, &passage, Action::UpdateRole, &name).await?;
    let now: Vec<_> = role.permissions.iter().map(ToString::to_string).collect();
    let draft = RoleDraft {
        name: role.name.clone(),
        description,
        permissions: names(merged(&now, &shown, &ticked)),
    };
    let next = path(&role.name);
    let described = role.description.as_deref().unwrap_or_default();
    if draft.permissions == role.permissions && draft.description == described {
        visit.done(Done::new(format!("{} is as it was: nothing was changed.", role.name)).with_next(next));
        return Ok(());
    }
    let sure = Sure {
        of_self: &sure_self,
        of_nobody: &sure_nobody_manages,
    };
    check_left(&visit, &passage, &role, &draft, sure).await?;
    passage
        .call(|cluster| {
            let draft = draft.clone();
            async move { cluster.update_role(&draft).await }
        })
        .await
        .map_err(|error| refused(visit.explain(Action::UpdateRole, &error)))?;
    visit.done(outcome(&passage, &draft, "saved").await.with_next(next));
    Ok(())
}

/// Deletes a role (`DELETE /roles`). Its name has to be typed unless it is known that nobody has it.
#[server(prefix = "/api", endpoint = "roles/delete")]
pub async fn delete_role(
    name: String,
    #[server(default)] typed: String,
    #[server(default)] sure_self: String,
    #[server(default)] sure_nobody_manages: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let passage = visit.open(Action::DeleteRole, Target::named("role", bounded(&name)?))?;
    let role = current(&visit, &passage, Action::DeleteRole, &name).await?;
    let holders = holders(&visit, &passage, &role.name).await;
    confirmed(&role.name, &holders, &typed)?;
    if manages_users(&role) {
        let sure = Sure {
            of_self: &sure_self,
            of_nobody: &sure_nobody_manages,
        };
        left::check(&visit, &passage, &Change::RoleGone(role.name.clone()), sure).await?;
    }
    passage
        .call(|cluster| {
            let name = role.name.clone();
            async move { cluster.delete_role(&name).await }
        })
        .await
        .map_err(|error| visit.explain(Action::DeleteRole, &error))?;
    passage.forget_roles();
    let is_there = passage
        .roles(true)
        .await
        .is_ok_and(|roles| find(&roles, &name).is_ok());
    let done = Done::new(format!("The role {} is deleted.", role.name)).with_next("/roles");
    visit.done(if is_there {
        done.with_detail("The cluster lists it still: look again in a moment.")
    } else {
        done
    });
    Ok(())
}

/// A name that the cluster and the portal's addresses can take.
fn new_name(faults: &mut Faults, text: &str) -> RoleName {
    let name = faults.required_line("name", text, LONGEST_NAME as usize);
    faults.unless(!name.contains('/'), "name", "A role's name holds no slash.");
    let is_address = [".", ".."].contains(&name.as_str()) || TAKEN.contains(&name.as_str());
    faults.unless(
        !is_address,
        "name",
        "The portal's addresses have no place for a role of this name.",
    );
    name.into()
}

/// The name of a role that is there, as a form gives it. It is compared with the list, so that anything goes
/// that a name can be.
fn bounded(name: &str) -> Result<&str, PortalError> {
    let is_name = !name.is_empty()
        && name.chars().count() <= LONGEST_NAME as usize
        && !name.chars().any(char::is_control);
    is_name
        .then_some(name)
        .ok_or_else(|| PortalError::new(ErrorKind::NotFound, "There is no such role."))
}

fn names(names: Vec<String>) -> Vec<PermissionName> {
    names.into_iter().map(PermissionName::from).collect()
}

/// The role as the cluster has it now.
async fn current(visit: &Visit, passage: &Passage, action: Action, name: &str) -> Result<Role, PortalError> {
    let roles = passage
        .roles(true)
        .await
        .map_err(|error| visit.explain(action, &error))?;
    find(&roles, name)
}

/// What the page says after a change, with what the cluster made of it.
async fn outcome(passage: &Passage, draft: &RoleDraft, verb: &str) -> Done {
    let done = Done::new(format!("The role {} is {verb}.", draft.name));
    passage.forget_roles();
    let roles = passage.roles(true).await;
    let details = match roles.as_deref().map(|roles| find(roles, draft.name.as_str())) {
        Ok(Ok(role)) => differences(draft, &role),
        Ok(Err(_)) => vec!["The cluster does not list it to you: its list may be partial.".to_owned()],
        Err(error) => {
            tracing::warn!(%error, "a changed role could not be read back");
            vec!["It could not be read back to see what the cluster made of it.".to_owned()]
        }
    };
    if details.is_empty() {
        done
    } else {
        done.with_detail(details.join(" "))
    }
}

/// How the role differs from what was sent, and what to know about it.
fn differences(draft: &RoleDraft, role: &Role) -> Vec<String> {
    let mut said: Vec<_> = difference("these permissions", &draft.permissions, &role.permissions)
        .into_iter()
        .collect();
    let description = role.description.as_deref().unwrap_or_default();
    if description != draft.description {
        said.push(format!("The cluster has another description: “{description}”."));
    }
    if !may_sign_in(role) {
        said.push(
            "Whoever has only this role cannot sign in: it does not grant can_create_token.".to_owned(),
        );
    }
    said
}

/// Whether the name was typed out where that is asked for.
fn confirmed(name: &RoleName, holders: &Holders, typed: &str) -> Result<(), PortalError> {
    if holders.is_nobody() || typed.trim() == name.as_str() {
        return Ok(());
    }
    Err(PortalError::invalid(
        "typed",
        format!("Type the name of the role to go on: {name}"),
    ))
}

/// Asks again before a role no longer lets people manage users.
async fn check_left(
    visit: &Visit,
    passage: &Passage,
    role: &Role,
    draft: &RoleDraft,
    sure: Sure<'_>,
) -> Result<(), PortalError> {
    let after = Role {
        permissions: draft.permissions.clone(),
        ..role.clone()
    };
    if !manages_users_no_more(role, &after) {
        return Ok(());
    }
    let change = Change::RoleGrants {
        name: draft.name.clone(),
        permissions: draft.permissions.clone(),
    };
    left::check(visit, passage, &change, sure).await
}

/// What the cluster refuses, at the field that it is about.
fn refused(error: PortalError) -> PortalError {
    at_field(
        error,
        &[
            ("permission", "permissions"),
            ("description", "description"),
            ("role", "name"),
            ("name", "name"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault_of(name: &str) -> Option<String> {
        let mut faults = Faults::default();
        new_name(&mut faults, name);
        let fields = faults.finish().err()?.fields;
        assert!(fields.iter().all(|field| field.field == "name"));
        Some(fields[0].message.clone())
    }

    #[test]
    fn names_are_bounded() {
        for name in [
            "policy_officer",
            "two words",
            "<script>",
            "مدير",
            "🔑",
            &"x".repeat(255),
        ] {
            assert_eq!(fault_of(name), None, "{name}");
        }
        for name in [
            "",
            " ",
            "a/b",
            "a\nb",
            ".",
            "..",
            "new",
            "compare",
            &"x".repeat(256),
        ] {
            assert!(fault_of(name).is_some(), "{name:?} passed");
        }
    }

    #[test]
    fn what_the_cluster_made_of_a_role_is_said() {
        let draft = RoleDraft {
            name: "r".into(),
            description: "Reads".to_owned(),
            permissions: vec!["role_viewer".into(), "can_create_token".into()],
        };
        let same = Role {
            name: "r".into(),
            description: Some("Reads".to_owned()),
            composite: true,
            permissions: vec!["can_create_token".into(), "role_viewer".into()],
        };
        assert_eq!(differences(&draft, &same), [""; 0]);
        let other = Role {
            description: None,
            permissions: vec!["saml_viewer".into()],
            ..same
        };
        let said = differences(&draft, &other).join(" ");
        for words in [
            "kept these permissions: saml_viewer",
            "did not take these permissions: role_viewer",
            "another description",
            "cannot sign in",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }
}
