//! Access and refresh tokens: issued as signed JWTs or as random strings, and known again by their digests.

use super::Caller;
use crate::{Expire, TokenMode, clock::now_ms, refusal::Refusal};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac, digest::KeyInit};
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Over this many, the expired ones are forgotten.
const PRUNE_AT: usize = 20_000;
const SECRET: &[u8] = b"a key of the simulator, which signs nothing of value";

/// The two logins (notes, section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginPath {
    /// `/pty/v1/auth/login/token`.
    Pty,
    /// `/api/v1/auth/login/token`, whose header token a strict gateway wants.
    Api,
}

/// Where the login's answer carried a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Header,
    Body,
}

/// What an access token stands for.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) place: Place,
    path: LoginPath,
    user: Uuid,
    roles: Vec<String>,
    session: u64,
    until: u64,
}

impl Grant {
    pub(super) fn is_over(&self) -> bool {
        self.until <= now_ms()
    }

    pub(super) fn passes_strict_gateway(&self) -> bool {
        (self.place, self.path) == (Place::Header, LoginPath::Api)
    }

    pub(super) fn caller(&self) -> Caller {
        Caller {
            id: self.user,
            session: self.session,
            roles: self.roles.clone(),
        }
    }
}

/// What a refresh token stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct RefreshGrant {
    pub(super) user: Uuid,
    pub(super) path: LoginPath,
    pub(super) session: u64,
    used: bool,
    until: u64,
}

/// The tokens of one login or refresh.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) header: String,
    pub(crate) body: String,
    pub(crate) refresh: Option<String>,
}

/// What to issue.
pub(super) struct Order {
    pub(super) user: Uuid,
    pub(super) roles: Vec<String>,
    pub(super) path: LoginPath,
    pub(super) session: u64,
    pub(super) mode: TokenMode,
    pub(super) access_until: u64,
    pub(super) access_claims: Value,
    /// The end and the claims of the refresh token, when there is to be one.
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

    /// The body's access token is HS256 and the refresh token HS512 as in the samples (reference, lines 491, 588). The
    /// header's is RS256 there; HS384 stands in for it, so that the two differ and neither lies about its signature.
    pub(super) fn issue(&mut self, order: Order) -> Issued {
        self.prune();
        let Order {
            user,
            roles,
            path,
            session,
            mode,
            access_until: until,
            access_claims,
            refresh,
        } = order;
        let opaque = mode == TokenMode::Opaque;
        let header = self.write::<Hmac<Sha384>>(opaque, r#"{"alg":"HS384","typ":"JWT"}"#, &access_claims);
        let body = self.write::<Hmac<Sha256>>(opaque, r#"{"alg":"HS256","typ":"JWT"}"#, &access_claims);
        let grant = Grant {
            place: Place::Header,
            path,
            user,
            roles,
            session,
            until,
        };
        self.access.insert(
            fingerprint(&body),
            Grant {
                place: Place::Body,
                ..grant.clone()
            },
        );
        self.access.insert(fingerprint(&header), grant);
        let refresh = refresh.map(|(until, claims)| {
            let token = self.write::<Hmac<Sha512>>(opaque, r#"{"alg":"HS512","typ" : "JWT"}"#, &claims);
            let grant = RefreshGrant {
                user,
                path,
                session,
                used: false,
                until,
            };
            self.refresh.insert(fingerprint(&token), grant);
            token
        });
        Issued {
            header,
            body,
            refresh,
        }
    }

    /// Takes a refresh token: it works once, and not after its time or its session's end. The texts are Keycloak's
    /// (notes, section 2).
    pub(super) fn redeem(&mut self, token: &str) -> Result<RefreshGrant, Refusal> {
        let Some(grant) = self.refresh.get_mut(&fingerprint(token)) else {
            return Err(Refusal::grant(400, "Invalid refresh token"));
        };
        if self.ended.contains(&grant.session) {
            return Err(Refusal::grant(400, "Session not active"));
        }
        if grant.used || grant.until <= now_ms() {
            return Err(Refusal::grant(400, "Token is not active"));
        }
        grant.used = true;
        Ok(*grant)
    }

    /// Ends the session of a refresh token, also of one that is no longer active.
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

    /// Ends a session; false when it had ended before.
    pub(crate) fn end_session(&mut self, session: u64) -> bool {
        self.ended.insert(session)
    }

    pub(crate) fn expire(&mut self, what: Expire) {
        if matches!(what, Expire::Access | Expire::All) {
            self.access.values_mut().for_each(|grant| grant.until = 0);
        }
        if matches!(what, Expire::Refresh | Expire::All) {
            self.refresh.values_mut().for_each(|grant| grant.until = 0);
        }
    }

    fn write<M: Mac + KeyInit>(&mut self, opaque: bool, header: &str, claims: &Value) -> String {
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
            self.access.retain(|_, grant| !grant.is_over());
        }
        if self.refresh.len() > PRUNE_AT {
            let now = now_ms();
            self.refresh.retain(|_, grant| grant.until > now);
        }
    }
}

fn fingerprint(token: &str) -> Fingerprint {
    Sha256::digest(token).into()
}
