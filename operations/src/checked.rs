//! Changes that need a slow check before they are made: it runs without the object's lock, and counts for exactly the
//! change that was checked.

use crate::{
    Error, Services,
    locks::{KeyedGuard, LockKey},
};

/// How often a change is checked again because its object has changed meanwhile.
const MAX_CHECKS: usize = 5;

/// What a check found out about a plan.
#[derive(Clone, Debug)]
pub(crate) struct Checked<T> {
    /// What it found out.
    pub found: T,
    /// Other objects that are to be kept from changing too, by their keys.
    pub also: Vec<LockKey>,
}

impl<T> From<T> for Checked<T> {
    fn from(found: T) -> Self {
        Self {
            found,
            also: Vec::new(),
        }
    }
}

/// A change that may be made now, while its object is locked.
#[derive(Debug)]
pub(crate) struct Ready<P, T> {
    /// What is to be changed.
    pub plan: P,
    /// What the check found out; `None` where none was needed.
    pub found: Option<T>,
    /// Keeps other changes of the object out until it is dropped.
    pub lock: Vec<KeyedGuard>,
}

/// Plans a change of an object under its lock. Where the plan needs a check, that is made without the lock, and the
/// change is planned again: until the plan is one that was checked.
///
/// # Errors
/// Those of the plan and of the check; a refusal where the object changes all the time.
pub(crate) async fn lock_checked<P, T, PlanFuture, CheckFuture>(
    services: &Services,
    key: LockKey,
    plan: impl Fn() -> PlanFuture,
    needs_check: impl Fn(&P) -> bool,
    check: impl Fn(P) -> CheckFuture,
) -> Result<Ready<P, T>, Error>
where
    P: Clone + PartialEq,
    PlanFuture: Future<Output = Result<P, Error>>,
    CheckFuture: Future<Output = Result<Checked<T>, Error>>,
{
    let mut checked: Option<(P, Checked<T>)> = None;
    for _ in 0..=MAX_CHECKS {
        let mut lock = vec![services.locks.lock(key.clone()).await];
        for key in checked.iter().flat_map(|(_, checked)| &checked.also) {
            lock.push(services.locks.lock(key.clone()).await);
        }
        // Boxed: every caller would carry these futures in its own.
        let now = Box::pin(plan()).await?;
        let found = checked.take().filter(|(plan, _)| *plan == now);
        let found = found.map(|(_, checked)| checked.found);
        if found.is_some() || !needs_check(&now) {
            return Ok(Ready {
                plan: now,
                found,
                lock,
            });
        }
        drop(lock);
        checked = Some((now.clone(), Box::pin(check(now)).await?));
    }
    Err(Error::refused(
        "This is being changed by others all the time.",
        "Nothing was changed. Try again in a moment.",
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::FutureExt;
    use gate::Clock;

    use super::*;

    fn key() -> LockKey {
        ("group", "1".to_owned())
    }

    #[tokio::test]
    async fn a_check_runs_without_the_lock_and_counts_for_what_was_checked() {
        let services = Services::new(&Clock::default());
        let (plans, checks) = (AtomicUsize::new(0), AtomicUsize::new(0));
        // The object changes once, while the first plan is checked.
        let plan = || async { Ok(plans.fetch_add(1, Ordering::Relaxed).min(1)) };
        let check = |plan: usize| {
            let is_free = services.locks.lock(key()).now_or_never().is_some();
            checks.fetch_add(1, Ordering::Relaxed);
            async move { Ok(Checked::from((plan, is_free))) }
        };
        let ready = lock_checked(&services, key(), plan, |_| true, check);
        let ready = ready.await.expect("ready");
        assert_eq!((ready.plan, ready.found), (1, Some((1, true))));
        assert_eq!(checks.load(Ordering::Relaxed), 2);
        assert!(services.locks.lock(key()).now_or_never().is_none(), "locked");
        drop(ready.lock);
        assert!(services.locks.lock(key()).now_or_never().is_some());
    }

    #[tokio::test]
    async fn what_needs_no_check_is_planned_once() {
        let services = Services::new(&Clock::default());
        let plans = AtomicUsize::new(0);
        let plan = || async { Ok(plans.fetch_add(1, Ordering::Relaxed)) };
        let check = |_: usize| async { panic!("no check") };
        let ready: Ready<usize, ()> = lock_checked(&services, key(), plan, |_| false, check)
            .await
            .expect("ready");
        assert_eq!((ready.plan, ready.found.is_none()), (0, true));
    }

    #[tokio::test]
    async fn an_object_that_changes_all_the_time_is_left_alone() {
        let services = Services::new(&Clock::default());
        let plans = AtomicUsize::new(0);
        let plan = || async { Ok(plans.fetch_add(1, Ordering::Relaxed)) };
        let check = |_: usize| async { Ok(Checked::from(())) };
        let ready = lock_checked(&services, key(), plan, |_| true, check).await;
        assert!(matches!(ready, Err(Error::Refused { .. })), "{ready:?}");
        assert!(services.locks.lock(key()).now_or_never().is_some());
    }

    #[tokio::test]
    async fn other_objects_are_locked_too() {
        let services = Services::new(&Clock::default());
        let other: LockKey = ("group", "2".to_owned());
        let plan = || async { Ok(()) };
        let check = |()| async {
            Ok(Checked {
                found: (),
                also: vec![("group", "2".to_owned())],
            })
        };
        let ready = lock_checked(&services, key(), plan, |()| true, check).await;
        assert!(services.locks.lock(other.clone()).now_or_never().is_none());
        drop(ready);
        assert!(services.locks.lock(other).now_or_never().is_some());
    }
}
