//! Adding many users to one group. The cluster takes a group's members as one full list (notes, row 36), so rows
//! that are worked on at the same time are sent together, and each looks whether its user is in what the cluster
//! made of it. Nobody is sent whose row has not begun.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use gate::{Action, Passage, RowFailure, Target};
use protegrity::{Group, GroupId, GroupUpdate};

use crate::{
    batches::{failure, row_failure},
    visit::Visit,
};

/// Members that a group is to have besides those that it has.
pub(super) struct Membership {
    group: GroupId,
    name: String,
    /// Users whose rows have begun, and who have not been sent.
    begun: Mutex<Vec<String>>,
    /// What is known of the group, once it was asked. Who holds it is the one who sends.
    known: tokio::sync::Mutex<Option<Known>>,
}

struct Known {
    /// Who was in the group at first, in lower case.
    before: HashSet<String>,
    /// The group as it was read last.
    now: Group,
}

impl Known {
    fn has(&self, user: &str) -> bool {
        let mut members = self.now.members.iter().flatten();
        members.any(|member| member.to_lowercase() == user.to_lowercase())
    }
}

impl Membership {
    pub(super) fn new(group: GroupId, name: String) -> Self {
        Self {
            group,
            name,
            begun: Mutex::default(),
            known: tokio::sync::Mutex::default(),
        }
    }

    /// Sees to it that this user is in the group.
    pub(super) async fn add(
        &self,
        visit: &Visit,
        passage: &Passage,
        user: &str,
    ) -> Result<String, RowFailure> {
        let passage = passage.on(Target::named("group", &self.name));
        self.begin(user);
        let mut known = self.known.lock().await;
        let known = match &mut *known {
            Some(known) => known,
            none => none.insert(self.first(visit, &passage).await?),
        };
        if !known.has(user) {
            let together = self.take_begun(known);
            if together.len() > 1
                && let Err(refused) = self.send(visit, &passage, known, &together).await
            {
                // One name that the cluster refuses must not fail the others: each is sent by its own row.
                tracing::debug!(words = refused.words, "members could not be added together");
                let others = together.iter().filter(|other| *other != user);
                others.for_each(|other| self.begin(other));
            }
        }
        if !known.has(user) {
            self.send(visit, &passage, known, &[user.to_owned()]).await?;
        }
        if known.before.contains(&user.to_lowercase()) {
            Ok(format!("Was in {} already.", self.name))
        } else if known.has(user) {
            Ok(format!("Added to {}.", self.name))
        } else {
            Err(failure(format!(
                "The cluster said yes, and the user is not in {}.",
                self.name
            )))
        }
    }

    fn begin(&self, user: &str) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.push(user.to_owned());
    }

    /// Takes those who are to be sent now.
    fn take_begun(&self, known: &Known) -> Vec<String> {
        let begun = std::mem::take(&mut *self.begun.lock().unwrap_or_else(PoisonError::into_inner));
        begun.into_iter().filter(|user| !known.has(user)).collect()
    }

    async fn first(&self, visit: &Visit, passage: &Passage) -> Result<Known, RowFailure> {
        let now = passage.group(&self.group).await;
        let now = now.map_err(|error| row_failure(visit, Action::UpdateGroup, &error))?;
        let members = now.members.iter().flatten();
        Ok(Known {
            before: members.map(|member| member.to_lowercase()).collect(),
            now,
        })
    }

    /// Sends the members that there are together with these, and reads what the cluster made of it.
    async fn send(
        &self,
        visit: &Visit,
        passage: &Passage,
        known: &mut Known,
        names: &[String],
    ) -> Result<(), RowFailure> {
        let explain = |error| row_failure(visit, Action::UpdateGroup, &error);
        let (Some(members), Some(roles)) = (&known.now.members, &known.now.roles) else {
            // Sending a list that is not known to be full would take out whoever is not in it.
            return Err(failure(format!(
                "The cluster does not say who is in {} and which roles it has.",
                self.name
            )));
        };
        let update = GroupUpdate {
            id: self.group.clone(),
            members: members.iter().chain(names).cloned().collect(),
            roles: roles.clone(),
        };
        passage
            .call(|cluster| {
                let update = update.clone();
                async move { cluster.update_group(&update).await }
            })
            .await
            .map_err(explain)?;
        known.now = passage.group(&self.group).await.map_err(explain)?;
        Ok(())
    }
}
