//! The password policy as each session read it last: checking a password while it is typed asks for it with
//! every letter.

use std::collections::HashMap;

use gate::{Clock, VaultKey};
use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use protegrity::PasswordPolicy;

/// How long a copy serves.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// Policies by session, because each session may see what the cluster lets it see and no more.
pub(crate) struct PolicyCache {
    clock: Clock,
    read: Mutex<HashMap<VaultKey, (Timestamp, PasswordPolicy)>>,
}

impl PolicyCache {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            read: Mutex::default(),
        }
    }

    /// The policy that this session read within the last minute.
    pub fn get(&self, key: VaultKey) -> Option<PasswordPolicy> {
        let now = self.clock.now();
        let (at, policy) = self.read().get(&key)?.clone();
        is_fresh(at, now).then_some(policy)
    }

    /// Keeps the policy that this session read, and drops old ones.
    pub fn put(&self, key: VaultKey, policy: PasswordPolicy) {
        let now = self.clock.now();
        let mut read = self.read();
        read.retain(|_, (at, _)| is_fresh(*at, now));
        read.insert(key, (now, policy));
    }

    /// Drops every copy: the policy has changed.
    pub fn clear(&self) {
        self.read().clear();
    }

    fn read(&self) -> MutexGuard<'_, HashMap<VaultKey, (Timestamp, PasswordPolicy)>> {
        self.read.lock()
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < FRESH
}

#[cfg(test)]
mod tests {
    use super::*;
    use gate::ManualClock;

    #[test]
    fn a_policy_serves_its_session_for_a_minute() {
        let clock = ManualClock::starting_now();
        let policies = PolicyCache::new(Clock::from(clock.clone()));
        let (mine, other) = (VaultKey::random(), VaultKey::random());
        let policy = PasswordPolicy {
            length: Some(8),
            ..PasswordPolicy::default()
        };
        policies.put(mine, policy.clone());
        clock.advance(SignedDuration::from_secs(59));
        assert_eq!(policies.get(mine), Some(policy.clone()));
        assert_eq!(policies.get(other), None);
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(policies.get(mine), None);
        policies.put(other, policy.clone());
        assert_eq!(policies.read().len(), 1, "old copies are dropped");
        policies.clear();
        assert_eq!(policies.get(other), None);
    }
}
