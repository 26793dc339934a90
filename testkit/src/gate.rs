//! A gate in front of a simulated cluster.

use std::{ops::Deref, sync::Arc};

use gate::{
    Action, AuditLog, Clock, Gate, GateConfig, GateError, ManualClock, MemoryAuditLog, MemorySessions,
    MemoryVault, Operation, Principal, RequestOrigin, Session, SessionRules, Target,
};
use jiff::SignedDuration;
use proofpoint::{ClientConfig, Stack};
use secrecy::SecretString;
use simulator::{Options, ProofpointOptions, RunningProofpoint, TokenMode};

use crate::cluster::{TestCluster, password};

/// A gate in front of a simulated cluster, with its state in memory.
pub struct TestGate<A = MemoryAuditLog> {
    /// The gate.
    pub gate: Gate,
    /// The gate's clock, unless it was given another.
    pub clock: ManualClock,
    /// The gate's vault.
    pub vault: Arc<MemoryVault>,
    /// The session records.
    pub sessions: MemorySessions,
    /// The audit log.
    pub audit: Arc<A>,
    /// Simulated Proofpoint Essentials.
    pub proofpoint: RunningProofpoint,
    cluster: TestCluster,
}

impl<A> Deref for TestGate<A> {
    type Target = TestCluster;

    fn deref(&self) -> &TestCluster {
        &self.cluster
    }
}

impl<A: AuditLog + Default> TestGate<A> {
    /// In front of a cluster with tokens of this mode, with a clock that stands still.
    pub async fn in_mode(token_mode: TokenMode) -> Self {
        let options = Options {
            users: 0,
            token_mode,
            ..Options::default()
        };
        Self::with(options, Clock::from).await
    }

    /// In front of a cluster with these options, with a clock made of the manual one, or a real one.
    pub async fn with(options: Options, clock: impl FnOnce(ManualClock) -> Clock) -> Self {
        let cluster = TestCluster::start(options).await;
        let manual = ManualClock::starting_now();
        let vault = Arc::<MemoryVault>::default();
        let audit = Arc::<A>::default();
        let proofpoint = RunningProofpoint::start(ProofpointOptions::default()).await;
        let gate = Gate::new(GateConfig {
            cluster: cluster.client(),
            proofpoint: proofpoint_client(&proofpoint),
            vault: vault.clone(),
            audit: audit.clone(),
            rules: SessionRules::default(),
            clock: clock(manual.clone()),
        });
        Self {
            gate,
            clock: manual,
            vault,
            sessions: MemorySessions::default(),
            audit,
            proofpoint,
            cluster,
        }
    }

    /// Moves the manual clock on.
    pub fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// A session without a principal.
    pub fn session(&self) -> Session {
        Session::new(None, Arc::new(self.sessions.clone()), None)
    }

    /// Signs an account in to this session.
    ///
    /// # Errors
    /// The gate's error.
    pub async fn try_sign_in(
        &self,
        session: &Session,
        name: &str,
        password: &str,
    ) -> Result<Arc<Principal>, GateError> {
        let password = SecretString::from(password);
        let principal = self.gate.sign_in(session, name, &password, &origin()).await;
        principal.map_err(|error| error.error)
    }

    /// Signs a demo account in to this session.
    pub async fn sign_in_to(&self, session: &Session, name: &str) -> Arc<Principal> {
        let principal = self.try_sign_in(session, name, password()).await;
        principal.expect("the demo account signs in")
    }

    /// Signs a demo account in to a session of its own.
    pub async fn sign_in(&self, name: &str) -> (Session, Arc<Principal>) {
        let session = self.session();
        let principal = self.sign_in_to(&session, name).await;
        (session, principal)
    }

    /// Begins an action on the portal as a whole.
    ///
    /// # Errors
    /// The gate's error.
    pub async fn begin(&self, principal: &Arc<Principal>, action: Action) -> Result<Operation, GateError> {
        let operation = self
            .gate
            .begin(Some(principal), &origin(), action, Target::portal())
            .await;
        operation.map_err(|error| error.error)
    }

    /// An operation of this demo account, in a session of its own.
    pub async fn operation(&self, name: &str, action: Action) -> Operation {
        let (_, principal) = self.sign_in(name).await;
        let operation = self.begin(&principal, action).await;
        operation.expect("the action is permitted")
    }

    /// The same that lists users.
    pub async fn reader(&self, name: &str) -> Operation {
        self.operation(name, Action::ListUsers).await
    }
}

/// A client of this simulator, which stands in for every instance.
pub fn proofpoint_client(simulator: &RunningProofpoint) -> proofpoint::Client {
    proofpoint_client_at(&simulator.url())
}

/// The same of one at this address.
pub fn proofpoint_client_at(url: &str) -> proofpoint::Client {
    let config = ClientConfig {
        simulator: Some(url.parse().expect("an address")),
        ..ClientConfig::new(Stack::Us1)
    };
    proofpoint::Client::new(config).expect("a client")
}

/// A request without a browser.
pub fn origin() -> RequestOrigin {
    RequestOrigin {
        request_id: "a-request".to_owned(),
        address: None,
    }
}
