//! Logging in, refreshing, logging out (reference lines 452-600; notes section 1, rows 1-4).

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use upstream::{Answer, Call, Endpoint, Error, ErrorKind};

use crate::{AccessToken, Role};

use super::{
    Client, LoginMode, LoginPath, RefreshToken, Tokens, endpoint,
    token::{is_over, lifetime_or, seconds},
};

const TOKEN_HEADER: &str = "pty_access_jwt_token";
pub(super) const LOGIN: Endpoint = endpoint("POST /login/token");
/// A name of its own: a 401 of this call says that the login gave a token that no protected route takes.
pub(super) const PROBE: Endpoint = endpoint("GET /roles with a new token");
const REFRESH: Endpoint = endpoint("POST /login/token/refresh");
const LOGOUT: Endpoint = endpoint("POST /logout");

/// A successful login.
#[derive(Clone, Debug)]
pub struct Login {
    pub tokens: Tokens,
    /// What `GET /roles` said when [`LoginMode::Auto`] had to ask whether the cluster takes the token. An
    /// error in it is never a 401.
    pub roles: Option<Result<Vec<Role>, Error>>,
}

/// What a protected call said of a fresh token.
enum Probe {
    /// Taken; or neither taken nor refused, because the cluster failed.
    NotRefused(Result<Vec<Role>, Error>),
    Refused(Error),
}

impl Client {
    /// Logs in at the path the configuration says, or finds out which path gives a token that counts.
    ///
    /// [`LoginFailure::of`](crate::LoginFailure::of) says why it failed. A wrong password is tried once only: two
    /// tries a login would lock accounts twice as fast.
    pub async fn login(&self, login_name: &str, password: &SecretString) -> Result<Login, Error> {
        let path = match self.shared.login_mode {
            LoginMode::Auto => return self.login_auto(login_name, password).await,
            LoginMode::Pty => LoginPath::Pty,
            LoginMode::Api => LoginPath::Api,
        };
        let tokens = self.login_at(path, login_name, password).await?;
        Ok(Login { tokens, roles: None })
    }

    async fn login_auto(&self, login_name: &str, password: &SecretString) -> Result<Login, Error> {
        let first = self.proven_path().unwrap_or(LoginPath::Pty);
        let refused = match self.login_at(first, login_name, password).await {
            Ok(tokens) => match self.probe(&tokens).await {
                Probe::NotRefused(roles) => {
                    return Ok(Login {
                        tokens,
                        roles: Some(roles),
                    });
                }
                Probe::Refused(error) => Some(error),
            },
            Err(error) if is_no_such_path(&error) => None,
            Err(error) => return Err(error),
        };
        let second = first.other();
        let tokens = match self.login_at(second, login_name, password).await {
            Ok(tokens) => tokens,
            Err(error) => return Err(second_login_error(error, refused)),
        };
        match self.probe(&tokens).await {
            Probe::NotRefused(roles) => Ok(Login {
                tokens,
                roles: Some(roles),
            }),
            Probe::Refused(error) => Err(error),
        }
    }

    async fn login_at(
        &self,
        path: LoginPath,
        login_name: &str,
        password: &SecretString,
    ) -> Result<Tokens, Error> {
        let password = password.expose_secret();
        let call = Call::new(Method::POST, LOGIN, format!("{}/login/token", path.prefix()))
            .form(vec![("loginname", login_name), ("password", password)])
            .hiding([password]);
        tokens(&self.transport().send(&call).await?, path)
    }

    /// Asks for the roles, which the session will need anyway, to see whether the cluster takes the token.
    async fn probe(&self, tokens: &Tokens) -> Probe {
        let roles = self.with_token(&tokens.access).roles_at(PROBE).await;
        match roles {
            Err(error) if error.kind() == ErrorKind::Unauthorized => Probe::Refused(error),
            roles => {
                let taken = roles
                    .as_ref()
                    .map_or_else(|error| error.kind() == ErrorKind::Forbidden, |_| true);
                if taken {
                    self.remember(tokens.path);
                }
                Probe::NotRefused(roles)
            }
        }
    }

    fn proven_path(&self) -> Option<LoginPath> {
        *self.shared.proven_path.lock()
    }

    fn remember(&self, path: LoginPath) {
        *self.shared.proven_path.lock() = Some(path);
    }

    /// Gets new tokens with the refresh token. Works with an access token that is over.
    pub async fn refresh(&self, tokens: &Tokens) -> Result<Tokens, Error> {
        let Some(refresh) = &tokens.refresh else {
            return Err(Error::not_sent(ErrorKind::NoRefreshToken, REFRESH));
        };
        // Row 3: the reference's heading and its sample differ in the path.
        let paths = ["/login/token/refresh", "/login/refresh"];
        let (answer, path) = self.send_where_there(REFRESH, &paths, tokens, refresh).await?;
        refreshed(&answer, path, refresh)
    }

