//! What becomes of the body of a success: read whole, or passed on as it comes.

use std::{future::Future, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, header::CONTENT_TYPE};
use reqwest::Response;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Answer, Download, Endpoint, Error, ErrorKind,
    answer::envelope_failure,
    broken::broken,
    message::{of_answer, says_invalid_grant},
    retry_after::retry_after,
};

/// The longest body, in bytes, that may be an envelope which reports a failure and not the file that was asked for.
const MAX_ENVELOPE: usize = 4 * 1024;

/// What to do with the body of a success.
pub(crate) trait Receive: Sync {
    type Output;

    fn receive(&self, success: Success) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

/// A 2xx answer whose body is not read yet.
pub(crate) struct Success {
    pub endpoint: Endpoint,
    pub correlation_id: String,
    pub response: Response,
    /// What the words of the answer must not repeat.
    pub secrets: Vec<SecretString>,
}

/// Reads the body into memory.
pub(crate) struct Whole {
    /// Bytes.
    pub max_body: usize,
}

/// Reads no more of the body than tells a file from a failure.
pub(crate) struct Streamed {
    pub max_bytes: u64,
}

impl Success {
    pub fn unreadable(&self, why: &str) -> Error {
        self.error(ErrorKind::Unreadable).with_cause(why)
    }

    /// The error of a body that broke off.
    pub fn broken(&self, error: reqwest::Error) -> Error {
        broken(self.endpoint, &self.correlation_id, error, &self.secrets())
            .with_status(self.response.status())
    }

    pub fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.endpoint, &self.correlation_id).with_status(self.response.status())
    }

    fn secrets(&self) -> Vec<&str> {
        self.secrets.iter().map(ExposeSecret::expose_secret).collect()
    }

    /// No system answers with a page. A proxy in between did, and taking that for success would be a lie.
    fn check_no_page(&self) -> Result<(), Error> {
        let is_page = content_type(self.response.headers())
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"));
        if is_page {
            Err(self.unreadable("the answer is a web page"))
        } else {
            Ok(())
        }
    }

    fn check_no_failure(&self, body: &[u8], headers: &HeaderMap) -> Result<(), Error> {
        let Some(kind) = envelope_failure(body) else {
            return Ok(());
        };
        Err(self
            .error(kind)
            .with_message(of_answer(content_type(headers), body, &self.secrets()))
            .with_invalid_grant(says_invalid_grant(body))
            .with_retry_after(retry_after(headers, SystemTime::now())))
    }
}

impl Receive for Whole {
    type Output = Answer;

    async fn receive(&self, mut success: Success) -> Result<Answer, Error> {
        success.check_no_page()?;
        let headers = success.response.headers().clone();
        let body = match read_body(&mut success.response, self.max_body).await {
            Ok(body) => body,
            Err(Cut::TooLong) => return Err(success.unreadable("the answer is longer than allowed")),
            Err(Cut::Broken(error)) => return Err(success.broken(error)),
        };
        success.check_no_failure(&body, &headers)?;
        Ok(Answer {
            endpoint: success.endpoint,
            status: success.response.status(),
            correlation_id: success.correlation_id,
            headers,
            body,
            secrets: success.secrets,
        })
    }
}

impl Receive for Streamed {
    type Output = Download;

    async fn receive(&self, success: Success) -> Result<Download, Error> {
        success.check_no_page()?;
        let headers = success.response.headers().clone();
        let mut download = Download::of(success, self.max_bytes)?;
        let mut beginning = Vec::new();
        while beginning.len() <= MAX_ENVELOPE {
            let Some(chunk) = download.chunk().await? else {
                // That is all of it.
                download.success().check_no_failure(&beginning, &headers)?;
                break;
            };
            beginning.extend_from_slice(&chunk);
        }
        if beginning.is_empty() {
            return Err(download.success().unreadable("the answer is empty"));
        }
        Ok(download.beginning_with(Bytes::from(beginning)))
    }
}

pub(crate) enum Cut {
    TooLong,
    Broken(reqwest::Error),
}

pub(crate) async fn read_body(response: &mut Response, limit: usize) -> Result<Vec<u8>, Cut> {
    let too_long = |length: u64| usize::try_from(length).map_or(true, |length| length > limit);
    if response.content_length().is_some_and(too_long) {
        return Err(Cut::TooLong);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Cut::Broken)? {
        if chunk.len() > limit - body.len() {
            return Err(Cut::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(crate) fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE)?.to_str().ok()
}
