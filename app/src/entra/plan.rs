//! Dry runs that wait for their import.
//!
//! The import takes nothing from the browser but the id of a dry run, and imports what is recorded here:
//! that ties the two together, because there is no selection that could differ. A record belongs to the
//! person who made the dry run, serves one import, and is gone after a quarter of an hour. It is in memory,
//! like the sessions.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use gate::{Profile, Visitor};
use jiff::{SignedDuration, Timestamp};
use protegrity::UserId;
use uuid::Uuid;

use super::import::{Plan, Report};

/// How long a dry run is good for.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// How long the outcome of an import can be looked at.
const MEMORY: SignedDuration = SignedDuration::from_hours(2);

/// How many are kept at most; the oldest go first. Each holds a few hundred rows.
const MOST: usize = 100;

/// The dry runs of everybody. Cheap to clone.
#[derive(Clone, Default)]
pub struct Plans(Arc<Mutex<HashMap<Uuid, Kept>>>);

struct Kept {
    owner: Owner,
    plan: Arc<Plan>,
    state: State,
    until: Timestamp,
}

/// Whose it is. Not which session's: signing in again makes a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Owner {
    name: String,
    id: Option<UserId>,
}

/// How far it is.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// Tried, and good to be imported until then.
    Tried(Timestamp),
    /// Being imported.
    Running,
    /// Imported.
    Done(Arc<Report>),
}

/// Why an import cannot begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotReady {
    /// There is no such dry run, it is somebody else's, or it is too old.
    Gone,
    /// It has begun already.
    Begun,
}

impl Plans {
    fn kept(&self) -> MutexGuard<'_, HashMap<Uuid, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a dry run for whoever made it, and says under which id.
    pub(super) fn keep(&self, visitor: &Visitor, plan: Plan, now: Timestamp) -> String {
        self.keep_for(Owner::of(&visitor.profile), plan, now)
    }

    fn keep_for(&self, owner: Owner, plan: Plan, now: Timestamp) -> String {
        let mut kept = self.kept();
        kept.retain(|_, kept| kept.until > now);
        if kept.len() >= MOST {
            let oldest = kept.iter().min_by_key(|(_, kept)| kept.until).map(|(id, _)| *id);
            oldest.and_then(|oldest| kept.remove(&oldest));
        }
        let id = Uuid::new_v4();
        let until = now + PATIENCE;
        let record = Kept {
            owner,
            plan: Arc::new(plan),
            state: State::Tried(until),
            until,
        };
        kept.insert(id, record);
        id.to_string()
    }

    /// What is recorded under this id, for its owner.
    pub(super) fn look(&self, visitor: &Visitor, id: &str, now: Timestamp) -> Option<(Arc<Plan>, State)> {
        self.look_for(&Owner::of(&visitor.profile), id, now)
    }

    fn look_for(&self, owner: &Owner, id: &str, now: Timestamp) -> Option<(Arc<Plan>, State)> {
        let kept = self.kept();
        let found = kept.get(&id.parse().ok()?)?;
        (found.owner == *owner && found.until > now).then(|| (Arc::clone(&found.plan), found.state.clone()))
    }

    /// Hands the selection out for its import, once.
    pub(super) fn begin(&self, visitor: &Visitor, id: &str, now: Timestamp) -> Result<Arc<Plan>, NotReady> {
        self.begin_for(&Owner::of(&visitor.profile), id, now)
    }

    fn begin_for(&self, owner: &Owner, id: &str, now: Timestamp) -> Result<Arc<Plan>, NotReady> {
        let mut kept = self.kept();
        let found = id.parse().ok().and_then(|id: Uuid| kept.get_mut(&id));
        let found = found
            .filter(|found| found.owner == *owner && found.until > now && found.plan.is_importable())
            .ok_or(NotReady::Gone)?;
        if !matches!(found.state, State::Tried(_)) {
            return Err(NotReady::Begun);
        }
        found.state = State::Running;
        found.until = now + MEMORY;
        Ok(Arc::clone(&found.plan))
    }

    /// Takes the beginning back: nothing was sent.
    pub(super) fn take_back(&self, id: &str, now: Timestamp) {
        self.set(id, State::Tried(now + PATIENCE), now + PATIENCE);
    }

    /// Records what the import did.
    pub(super) fn finish(&self, id: &str, report: Report, now: Timestamp) {
        self.set(id, State::Done(Arc::new(report)), now + MEMORY);
    }

    fn set(&self, id: &str, state: State, until: Timestamp) {
        let mut kept = self.kept();
        if let Some(found) = id.parse().ok().and_then(|id: Uuid| kept.get_mut(&id)) {
            found.state = state;
            found.until = until;
        }
    }
}

impl Owner {
    fn of(profile: &Profile) -> Self {
        Self {
            name: profile.user_name.to_lowercase(),
            id: profile.user_id.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(name: &str) -> Owner {
        Owner {
            name: name.to_owned(),
            id: None,
        }
    }

    #[test]
    fn a_dry_run_is_for_one_import_by_its_owner_in_time() {
        let (plans, start) = (Plans::default(), Timestamp::UNIX_EPOCH);
        let id = plans.keep_for(owner("ana"), Plan::default(), start);
        let begin = |name: &str, minutes| {
            let now = start + SignedDuration::from_mins(minutes);
            plans.begin_for(&owner(name), &id, now).map(drop)
        };
        assert_eq!(begin("ben", 1), Err(NotReady::Gone), "it is somebody else's");
        assert_eq!(begin("ana", 15), Err(NotReady::Gone), "it is too old");
        assert_eq!(begin("ana", 14), Ok(()));
        assert_eq!(begin("ana", 14), Err(NotReady::Begun), "it serves once");
        plans.take_back(&id, start + SignedDuration::from_mins(14));
        assert_eq!(
            begin("ana", 28),
            Ok(()),
            "nothing was sent, so it can begin again"
        );
        assert!(plans.look_for(&owner("ana"), &id, start).is_some());
        assert!(plans.look_for(&owner("ben"), &id, start).is_none());
    }

    #[test]
    fn what_the_cluster_refused_to_try_is_not_imported() {
        let (plans, start) = (Plans::default(), Timestamp::UNIX_EPOCH);
        let mut plan = Plan::default();
        plan.refuse();
        let id = plans.keep_for(owner("ana"), plan, start);
        assert_eq!(
            plans.begin_for(&owner("ana"), &id, start).map(drop),
            Err(NotReady::Gone)
        );
    }

    #[test]
    fn what_is_no_id_is_nothing() {
        let plans = Plans::default();
        for id in ["", "7", "../x", "00000000-0000-0000-0000-000000000000"] {
            let begun = plans.begin_for(&owner("ana"), id, Timestamp::UNIX_EPOCH);
            assert_eq!(begun.map(drop), Err(NotReady::Gone), "{id}");
            plans.take_back(id, Timestamp::UNIX_EPOCH);
        }
    }

    #[test]
    fn only_so_many_are_kept_and_the_oldest_goes_first() {
        let (plans, start) = (Plans::default(), Timestamp::UNIX_EPOCH);
        let keep = |seconds| {
            plans.keep_for(
                owner("ana"),
                Plan::default(),
                start + SignedDuration::from_secs(seconds),
            )
        };
        let oldest = keep(0);
        let next = keep(1);
        (2..=100).for_each(|seconds| drop(keep(seconds)));
        assert!(plans.look_for(&owner("ana"), &oldest, start).is_none());
        assert!(plans.look_for(&owner("ana"), &next, start).is_some());
    }
}
