//! How fast passwords may be tried: by account and address together, by address, and by account.
//!
//! A stranger must not lock a person out, so only tries from the stranger's own address are refused. Where many addresses
//! try one account, sign-ins from addresses that the account has not used before are slowed down, and never refused.
//!
//! Names are kept as keyed hashes: a name that nothing has proven can be a password typed into the wrong field.

use std::{
    collections::{HashMap, VecDeque},
    fmt::{self, Write},
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use sha2::Sha256;
use tokio::sync::Notify;

use crate::clock::Clock;

/// How many entries of each kind are kept.
const MAX_ENTRIES: usize = 10_000;

/// How many addresses of an account are remembered from which it signed in.
const MAX_KNOWN: usize = 8;

/// How tries of one kind are bounded.
struct Rule {
    /// How many failures have no consequence.
    free: u32,
    /// The wait after the first one beyond them; each further one doubles it.
    first_wait: SignedDuration,
    /// The longest wait.
    longest_wait: SignedDuration,
    /// How long it takes until one failure is forgotten.
    forgets_one_in: SignedDuration,
}

/// One account from one address.
const OF_PAIR: Rule = Rule {
    free: 5,
    first_wait: SignedDuration::from_secs(2),
    longest_wait: SignedDuration::from_mins(15),
    forgets_one_in: SignedDuration::from_mins(10),
};

/// All accounts from one address, which can be a whole office's.
const OF_ADDRESS: Rule = Rule {
    free: 50,
    first_wait: SignedDuration::from_secs(2),
    longest_wait: SignedDuration::from_mins(1),
    forgets_one_in: SignedDuration::from_secs(10),
};

/// One account from all addresses. The waits delay a try and do not refuse it.
const OF_ACCOUNT: Rule = Rule {
    free: 30,
    first_wait: SignedDuration::from_millis(250),
    longest_wait: SignedDuration::from_secs(4),
    forgets_one_in: SignedDuration::from_mins(1),
};

impl Rule {
    /// The wait after this many failures.
    fn wait(&self, failures: u32) -> Option<SignedDuration> {
        let beyond = failures.checked_sub(self.free)?;
        let factor = 1_i32.checked_shl(beyond.min(20)).unwrap_or(i32::MAX);
        let wait = self.first_wait.checked_mul(factor);
        Some(wait.map_or(self.longest_wait, |wait| wait.min(self.longest_wait)))
    }
}

/// The keyed hash of a user name, the same for every spelling of it. The key is random and the process's own, so the hash
/// joins the tries of one account and does not tell which it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AccountHash([u8; 16]);

impl fmt::Display for AccountHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for AccountHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountHash(")?;
        fmt::Display::fmt(self, f)?;
        f.write_char(')')
    }
}

/// The network of a caller: one IPv4 address, or the 64 bits that one IPv6 customer has. `None` where it is unknown.
type Network = Option<IpAddr>;

fn network(address: Option<&str>) -> Network {
    let address: IpAddr = address?.parse().ok()?;
    Some(match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    })
}

/// The tries of one kind that failed, and those under way.
#[derive(Debug)]
struct Tries {
    failures: u32,
    under_way: u32,
    /// When failures were last counted or forgotten.
    at: Timestamp,
    /// Until when further ones wait.
    until: Timestamp,
}

impl Tries {
    fn new(now: Timestamp) -> Self {
        Self {
            failures: 0,
            under_way: 0,
            at: now,
            until: now,
        }
    }

    fn forget(&mut self, rule: &Rule, now: Timestamp) {
        let passed = now.duration_since(self.at).as_millis() / rule.forgets_one_in.as_millis();
        let forgotten = u32::try_from(passed.max(0)).unwrap_or(u32::MAX);
        if forgotten >= self.failures {
            self.failures = 0;
            self.at = now;
        } else if forgotten > 0 {
            self.failures -= forgotten;
            self.at = now;
        }
    }

    fn fail(&mut self, rule: &Rule, now: Timestamp) {
        if self.failures == 0 {
            self.at = now;
        }
        self.failures = self.failures.saturating_add(1);
        if let Some(wait) = rule.wait(self.failures) {
            self.until = self.until.max(now + wait);
        }
    }

