//! Tokens: both logins, refresh, logout and lifespan (reference, lines 450-641; notes, section 1).

use crate::{
    Fault, Settings, Simulator,
    auth::Caller,
    body::Fields,
    refusal::Refusal,
    state::{IssuedTokens, LoginPath},
};
use axum::{
    Extension, Form, Json, Router,
    body::Bytes,
    extract::{State, rejection::FormRejection},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const TOKEN_HEADER: HeaderName = HeaderName::from_static("pty_access_jwt_token");

/// The routes below `/pty/v1/auth`.
pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/login/token", post(login))
        .route("/login/token/refresh", post(refresh))
        .route("/logout", post(logout))
        .route("/token/lifespan/update", post(update_lifespan))
        .layer(Extension(LoginPath::Pty))
}

/// The routes below `/api/v1/auth`, with the login whose header token a strict gateway accepts.
pub(crate) fn gateway_routes() -> Router<Simulator> {
    Router::new()
        .route("/login/token", post(login))
        .route("/logout", post(gateway_logout))
        .layer(Extension(LoginPath::Api))
}

/// The login form, in which both fields are mandatory (notes, section 2).
#[derive(Deserialize)]
struct Credentials {
    loginname: String,
    password: String,
}

async fn login(
    State(simulator): State<Simulator>,
    Extension(path): Extension<LoginPath>,
    form: Result<Form<Credentials>, FormRejection>,
) -> Result<Response, Refusal> {
    let incorrect = || Refusal::esa(400, "Incorrect syntax");
    let Form(Credentials { loginname, password }) = form.map_err(|_| incorrect())?;
    if loginname.is_empty() || password.is_empty() {
        return Err(incorrect());
    }
    if let Some(answer) = well_known_failure(&simulator, &loginname).await {
        return Ok(answer);
    }
    let mut state = simulator.state();
    let issued = state.sign_in(&loginname, &password, path)?;
    Ok(tokens(issued, &state.settings))
}

/// The faults of well-known user names, which cause a failure by hand. After the delay of the slow one the sign-in
/// fails, because no user has this name.
async fn well_known_failure(simulator: &Simulator, loginname: &str) -> Option<Response> {
    match loginname {
        "fault-503" => {
            let body = "upstream connect error or disconnect/reset before headers".to_owned();
            Fault::Status { status: 503, body }.response()
        }
        "fault-html" => Fault::Html.response(),
        "fault-slow" => {
            let pause = simulator.settings(|_| ()).slow_ms;
            tokio::time::sleep(Duration::from_millis(pause)).await;
            None
        }
        _ => None,
    }
}

/// Refreshes without an access token, as in the reference's sample (line 526).
async fn refresh(State(simulator): State<Simulator>, body: Bytes) -> Result<Response, Refusal> {
    let token = refresh_token(&body)?;
    let mut state = simulator.state();
    let issued = state.refresh(&token)?;
    Ok(tokens(issued, &state.settings))
}

async fn logout(
    State(simulator): State<Simulator>,
    body: Bytes,
) -> Result<Json<Envelope<Invalidated>>, Refusal> {
    let token = refresh_token(&body)?;
    simulator.state().tokens.end_session_of(&token)?;
    Ok(invalidated())
}

/// Ends the session of the access token, because the login of this path returns no refresh token by default. Without a
/// valid access token, the refresh token identifies the session.
async fn gateway_logout(
    State(simulator): State<Simulator>,
    caller: Result<Caller, Refusal>,
    body: Bytes,
) -> Result<Json<Envelope<Invalidated>>, Refusal> {
    let mut state = simulator.state();
    match caller {
        Ok(caller) => {
            state.tokens.end_session(caller.identity.session);
        }
        Err(refusal) if body.is_empty() => return Err(refusal),
        Err(_) => state.tokens.end_session_of(&refresh_token(&body)?)?,
    }
    Ok(invalidated())
}

/// Sets the lifespan of access tokens; that of refresh tokens is ten minutes longer (reference, line 618). The
/// reference has no limits.
async fn update_lifespan(caller: Caller, body: Bytes) -> Result<Json<&'static str>, Refusal> {
    let mut state = caller.authorize(&["web_admin", "role_admin"])?;
    let seconds = Fields::read(&body, |fields| {
        fields.required_value("accessTokenLifespan", Fields::positive)
    })?;
    let seconds = seconds.unwrap_or(state.settings.access_seconds);
    state.settings.access_seconds = seconds;
    state.settings.refresh_seconds = seconds.saturating_add(600);
    Ok(Json("Token lifespan updated successfully."))
}

fn refresh_token(body: &[u8]) -> Result<String, Refusal> {
    Fields::read(body, |fields| fields.required("refreshToken"))
}

/// The envelope of the responses about tokens, with the fields in the order of the samples (reference, line 488).
#[derive(Serialize)]
struct Envelope<T> {
    status: u16,
    data: T,
    messages: [&'static str; 0],
}

fn envelope<T>(data: T) -> Json<Envelope<T>> {
    Json(Envelope {
        status: 0,
        data,
        messages: [],
    })
}

#[derive(Serialize)]
struct Invalidated {
    message: &'static str,
}

fn invalidated() -> Json<Envelope<Invalidated>> {
    envelope(Invalidated {
        message: "Token invalidated successfully.",
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenData {
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    expires_in: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_expires_in: Option<u32>,
}

/// The login response, with the envelope and the header of the reference (lines 488-505). Header and body carry
/// different tokens.
fn tokens(issued: IssuedTokens, settings: &Settings) -> Response {
    let mut response = envelope(TokenData {
        access_token: issued.body,
        refresh_expires_in: issued.refresh.is_some().then_some(settings.refresh_seconds),
        refresh_token: issued.refresh,
        expires_in: settings.access_seconds,
    })
    .into_response();
    let headers = response.headers_mut();
    if let Ok(token) = HeaderValue::from_str(&issued.header) {
        headers.insert(TOKEN_HEADER, token);
    }
    let hsts = HeaderValue::from_static("max-age=31536000; includeSubDomains");
    headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts);
    response
}
