//! Sign-in and refresh with Keycloak's checks in Keycloak's order, and the claims of the tokens.

use super::{
    ClusterState, User,
    tokens::{IssuedTokens, LoginPath, TokenRequest},
};
use crate::{TokenMode, clock::now_ms, refusal::Refusal};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The duration of a lock-out: Keycloak's wait increment.
const LOCKOUT_MS: u64 = 60_000;
const ISSUER: &str = "https://ppc.example.com/mgmt/realms/simulator";

impl ClusterState {
    /// Checks the password and issues tokens. Like Keycloak, it checks `enabled` before the password.
    pub(crate) fn sign_in(
        &mut self,
        username: &str,
        password: &str,
        path: LoginPath,
    ) -> Result<IssuedTokens, Refusal> {
        let wrong = || Refusal::grant(401, "Invalid user credentials");
        let id = self
            .directory
            .id_by_name(&username.to_lowercase())
            .ok_or_else(wrong)?;
        let limit = self.settings.lockout_failures;
        let user = self.directory.get_mut(id).ok_or_else(wrong)?;
        if !user.enabled {
            return Err(Refusal::grant(400, "Account disabled"));
        }
        if limit > 0 && user.failures >= limit && now_ms() < user.last_failure + LOCKOUT_MS {
            return Err(wrong());
        }
        if !user.has_password(password) {
            user.failures += 1;
            user.last_failure = now_ms();
            return Err(wrong());
        }
        user.failures = 0;
        if user.update_password {
            return Err(Refusal::grant(400, "Account is not fully set up"));
        }
        let session = self.tokens.new_session();
        self.issue(id, path, session)
    }

    /// Redeems a refresh token for new tokens, unless the user is locked or deleted.
    pub(crate) fn refresh(&mut self, token: &str) -> Result<IssuedTokens, Refusal> {
        if self.settings.token_mode == TokenMode::NoRefresh {
            return Err(Refusal::grant(400, "Invalid refresh token"));
        }
        let grant = self.tokens.redeem(token)?;
        match self.directory.get(grant.user) {
            None => Err(Refusal::grant(400, "Session not active")),
            Some(user) if !user.enabled => Err(Refusal::grant(400, "User disabled")),
            Some(_) => self.issue(grant.user, grant.path, grant.session),
        }
    }

    fn issue(&mut self, id: Uuid, path: LoginPath, session: u64) -> Result<IssuedTokens, Refusal> {
        let (access_id, refresh_id) = (self.prng.uuid(), self.prng.uuid());
        let user = self
            .directory
            .get(id)
            .ok_or_else(|| Refusal::grant(400, "Session not active"))?;
        let roles = self.roles_of(user);
        let permissions = self.permissions(&roles);
        if !permissions.contains("can_create_token") {
            return Err(Refusal::esa(403, "User does not have permission to create JWT"));
        }
        let settings = &self.settings;
        let mode = settings.token_mode;
        let now = now_ms();
        let access_expires_at = now + u64::from(settings.access_seconds) * 1000;
        let refresh_expires_at = now + u64::from(settings.refresh_seconds) * 1000;
        let with_refresh = mode != TokenMode::NoRefresh && (path == LoginPath::Pty || settings.api_refresh);
        let access_claims = match mode {
            TokenMode::NoClaims => minimal_claims(user, now, access_expires_at),
            _ => full_claims(
                user,
                (&roles, &permissions),
                (now, access_expires_at),
                access_id,
                session,
            ),
        };
        let refresh = with_refresh.then(|| {
            (
                refresh_expires_at,
                refresh_claims(user.id, (now, refresh_expires_at), refresh_id, session),
            )
        });
        let roles = roles.into_iter().map(str::to_owned).collect();
        let request = TokenRequest {
            user: id,
            roles,
            path,
            session,
            mode,
            access_expires_at,
            access_claims,
            refresh,
        };
        Ok(self.tokens.issue(request))
    }
}

fn minimal_claims(user: &User, now: u64, expires_at: u64) -> Value {
    json!({
        "exp": expires_at / 1000,
        "iat": now / 1000,
        "sub": user.id,
        "preferred_username": &*user.username,
    })
}

/// The claims of an access token of an unmodified Keycloak (notes, section 1). Keycloak expands composite roles, so
/// `realm_access` lists the permissions with the roles.
fn full_claims(
    user: &User,
    (roles, permissions): (&BTreeSet<&str>, &BTreeSet<&str>),
    (now, expires_at): (u64, u64),
    id: Uuid,
    session: u64,
) -> Value {
    let realm_roles: BTreeSet<&str> = roles.union(permissions).copied().collect();
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("exp", json!(expires_at / 1000));
    put("iat", json!(now / 1000));
    put("jti", json!(id));
    put("iss", json!(ISSUER));
    put("aud", json!("account"));
    put("sub", json!(user.id));
    put("typ", json!("Bearer"));
    put("azp", json!("simulator"));
    put("sid", json!(session.to_string()));
    put("acr", json!("1"));
    put("allowed-origins", json!(["https://ppc.example.com"]));
    put("scope", json!("profile email"));
    put("realm_access", json!({ "roles": realm_roles }));
    put(
        "resource_access",
        json!({ "account": { "roles": ["manage-account", "view-profile"] } }),
    );
    put("preferred_username", json!(&*user.username));
    put("email_verified", json!(user.email_verified));
    let names: Vec<&str> = [&user.first_name, &user.last_name]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if !names.is_empty() {
        put("name", json!(names.join(" ")));
    }
    for (claim, value) in [
        ("given_name", &user.first_name),
        ("family_name", &user.last_name),
        ("email", &user.email),
    ] {
        if let Some(value) = value {
            put(claim, json!(value));
        }
    }
    Value::Object(claims)
}

fn refresh_claims(user: Uuid, (now, expires_at): (u64, u64), id: Uuid, session: u64) -> Value {
    json!({
        "exp": expires_at / 1000,
        "iat": now / 1000,
        "jti": id,
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": user,
        "typ": "Refresh",
        "azp": "simulator",
        "sid": session.to_string(),
        "scope": "profile email",
    })
}
