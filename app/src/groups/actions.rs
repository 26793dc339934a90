//! The server functions of groups.

use std::hash::{DefaultHasher, Hash, Hasher};

use gate::{Action, Change, Passage, Target};
use leptos::prelude::*;
use protegrity::{Group, GroupId, GroupMembers, GroupUpdate, NewGroup, RoleName, permissions as known};

use super::{
    form::{LONGEST_NAME, told},
    group_id, has_member,
    members::users_of,
    path,
};
use crate::{
    error::PortalError,
    flash::Done,
    form::{Faults, at_field, shown_again},
    left::{self, Sure, manages_users},
    merge::{difference, listed, merged},
    visit::{Visit, visit},
};

/// The longest description, in characters. The reference has no limit; this one keeps forms small.
const LONGEST_DESCRIPTION: usize = 1000;

/// The most members that one form names.
const MOST_MEMBERS: usize = 2000;

/// The most roles of a group.
const MOST_ROLES: usize = 1000;

/// Creates a group (`POST /groups`).
#[server(prefix = "/api", endpoint = "groups/create")]
pub async fn create_group(
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] members: Vec<String>,
    #[server(default)] names: String,
    #[server(default)] roles: Vec<String>,
    #[server(default)] step: String,
) -> Result<(), PortalError> {
    let visit = visit();
    if step == "find" {
        return Err(shown_again());
    }
    let mut faults = Faults::default();
    let name = faults.required_line("name", &name, LONGEST_NAME as usize);
    let description = faults.lines("description", &description, LONGEST_DESCRIPTION);
    let roles = role_names(faults.names("roles", &roles, MOST_ROLES));
    let ticked = faults.names("members", &members, MOST_MEMBERS);
    let typed = typed_names(&mut faults, &names);
    let passage = visit.open(Action::CreateGroup, Target::named("group", &name))?;
    let group = NewGroup {
        members: added(&passage, &mut faults, ticked, typed).await,
        name,
        description,
        roles,
    };
    faults.finish()?;

    let created = passage
        .call(|cluster| {
            let group = group.clone();
            async move { cluster.create_group(&group).await }
        })
        .await
        .map_err(|error| refused(visit.explain(Action::CreateGroup, &error)))?;
    let now = read_back(&passage, created.id.as_ref(), &group.name).await;
    let next = now
        .as_ref()
        .map_or_else(|| "/groups?fresh=1".to_owned(), |now| path(&now.id));
    let done = Done::new(format!("The group {} is created.", group.name));
    visit.done(with_differences(done, &group.members, &group.roles, now.as_ref()).with_next(next));
    Ok(())
}

/// Changes who is in a group and which roles it gives (`PUT /groups`). The cluster is sent both lists whole:
/// what the person changed, and the rest as it is now.
#[server(prefix = "/api", endpoint = "groups/edit")]
#[allow(clippy::too_many_arguments, reason = "one for each field of the form")]
pub async fn edit_group(
    id: String,
    #[server(default)] members: Vec<String>,
    #[server(default)] held: Vec<String>,
    #[server(default)] names: String,
    #[server(default)] roles: Vec<String>,
    #[server(default)] held_roles: Vec<String>,
    #[server(default)] sure_self: String,
    #[server(default)] sure_nobody_manages: String,
    #[server(default)] step: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let id = group_id(&id)?;
    let passage = visit.open(Action::UpdateGroup, Target::named("group", &id))?;
    if step == "find" {
        return Err(shown_again());
    }
    let mut faults = Faults::default();
    let ticked = faults.names("members", &members, MOST_MEMBERS);
    let shown = faults.names("members", &held, MOST_MEMBERS);
    let typed = typed_names(&mut faults, &names);
    let ticked_roles = faults.names("roles", &roles, MOST_ROLES);
    let shown_roles = faults.names("roles", &held_roles, MOST_ROLES);
    let (ticked_anew, still_ticked) = ticked.into_iter().partition(|name| !has_member(&shown, name));
    let added = added(&passage, &mut faults, ticked_anew, typed).await;
    faults.finish()?;

    let before = current(&visit, &passage, Action::UpdateGroup, &id).await?;
    told(&before)?;
    let members_now = before.members.clone().unwrap_or_default();
    let roles_now: Vec<_> = before.roles.iter().flatten().map(ToString::to_string).collect();
    let update = GroupUpdate {
        id: id.clone(),
        members: merged(&members_now, &shown, &[still_ticked, added].concat()),
        roles: role_names(merged(&roles_now, &shown_roles, &ticked_roles)),
    };
    if update.members == members_now && Some(&update.roles) == before.roles.as_ref() {
        visit.done(
            Done::new(format!("{} is as it was: nothing was changed.", before.name)).with_next(path(&id)),
        );
        return Ok(());
    }
    let takes = members_now.iter().any(|name| !has_member(&update.members, name))
        || before
            .roles
            .iter()
            .flatten()
            .any(|role| !update.roles.contains(role));
    if takes {
        let change = Change::GroupGets {
            name: before.name.clone(),
            members: update.members.clone(),
            roles: update.roles.clone(),
        };
        let sure = Sure {
            of_self: &sure_self,
            of_nobody: &sure_nobody_manages,
        };
        check_left(&visit, &passage, &before, &change, sure).await?;
    }
    passage
        .call(|cluster| {
            let update = update.clone();
            async move { cluster.update_group(&update).await }
        })
        .await
        .map_err(|error| refused(visit.explain(Action::UpdateGroup, &error)))?;
    let now = read_back(&passage, Some(&id), &before.name).await;
    let done = Done::new(format!("The group {} is saved.", before.name));
    visit.done(with_differences(done, &update.members, &update.roles, now.as_ref()).with_next(path(&id)));
    Ok(())
}

