//! [`ExportKey`]: a public key under which a data store's package leaves the cluster, and its [`Fingerprint`] (notes,
//! section 9).

use crate::refusal::Refusal;
use rsa::{
    PublicKey,
    pkcs8::{DecodePublicKey, EncodePublicKey},
    traits::PublicKeyParts,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const MIN_KEY_BYTES: usize = 2048 / 8;

/// An export key as answers show it: without the PEM.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ExportKey {
    pub(crate) algorithm: KeyAlgorithm,
    pub(crate) fingerprint: Fingerprint,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip)]
    pub(crate) public_key: PublicKey,
}

/// The algorithm that wraps the key of a package: RSA-OAEP with SHA-256 or SHA-512, also for MGF1.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) enum KeyAlgorithm {
    #[default]
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    #[serde(rename = "RSA-OAEP-512")]
    RsaOaep512,
}

/// The SHA-256 of a public key's DER: 32 bytes in lower-case hexadecimal, separated by colons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Fingerprint(String);

impl ExportKey {
    /// The key of a PEM text with an RSA key in a `PUBLIC KEY` block (SPKI).
    pub(crate) fn new(
        algorithm: KeyAlgorithm,
        pem: &str,
        description: Option<String>,
    ) -> Result<Self, Refusal> {
        let invalid = || Refusal::detail(400, "The export key is not a PEM of an RSA public key");
        let public_key = PublicKey::from_public_key_pem(pem).map_err(|_| invalid())?;
        if public_key.size() < MIN_KEY_BYTES {
            return Err(Refusal::detail(400, "The export key has fewer than 2048 bits"));
        }
        let der = public_key.to_public_key_der().map_err(|_| invalid())?;
        Ok(Self {
            algorithm,
            fingerprint: Fingerprint::of(der.as_bytes()),
            description,
            public_key,
        })
    }
}

impl Fingerprint {
    fn of(der: &[u8]) -> Self {
        let mut text = String::new();
        for byte in Sha256::digest(der) {
            if !text.is_empty() {
                text.push(':');
            }
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is this fingerprint. The reference has it without colons in the path of `/export`, the answer
    /// about a key has it with them; the simulator takes both (notes, section 9).
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.0 == text || self.0.replace(':', "") == text
    }
}
