//! [`Jwe`]: encrypts a package for the holder of a private key, as JSON Web Encryption (RFC 7516).
//!
//! The product's own format is not public. The names of its algorithms, RSA-OAEP-256 and RSA-OAEP-512, are those of
//! JSON Web Encryption.

use crate::state::pim::{ExportKey, KeyAlgorithm};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
    rand::{SystemRandom, generate},
};
use rsa::sha2::{Sha256, Sha512};
use serde::Serialize;
use serde_json::json;

/// A message in the flattened JSON serialization, all fields in base64url without padding.
#[derive(Debug, Serialize)]
pub(crate) struct Jwe {
    /// The header `{alg, cty, enc, kid}`; `kid` is the fingerprint of the export key.
    protected: String,
    /// The random content key, encrypted with the export key.
    encrypted_key: String,
    iv: String,
    /// The content, encrypted with AES-256-GCM; the protected header is authenticated too.
    ciphertext: String,
    tag: String,
}

/// A failure of the random generator or of a cipher, which tells no details.
#[derive(Debug, thiserror::Error)]
#[error("the package could not be encrypted")]
pub(crate) struct EncryptionFailed;

impl From<Unspecified> for EncryptionFailed {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

impl From<rsa::Error> for EncryptionFailed {
    fn from(_: rsa::Error) -> Self {
        Self
    }
}

/// Encrypts JSON with a random content key, and that key with the export key.
pub(crate) fn encrypt(key: &ExportKey, content: &[u8]) -> Result<Jwe, EncryptionFailed> {
    let random = SystemRandom::new();
    let content_key = generate::<[u8; 32]>(&random)?.expose();
    let iv = generate::<[u8; NONCE_LEN]>(&random)?.expose();
    let header = json!({
        "alg": key.algorithm,
        "cty": "application/json",
        "enc": "A256GCM",
        "kid": key.fingerprint,
    });
    let protected = URL_SAFE_NO_PAD.encode(header.to_string());
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &content_key)?);
    let mut ciphertext = content.to_vec();
    let tag = cipher.seal_in_place_separate_tag(
        Nonce::assume_unique_for_key(iv),
        Aad::from(protected.as_bytes()),
        &mut ciphertext,
    )?;
    let encrypted_key = match key.algorithm {
        KeyAlgorithm::RsaOaep256 => key.public_key.oaep_encrypt::<Sha256>(&content_key)?,
        KeyAlgorithm::RsaOaep512 => key.public_key.oaep_encrypt::<Sha512>(&content_key)?,
    };
    Ok(Jwe {
        protected,
        encrypted_key: URL_SAFE_NO_PAD.encode(encrypted_key),
        iv: URL_SAFE_NO_PAD.encode(iv),
        ciphertext: URL_SAFE_NO_PAD.encode(ciphertext),
        tag: URL_SAFE_NO_PAD.encode(tag.as_ref()),
    })
}
