//! A gate and its services in front of a simulated cluster, and the accounts that use them.

use std::{collections::BTreeSet, ops::Deref, sync::Arc, time::Duration};

use async_trait::async_trait;
use gate::{
    Action, AuditError, AuditEvent, AuditLog, Clock, ManualClock, Operation, OperationError, Outcome,
    Principal,
};
use operations::{Services, directory::UserQuery};
use parking_lot::Mutex;
use protegrity::ErrorKind;
use simulator::{Fault, Options, TokenMode};
use testkit::TestGate;
pub use testkit::{count, password};
use tokio::sync::{Semaphore, watch};

/// The path that the tests call most.
pub const USERS: &str = "/pty/v1/auth/users";

/// The path of one user, whichever it is.
pub const ANY_USER: &str = "/pty/v1/auth/users/*";

/// The demo accounts and the users made by hand.
pub const NAMED_USERS: usize = 13;

/// The modes whose tokens name no permissions.
pub const SILENT: [TokenMode; 2] = [TokenMode::NoClaims, TokenMode::Opaque];

/// A gate whose audit log can hold a change back, with its services.
pub struct TestServices {
    pub services: Services,
    gate: TestGate<HeldAuditLog>,
}

impl Deref for TestServices {
    type Target = TestGate<HeldAuditLog>;

    fn deref(&self) -> &TestGate<HeldAuditLog> {
        &self.gate
    }
}

impl TestServices {
    /// In front of a cluster with tokens of this mode, with a clock that stands still.
    pub async fn in_mode(token_mode: TokenMode) -> Self {
        Self::with(options(token_mode, 0), Clock::from).await
    }

    /// In front of a cluster with these options, with a clock made of the manual one, or a real one.
    pub async fn with(options: Options, clock: impl FnOnce(ManualClock) -> Clock) -> Self {
        let gate = TestGate::with(options, clock).await;
        Self {
            services: Services::new(gate.gate.clock()),
            gate,
        }
    }

    /// Begins an action that this principal may carry out.
    pub async fn begin(&self, principal: &Arc<Principal>, action: Action) -> Operation {
        let operation = self.gate.begin(principal, action).await;
        operation.expect("the action is permitted")
    }

    /// Whether this user can sign in with this password.
    pub async fn signs_in(&self, name: &str, password: &str) -> bool {
        self.try_sign_in(&self.session(), name, password).await.is_ok()
    }
}

/// An audit log in memory that can hold a change back before it is made: a test that looks at a state on the way
/// does not depend on the speed of the machine.
#[derive(Debug)]
pub struct HeldAuditLog {
    state: Mutex<Held>,
    permits: Semaphore,
    waiting: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Held {
    intents: Vec<String>,
    actions: Vec<String>,
    waiting: BTreeSet<String>,
    panicking: BTreeSet<String>,
}

impl Default for HeldAuditLog {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            permits: Semaphore::new(0),
            waiting: watch::Sender::new(0),
        }
    }
}

impl HeldAuditLog {
    /// Lets changes of these targets wait.
    pub fn hold(&self, ids: impl IntoIterator<Item = String>) {
        self.state.lock().waiting.extend(ids);
    }

    /// Lets this many changes go on, those that wait first.
    pub fn release(&self, count: usize) {
        self.permits.add_permits(count);
    }

    /// Lets changes of this target panic, once they need not wait.
    pub fn panic_at(&self, id: &str) {
        self.state.lock().panicking.insert(id.to_owned());
    }

    /// Waits until exactly so many changes wait.
    pub async fn wait_for_waiting(&self, count: usize) {
        let mut waiting = self.waiting.subscribe();
        in_time(waiting.wait_for(|waiting| *waiting == count))
            .await
            .expect("the log is there");
    }

    /// The actions of all changes, in their order.
    pub fn actions(&self) -> Vec<String> {
        self.state.lock().actions.clone()
    }

    /// The ids of the targets of all changes, in their order.
    pub fn targets(&self) -> Vec<String> {
        self.state.lock().intents.clone()
    }
}

#[async_trait]
impl AuditLog for HeldAuditLog {
    async fn record(&self, event: &AuditEvent) -> Result<(), AuditError> {
        if event.outcome != Outcome::Intent {
            return Ok(());
        }
        let id = event.target.id.clone();
        let (is_held, panics) = {
            let mut state = self.state.lock();
            state.intents.push(id.clone());
            state.actions.push(event.action.to_owned());
            (state.waiting.contains(&id), state.panicking.contains(&id))
        };
        if is_held {
            self.waiting.send_modify(|waiting| *waiting += 1);
            self.permits.acquire().await.expect("it stays open").forget();
            self.waiting.send_modify(|waiting| *waiting -= 1);
        }
        assert!(!panics, "a change of {id} panics");
        Ok(())
    }
}

/// Ends a test that waits for something that does not happen.
pub async fn in_time<T>(future: impl Future<Output = T>) -> T {
    let ended = tokio::time::timeout(Duration::from_mins(1), future).await;
    ended.expect("it happens")
}

pub fn options(token_mode: TokenMode, users: u32) -> Options {
    Options {
        users,
        token_mode,
        ..Options::default()
    }
}

/// The first page of a list.
pub fn first_rows(take: usize) -> UserQuery {
    UserQuery {
        take,
        ..UserQuery::default()
    }
}

/// A fault that answers with this status and nothing else.
pub fn status(status: u16) -> Fault {
    let body = String::new();
    Fault::Status { status, body }
}

/// The kind of the cluster's failure.
pub fn failure<T>(result: &Result<T, OperationError>) -> Option<ErrorKind> {
    result.as_ref().err().and_then(OperationError::kind)
}

/// How many of these calls read one user.
pub fn reads(lines: &[String]) -> usize {
    let to = |line: &&String| line.starts_with("GET /pty/v1/auth/users/");
    lines.iter().filter(to).count()
}
