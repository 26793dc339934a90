//! [`Tokens`]: issues access and refresh tokens, as signed JWTs or random strings, and finds them by their digests.

use super::Identity;
use crate::{Expire, TokenMode, clock::now_ms, refusal::Refusal};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac, digest::KeyInit};
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Issuing removes the expired tokens above this number.
const PRUNE_AT: usize = 20_000;
const SECRET: &[u8] = b"a key of the simulator, which signs nothing of value";

/// The two logins (notes, section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginPath {
    /// `/pty/v1/auth/login/token`.
    Pty,
    /// `/api/v1/auth/login/token`, whose header token a strict gateway requires.
    Api,
}

/// The part of the login response that carried a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenLocation {
    Header,
    Body,
}

/// The meaning of an access token.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) location: TokenLocation,
    path: LoginPath,
    user: Uuid,
    roles: Vec<String>,
    session: u64,
    expires_at: u64,
}

impl Grant {
    pub(super) fn is_expired(&self) -> bool {
        self.expires_at <= now_ms()
    }

    pub(super) fn passes_strict_gateway(&self) -> bool {
        (self.location, self.path) == (TokenLocation::Header, LoginPath::Api)
    }

    pub(super) fn identity(&self) -> Identity {
        Identity {
            id: self.user,
            session: self.session,
            roles: self.roles.clone(),
        }
    }
}

/// The meaning of a refresh token.
#[derive(Clone, Copy, Debug)]
pub(super) struct RefreshGrant {
    pub(super) user: Uuid,
    pub(super) path: LoginPath,
    pub(super) session: u64,
    used: bool,
    expires_at: u64,
}

/// The tokens of one login or refresh response.
#[derive(Clone, Debug)]
pub(crate) struct IssuedTokens {
    pub(crate) header: String,
    pub(crate) body: String,
    pub(crate) refresh: Option<String>,
}

/// The tokens to issue.
pub(super) struct TokenRequest {
    pub(super) user: Uuid,
    pub(super) roles: Vec<String>,
    pub(super) path: LoginPath,
    pub(super) session: u64,
    pub(super) mode: TokenMode,
    pub(super) access_expires_at: u64,
    pub(super) access_claims: Value,
    /// The expiry and the claims of the refresh token, if one is to be issued.
    pub(super) refresh: Option<(u64, Value)>,
}

type Fingerprint = [u8; 32];

#[derive(Debug, Default)]
pub(crate) struct Tokens {
    access: HashMap<Fingerprint, Grant>,
    refresh: HashMap<Fingerprint, RefreshGrant>,
    ended: HashSet<u64>,
    sessions: u64,
    issued: u64,
}

impl Tokens {
    pub(super) fn grant(&self, token: &str) -> Option<&Grant> {
        self.access.get(&fingerprint(token))
    }

    pub(super) fn new_session(&mut self) -> u64 {
        self.sessions += 1;
        self.sessions
    }

    /// Issues tokens. The body's access token is HS256 and the refresh token HS512, as in the samples (reference, lines
    /// 491, 588). The header's token is RS256 there; here it is HS384, so that the two access tokens differ and name
    /// their true algorithm.
    pub(super) fn issue(&mut self, request: TokenRequest) -> IssuedTokens {
        self.prune();
        let TokenRequest {
            user,
            roles,
            path,
            session,
            mode,
            access_expires_at: expires_at,
            access_claims,
            refresh,
        } = request;
        let opaque = mode == TokenMode::Opaque;
        let header = self.encode::<Hmac<Sha384>>(opaque, r#"{"alg":"HS384","typ":"JWT"}"#, &access_claims);
        let body = self.encode::<Hmac<Sha256>>(opaque, r#"{"alg":"HS256","typ":"JWT"}"#, &access_claims);
        let grant = Grant {
            location: TokenLocation::Header,
            path,
            user,
            roles,
            session,
            expires_at,
        };
        self.access.insert(
            fingerprint(&body),
            Grant {
                location: TokenLocation::Body,
                ..grant.clone()
            },
        );
        self.access.insert(fingerprint(&header), grant);
        let refresh = refresh.map(|(expires_at, claims)| {
            let token = self.encode::<Hmac<Sha512>>(opaque, r#"{"alg":"HS512","typ" : "JWT"}"#, &claims);
            let grant = RefreshGrant {
                user,
                path,
                session,
                used: false,
                expires_at,
            };
            self.refresh.insert(fingerprint(&token), grant);
            token
        });
        IssuedTokens {
            header,
            body,
            refresh,
        }
    }

    /// Redeems a refresh token. It works once, before it expires and before its session ends. The texts are Keycloak's
    /// (notes, section 2).
    pub(super) fn redeem(&mut self, token: &str) -> Result<RefreshGrant, Refusal> {
        let Some(grant) = self.refresh.get_mut(&fingerprint(token)) else {
            return Err(Refusal::grant(400, "Invalid refresh token"));
        };
        if self.ended.contains(&grant.session) {
            return Err(Refusal::grant(400, "Session not active"));
        }
        if grant.used || grant.expires_at <= now_ms() {
            return Err(Refusal::grant(400, "Token is not active"));
        }
        grant.used = true;
        Ok(*grant)
    }

    /// Ends the session of a refresh token, even of a used or expired token.
    pub(crate) fn end_session_of(&mut self, token: &str) -> Result<(), Refusal> {
        let Some(grant) = self.refresh.get(&fingerprint(token)) else {
            return Err(Refusal::grant(400, "Invalid refresh token"));
        };
        let session = grant.session;
        if self.end_session(session) {
            Ok(())
        } else {
            Err(Refusal::grant(400, "Session not active"))
        }
    }

    /// Ends a session. Returns false if it was over already.
    pub(crate) fn end_session(&mut self, session: u64) -> bool {
        self.ended.insert(session)
    }

    pub(crate) fn expire(&mut self, what: Expire) {
        if matches!(what, Expire::Access | Expire::All) {
            self.access.values_mut().for_each(|grant| grant.expires_at = 0);
        }
        if matches!(what, Expire::Refresh | Expire::All) {
            self.refresh.values_mut().for_each(|grant| grant.expires_at = 0);
        }
    }

    fn encode<M: Mac + KeyInit>(&mut self, opaque: bool, header: &str, claims: &Value) -> String {
        if opaque {
            return self.random();
        }
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}", encode(header), encode(&claims.to_string()));
        let mut mac = <M as Mac>::new_from_slice(SECRET).expect("HMAC takes a key of any length");
        mac.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn random(&mut self) -> String {
        self.issued += 1;
        let mixed = Sha256::new()
            .chain_update(SECRET)
            .chain_update(self.issued.to_be_bytes())
            .chain_update(now_ms().to_be_bytes());
        URL_SAFE_NO_PAD.encode(mixed.finalize())
    }

    fn prune(&mut self) {
        if self.access.len() > PRUNE_AT {
            self.access.retain(|_, grant| !grant.is_expired());
        }
        if self.refresh.len() > PRUNE_AT {
            let now = now_ms();
            self.refresh.retain(|_, grant| grant.expires_at > now);
        }
    }
}

fn fingerprint(token: &str) -> Fingerprint {
    Sha256::digest(token).into()
}