    /// Whether a further try may begin now.
    fn admits(&self, rule: &Rule, now: Timestamp) -> Verdict {
        if self.until > now {
            Verdict::Refused(self.until.duration_since(now))
        } else if self.under_way > 0 && self.failures + self.under_way >= rule.free {
            // Each of those under way may turn out to be the last free one.
            Verdict::Waits
        } else {
            Verdict::Admitted
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Admitted,
    /// Until one of those under way is decided.
    Waits,
    Refused(SignedDuration),
}

/// Bounded tries by a key.
struct Table<K>(HashMap<K, Tries>);

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Copy + Eq + Hash> Table<K> {
    fn entry(&mut self, key: K, rule: &Rule, now: Timestamp) -> &mut Tries {
        if self.0.len() >= MAX_ENTRIES && !self.0.contains_key(&key) {
            self.make_room(rule, now);
        }
        let tries = self.0.entry(key).or_insert_with(|| Tries::new(now));
        tries.forget(rule, now);
        tries
    }

    fn make_room(&mut self, rule: &Rule, now: Timestamp) {
        self.0.retain(|_, tries| {
            tries.forget(rule, now);
            tries.failures > 0 || tries.under_way > 0
        });
        if self.0.len() < MAX_ENTRIES {
            return;
        }
        // The oldest quarter, at once, so that this is not done for each new entry.
        let mut times: Vec<_> = self.0.values().map(|tries| tries.at).collect();
        let (_, oldest, _) = times.select_nth_unstable(MAX_ENTRIES / 4);
        let oldest = *oldest;
        self.0.retain(|_, tries| tries.at > oldest || tries.under_way > 0);
    }
}

#[derive(Default)]
struct State {
    pairs: Table<(AccountHash, Network)>,
    addresses: Table<Network>,
    accounts: Table<AccountHash>,
    /// The addresses from which an account signed in, the latest last.
    known: HashMap<AccountHash, VecDeque<Network>>,
}

/// The tries of all sign-ins. Cheap to clone.
#[derive(Clone)]
pub(crate) struct SignInLimiter(Arc<Inner>);

struct Inner {
    key: [u8; 32],
    clock: Clock,
    state: Mutex<State>,
    decided: Notify,
}

/// A sign-in that may be made. It counts as failed unless it is reported otherwise.
pub(crate) struct Attempt {
    limiter: SignInLimiter,
    account: AccountHash,
    network: Network,
    outcome: AttemptOutcome,
    /// How long it has to wait before it is made.
    pub delay: Duration,
}

/// What the cluster's answer to a sign-in says about the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    /// It is the right one.
    Right,
    /// It is not, or the answer does not say so.
    Wrong,
    /// Nothing: the cluster did not judge it.
    Unjudged,
}

impl Attempt {
    pub fn decide(mut self, outcome: AttemptOutcome) {
        self.outcome = outcome;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.limiter.decide(self.account, self.network, self.outcome);
    }
}

impl SignInLimiter {
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner {
            key: rand::random(),
            clock,
            state: Mutex::default(),
            decided: Notify::new(),
        }))
    }

    /// The keyed hash of this user name.
    pub fn account(&self, login_name: &str) -> AccountHash {
        let mut hash = [0; 16];
        // A key of any length is taken.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0.key) {
            mac.update(login_name.trim().to_lowercase().as_bytes());
            let whole = mac.finalize().into_bytes();
            hash.copy_from_slice(&whole[..16]);
        }
        AccountHash(hash)
    }

    /// Begins a sign-in of this account from this address.
    ///
    /// # Errors
    /// How long to wait before the next one.
    pub async fn begin(&self, account: AccountHash, address: Option<&str>) -> Result<Attempt, Duration> {
        let network = network(address);
        loop {
            let decided = self.0.decided.notified();
            match self.try_begin(account, network) {
                (Verdict::Admitted, delay) => {
                    return Ok(Attempt {
                        limiter: self.clone(),
                        account,
                        network,
                        outcome: AttemptOutcome::Wrong,
                        delay,
                    });
                }
                (Verdict::Waits, _) => decided.await,
                (Verdict::Refused(wait), _) => return Err(Duration::try_from(wait).unwrap_or_default()),
            }
        }
    }

    fn try_begin(&self, account: AccountHash, network: Network) -> (Verdict, Duration) {
        let now = self.0.clock.now();
        let mut state = self.0.state.lock();
        let of_pair = state
            .pairs
            .entry((account, network), &OF_PAIR, now)
            .admits(&OF_PAIR, now);
        let of_address = state
            .addresses
            .entry(network, &OF_ADDRESS, now)
            .admits(&OF_ADDRESS, now);
        let verdict = match (of_pair, of_address) {
            (Verdict::Refused(a), Verdict::Refused(b)) => Verdict::Refused(a.max(b)),
            (refused @ Verdict::Refused(_), _) | (_, refused @ Verdict::Refused(_)) => refused,
            (Verdict::Waits, _) | (_, Verdict::Waits) => Verdict::Waits,
            (Verdict::Admitted, Verdict::Admitted) => Verdict::Admitted,
        };
        if verdict != Verdict::Admitted {
            return (verdict, Duration::ZERO);
        }
        let is_known = state
            .known
            .get(&account)
            .is_some_and(|known| known.contains(&network));
        let failures = state.accounts.entry(account, &OF_ACCOUNT, now).failures;
        let delay = OF_ACCOUNT
            .wait(failures)
            .filter(|_| !is_known)
            .unwrap_or_default();
        state.pairs.entry((account, network), &OF_PAIR, now).under_way += 1;
        state.addresses.entry(network, &OF_ADDRESS, now).under_way += 1;
        (verdict, Duration::try_from(delay).unwrap_or_default())
    }

    fn decide(&self, account: AccountHash, network: Network, outcome: AttemptOutcome) {
        let now = self.0.clock.now();
        let mut state = self.0.state.lock();
        let pair = state.pairs.entry((account, network), &OF_PAIR, now);
        pair.under_way = pair.under_way.saturating_sub(1);
        match outcome {
            AttemptOutcome::Right => {
                pair.failures = 0;
                pair.until = now;
            }
            AttemptOutcome::Wrong => pair.fail(&OF_PAIR, now),
            AttemptOutcome::Unjudged => {}
        }
        let address = state.addresses.entry(network, &OF_ADDRESS, now);
        address.under_way = address.under_way.saturating_sub(1);
        if outcome == AttemptOutcome::Wrong {
            address.fail(&OF_ADDRESS, now);
            state
                .accounts
                .entry(account, &OF_ACCOUNT, now)
                .fail(&OF_ACCOUNT, now);
        }
        if outcome == AttemptOutcome::Right {
            state.remember(account, network);
        }
        drop(state);
        self.0.decided.notify_waiters();
    }
}

