//! The body of a form, in either encoding that browsers use: how much of it is read, for how long, and how much of all
//! bodies together is held.

use std::{sync::Arc, time::Duration};

use app::error::{ErrorKind, PortalError};
use axum::{
    body::{Body, BodyDataStream, Bytes},
    http::{
        HeaderMap,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
};
use futures::{StreamExt, stream};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::limits::Limits;

/// The size of the largest form that is accepted, in bytes.
const MAX_FORM: usize = 256 * 1024;

/// The size of the largest form with a file that is accepted, in bytes.
const MAX_UPLOAD: usize = 2 * 1024 * 1024;

/// The size of the largest form of a caller without a session that is read, in bytes: enough to show again what was
/// typed when a session had ended.
const MAX_WITHOUT_SESSION: usize = 32 * 1024;

/// The size of the largest form that is open to everyone, in bytes: the longest user name and password, and a page.
const MAX_OPEN: usize = 8 * 1024;

/// How much is read at all, in bytes. A browser shows the answer only after it could send the whole body, so one that
/// is too large is read and discarded.
pub(super) const MAX_READ: usize = 32 * 1024 * 1024;

/// How much of a body is read and discarded after it was refused, in bytes.
const MAX_DISCARDED: usize = 128 * 1024;

/// When a caller may try again who found no room.
const RETRY_AFTER: u64 = 5;

/// What may be read of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepts {
    /// The form of a function that needs no session, of a caller who has none.
    Open,
    /// A form whose sender has no session, to be shown again.
    WithoutSession,
    /// A form.
    Form,
    /// A form that may carry a file.
    File,
}

impl Accepts {
    const fn most(self, is_multipart: bool) -> usize {
        match self {
            Self::Open => MAX_OPEN,
            Self::WithoutSession => MAX_WITHOUT_SESSION,
            Self::File if is_multipart => MAX_UPLOAD,
            Self::Form | Self::File => MAX_FORM,
        }
    }

    /// Whether the sender may do what the form is for. What others send is not worth reading to its end.
    const fn is_trusted(self) -> bool {
        matches!(self, Self::Form | Self::File)
    }
}

/// Why a form could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is larger than a form may be.
    TooLarge,
    /// It does not have the encoding that its content type names, or one that the function does not take.
    Malformed,
    /// It did not arrive as a whole in time.
    Slow,
    /// There is no room for it beside the forms that are under way.
    Busy,
}

impl From<Unreadable> for PortalError {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::TooLarge => {
                Self::new(ErrorKind::TooLarge, "This is more than the portal takes at once.")
                    .with_detail("Send less: a form takes 256 kB, a file 2 MB.")
            }
            Unreadable::Malformed => Self::new(ErrorKind::Invalid, "The form was incomplete or malformed.")
                .with_detail("Reload the page and try again."),
            Unreadable::Slow => Self::new(ErrorKind::Incomplete, "The form did not arrive in time.")
                .with_detail("Nothing was changed. Check the connection and send it again."),
            Unreadable::Busy => Self::new(ErrorKind::Busy, "The portal is busy with other forms.")
                .with_detail("Nothing was changed. Send the form again in a few seconds.")
                .with_retry_after(RETRY_AFTER),
        }
    }
}

/// A form's fields, URL-encoded, with the room that they take among all bodies.
#[derive(Debug)]
pub(super) struct Fields {
    pub bytes: Bytes,
    /// Kept as long as the form is.
    pub room: OwnedSemaphorePermit,
}

/// The bodies of all requests together.
#[derive(Clone)]
pub(super) struct Bodies {
    room: Arc<Semaphore>,
    timeout: Duration,
}

impl Bodies {
    pub fn new(limits: &Limits) -> Self {
        Self {
            room: Arc::new(Semaphore::new(limits.bodies)),
            timeout: limits.body_timeout,
        }
    }

    /// The form's fields: a form with a file arrives in parts and is encoded again.
    pub async fn read(
        &self,
        headers: &HeaderMap,
        body: Body,
        accepts: Accepts,
    ) -> Result<Fields, Unreadable> {
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default();
        let is_multipart = kind.trim_start().to_ascii_lowercase().starts_with("multipart/");
        let most = accepts.most(is_multipart);
        let length = content_length(headers);
        if is_multipart && accepts != Accepts::File {
            self.discard(body);
            return Err(Unreadable::Malformed);
        }
        if !accepts.is_trusted() && length.is_some_and(|length| length > most) {
            self.discard(body);
            return Err(Unreadable::TooLarge);
        }
        let needed = u32::try_from(length.unwrap_or(most).min(most)).unwrap_or(u32::MAX);
        let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(needed) else {
            tracing::warn!("a form was refused: there is no room beside those under way");
            self.discard(body);
            return Err(Unreadable::Busy);
        };
        let mut chunks = body.into_data_stream();
        let read = timeout(self.timeout, collect(&mut chunks, most)).await;
        let whole = match read.unwrap_or(Err(Unreadable::Slow)) {
            Err(Unreadable::TooLarge) if accepts.is_trusted() => {
                drop(room);
                let rest = discard(&mut chunks, MAX_READ);
                return Err(timeout(self.timeout, rest)
                    .await
                    .map_or(Unreadable::Slow, |()| Unreadable::TooLarge));
            }
            Err(error) => {
                if error == Unreadable::TooLarge {
                    self.discard_rest(chunks);
                }
                return Err(error);
            }
            Ok(whole) => whole,
        };
        let bytes = if is_multipart {
            let boundary = multer::parse_boundary(kind).map_err(|_| Unreadable::Malformed)?;
            from_parts(whole, boundary).await?
        } else {
            whole
        };
        Ok(Fields { bytes, room })
    }

