//! Adding many users to one group. The cluster takes a group's members as one full list (notes, row 36), so the
//! first row sends all of them, and every row looks whether its user is in what the cluster made of it.

use std::collections::HashSet;

use gate::{Action, GateError, Passage, RowFailure, Target};
use protegrity::{Group, GroupId, GroupUpdate};
use tokio::sync::Mutex;

use crate::{batches::row_failure, visit::Visit};

/// Members that a group is to have besides those that it has.
pub(super) struct Membership {
    group: GroupId,
    name: String,
    wanted: Vec<String>,
    /// Who was in it before, and who is in it now, once it was asked; in lower case.
    known: Mutex<Option<Members>>,
}

struct Members {
    before: HashSet<String>,
    now: HashSet<String>,
}

impl Membership {
    pub(super) fn new(group: GroupId, name: String, wanted: impl Iterator<Item = String>) -> Self {
        Self {
            group,
            name,
            wanted: wanted.collect(),
            known: Mutex::default(),
        }
    }

    /// Sees to it that this user is in the group.
    pub(super) async fn add(
        &self,
        visit: &Visit,
        passage: &Passage,
        user: &str,
    ) -> Result<String, RowFailure> {
        let user = user.to_lowercase();
        let mut known = self.known.lock().await;
        if !known.as_ref().is_some_and(|members| members.now.contains(&user)) {
            *known = Some(self.send(visit, passage).await?);
        }
        let members = known.as_ref();
        if members.is_some_and(|members| members.before.contains(&user)) {
            return Ok(format!("Was in {} already.", self.name));
        }
        if members.is_some_and(|members| members.now.contains(&user)) {
            return Ok(format!("Added to {}.", self.name));
        }
        Err(RowFailure {
            words: format!("The cluster said yes, and the user is not in {}.", self.name),
            ends: false,
        })
    }

    /// Sends the members that there are together with those that are wanted, unless all are there.
    async fn send(&self, visit: &Visit, passage: &Passage) -> Result<Members, RowFailure> {
        let explain = |error| row_failure(visit, Action::UpdateGroup, &error);
        let passage = passage.on(Target::named("group", &self.name));
        let before = self.read(&passage).await.map_err(explain)?;
        let (Some(members), Some(roles)) = (before.members, before.roles) else {
            // Sending a list that is not known to be full would take out whoever is not in it.
            return Err(RowFailure {
                words: format!(
                    "The cluster does not say who is in {} and which roles it has.",
                    self.name
                ),
                ends: false,
            });
        };
        let is_member: HashSet<String> = lower(&members);
        let missing = self
            .wanted
            .iter()
            .filter(|name| !is_member.contains(&name.to_lowercase()));
        let missing: Vec<String> = missing.cloned().collect();
        if missing.is_empty() {
            return Ok(Members {
                now: is_member.clone(),
                before: is_member,
            });
        }
        let update = GroupUpdate {
            id: self.group.clone(),
            members: members.into_iter().chain(missing).collect(),
            roles,
        };
        passage
            .call(|cluster| {
                let update = update.clone();
                async move { cluster.update_group(&update).await }
            })
            .await
            .map_err(explain)?;
        let after = self.read(&passage).await.map_err(explain)?;
        passage.note_group(&after);
        Ok(Members {
            before: is_member,
            now: lower(&after.members.unwrap_or_default()),
        })
    }

    async fn read(&self, passage: &Passage) -> Result<Group, GateError> {
        passage
            .read(|cluster| {
                let id = self.group.clone();
                async move { cluster.group(&id).await }
            })
            .await
    }
}

fn lower(names: &[String]) -> HashSet<String> {
    names.iter().map(|name| name.to_lowercase()).collect()
}
