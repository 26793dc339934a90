//! Tokens: both logins, refresh, logout and lifespan (reference, lines 450-641; notes, section 1).

use crate::{
    Fault, Settings, Simulator,
    body::Fields,
    refusal::Refusal,
    world::{Caller, Issued, LoginPath},
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

/// Below `/pty/v1/auth`.
pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/login/token", post(login))
        .route("/login/token/refresh", post(refresh))
        .route("/logout", post(logout))
        .route("/token/lifespan/update", post(update_lifespan))
        .layer(Extension(LoginPath::Pty))
}

/// Below `/api/v1/auth`: the login whose header token a strict gateway accepts.
pub(crate) fn gateway_routes() -> Router<Simulator> {
    Router::new()
        .route("/login/token", post(login))
        .route("/logout", post(gateway_logout))
        .layer(Extension(LoginPath::Api))
}

/// Both fields must be there (notes, section 2).
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
    let mut world = simulator.world();
    let issued = world.sign_in(&loginname, &password, path)?;
    Ok(tokens(issued, &world.settings))
}

/// User names with which a person provokes a failure by hand. After the slow one the sign-in goes on, and fails for
/// want of such a user.
async fn well_known_failure(simulator: &Simulator, loginname: &str) -> Option<Response> {
    match loginname {
        "fault-503" => {
            let body = "upstream connect error or disconnect/reset before headers".to_owned();
            Some(Fault::Status { status: 503, body }.into_response())
        }
        "fault-html" => Some(Fault::Html.into_response()),
        "fault-slow" => {
            let pause = simulator.settings(|_| ()).slow_ms;
            tokio::time::sleep(Duration::from_millis(pause)).await;
            None
        }
        _ => None,
    }
}

/// Works without an access token, as in the reference's sample (line 526).
async fn refresh(State(simulator): State<Simulator>, body: Bytes) -> Result<Response, Refusal> {
    let token = refresh_token(&body)?;
    let mut world = simulator.world();
    let issued = world.refresh(&token)?;
    Ok(tokens(issued, &world.settings))
}

async fn logout(
    State(simulator): State<Simulator>,
    body: Bytes,
) -> Result<Json<Envelope<Invalidated>>, Refusal> {
    let token = refresh_token(&body)?;
    simulator.world().tokens.end_session_of(&token)?;
    Ok(invalidated())
}

/// This path's login gives no refresh token, so the access token may say whose session is meant.
async fn gateway_logout(
    State(simulator): State<Simulator>,
    caller: Result<Caller, Refusal>,
    body: Bytes,
) -> Result<Json<Envelope<Invalidated>>, Refusal> {
    let mut world = simulator.world();
    match caller {
        Ok(caller) => {
            world.tokens.end_session(caller.session);
        }
        Err(refusal) if body.is_empty() => return Err(refusal),
        Err(_) => world.tokens.end_session_of(&refresh_token(&body)?)?,
    }
    Ok(invalidated())
}

/// The refresh token's lifespan follows at ten minutes more (reference, line 618). The limits are not documented.
async fn update_lifespan(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<&'static str>, Refusal> {
    let mut world = simulator.world();
    world.require(&caller, &["web_admin", "role_admin"])?;
    let mut fields = Fields::parse(&body)?;
    let seconds = fields.required_value("accessTokenLifespan", Fields::positive);
    fields.finish()?;
    let seconds = seconds.unwrap_or(world.settings.access_seconds);
    world.settings.access_seconds = seconds;
    world.settings.refresh_seconds = seconds.saturating_add(600);
    Ok(Json("Token lifespan updated successfully."))
}

fn refresh_token(body: &[u8]) -> Result<String, Refusal> {
    let mut fields = Fields::parse(body)?;
    let token = fields.required("refreshToken");
    fields.finish()?;
    Ok(token)
}

/// What the answers about tokens are wrapped in, in the order of the samples (reference, line 488).
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

/// The envelope and the header of the reference (lines 488-505). Header and body carry different tokens.
fn tokens(issued: Issued, settings: &Settings) -> Response {
    let mut answer = envelope(TokenData {
        access_token: issued.body,
        refresh_expires_in: issued.refresh.is_some().then_some(settings.refresh_seconds),
        refresh_token: issued.refresh,
        expires_in: settings.access_seconds,
    })
    .into_response();
    let headers = answer.headers_mut();
    if let Ok(token) = HeaderValue::from_str(&issued.header) {
        headers.insert(TOKEN_HEADER, token);
    }
    let hsts = HeaderValue::from_static("max-age=31536000; includeSubDomains");
    headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts);
    answer
}
