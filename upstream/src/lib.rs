//! What the clients of the upstream systems share: the transport, requests, answers and downloads, the error type,
//! tokens and their renewal, paging, and lenient reading of JSON.

mod answer;
mod backoff;
mod call;
mod config;
mod download;
mod error;
pub mod lenient;
mod message;
mod paging;
mod path;
mod receive;
mod retry_after;
mod token;
mod transport;

pub use answer::Answer;
pub use call::{Call, non_empty, put};
pub use config::{Config, ConfigError};
pub use download::Download;
pub use error::{Endpoint, Error, ErrorKind, TokenFailure};
pub use paging::{PAGE_SIZE, load_all};
pub use path::{check_all_filled, check_filled, encode_segment};
pub use token::{BearerToken, Credentials, TokenSource};
pub use transport::Transport;
