//! The modes of the cluster's tokens, and what several tests do.

use gate::{GateError, Operation, PendingForm};
use protegrity::User;
use simulator::TokenMode;
pub use testkit::{count, origin, password};

/// A gate whose audit log can be read and made to fail.
pub type TestGate = testkit::TestGate<gate::MemoryAuditLog>;

/// The path of a renewal, and the path that the tests call most.
pub const REFRESH: &str = "/pty/v1/auth/login/token/refresh";
pub const USERS: &str = "/pty/v1/auth/users";

/// The modes in which the cluster gives a refresh token, once it may (see [`renewing`]).
pub const RENEWING: [TokenMode; 4] = [
    TokenMode::Claims,
    TokenMode::NoClaims,
    TokenMode::Opaque,
    TokenMode::HeaderOnly,
];

/// The modes in which it gives none.
pub const NOT_RENEWING: [TokenMode; 2] = [TokenMode::HeaderOnly, TokenMode::NoRefresh];

/// The modes whose tokens name permissions, and those whose tokens do not.
pub const NAMING: [TokenMode; 3] = [TokenMode::Claims, TokenMode::HeaderOnly, TokenMode::NoRefresh];
pub const SILENT: [TokenMode; 2] = [TokenMode::NoClaims, TokenMode::Opaque];

/// In front of a cluster whose `/api` login gives a refresh token too.
pub async fn renewing(token_mode: TokenMode) -> TestGate {
    let portal = TestGate::in_mode(token_mode).await;
    portal
        .simulator()
        .settings(|settings| settings.api_refresh = true);
    portal
}

/// Whether the vault holds no row.
pub fn is_vault_empty(portal: &TestGate) -> bool {
    !format!("{:?}", portal.vault).contains("VaultKey")
}

/// One call that an operation makes.
pub async fn one_user(operation: &Operation) -> Result<Vec<User>, GateError> {
    let read = operation.read(|cluster| async move { cluster.users(0, 1).await });
    read.await.map_err(|error| error.error)
}

pub fn pending_form(portal: &TestGate) -> PendingForm {
    PendingForm {
        path: "/api/users/lock".to_owned(),
        body: b"id=7&password=Held-Passw0rd".to_vec(),
        page: "/users/7".to_owned(),
        at: portal.gate.now(),
    }
}
