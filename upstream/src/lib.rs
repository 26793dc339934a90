//! What the clients of the upstream systems share: the transport, requests, answers and downloads, the error type,
//! credentials and the renewal of tokens, paging, lenient reading of JSON, and the types of names and words.

mod answer;
mod backoff;
mod broken;
mod call;
mod config;
mod credentials;
mod download;
mod error;
pub mod lenient;
mod message;
mod names;
mod paging;
mod path;
mod receive;
mod retry_after;
mod token;
mod transport;

pub use answer::Answer;
pub use call::{Call, non_empty, put};
pub use config::{Config, ConfigError};
pub use credentials::{Credentials, HeaderSource, SecretHeaders};
pub use download::Download;
pub use error::{Endpoint, Error, ErrorKind, TokenFailure};
pub use paging::{PAGE_SIZE, load_all};
pub use path::{check_all_filled, check_filled, encode_segment};
pub use token::{BearerToken, TokenSource};
pub use transport::Transport;
