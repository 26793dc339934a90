//! [`Error`]: failures to set up or serve a simulator.

/// A failure to set up or serve a simulator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The listener failed.
    #[error("the simulator could not serve: {0}")]
    Io(#[from] std::io::Error),
    /// The self-signed certificate could not be generated.
    #[error("the simulator's certificate could not be generated: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refused the certificate.
    #[error("the simulator's TLS could not be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// A token mode's name is not one of the five.
    #[error("unknown token mode `{0}`: use claims, no-claims, opaque, header-only or no-refresh")]
    TokenMode(String),
    /// The name of a policy repository is not one of the two.
    #[error("unknown policy repository `{0}`: use seeded or empty")]
    Pim(String),
}
