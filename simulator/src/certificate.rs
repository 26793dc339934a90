//! [`Certificate`]: the self-signed certificate for HTTPS.

use crate::Error;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::{fmt, sync::Arc};
use tokio_rustls::TlsAcceptor;

/// A certificate for `localhost`, `127.0.0.1` and `::1` with its private key, which no method returns.
pub struct Certificate {
    pem: String,
    der: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Certificate {
    /// Generates a key and a self-signed certificate for the loopback names.
    pub fn self_signed() -> Result<Self, Error> {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let generated = rcgen::generate_simple_self_signed(names)?;
        Ok(Self {
            pem: generated.cert.pem(),
            der: generated.cert.der().clone(),
            key: PrivatePkcs8KeyDer::from(generated.signing_key.serialize_der()).into(),
        })
    }

    /// The certificate as PEM, for a client's list of trusted certificates.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// An acceptor for HTTP/1.1 alone, like the `uvicorn` of the sampled responses.
    pub(crate) fn acceptor(self) -> Result<TlsAcceptor, Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.der], self.key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl Clone for Certificate {
    fn clone(&self) -> Self {
        Self {
            pem: self.pem.clone(),
            der: self.der.clone(),
            key: self.key.clone_key(),
        }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}