    /// Reads and discards a part of a body that is refused, while the answer is on its way: a browser that finds the
    /// connection closed while it sends does not show the answer.
    pub fn discard(&self, body: Body) {
        self.discard_rest(body.into_data_stream());
    }

    fn discard_rest(&self, mut chunks: BodyDataStream) {
        let limit = self.timeout;
        tokio::spawn(async move { timeout(limit, discard(&mut chunks, MAX_DISCARDED)).await });
    }
}

fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The whole body, if it is not larger than `most`. What follows is left unread.
async fn collect(chunks: &mut BodyDataStream, most: usize) -> Result<Bytes, Unreadable> {
    let mut whole = Vec::new();
    while let Some(chunk) = chunks.next().await {
        // The browser has gone.
        let chunk = chunk.map_err(|_| Unreadable::Malformed)?;
        if whole.len() + chunk.len() > most {
            return Err(Unreadable::TooLarge);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.into())
}

/// Reads and discards at most about this many bytes.
async fn discard(chunks: &mut BodyDataStream, most: usize) {
    let mut length = 0_usize;
    while let Some(Ok(chunk)) = chunks.next().await {
        length = length.saturating_add(chunk.len());
        if length > most {
            return;
        }
    }
}

async fn from_parts(whole: Bytes, boundary: String) -> Result<Bytes, Unreadable> {
    let once = stream::iter([Ok::<_, std::convert::Infallible>(whole)]);
    let mut parts = multer::Multipart::new(once, boundary);
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| Unreadable::Malformed)? {
        let name = part.name().map(ToOwned::to_owned).ok_or(Unreadable::Malformed)?;
        fields.push((name, part.text().await.map_err(|_| Unreadable::Malformed)?));
    }
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    Ok(form.extend_pairs(fields).finish().into())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    async fn read(kind: &'static str, body: impl Into<Body>, accepts: Accepts) -> Result<Fields, Unreadable> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        let bodies = Bodies::new(&Limits::default());
        bodies.read(&headers, body.into(), accepts).await
    }

    async fn check(kind: &'static str, body: impl Into<Body>, expected: Result<&str, Unreadable>) {
        let read = read(kind, body, Accepts::File).await;
        let expected = expected.map(|text| Bytes::copy_from_slice(text.as_bytes()));
        assert_eq!(read.map(|fields| fields.bytes), expected, "{kind}");
    }

    #[tokio::test]
    async fn parts_are_read_where_a_file_belongs() {
        for accepts in [Accepts::Open, Accepts::WithoutSession, Accepts::Form] {
            let read = read("multipart/form-data; boundary=b", PARTS, accepts).await;
            assert_eq!(
                read.expect_err("no file belongs here"),
                Unreadable::Malformed,
                "{accepts:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_body_without_end_and_one_without_room_are_refused() {
        let limits = Limits {
            bodies: 100,
            body_timeout: Duration::from_millis(20),
            ..Limits::default()
        };
        let bodies = Bodies::new(&limits);
        let sent =
            |length: &'static str| HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from_static(length))]);
        let endless = || Body::from_stream(stream::pending::<Result<Bytes, std::convert::Infallible>>());
        let read = bodies.read(&sent("60"), endless(), Accepts::Form).await;
        assert_eq!(read.expect_err("it does not end"), Unreadable::Slow);

        let first = bodies.read(&sent("60"), Body::from("a=1"), Accepts::Form).await;
        let first = first.expect("there is room");
        let second = bodies.read(&sent("60"), Body::from("a=1"), Accepts::Form).await;
        assert_eq!(second.expect_err("the first takes the room"), Unreadable::Busy);
        drop(first);
        let third = bodies.read(&sent("60"), Body::from("a=1"), Accepts::Form).await;
        assert!(third.is_ok(), "the room is free again");
    }

    const PARTS: &str = "--b\r\ncontent-disposition: form-data; name=\"a b\"\r\n\r\n1&2\r\n\
        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\ncontent-type: text/csv\r\n\r\nü\r\n--b--\r\n";

    #[tokio::test]
    async fn parts_become_the_fields_of_a_plain_form() {
        check("application/x-www-form-urlencoded", "a=1&b=%26", Ok("a=1&b=%26")).await;
        let fields = Ok("a+b=1%262&file=%C3%BC");
        check("multipart/form-data; boundary=b", PARTS, fields).await;
        check("Multipart/Form-Data; boundary=\"b\"", PARTS, fields).await;
    }

    #[tokio::test]
    async fn damaged_parts_are_not_taken_for_large_ones() {
        for kind in [
            "multipart/form-data",
            "multipart/mixed; boundary=b",
            "multipart/form-data; boundary=c",
        ] {
            check(kind, PARTS, Err(Unreadable::Malformed)).await;
        }
        for end in [0, 10, PARTS.len() - 10] {
            let half = Body::from(PARTS.as_bytes()[..end].to_vec());
            check(
                "multipart/form-data; boundary=b",
                half,
                Err(Unreadable::Malformed),
            )
            .await;
        }
    }

    #[tokio::test]
    async fn more_than_is_taken_is_refused() {
        for (kind, most) in [
            ("text/plain", MAX_FORM),
            ("multipart/form-data; boundary=b", MAX_UPLOAD),
        ] {
            let chunk = Ok::<_, std::convert::Infallible>(Bytes::from(vec![b'a'; 64 * 1024]));
            let chunks = stream::iter(vec![chunk; most / 65_536 + 1]);
            check(kind, Body::from_stream(chunks), Err(Unreadable::TooLarge)).await;
        }
    }
}
