//! A gate in front of a simulated cluster, over real HTTP, and the people who pass it.

use std::sync::Arc;

use gate::{
    Action, Caller, Clock, Gate, GateConfig, GateError, HeldRequest, ManualClock, MemorySessions,
    MemoryVault, Passage, Session, SessionRules, Target, UserQuery, Visitor,
};
use jiff::SignedDuration;
use protegrity::{Authorized, Client, ClientConfig, User};
use secrecy::SecretString;
use simulator::{Call, DEMO_ACCOUNTS, Fault, FaultRule, Options, Running, Simulator, TokenMode};

/// The path of a renewal, and of what a test calls most.
pub const REFRESH: &str = "/pty/v1/auth/login/token/refresh";
pub const USERS: &str = "/pty/v1/auth/users";

/// The modes in which the cluster gives a refresh token, once it may (see [`World::renewing`]).
pub const RENEWING: [TokenMode; 4] = [
    TokenMode::Claims,
    TokenMode::NoClaims,
    TokenMode::Opaque,
    TokenMode::HeaderOnly,
];

/// The modes in which it gives none.
pub const NOT_RENEWING: [TokenMode; 2] = [TokenMode::HeaderOnly, TokenMode::NoRefresh];

/// The modes whose tokens name permissions, and those whose tokens do not.
pub const TELLING: [TokenMode; 3] = [TokenMode::Claims, TokenMode::HeaderOnly, TokenMode::NoRefresh];
pub const SILENT: [TokenMode; 2] = [TokenMode::NoClaims, TokenMode::Opaque];

pub struct World {
    pub gate: Gate,
    pub clock: ManualClock,
    pub vault: Arc<MemoryVault>,
    pub sessions: MemorySessions,
    cluster: Running,
}

impl World {
    pub async fn new(token_mode: TokenMode) -> Self {
        Self::with(options(token_mode, 0), Clock::from).await
    }

    /// One in which the `/api` login gives a refresh token too.
    pub async fn renewing(token_mode: TokenMode) -> Self {
        let world = Self::new(token_mode).await;
        world.simulator().settings(|settings| settings.api_refresh = true);
        world
    }

    /// One with this many made-up users, and a clock made of the manual one, or a real one.
    pub async fn with(options: Options, clock: impl FnOnce(ManualClock) -> Clock) -> Self {
        let cluster = Running::start(options).await;
        let manual = ManualClock::starting_now();
        let vault = Arc::new(MemoryVault::default());
        let gate = Gate::new(GateConfig {
            cluster: client(&cluster),
            vault: vault.clone(),
            rules: SessionRules::default(),
            clock: clock(manual.clone()),
        });
        Self {
            gate,
            clock: manual,
            vault,
            sessions: MemorySessions::default(),
            cluster,
        }
    }

    pub fn simulator(&self) -> &Simulator {
        self.cluster.simulator()
    }

    pub fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// A session that nobody has signed in to.
    pub fn session(&self) -> Session {
        Session::new(None, Arc::new(self.sessions.clone()), None)
    }

    pub async fn try_sign_in(
        &self,
        session: &Session,
        name: &str,
        password: &str,
    ) -> Result<Visitor, GateError> {
        let password = SecretString::from(password);
        self.gate.sign_in(session, name, &password, &caller()).await
    }

    /// Signs a demo account in, with the right password.
    pub async fn sign_in_to(&self, session: &Session, name: &str) -> Visitor {
        self.try_sign_in(session, name, password())
            .await
            .expect("the demo account signs in")
    }

    pub async fn sign_in(&self, name: &str) -> (Session, Visitor) {
        let session = self.session();
        let visitor = self.sign_in_to(&session, name).await;
        (session, visitor)
    }

    pub fn open(&self, visitor: &Visitor, action: Action) -> Result<Passage, GateError> {
        self.gate.open(Some(visitor), &caller(), action, Target::portal())
    }

    /// Somebody on their way to the list of users.
    pub async fn passage(&self, name: &str) -> Passage {
        let (_, visitor) = self.sign_in(name).await;
        self.open(&visitor, Action::ListUsers).expect("it is open")
    }

    /// The calls since they were last forgotten, as `GET /path?query 200`.
    pub fn lines(&self) -> Vec<String> {
        let calls = self.simulator().calls();
        calls.iter().map(line).collect()
    }

    /// Does something, and returns it with the calls that it made.
    pub async fn calls_of<T>(&self, doing: impl Future<Output = T>) -> (T, Vec<String>) {
        self.simulator().clear_calls();
        let done = doing.await;
        (done, self.lines())
    }

    pub fn fail(&self, path: &str, fault: Fault) {
        self.simulator().set_faults(vec![FaultRule::always(path, fault)]);
    }

    /// The administrator, past the gate. Nothing of it is left in the log of calls.
    pub async fn as_admin_directly(&self) -> Authorized {
        let client = client(&self.cluster);
        let login = client.login("admin", &SecretString::from(password())).await;
        self.simulator().clear_calls();
        client.with_token(&login.expect("admin signs in").tokens.access)
    }

    /// A user of the cluster by name, asked for past the gate.
    pub async fn user(&self, name: &str) -> User {
        let users = self
            .as_admin_directly()
            .await
            .users(0, 1000)
            .await
            .expect("a page of users");
        self.simulator().clear_calls();
        let found = users.into_iter().find(|user| user.username == name);
        found.expect("there is such a user")
    }

    /// Whether the vault holds no row.
    pub fn is_vault_empty(&self) -> bool {
        !format!("{:?}", self.vault).contains("VaultKey")
    }
}

pub fn options(token_mode: TokenMode, users: u32) -> Options {
    Options { users, token_mode }
}

fn client(cluster: &Running) -> Client {
    let url = cluster.url().parse().expect("an address");
    Client::new(ClientConfig::new(url)).expect("a client")
}

pub fn password() -> &'static str {
    DEMO_ACCOUNTS[0].password
}

pub fn caller() -> Caller {
    Caller {
        request_id: "a-request".to_owned(),
        address: None,
    }
}

/// One call that a passage makes.
pub async fn one_user(passage: &Passage) -> Result<Vec<User>, GateError> {
    passage
        .read(|cluster| async move { cluster.users(0, 1).await })
        .await
}

/// The first page of a list.
pub fn first_rows(take: usize) -> UserQuery {
    UserQuery {
        take,
        ..UserQuery::default()
    }
}

pub fn held(world: &World) -> HeldRequest {
    HeldRequest {
        path: "/api/users/lock".to_owned(),
        body: b"id=7&password=Held-Passw0rd".to_vec(),
        page: "/users/7".to_owned(),
        at: world.gate.now(),
    }
}

/// How many of these calls went to this path.
pub fn count(lines: &[String], path: &str) -> usize {
    let to = |line: &&String| line.split([' ', '?']).nth(1) == Some(path);
    lines.iter().filter(to).count()
}

fn line(call: &Call) -> String {
    let query = call.query.as_ref().map(|query| format!("?{query}"));
    format!(
        "{} {}{} {}",
        call.method,
        call.path,
        query.unwrap_or_default(),
        call.status
    )
}
