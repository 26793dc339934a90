//! Sending a call and taking its answer: bounds, the single retries, and what counts as success.

use std::time::{Instant, SystemTime};

use http::{
    HeaderValue, Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST},
};
use reqwest::{Certificate, RequestBuilder, Response, redirect::Policy};
use secrecy::ExposeSecret;
use tracing::debug;
use url::Url;
use uuid::Uuid;

use crate::{
    Answer, Call, Config, ConfigError, Credentials, Download, Error, ErrorKind,
    backoff::Backoff,
    broken::{broken, chain},
    call::Body,
    credentials::{Authorization, sensitive},
    message::{of_answer, says_invalid_grant},
    receive::{Receive, Streamed, Success, Whole, content_type, read_body},
    retry_after::retry_after,
};

const CORRELATION_ID: &str = "x-correlation-id";

/// Of an error's body, bytes. Its words are cut at 300 characters anyway.
const MAX_ERROR_BODY: usize = 64 * 1024;

/// The connections to one system.
pub struct Transport {
    http: reqwest::Client,
    base: Url,
    config: Config,
    backoff: Backoff,
}

impl Transport {
    /// Checks the configuration and prepares TLS. Nothing is sent yet.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let base = config.checked_base()?;
        // An error says that the process has a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .https_only(base.scheme() == "https")
            .connect_timeout(config.connect_timeout)
            .read_timeout(config.read_timeout);
        if base.scheme() == "http" {
            // No TLS will happen, so a machine without any certificates will do.
            builder = builder.tls_certs_only([]);
        } else if let Some(pem) = &config.ca_pem {
            builder = builder.tls_certs_merge(authorities(pem)?);
        }
        let http = builder.build().map_err(|error| ConfigError::Tls(chain(&error)))?;
        Ok(Self {
            http,
            base,
            config,
            backoff: Backoff::default(),
        })
    }

    /// The same system at another URL, which has a backoff of its own. The scheme must be the same: with another, no
    /// call is sent.
    pub fn at(&self, url: Url, host: Option<String>) -> Result<Self, ConfigError> {
        let config = Config {
            url,
            host,
            ..self.config.clone()
        };
        Ok(Self {
            http: self.http.clone(),
            base: config.checked_base()?,
            config,
            backoff: Backoff::default(),
        })
    }

    /// Makes the call with these credentials. A 401 says that nothing was done: a token that can be renewed is then
    /// renewed, and the call made once more, unless it is to be made [once](Call::once).
    pub async fn send_with(&self, call: Call<'_>, credentials: &Credentials) -> Result<Answer, Error> {
        let whole = Whole {
            max_body: self.config.max_body,
        };
        // Boxed: whatever makes a call would carry this future in its own.
        Box::pin(self.receive_with(call, credentials, &whole)).await
    }

    /// Makes the call, all in all within the configured time. `GET`s are tried once more when the connection
    /// failed. While the system has asked for fewer requests, a call waits a moment or fails without being sent.
    pub async fn send(&self, call: &Call<'_>) -> Result<Answer, Error> {
        let whole = Whole {
            max_body: self.config.max_body,
        };
        self.receive(call, &whole).await
    }

    /// Like [`send_with`](Self::send_with), for a body that is passed on as it comes and not kept: of at most so many
    /// bytes. The configured time is for its beginning; see [`Download`] for the rest.
    pub async fn download_with(
        &self,
        call: Call<'_>,
        credentials: &Credentials,
        max_bytes: u64,
    ) -> Result<Download, Error> {
        let streamed = Streamed { max_bytes };
        Box::pin(self.receive_with(call, credentials, &streamed)).await
    }

    async fn receive_with<R: Receive>(
        &self,
        call: Call<'_>,
        credentials: &Credentials,
        how: &R,
    ) -> Result<R::Output, Error> {
        let source = match credentials {
            Credentials::Fixed(token) => return self.receive(&call.bearer(token), how).await,
            Credentials::Headers(source) => {
                let headers = source.headers().await?;
                return match self.receive(&call.headers(&headers), how).await {
                    Err(error) if error.kind() == ErrorKind::Unauthorized => {
                        Err(source.rejected(&headers, error).await)
                    }
                    result => result,
                };
            }
            Credentials::Renewable(source) => source,
        };
        let token = source.token().await?;
        let call = call.bearer(&token);
        match self.receive(&call, how).await {
            Err(error) if error.kind() == ErrorKind::Unauthorized && !call.once => {}
            result => return result,
        }
        let renewed = source.renew(&token).await?;
        match self.receive(&call.bearer(&renewed), how).await {
            Err(error) if error.kind() == ErrorKind::Unauthorized => {
                Err(source.rejected(&renewed, error).await)
            }
            result => result,
        }
    }

    async fn receive<R: Receive>(&self, call: &Call<'_>, how: &R) -> Result<R::Output, Error> {
        if let Err(rest) = self.backoff.wait().await {
            return Err(
                Error::not_sent(ErrorKind::TooManyRequests, call.endpoint).with_retry_after(Some(rest))
            );
        }
        let result = self.receive_now(call, how).await;
        match &result {
            Ok(_) => self.backoff.succeeded(),
            Err(error) => self.backoff.failed(error),
        }
        result
    }

    async fn receive_now<R: Receive>(&self, call: &Call<'_>, how: &R) -> Result<R::Output, Error> {
        let correlation_id = Uuid::new_v4().to_string();
        let started = Instant::now();
        let result = tokio::time::timeout(
            self.config.timeout,
            Box::pin(self.exchange(call, &correlation_id, how)),
        )
        .await
        .unwrap_or_else(|_| Err(Error::new(ErrorKind::Timeout, call.endpoint, &correlation_id)));
        debug!(
            system = call.endpoint.system,
            endpoint = call.endpoint.name,
            correlation_id = result
                .as_ref()
                .map_or_else(Error::correlation_id, |received| &received.correlation_id),
            status = result
                .as_ref()
                .map_or_else(Error::status, |received| Some(received.status.as_u16())),
            failure = result
                .as_ref()
                .err()
                .map(|error| tracing::field::debug(error.kind())),
            cause = result.as_ref().err().and_then(Error::cause),
            milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "called an upstream system"
        );
        result.map(|received| received.output)
    }

    async fn exchange<R: Receive>(
        &self,
        call: &Call<'_>,
        correlation_id: &str,
        how: &R,
    ) -> Result<Received<R::Output>, Error> {
        let response = match self.attempt(call, correlation_id).await {
            Err(first)
                if call.method == Method::GET && first.kind() == ErrorKind::Unreachable && !call.once =>
            {
                self.attempt(call, correlation_id).await.map_err(|second| {
                    let was_sent = first.was_sent() || second.was_sent();
                    second.with_was_sent(was_sent)
                })?
            }
            result => result?,
        };
        let answered = response.headers().get(CORRELATION_ID).and_then(valid_request_id);
        let correlation_id = answered.unwrap_or_else(|| correlation_id.to_owned());
        let status = response.status();
        if !status.is_success() {
            return Err(self.read_failure(call, response, &correlation_id).await);
        }
        let success = Success {
            endpoint: call.endpoint,
            correlation_id: correlation_id.clone(),
            response,
            secrets: self.secrets(call).map(Into::into).collect(),
        };
        Ok(Received {
            correlation_id,
            status,
            output: how.receive(success).await?,
        })
    }

    async fn attempt(&self, call: &Call<'_>, correlation_id: &str) -> Result<Response, Error> {
        let request = self.request(call, correlation_id)?;
        request.send().await.map_err(|error| {
            broken(
                call.endpoint,
                correlation_id,
                error,
                &self.secrets(call).collect::<Vec<_>>(),
            )
        })
    }

    fn request(&self, call: &Call<'_>, correlation_id: &str) -> Result<RequestBuilder, Error> {
        let mut url = self.base.clone();
        url.set_path(&format!(
            "{}{}",
            self.base.path().trim_end_matches('/'),
            call.path
        ));
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .header(ACCEPT, call.accept)
            .header(CORRELATION_ID, correlation_id);
        if !call.query.is_empty() {
            request = request.query(&call.query);
        }
        if let Some(host) = &self.config.host {
            request = request.header(HOST, host);
        }
        match &call.authorization {
            Authorization::None => {}
            Authorization::Bearer(token) => {
                let value = sensitive(&format!("Bearer {}", token.expose_secret())).ok_or_else(|| {
                    Error::refused(call.endpoint, "the token has characters no header can hold")
                })?;
                request = request.header(AUTHORIZATION, value);
            }
            Authorization::Headers(headers) => {
                for (name, value) in headers.iter() {
                    let value = sensitive(value).ok_or_else(|| {
                        Error::refused(call.endpoint, format!("{name} has characters no header can hold"))
                    })?;
                    request = request.header(name, value);
                }
            }
        }
        if let (Body::None, Some(content_type)) = (&call.body, call.content_type) {
            request = request.header(CONTENT_TYPE, content_type);
        }
        Ok(match &call.body {
            // Some servers refuse a PUT that does not say its length.
            Body::None if call.method == Method::PUT => request.header(CONTENT_LENGTH, 0),
            Body::None => request,
            Body::Json(body) => request.json(body),
            Body::Form(fields) => request.form(fields),
        })
    }

    async fn read_failure(&self, call: &Call<'_>, mut response: Response, correlation_id: &str) -> Error {
        let status = response.status();
        let headers = response.headers().clone();
        let kind = ErrorKind::of_status(status.as_u16()).unwrap_or(ErrorKind::Unreadable);
        // An error whose words cannot be read is that error still.
        let body = read_body(&mut response, self.config.max_body.min(MAX_ERROR_BODY))
            .await
            .unwrap_or_default();
        let secrets: Vec<&str> = self.secrets(call).collect();
        let message = of_answer(content_type(&headers), &body, &secrets);
        Error::new(kind, call.endpoint, correlation_id)
            .with_status(status)
            .with_message(message)
            .with_invalid_grant(says_invalid_grant(&body))
            .with_retry_after(retry_after(&headers, SystemTime::now()))
    }

    /// What the words of an answer must not repeat: what the call sent, and where the system is.
    fn secrets<'c>(&'c self, call: &'c Call<'_>) -> impl Iterator<Item = &'c str> {
        call.secrets().chain(self.base.host_str())
    }
}

/// What a success became, and what the log says of it.
struct Received<T> {
    correlation_id: String,
    status: StatusCode,
    output: T,
}

fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, ConfigError> {
    let certificates = Certificate::from_pem_bundle(pem).map_err(|_| ConfigError::CaUnreadable)?;
    if certificates.is_empty() {
        Err(ConfigError::CaUnreadable)
    } else {
        Ok(certificates)
    }
}

/// The answer's correlation id, unless it is empty, too long or not printable.
fn valid_request_id(value: &HeaderValue) -> Option<String> {
    let id = value.to_str().ok()?.trim();
    let is_valid = !id.is_empty() && id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_graphic());
    is_valid.then(|| id.to_owned())
}
