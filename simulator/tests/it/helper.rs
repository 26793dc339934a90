//! [`Cluster`]: a served simulator with an HTTP client.

use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use simulator::{Options, Pim, Running, TokenMode};
use std::fmt::Debug;

pub const PASSWORD: &str = "Demo-Passw0rd!";
pub const AUTH: &str = "/pty/v1/auth";
pub const PIM: &str = "/pty/v2/pim";
pub const RPS: &str = "/pty/v1/rps";
pub const UNKNOWN_ID: &str = "00000000-0000-4000-8000-000000000000";

pub struct Cluster {
    pub running: Running,
    pub http: Client,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The access token of the header.
    pub fn token(&self) -> String {
        self.header("pty_access_jwt_token")
    }

    pub fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("no {name} in {self:?}"))
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// A text in the data of the login envelope.
    pub fn data(&self, name: &str) -> String {
        self.json()["data"][name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {self:?}"))
            .to_owned()
    }

    #[track_caller]
    pub fn check(&self, status: u16, body: impl Debug + Into<Value>) {
        assert_eq!((self.status, self.json()), (status, body.into()));
    }
}

/// A client with the rustls provider of this workspace.
pub fn client() -> reqwest::ClientBuilder {
    // An error means that another test of the process has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
}

impl Cluster {
    pub async fn start() -> Self {
        Self::of(TokenMode::Claims).await
    }

    pub async fn of(token_mode: TokenMode) -> Self {
        Self::with(Options {
            users: 0,
            token_mode,
            ..Options::default()
        })
        .await
    }

    pub async fn with_users(users: u32) -> Self {
        let token_mode = TokenMode::Claims;
        Self::with(Options {
            users,
            token_mode,
            ..Options::default()
        })
        .await
    }

    /// A cluster whose Policy Management is not initialized.
    pub async fn with_empty_pim() -> Self {
        Self::with(Options {
            pim: Pim::Empty,
            ..Options::default()
        })
        .await
    }

    async fn with(options: Options) -> Self {
        Self {
            running: Running::start(options).await,
            http: client().build().unwrap(),
        }
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.http.request(method, format!("{}{path}", self.running.url()))
    }

    /// A call below `/pty/v1/auth`, without a body if `body` is null.
    pub async fn call(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        self.call_at(token, method, &format!("{AUTH}{path}"), body).await
    }

    /// A call below `/pty/v2/pim`, without a body if `body` is null.
    pub async fn pim(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        self.call_at(token, method, &format!("{PIM}{path}"), body).await
    }

    /// A call of any path, without a token if `token` is empty.
    pub async fn call_at(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let mut request = self.request(method, path);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        answer(request).await
    }

    pub async fn login(&self, base: &str, user: &str, password: &str) -> Answer {
        let form = [("loginname", user), ("password", password)];
        answer(self.request("POST", &format!("{base}/login/token")).form(&form)).await
    }

    /// The header token of a demo account.
    pub async fn token(&self, user: &str) -> String {
        let answer = self.login(AUTH, user, PASSWORD).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.token()
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.call(
            "",
            "POST",
            "/login/token/refresh",
            json!({ "refreshToken": refresh_token }),
        )
        .await
    }

    /// Creates a user with these roles, and returns the id.
    pub async fn create_user(&self, admin: &str, username: &str, password: &str, roles: &[&str]) -> String {
        let body = json!({ "username": username, "password": password, "roles": roles });
        let answer = self.call(admin, "POST", "/users", body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["user_id"].as_str().unwrap().to_owned()
    }

    /// The header token of a new user with these permissions and that to sign in.
    pub async fn token_with(&self, admin: &str, name: &str, permissions: &[&str]) -> String {
        let permissions = [permissions, &["can_create_token"]].concat();
        let role = json!({ "name": name, "permissions": permissions });
        assert_eq!(self.call(admin, "POST", "/roles", role).await.status, 200);
        self.create_user(admin, name, "Str0ng-Enough!", &[name]).await;
        self.login(AUTH, name, "Str0ng-Enough!").await.token()
    }

    /// The id of a user on the first page.
    pub async fn id_of(&self, admin: &str, username: &str) -> String {
        let rows = self.call(admin, "GET", "/users", Value::Null).await.json();
        let row = rows
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["username"] == username);
        row.unwrap_or_else(|| panic!("no {username}"))["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer {
        status,
        headers,
        text: response.text().await.unwrap(),
    }
}

pub fn invalid_grant(description: &str) -> Value {
    json!({ "error": "invalid_grant", "error_description": description })
}

/// The claims of a JWT, without a check of the signature.
pub fn claims(token: &str) -> Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = token
        .split('.')
        .nth(1)
        .unwrap_or_else(|| panic!("{token} is not a JWT"));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
