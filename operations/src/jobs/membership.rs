//! Adding many users to one group. The cluster takes a group's members as one whole list (notes on the reference, row
//! 36), so users whose rows run at the same time are sent together, and each row learns whether the cluster took its
//! user. A user whose row has not started is not sent.

use std::collections::HashMap;

use gate::{Operation, OperationError, Target};
use parking_lot::Mutex;
use protegrity::{ErrorKind, Group, GroupUpdate};

use super::{GroupRef, RowFailure, RowOutcome};
use crate::{
    Services,
    groups::{has_member, reported},
};

/// New members of one group.
pub(super) struct Additions {
    group: GroupRef,
    /// The users whose rows have started and have no outcome.
    waiting: Mutex<Vec<String>>,
    /// The outcomes of rows that still wait for the group's lock.
    outcomes: Mutex<HashMap<String, Result<RowOutcome, RowFailure>>>,
}

/// Users who were sent together, and the group before and after.
struct Sent {
    users: Vec<String>,
    before: Group,
    after: Group,
}

impl Additions {
    pub fn to(group: GroupRef) -> Self {
        Self {
            group,
            waiting: Mutex::default(),
            outcomes: Mutex::default(),
        }
    }

    /// Adds a user, together with those whose rows wait.
    pub async fn add(
        &self,
        services: &Services,
        operation: &Operation,
        user: &str,
    ) -> Result<RowOutcome, RowFailure> {
        self.waiting.lock().push(user.to_owned());
        let _lock = services.locks.lock("group", self.group.id.as_str()).await;
        if let Some(outcome) = self.outcomes.lock().remove(user) {
            return outcome;
        }
        let target = Target::of("group", &self.group.id).with_name(&self.group.name);
        let sent = self.send(services, &operation.on(target), user).await;
        self.waiting.lock().retain(|waiting| waiting != user);
        let Sent { users, before, after } = sent?;
        self.waiting.lock().retain(|waiting| !users.contains(waiting));
        for other in users.iter().filter(|other| *other != user) {
            let outcome = self.outcome(other, &before, &after);
            self.outcomes.lock().insert(other.clone(), outcome);
        }
        self.outcome(user, &before, &after)
    }

    async fn send(&self, services: &Services, operation: &Operation, user: &str) -> Result<Sent, RowFailure> {
        let before = services.group(operation, &self.group.id).await?;
        if has_member(reported(&before)?.0, user) {
            return Ok(Sent {
                users: vec![user.to_owned()],
                after: before.clone(),
                before,
            });
        }
        let mut users = self.waiting.lock().clone();
        let mut after = self.write(services, operation, &before, &users).await;
        // One name that the cluster refuses must not fail the others: each is sent by its own row.
        if users.len() > 1 && after.as_ref().is_err_and(is_refusal) {
            users = vec![user.to_owned()];
            after = self.write(services, operation, &before, &users).await;
        }
        Ok(Sent {
            after: after?,
            users,
            before,
        })
    }

    /// Sends the members that there are together with these users, and reads the group again.
    async fn write(
        &self,
        services: &Services,
        operation: &Operation,
        before: &Group,
        users: &[String],
    ) -> Result<Group, OperationError> {
        let mut members = before.members.clone().unwrap_or_default();
        members.extend(
            users
                .iter()
                .filter(|user| !has_member(&members, user))
                .cloned()
                .collect::<Vec<_>>(),
        );
        let update = &GroupUpdate {
            id: self.group.id.clone(),
            members,
            roles: before.roles.clone().unwrap_or_default(),
        };
        operation
            .perform(|cluster| {
                let update = update.clone();
                async move { cluster.update_group(&update).await }
            })
            .await?;
        services.group(operation, &self.group.id).await
    }

    fn outcome(&self, user: &str, before: &Group, after: &Group) -> Result<RowOutcome, RowFailure> {
        let name = &self.group.name;
        let is_in = |group: &Group| has_member(group.members.as_deref().unwrap_or_default(), user);
        if is_in(before) {
            Ok(RowOutcome::new(format!("Was in {name} already.")))
        } else if is_in(after) {
            Ok(RowOutcome::new(format!("Added to {name}.")))
        } else {
            let text = format!("The cluster reported success, but the user is not in {name}.");
            Err(RowFailure::new(text))
        }
    }
}

/// Whether the cluster answered that it does not carry out the call. One whose outcome is unknown is not sent again.
fn is_refusal(error: &OperationError) -> bool {
    let is_answer = matches!(
        error.kind(),
        Some(ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Rejected | ErrorKind::Upstream)
    );
    is_answer && !error.error.is_unknown_outcome()
}
