//! [`Simulator`]: the handle that servers and tests share.

use crate::{
    Call, DeployedStore, Expire, FaultRule, HeldRequest, IdentityLink, Options, Pim, PimObjects,
    calls::CallLog,
    faults::{Faults, Injected},
    seed,
    state::pim::Repository,
    system::System,
};
use axum::http::Method;
use parking_lot::{Mutex, MutexGuard};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// A simulated system, which the type of its options names: by default the cluster. A clone is another handle to the
/// same system.
#[derive(Clone)]
pub struct Simulator<O: System = Options> {
    shared: Arc<Shared<O>>,
}

struct Shared<O: System> {
    options: O,
    state: Mutex<O::State>,
    faults: Mutex<Faults>,
    calls: Mutex<CallLog>,
}

impl<O: System> Simulator<O> {
    /// A system in its seeded state, not yet served.
    pub fn new(options: O) -> Self {
        let state = Mutex::new(options.seed());
        Self {
            shared: Arc::new(Shared {
                options,
                state,
                faults: Mutex::default(),
                calls: Mutex::default(),
            }),
        }
    }

    /// Replaces the fault rules and releases every held request.
    pub fn set_faults(&self, faults: Vec<FaultRule>) {
        self.shared.faults.lock().set_rules(faults);
    }

    /// The fault rules, with the remaining `times`.
    pub fn faults(&self) -> Vec<FaultRule> {
        self.shared.faults.lock().rules().to_vec()
    }

    /// The requests that a [`Fault::Hold`](crate::Fault::Hold) holds now, the oldest first.
    pub fn held(&self) -> Vec<HeldRequest> {
        self.shared.faults.lock().held().borrow().clone()
    }

    /// Waits until at least `count` requests are held, and returns all of them.
    pub async fn wait_for_held(&self, count: usize) -> Vec<HeldRequest> {
        let mut changes = self.shared.faults.lock().held();
        let held = changes.wait_for(|held| held.len() >= count).await;
        // The sender cannot be gone: `self` has it.
        held.map(|held| held.clone()).unwrap_or_default()
    }

    /// Waits until at least `count` requests are held, and releases the oldest `count`. The rule stays: it holds the
    /// requests that follow.
    pub async fn release(&self, count: usize) {
        self.wait_for_held(count).await;
        self.shared.faults.lock().release(count);
    }

    /// The calls so far, the oldest first, without those to `/_simulator`.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().list()
    }

    /// Clears the call log.
    pub fn clear_calls(&self) {
        self.shared.calls.lock().clear();
    }

    /// Changes the settings and returns them; `settings(|_| ())` only reads.
    pub fn settings(&self, change: impl FnOnce(&mut O::Settings)) -> O::Settings {
        let mut state = self.state();
        let settings = O::settings(&mut state);
        change(settings);
        settings.clone()
    }

    /// Restores the seeded state and settings of the options; removes all faults and calls, and with the state what
    /// was issued or changed.
    pub fn reset(&self) {
        let seeded = self.shared.options.seed();
        *self.state() = seeded;
        self.set_faults(Vec::new());
        self.clear_calls();
    }

    /// Locks the state. The guard is not `Send`, so that no handler can hold it across an `await`.
    pub(crate) fn state(&self) -> MutexGuard<'_, O::State> {
        self.shared.state.lock()
    }

    pub(crate) fn inject(&self, method: &Method, path: &str) -> Injected {
        self.shared.faults.lock().inject(method, path)
    }

    pub(crate) fn record(&self, call: Call) {
        self.shared.calls.lock().push(call);
    }
}

impl Simulator {
    /// Expires tokens issued so far.
    pub fn expire(&self, what: Expire) {
        self.state().tokens.expire(what);
    }

    /// The identities of a user at the SAML providers, by alias, which no endpoint shows. Empty for an unknown user.
    pub fn links(&self, username: &str) -> BTreeMap<String, IdentityLink> {
        let state = self.state();
        let user = state.directory.id_by_name(username);
        user.map(|id| state.providers.links_of(id)).unwrap_or_default()
    }

    /// What is deployed to each data store. Empty when Policy Management is not initialized.
    pub fn deployed(&self) -> Vec<DeployedStore> {
        let state = self.state();
        state.pim.as_ref().map(Repository::deployed).unwrap_or_default()
    }

    /// Replaces the policy repository by the seeded one, or removes it.
    pub fn reset_pim(&self, pim: Pim) {
        self.state().pim = seed::repository(pim);
    }

    /// Adds generated objects to the policy repository, and initializes it if need be. Thousands of them take
    /// milliseconds.
    pub fn add_pim_objects(&self, objects: PimObjects) {
        let mut state = self.state();
        seed::add_pim_objects(state.pim.get_or_insert_default(), objects);
    }

    /// Lets a mask show so many characters at its left end, as another program may change it.
    ///
    /// # Panics
    /// Where the repository has no mask of this name.
    pub fn change_mask(&self, name: &str, from_left: u32) {
        let mut state = self.state();
        let masks = state.pim.as_mut().map(|pim| &mut pim.masks);
        let mask = masks.and_then(|masks| {
            let uid = masks.by_name(name)?.uid.clone();
            masks.find_mut(&uid).ok()
        });
        match mask {
            Some(mask) => mask.from_left = from_left,
            None => panic!("there is no mask {name}"),
        }
    }
}

impl<O: System> fmt::Debug for Simulator<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("options", &self.shared.options)
            .finish_non_exhaustive()
    }
}