/// Deletes a group (`DELETE /groups/{group_id}`), and its members' accounts when that was asked for twice
/// (notes on the reference, row 38).
#[server(prefix = "/api", endpoint = "groups/delete")]
pub async fn delete_group(
    id: String,
    #[server(default)] delete_members: String,
    #[server(default)] typed: String,
    #[server(default)] seen_members: String,
    #[server(default)] sure_self: String,
    #[server(default)] sure_nobody_manages: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let id = group_id(&id)?;
    let passage = visit.open(Action::DeleteGroup, Target::named("group", &id))?;
    let group = current(&visit, &passage, Action::DeleteGroup, &id).await?;
    let with_members = delete_members == "true";
    let members = group.members.clone().unwrap_or_default();
    let passage = if with_members {
        // It takes what deleting users takes, and the audit trail has it in words.
        visit.permit(Action::DeleteUser)?;
        confirmed(&group.name, &typed)?;
        as_seen(group.members.as_deref(), &seen_members)?;
        let own = &passage.visitor().profile.user_name;
        if has_member(&members, own) && sure_self != "true" {
            let message = "You are a member of this group: your own account would be deleted.";
            return Err(PortalError::invalid("sure_self", message));
        }
        visit.open(
            Action::DeleteGroup,
            Target::named(
                "group",
                format!("{id} and its {} members: {}", members.len(), listed(&members)),
            ),
        )?
    } else {
        passage
    };
    let sure = Sure {
        of_self: &sure_self,
        of_nobody: &sure_nobody_manages,
    };
    if with_members {
        let change = Change::GroupAndMembersGone {
            name: group.name.clone(),
            members: members.clone(),
        };
        left::check(&visit, &passage, &change, sure).await?;
    } else {
        let change = Change::GroupGone(group.name.clone());
        check_left(&visit, &passage, &group, &change, sure).await?;
    }
    let fate = if with_members {
        GroupMembers::Delete
    } else {
        GroupMembers::Keep
    };
    passage
        .call(|cluster| {
            let id = id.clone();
            async move { cluster.delete_group(&id, fate).await }
        })
        .await
        .map_err(|error| visit.explain(Action::DeleteGroup, &error))?;
    if with_members {
        passage.forget_group_and_members(&id, &members);
    } else {
        passage.forget_group(&id);
    }
    visit.done(deleted(&group.name, with_members.then_some(&members)).with_next("/groups"));
    Ok(())
}

fn deleted(name: &str, members: Option<&Vec<String>>) -> Done {
    let done = Done::new(format!("The group {name} is deleted."));
    match members {
        Some(members) => done.with_detail(format!(
            "The accounts of its members are deleted too: {}.",
            listed(members)
        )),
        None => done.with_detail("Its members stay as users."),
    }
}

/// The group as the cluster has it now.
async fn current(
    visit: &Visit,
    passage: &Passage,
    action: Action,
    id: &GroupId,
) -> Result<Group, PortalError> {
    passage
        .group(id)
        .await
        .map_err(|error| visit.explain(action, &error))
}

/// The group after it was written; by its name where the cluster did not tell the id.
async fn read_back(passage: &Passage, id: Option<&GroupId>, name: &str) -> Option<Group> {
    let now = match id {
        Some(id) => passage.group(id).await,
        None => match passage.groups(true).await {
            Ok(listing) => return listing.groups.iter().find(|group| group.name == name).cloned(),
            Err(error) => Err(error),
        },
    };
    now.inspect_err(|error| tracing::warn!(%error, "a changed group could not be read back"))
        .ok()
}

/// What the page says of what the cluster made of a change: whether it replaces its lists or adds to them is
/// not documented (notes on the reference, row 36).
fn with_differences(done: Done, members: &[String], roles: &[RoleName], now: Option<&Group>) -> Done {
    let Some(now) = now else {
        return done.with_detail("It could not be read back to see what the cluster made of it.");
    };
    let lower = |names: &[String]| names.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
    let told_members = now.members.as_deref().map(lower);
    let said = [
        told_members.and_then(|told| difference("these members", &lower(members), &told)),
        now.roles
            .as_deref()
            .and_then(|told| difference("these roles", roles, told)),
    ];
    let said: Vec<_> = said.into_iter().flatten().collect();
    if said.is_empty() {
        done
    } else {
        done.with_detail(said.join(" "))
    }
}

