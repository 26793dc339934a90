//! Beginning to do something to many users.

use std::sync::Arc;

use gate::{Action, Batches, Passage, Plan, PlannedRow, Target};
use leptos::prelude::*;
use protegrity::{GroupId, RoleName, User};

use super::{Deed, membership::Membership, work};
use crate::{
    batches,
    error::{ErrorKind, PortalError},
    flash::Done,
    ui::counted,
    users::path,
    visit::{Visit, visit},
};

/// Does one thing to many users. `target` is the group's id, the role's name, or the words that were asked for.
#[server(prefix = "/api", endpoint = "users/many")]
pub async fn many_users(
    deed: String,
    #[server(default)] users: Vec<String>,
    #[server(default)] target: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let deed = Deed::named(&deed).ok_or_else(|| {
        PortalError::new(
            ErrorKind::Invalid,
            "There is no such thing to do with many users.",
        )
    })?;
    let passage = visit.open(deed.action(), Target::named("batch of users", users.len()))?;
    if users.len() > Batches::MOST_ROWS {
        return Err(PortalError::invalid(
            "users",
            format!("At most {} are worked on at once.", Batches::MOST_ROWS),
        ));
    }
    let found = passage
        .users_named(&users)
        .await
        .map_err(|error| visit.explain(Action::ListUsers, &error))?;
    // Whoever takes something from many does not take it from themselves by the way.
    let chosen: Vec<User> = found
        .into_iter()
        .flatten()
        .filter(|user| !(deed.is_dangerous() && passage.is_self(user)))
        .collect();
    let plan = plan(&visit, &passage, deed, target.trim(), chosen).await?;
    let id = visit
        .gate
        .batches()
        .start(&passage, plan)
        .map_err(batches::refused)?;
    visit.done(Done::default().with_next(batches::path(&id)));
    Ok(())
}

async fn plan(
    visit: &Visit,
    passage: &Passage,
    deed: Deed,
    target: &str,
    users: Vec<User>,
) -> Result<Plan, PortalError> {
    let count = counted(users.len(), ("user", "users"));
    let rows = users.iter().map(|user| PlannedRow {
        name: user.username.clone(),
        link: Some(path(&user.id)),
    });
    let rows = rows.collect();
    let users = Arc::new(users);
    let (title, work) = match deed {
        Deed::Lock => (format!("Lock {count}"), work::lock(visit, users)),
        Deed::Unlock => {
            let policy = passage.password_policy().await;
            (format!("Unlock {count}"), work::unlock(visit, users, policy))
        }
        Deed::Delete => {
            let phrase = format!("delete {}", users.len());
            if !target.eq_ignore_ascii_case(&phrase) {
                return Err(PortalError::invalid(
                    "target",
                    format!("Type “{phrase}” to go on."),
                ));
            }
            (format!("Delete {count}"), work::delete(visit, users))
        }
        Deed::AssignRole => {
            let role = role(visit, passage, target).await?;
            (
                format!("Assign {role} to {count}"),
                work::assign(visit, users, role),
            )
        }
        Deed::AddToGroup => {
            let (id, name) = group(visit, passage, target).await?;
            let membership = Membership::new(id, name.clone());
            (
                format!("Add {count} to {name}"),
                work::add(visit, users, membership),
            )
        }
    };
    Ok(Plan {
        title,
        noun: ("user", "users"),
        rows,
        work,
        note: Some(deed.consequence().to_owned()),
        follow: None,
    })
}

/// The role of this name, if the cluster lists it.
async fn role(visit: &Visit, passage: &Passage, name: &str) -> Result<RoleName, PortalError> {
    let roles = passage
        .roles(false)
        .await
        .map_err(|error| visit.explain(Action::ListRoles, &error))?;
    let known = roles
        .iter()
        .find(|role| role.name.as_str() == name && !name.is_empty());
    known
        .map(|role| role.name.clone())
        .ok_or_else(|| PortalError::invalid("target", "Choose a role."))
}

/// The id and the name of the group with this id.
async fn group(visit: &Visit, passage: &Passage, id: &str) -> Result<(GroupId, String), PortalError> {
    let listing = passage
        .groups(false)
        .await
        .map_err(|error| visit.explain(Action::ListGroups, &error))?;
    let known = listing
        .groups
        .iter()
        .find(|group| group.id.as_str() == id && !id.is_empty());
    known
        .map(|group| (group.id.clone(), group.name.clone()))
        .ok_or_else(|| PortalError::invalid("target", "Choose a group."))
}
