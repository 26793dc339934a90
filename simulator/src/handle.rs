//! [`Simulator`]: the handle that the servers and the tests share.

use crate::{
    Call, Expire, FaultRule, IdentityLink, Options, Settings,
    calls::CallLog,
    faults::{Verdict, judge},
    world::World,
};
use axum::http::Method;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The simulated cluster. A clone is another handle to the same one.
#[derive(Clone)]
pub struct Simulator {
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    world: Mutex<World>,
    faults: Mutex<Vec<FaultRule>>,
    calls: Mutex<CallLog>,
}

/// A panic in one handler must not take the whole simulator down with it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Simulator {
    /// A cluster in its seeded state, not yet served.
    pub fn new(options: Options) -> Self {
        let world = Mutex::new(World::seeded(&options));
        Self {
            shared: Arc::new(Shared {
                options,
                world,
                faults: Mutex::default(),
                calls: Mutex::default(),
            }),
        }
    }

    /// Replaces the fault rules.
    pub fn set_faults(&self, faults: Vec<FaultRule>) {
        *lock(&self.shared.faults) = faults;
    }

    /// The fault rules, with the times that are left.
    pub fn faults(&self) -> Vec<FaultRule> {
        lock(&self.shared.faults).clone()
    }

    /// The calls so far, oldest first; without those to `/_simulator`.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.shared.calls).list()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        lock(&self.shared.calls).clear();
    }

    /// Changes the settings and returns them; `settings(|_| ())` only reads.
    pub fn settings(&self, change: impl FnOnce(&mut Settings)) -> Settings {
        let mut world = self.world();
        change(&mut world.settings);
        world.settings.clone()
    }

    /// Makes tokens issued so far expired.
    pub fn expire(&self, what: Expire) {
        self.world().tokens.expire(what);
    }

    /// Who a user is at which SAML provider, by alias: no endpoint shows it. Empty when there is no such user.
    pub fn links(&self, username: &str) -> BTreeMap<String, IdentityLink> {
        let world = self.world();
        let user = world.directory.id_of(username);
        user.map(|id| world.providers.links_of(id)).unwrap_or_default()
    }

    /// Goes back to the seeded state: users, groups, roles, providers, settings; no tokens, faults or calls.
    pub fn reset(&self) {
        let seeded = World::seeded(&self.shared.options);
        *self.world() = seeded;
        self.set_faults(Vec::new());
        self.clear_calls();
    }

    /// The state, locked: never held across an `await`.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.shared.world)
    }

    pub(crate) fn judge(&self, method: &Method, path: &str) -> Verdict {
        judge(&mut lock(&self.shared.faults), method, path)
    }

    pub(crate) fn record(&self, call: Call) {
        lock(&self.shared.calls).push(call);
    }
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulator")
            .field("options", &self.shared.options)
            .finish_non_exhaustive()
    }
}