/// User names as they are typed: one a line, or with commas between them.
fn typed_names(faults: &mut Faults, text: &str) -> Vec<String> {
    let names: Vec<_> = text.split(['\n', ',', ';']).map(ToOwned::to_owned).collect();
    faults.names("names", &names, MOST_MEMBERS)
}

/// New members, in the spelling of the directory. Names that it does not have are said at their field; where
/// it may not be read the cluster judges.
async fn added(
    passage: &Passage,
    faults: &mut Faults,
    ticked: Vec<String>,
    typed: Vec<String>,
) -> Vec<String> {
    let names = [ticked.clone(), typed.clone()].concat();
    if names.is_empty() {
        return names;
    }
    let Some(users) = users_of(passage, &names).await else {
        return names;
    };
    let user = |name: &String| users.get(name).and_then(Option::as_ref);
    for (field, names) in [("members", &ticked), ("names", &typed)] {
        let unknown: Vec<_> = names.iter().filter(|name| user(name).is_none()).collect();
        faults.unless(
            unknown.is_empty(),
            field,
            format!("The cluster lists no user of this name: {}.", listed(&unknown)),
        );
    }
    let mut found: Vec<_> = names
        .iter()
        .filter_map(user)
        .map(|user| user.username.clone())
        .collect();
    found.sort();
    found.dedup();
    found
}

fn role_names(names: Vec<String>) -> Vec<RoleName> {
    names.into_iter().map(RoleName::from).collect()
}

/// Whether the group's name was typed out.
fn confirmed(name: &str, typed: &str) -> Result<(), PortalError> {
    if typed.trim() == name.trim() {
        return Ok(());
    }
    Err(PortalError::invalid(
        "typed",
        format!("Type the name of the group to delete its members too: {name}"),
    ))
}

/// Stands for the members that a dialog shows: whoever deletes them means those, and nobody who came since.
pub(super) fn members_mark(members: &[String]) -> String {
    let mut names: Vec<_> = members.iter().map(|name| name.to_lowercase()).collect();
    names.sort_unstable();
    let mut hasher = DefaultHasher::new();
    names.hash(&mut hasher);
    format!("{}-{:016x}", members.len(), hasher.finish())
}

/// Whether the members are told, and are those that were looked at.
fn as_seen(members: Option<&[String]>, seen: &str) -> Result<(), PortalError> {
    let message = match members {
        None => "The cluster does not say who is in this group, so they cannot be deleted with it.",
        Some(members) if members_mark(members) != seen => {
            "The group has other members by now. Load the page again and look at them first."
        }
        Some(_) => return Ok(()),
    };
    Err(PortalError::invalid("delete_members", message))
}

/// Asks again before a group no longer lets its members manage users, where its roles do, or may do as far as
/// this person can see them.
async fn check_left(
    visit: &Visit,
    passage: &Passage,
    before: &Group,
    change: &Change,
    sure: Sure<'_>,
) -> Result<(), PortalError> {
    let held = before.roles.as_deref().unwrap_or_default();
    let roles = if passage.lacks(known::ROLE_VIEWER) {
        None
    } else {
        passage.roles(false).await.ok()
    };
    let may_manage = |name: &RoleName| {
        let role = roles
            .as_ref()
            .and_then(|roles| roles.iter().find(|role| role.name == *name));
        role.is_none_or(manages_users)
    };
    if held.iter().any(may_manage) {
        left::check(visit, passage, change, sure).await?;
    }
    Ok(())
}

/// What the cluster refuses, at the field that it is about.
fn refused(error: PortalError) -> PortalError {
    at_field(
        error,
        &[
            ("user", "names"),
            ("member", "names"),
            ("role", "roles"),
            ("group", "name"),
            ("name", "name"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_typed_with_lines_or_commas_between_them() {
        let mut faults = Faults::default();
        assert_eq!(
            typed_names(&mut faults, " alpha, beta\r\n\ngamma;alpha\n"),
            ["alpha", "beta", "gamma"]
        );
        assert!(faults.is_empty());
    }

    #[test]
    fn row_36_what_the_cluster_kept_is_said() {
        let now: Group =
            serde_json::from_str(r#"{"id":"1","name":"g","members":["alpha","beta"],"roles":[]}"#)
                .expect("a group");
        let said = |members: &[&str], roles: &[&str]| {
            let members: Vec<_> = members.iter().map(|name| (*name).to_owned()).collect();
            let roles: Vec<_> = roles.iter().map(|name| RoleName::from(*name)).collect();
            with_differences(Done::new("done"), &members, &roles, Some(&now)).detail
        };
        assert_eq!(said(&["Alpha", "beta"], &[]), None);
        assert_eq!(
            said(&["alpha"], &["viewer"]).as_deref(),
            Some("The cluster kept these members: beta. The cluster did not take these roles: viewer.")
        );
    }

    #[test]
    fn members_are_deleted_only_when_the_name_is_typed() {
        assert!(confirmed("Prüfstelle Süd", " Prüfstelle Süd ").is_ok());
        assert!(confirmed("developers", "").is_err());
        assert!(confirmed("developers", "Developers").is_err());
    }
}