    /// Ends the session. The access token itself stays good until its time is over (notes section 7): forget
    /// it.
    ///
    /// Without a refresh token there is nothing the cluster could end, so nothing is sent.
    pub async fn logout(&self, tokens: &Tokens) -> Result<(), Error> {
        let Some(refresh) = &tokens.refresh else {
            return Ok(());
        };
        self.send_where_there(LOGOUT, &["/logout"], tokens, refresh)
            .await
            .map(drop)
    }

    /// Sends the refresh token to the first of the paths that is there, below the prefix it came from before
    /// the other.
    async fn send_where_there(
        &self,
        endpoint: Endpoint,
        paths: &[&str],
        tokens: &Tokens,
        refresh: &RefreshToken,
    ) -> Result<(Answer, LoginPath), Error> {
        let mut missing = None;
        for prefix in prefixes(tokens.path) {
            for path in paths {
                match self
                    .send_refresh_token(endpoint, *prefix, path, &tokens.access, refresh)
                    .await
                {
                    Ok(answer) => return Ok((answer, *prefix)),
                    Err(error) if is_no_such_path(&error) => missing = missing.or(Some(error)),
                    Err(error) => return Err(error),
                }
            }
        }
        Err(missing.unwrap_or_else(|| Error::not_sent(ErrorKind::NotFound, endpoint)))
    }

    /// Row 4: with the bearer while it is held and not over. A gateway may refuse the call for a bearer it
    /// does not like, while the refresh token alone would do: so a 401 is asked again without.
    async fn send_refresh_token(
        &self,
        endpoint: Endpoint,
        prefix: LoginPath,
        path: &str,
        access: &AccessToken,
        refresh: &RefreshToken,
    ) -> Result<Answer, Error> {
        let call = || {
            Call::new(Method::POST, endpoint, format!("{}{path}", prefix.prefix()))
                .json(json!({"refreshToken": refresh.expose_secret()}))
                .hiding([refresh.expose_secret(), access.expose_secret()])
        };
        if !is_over(access) {
            let result = self.transport().send(&call().bearer(access)).await;
            if !matches!(&result, Err(error) if error.kind() == ErrorKind::Unauthorized) {
                return result;
            }
        }
        self.transport().send(&call()).await
    }
}

/// Where to take a refresh token: where it came from; the `/api` path may know of logging in only, the `/pty`
/// one is documented to know all.
const fn prefixes(path: LoginPath) -> &'static [LoginPath] {
    match path {
        LoginPath::Pty => &[LoginPath::Pty],
        LoginPath::Api => &[LoginPath::Api, LoginPath::Pty],
    }
}

/// What to say when the second login path failed. After the first took the password, the second's not knowing
/// it, not being there or being something else altogether does not make it wrong.
fn second_login_error(error: Error, refused: Option<Error>) -> Error {
    let says_more = matches!(
        error.kind(),
        ErrorKind::Forbidden
            | ErrorKind::TooManyRequests
            | ErrorKind::Upstream
            | ErrorKind::Unreachable
            | ErrorKind::Timeout
    );
    match refused {
        Some(refused) if !says_more => refused,
        _ => error,
    }
}

fn is_no_such_path(error: &Error) -> bool {
    matches!(error.status(), Some(404 | 405))
}

/// Row 1: the header's token is preferred, the body's is the fallback. Names of headers know no case; ESA
/// writes it in capitals.
fn tokens(answer: &Answer, path: LoginPath) -> Result<Tokens, Error> {
    let data = answer.value_or_null();
    let text = |keys: [&str; 2]| {
        let found = keys
            .into_iter()
            .find_map(|key| data.get(key)?.as_str())
            .map(str::trim);
        found.filter(|text| !text.is_empty())
    };
    let span = |keys: [&str; 2]| keys.into_iter().find_map(|key| seconds(data.get(key)?));
    let header = answer
        .header_values(TOKEN_HEADER)
        .map(bare)
        .find(|token| !token.is_empty());
    let access = header
        .or_else(|| text(["accessToken", "access_token"]))
        .ok_or_else(|| answer.unreadable("the answer has no access token in header or body"))?;
    let access = AccessToken::new(access);
    Ok(Tokens {
        expires_in: lifetime_or(span(["expiresIn", "expires_in"]), &access),
        refresh: text(["refreshToken", "refresh_token"]).map(RefreshToken::new),
        refresh_expires_in: span(["refreshExpiresIn", "refresh_expires_in"]),
        access,
        path,
    })
}

/// A refresh may leave the refresh token as it is: then the one we have stays good (notes section 7).
fn refreshed(answer: &Answer, path: LoginPath, held: &RefreshToken) -> Result<Tokens, Error> {
    let mut tokens = tokens(answer, path)?;
    tokens.refresh = tokens.refresh.or_else(|| Some(held.clone()));
    Ok(tokens)
}

fn bare(header: &str) -> &str {
    let header = header.trim();
    header.strip_prefix("Bearer ").map_or(header, str::trim_start)
}
