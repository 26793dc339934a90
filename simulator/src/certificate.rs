//! The self-signed certificate that the simulator serves HTTPS with.

use crate::Error;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::{fmt, sync::Arc};
use tokio_rustls::TlsAcceptor;

/// A fresh certificate for `localhost`, `127.0.0.1` and `::1` with its key. The key never leaves this value.
pub struct Certificate {
    pem: String,
    der: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Certificate {
    /// Makes a new key and a certificate for the loopback names, signed by itself.
    pub fn self_signed() -> Result<Self, Error> {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let made = rcgen::generate_simple_self_signed(names)?;
        Ok(Self {
            pem: made.cert.pem(),
            der: made.cert.der().clone(),
            key: PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into(),
        })
    }

    /// The certificate as PEM, for a client's list of trusted certificates.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// HTTP/1.1 only, as the sampled answers' `uvicorn`.
    pub(crate) fn acceptor(self) -> Result<TlsAcceptor, Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.der], self.key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}
