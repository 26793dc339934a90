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
    read_back::settle,
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
    /// `None` where it could not be read again.
    after: Option<Group>,
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
        let _lock = services.locks.lock(("group", self.group.id.to_string())).await;
        if let Some(outcome) = self.outcomes.lock().remove(user) {
            return outcome;
        }
        let target = Target::of("group", &self.group.id).with_name(&self.group.name);
        let sent = self.send(services, &operation.on(target), user).await;
        self.waiting.lock().retain(|waiting| waiting != user);
        let (users, groups) = match sent {
            Ok(Sent { users, before, after }) => (users, Ok((before, after))),
            // Those who were sent along are not sent again either.
            Err((users, failure)) => (users, Err(failure)),
        };
        let outcome_of = |user: &str| match &groups {
            Ok((before, after)) => self.outcome(user, before, after.as_ref()),
            Err(failure) => Err(failure.clone()),
        };
        self.waiting.lock().retain(|waiting| !users.contains(waiting));
        for other in users.iter().filter(|other| *other != user) {
            self.outcomes.lock().insert(other.clone(), outcome_of(other));
        }
        outcome_of(user)
    }

    /// # Errors
    /// The users whose rows end with it, and the failure.
    async fn send(
        &self,
        services: &Services,
        operation: &Operation,
        user: &str,
    ) -> Result<Sent, (Vec<String>, RowFailure)> {
        let alone = || vec![user.to_owned()];
        let before = services.group(operation, &self.group.id).await;
        let before = before.map_err(|error| (alone(), error.into()))?;
        let members = reported(&before).map_err(|error| (alone(), error.into()))?.0;
        if has_member(members, user) {
            return Ok(Sent {
                users: alone(),
                after: Some(before.clone()),
                before,
            });
        }
        let mut users = self.waiting.lock().clone();
        let mut after = self.write(services, operation, &before, &users).await;
        // One name that the cluster refuses must not fail the others: each is sent by its own row.
        if users.len() > 1 && after.as_ref().is_err_and(is_refusal) {
            users = alone();
            after = self.write(services, operation, &before, &users).await;
        }
        match after {
            Ok(after) => Ok(Sent { users, before, after }),
            Err(error) if error.error.is_unknown_outcome() => Err((users, error.into())),
            Err(error) => Err((alone(), error.into())),
        }
    }

    /// Sends the members that there are together with these users, and reads the group again; `None` where it cannot
    /// be read.
    async fn write(
        &self,
        services: &Services,
        operation: &Operation,
        before: &Group,
        users: &[String],
    ) -> Result<Option<Group>, OperationError> {
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
        let written = operation
            .perform(|cluster| {
                let update = update.clone();
                async move { cluster.update_group(&update).await }
            })
            .await;
        let read = || async { services.group(operation, &self.group.id).await.ok() };
        settle(written, || async {
            let now = read().await?;
            let members = now.members?;
            users.iter().all(|user| has_member(&members, user)).then_some(())
        })
        .await?;
        Ok(read().await)
    }

    fn outcome(&self, user: &str, before: &Group, after: Option<&Group>) -> Result<RowOutcome, RowFailure> {
        let name = &self.group.name;
        let is_in = |group: &Group| has_member(group.members.as_deref().unwrap_or_default(), user);
        if is_in(before) {
            return Ok(RowOutcome::new(format!("Was in {name} already.")));
        }
        match after {
            Some(after) if is_in(after) => Ok(RowOutcome::new(format!("Added to {name}."))),
            Some(_) => {
                let text = format!("The cluster reported success, but the user is not in {name}.");
                Err(RowFailure::new(text))
            }
            None => {
                let text = format!("The cluster reported success, but {name} could not be read again.");
                Err(RowFailure::unknown(text))
            }
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