impl State {
    fn remember(&mut self, account: AccountHash, network: Network) {
        if self.known.len() >= MAX_ENTRIES && !self.known.contains_key(&account) {
            // Any: it costs its owner at most a delay.
            let any = self.known.keys().next().copied();
            any.and_then(|any| self.known.remove(&any));
        }
        let known = self.known.entry(account).or_default();
        known.retain(|other| *other != network);
        known.push_back(network);
        if known.len() > MAX_KNOWN {
            known.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::clock::ManualClock;

    const HERE: Option<&str> = Some("192.0.2.1");
    const THERE: Option<&str> = Some("198.51.100.7");

    fn limiter() -> (SignInLimiter, ManualClock) {
        let clock = ManualClock::starting_now();
        (SignInLimiter::new(clock.clone().into()), clock)
    }

    /// One sign-in, or how long it has to wait.
    fn attempt(
        limiter: &SignInLimiter,
        name: &str,
        from: Option<&str>,
        outcome: AttemptOutcome,
    ) -> Result<Duration, Duration> {
        let begun = limiter
            .begin(limiter.account(name), from)
            .now_or_never()
            .expect("nothing is under way");
        let attempt = begun?;
        let delay = attempt.delay;
        attempt.decide(outcome);
        Ok(delay)
    }

    /// How many of so many wrong passwords, one a second, are tried.
    fn tried(
        limiter: &SignInLimiter,
        clock: &ManualClock,
        name: impl Fn(u32) -> String,
        from: Option<&str>,
        count: u32,
    ) -> u32 {
        let mut tried = 0;
        for number in 0..count {
            tried += u32::from(attempt(limiter, &name(number), from, AttemptOutcome::Wrong).is_ok());
            clock.advance(SignedDuration::from_secs(1));
        }
        tried
    }

    #[test]
    fn wrong_passwords_wait_longer_each_time() {
        let (limiter, clock) = limiter();
        for _ in 0..OF_PAIR.free {
            assert!(attempt(&limiter, "ana", HERE, AttemptOutcome::Wrong).is_ok());
        }
        let mut before = Duration::ZERO;
        for _ in 0..9 {
            let wait = attempt(&limiter, "ANA ", HERE, AttemptOutcome::Right).expect_err("it has to wait");
            assert!(wait > before, "{wait:?} after {before:?}");
            before = wait;
            clock.advance(SignedDuration::try_from(wait).expect("a short time"));
            assert!(attempt(&limiter, "ana", HERE, AttemptOutcome::Wrong).is_ok());
        }
    }

    #[test]
    fn a_stranger_does_not_lock_a_person_out_from_another_address() {
        let (limiter, clock) = limiter();
        assert!(tried(&limiter, &clock, |_| "ana".to_owned(), HERE, 300) < 15);
        assert_eq!(
            attempt(&limiter, "ana", THERE, AttemptOutcome::Right),
            Ok(Duration::ZERO)
        );
        assert!(attempt(&limiter, "bo", HERE, AttemptOutcome::Right).is_ok());
    }

    #[test]
    fn one_address_tries_few_accounts() {
        let (limiter, clock) = limiter();
        let tried = tried(&limiter, &clock, |number| format!("user-{number}"), HERE, 300);
        assert!(tried < OF_ADDRESS.free + 40, "{tried}");
        assert!(attempt(&limiter, "ana", THERE, AttemptOutcome::Right).is_ok());
    }

    #[test]
    fn many_addresses_slow_an_account_down_where_it_never_signed_in() {
        let (limiter, _clock) = limiter();
        assert_eq!(
            attempt(&limiter, "ana", THERE, AttemptOutcome::Right),
            Ok(Duration::ZERO)
        );
        for number in 0..200 {
            let from = format!("203.0.113.{number}");
            assert!(attempt(&limiter, "ana", Some(&from), AttemptOutcome::Wrong).is_ok());
        }
        let delay = attempt(&limiter, "ana", HERE, AttemptOutcome::Unjudged).expect("it is not refused");
        assert!(
            delay > Duration::from_secs(1) && delay <= Duration::from_secs(4),
            "{delay:?}"
        );
        assert_eq!(
            attempt(&limiter, "ana", THERE, AttemptOutcome::Right),
            Ok(Duration::ZERO)
        );
    }

    #[test]
    fn right_passwords_and_a_cluster_that_does_not_answer_cost_nothing() {
        let (limiter, _clock) = limiter();
        for outcome in [AttemptOutcome::Right, AttemptOutcome::Unjudged] {
            for _ in 0..500 {
                assert_eq!(attempt(&limiter, "ana", HERE, outcome), Ok(Duration::ZERO));
            }
        }
    }

    #[tokio::test]
    async fn tries_side_by_side_are_counted_before_they_are_decided() {
        let (limiter, _clock) = limiter();
        let account = limiter.account("ana");
        let mut under_way = Vec::new();
        for _ in 0..OF_PAIR.free {
            under_way.push(limiter.begin(account, HERE).await.expect("it is free"));
        }
        let mut next = std::pin::pin!(limiter.begin(account, HERE));
        assert!(
            next.as_mut().now_or_never().is_none(),
            "it waits for those before it"
        );
        for attempt in under_way {
            attempt.decide(AttemptOutcome::Wrong);
        }
        assert!(next.await.is_err());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (limiter, _clock) = limiter();
        for number in 0..u32::try_from(2 * MAX_ENTRIES).expect("few") {
            let from = IpAddr::from(std::net::Ipv4Addr::from(number)).to_string();
            let outcome = if number % 2 == 0 {
                AttemptOutcome::Right
            } else {
                AttemptOutcome::Wrong
            };
            let _ = attempt(&limiter, &format!("user-{number}"), Some(&from), outcome);
        }
        let state = limiter.0.state.lock();
        for length in [
            state.pairs.0.len(),
            state.addresses.0.len(),
            state.accounts.0.len(),
            state.known.len(),
        ] {
            assert!(length <= MAX_ENTRIES, "{length}");
        }
    }

    #[test]
    fn one_customer_of_ipv6_is_one_address() {
        assert_eq!(network(Some("2001:db8::1")), network(Some("2001:db8::ffff:1")));
        assert_ne!(network(Some("2001:db8:0:1::1")), network(Some("2001:db8::1")));
        assert_eq!(network(Some("::ffff:192.0.2.1")), network(HERE));
        assert_eq!(network(Some("unix")), None);
    }
}
