//! Export keys: the public keys that the resilient packages of a data store are encrypted to.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gate::{Operation, Target};
use protegrity::{
    CreatedExportKey, Fingerprint,
    pim::{DataStoreUid, ExportKey, KeyAlgorithm, NewExportKey, already_exists},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use x509_parser::{
    pem::Pem,
    prelude::{FromDer, SubjectPublicKeyInfo, X509Certificate},
    public_key::PublicKey,
};

use super::{
    configuration::export_keys,
    data_stores::data_store,
    object::{MAX_DESCRIPTION, chosen},
};
use crate::{
    Error,
    read_back::{ReadBack, settle},
    refusal::{self, Words},
    saml::certificate::hexadecimal,
    validation::Validation,
};

/// The least bits of a key. Fewer are no longer taken for secure (NIST SP 800-131A).
pub const MIN_BITS: usize = 2048;

/// The longest text with a key, in characters: one of 16,384 bits has 2,900.
pub const MAX_LENGTH: usize = 10_000;

/// What to paste instead of what was refused.
const HINT: &str = "Paste the public key: it begins with -----BEGIN PUBLIC KEY-----.";

/// The words of the cluster's refusals.
const WORDS: &Words = &[
    ("algorithm", "algorithm"),
    ("description", "description"),
    ("pem", "pem"),
    ("public key", "pem"),
    ("export key", "pem"),
    ("key", "pem"),
];

/// The form that adds an export key to a data store.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportKeyForm {
    /// The data store.
    pub uid: String,
    /// How packages are encrypted to it, in the cluster's word.
    pub algorithm: String,
    /// The public key in PEM.
    pub pem: String,
    /// The description.
    pub description: String,
}

/// A public key that can be an export key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaKey {
    /// Its bits.
    pub bits: usize,
    /// The SHA-256 of its DER. That the cluster's fingerprint is the same digest is likely and not documented (notes on
    /// the reference, section 9).
    pub fingerprint: Fingerprint,
    /// In PEM, in lines of 64 characters.
    pub pem: String,
}

/// An export key that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedKey {
    /// The data store's name.
    pub store: String,
    /// The key's bits.
    pub bits: usize,
    /// The cluster's fingerprint of it; `None` where the cluster gives none.
    pub fingerprint: Option<Fingerprint>,
    /// Whether the keys of the data store have it now.
    pub read_back: ReadBack,
}

impl RsaKey {
    /// The key of a text that holds one RSA public key in PEM and nothing else.
    ///
    /// # Errors
    /// The problem, for the field.
    pub fn of(typed: &str) -> Result<Self, String> {
        if typed.to_ascii_uppercase().contains("PRIVATE KEY") {
            return Err("This is a private key. Only the public key belongs here: nothing of this was sent or kept, but others may have seen it on the way. Make a new pair.".to_owned());
        }
        if typed.chars().count() > MAX_LENGTH {
            return Err(format!("This is longer than {MAX_LENGTH} characters."));
        }
        if typed.trim().is_empty() {
            return Err(format!("This must not be empty. {HINT}"));
        }
        // A key that was copied out of JSON has its line breaks as two characters.
        let text = typed.replace("\\r", "").replace("\\n", "\n");
        Self::of_der(&der_of(&text)?)
    }

    fn of_der(der: &[u8]) -> Result<Self, String> {
        let unreadable = || format!("This is no public key: its content cannot be read. {HINT}");
        let (rest, info) = SubjectPublicKeyInfo::from_der(der).map_err(|_| unreadable())?;
        if !rest.is_empty() {
            return Err("Something follows the key inside its base64. Copy it anew.".to_owned());
        }
        let bits = match info.parsed().map_err(|_| unreadable())? {
            PublicKey::RSA(key) => bits_of(key.modulus),
            other => {
                return Err(format!(
                    "This is {}. Packages are encrypted to RSA keys: make one of at least {MIN_BITS} bits.",
                    in_words(&other)
                ));
            }
        };
        if bits < MIN_BITS {
            return Err(format!(
                "This key has {bits} bits. It must have at least {MIN_BITS}."
            ));
        }
        Ok(Self {
            bits,
            fingerprint: Fingerprint::new(&hexadecimal(&Sha256::digest(der))),
            pem: pem_of(der),
        })
    }
}

/// The bytes of the one block `PUBLIC KEY`.
fn der_of(text: &str) -> Result<Vec<u8>, String> {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let text = format!("{}\n", lines.join("\n"));
    if !text.contains("-----BEGIN ") {
        return Err(format!("The mark -----BEGIN PUBLIC KEY----- is missing. {HINT}"));
    }
    let blocks: Vec<_> = Pem::iter_from_buffer(text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| {
            format!("This is no PEM: it was cut off, or a character of its base64 is wrong. {HINT}")
        })?;
    let [block] = &blocks[..] else {
        return Err(format!(
            "These are {} blocks. Paste one public key alone.",
            blocks.len()
        ));
    };
    match block.label.as_str() {
        "PUBLIC KEY" => Ok(block.contents.clone()),
        "RSA PUBLIC KEY" => Err(
            "This is a public key in the older form of PKCS #1. Convert it: openssl rsa -RSAPublicKey_in -in key.pem -pubout."
                .to_owned(),
        ),
        "CERTIFICATE" => Err(of_certificate(&block.contents)),
        label => {
            let label: String = label.chars().take(40).collect();
            Err(format!("This is a block “{label}”, and no public key. {HINT}"))
        }
    }
}

fn of_certificate(der: &[u8]) -> String {
    let whose = X509Certificate::from_der(der)
        .map(|(_, certificate)| format!(" of {}", certificate.subject()))
        .unwrap_or_default();
    format!(
        "This is the certificate{whose}, and no public key. Take its key out: openssl x509 -in certificate.pem -pubkey -noout."
    )
}

fn in_words(key: &PublicKey<'_>) -> &'static str {
    match key {
        PublicKey::EC(_) => "a key of an elliptic curve",
        PublicKey::DSA(_) => "a DSA key",
        _ => "a key of another kind",
    }
}

/// The bits of a number, whose first bytes may be zero.
fn bits_of(modulus: &[u8]) -> usize {
    let start = modulus.iter().position(|byte| *byte != 0);
    start.map_or(0, |start| {
        let number = &modulus[start..];
        number.len() * 8 - number[0].leading_zeros() as usize
    })
}

fn pem_of(der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let mut pem = "-----BEGIN PUBLIC KEY-----\n".to_owned();
    for (at, character) in encoded.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str("\n-----END PUBLIC KEY-----\n");
    pem
}

/// Adds an export key to a data store (`POST /pim/datastores/{uid}/export/keys`, notes on the reference, sections 3 and
/// 9).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn add(operation: &Operation, uid: &DataStoreUid, form: &ExportKeyForm) -> Result<AddedKey, Error> {
    let mut validation = Validation::default();
    let algorithm = chosen(&mut validation, "algorithm", &form.algorithm, KeyAlgorithm::KNOWN);
    if algorithm.is_none() && validation.is_empty() {
        validation.add("algorithm", "Choose how packages are encrypted.");
    }
    let description = validation.lines("description", &form.description, MAX_DESCRIPTION);
    let key = RsaKey::of(&form.pem).map_err(|problem| validation.add("pem", problem));
    validation.finish()?;
    let (Some(algorithm), Ok(key)) = (algorithm, key) else {
        return Err(Error::at("pem", HINT));
    };
    let store = data_store(operation, uid).await?;
    let sent = &NewExportKey {
        algorithm,
        pem: key.pem,
        description,
    };
    let operation = &operation.on(Target::of("data_store", uid).with_name(store.name.clone()));
    let written = operation
        .perform(|cluster| async move { cluster.pim().create_export_key(uid, sent).await })
        .await;
    let created = settle(written, || async {
        let keys = export_keys(operation, uid).await.ok()?;
        let now = with_fingerprint(&keys, &key.fingerprint)?;
        Some(CreatedExportKey {
            uid: Some(now.uid.clone()).filter(|uid| !uid.is_empty()),
            fingerprint: now.fingerprint.clone(),
        })
    })
    .await
    .map_err(|error| {
        if error.error.upstream().is_some_and(already_exists) {
            return Error::at("pem", "A data store of the cluster has this key already.");
        }
        refusal::at_field(error, WORDS)
    })?;
    let keys = export_keys(operation, uid).await;
    let named = created.fingerprint.as_ref().unwrap_or(&key.fingerprint);
    let now = keys.as_ref().ok().and_then(|keys| with_fingerprint(keys, named));
    Ok(AddedKey {
        store: store.name,
        bits: key.bits,
        fingerprint: created.fingerprint.clone().or_else(|| now?.fingerprint.clone()),
        read_back: match (&keys, now) {
            (Ok(_), Some(_)) => ReadBack::AsSent,
            (Ok(_), None) => ReadBack::Differs("The cluster does not list the key.".to_owned()),
            (Err(_), _) => ReadBack::Unread,
        },
    })
}

fn with_fingerprint<'a>(keys: &'a [ExportKey], fingerprint: &Fingerprint) -> Option<&'a ExportKey> {
    keys.iter()
        .find(|key| key.fingerprint.as_ref() == Some(fingerprint))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2048 bits; the private keys of all keys here were thrown away.
    const KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlRzQ231SgqJg7yX1zXnO
YDVuYfI2BtVb6W20kSIu5S4rHGBNhXbRLOAR2Qe1SOG39m7ah43YjTDpbjy5XIKM
KL1fzIYqgi6SIaXpIdEjLQooCaz4PSbxXg0Y0T+VXy8iit13tGKkBmiG5WClOB4A
Bi/U7l3z/QgJj/qitRxumb+slyl/BqH83sdR1lTT/KCB3vMza7iVIp0s1uEeHTN7
f/6OOERQu4sXLXFxE5t7L6vy6xaM+Aig89q6B6U4N1XiswX9/tQT3BFqlshzuGEm
fgvK7nFD+YWuUZuVMw1JB7kwDh5tqw6jMkzuFJ3HQUfXC2tS/bFlE5kXuUJb6Kck
cQIDAQAB
-----END PUBLIC KEY-----
";
    const SHORT: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCtWZScRshvytekXBLLkovGK4Kg
U+LMwv7WU+5s2//B/E+b3j8W+8XXqbwzbFh/DByaIG4kje4t8De3Scar7mEL77jb
z6IRLPAoaC7LdKp3GVl/VTlxiq9kh6WnMzrlNJ/q5kFzMCb0Ft5qmOytqyz6WxJB
y1EKq0fr2gGW66l2yQIDAQAB
-----END PUBLIC KEY-----
";
    const CURVE: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWJteaKa1Slgnszja3sJLQv6qZg/z
R8kgSBz81Ig8gAWBaxGM0GmVgq6FhRTcQcxl8Mc8WAcRh3KABsigyzPwzA==
-----END PUBLIC KEY-----
";
    const PKCS1: &str = "-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAjzBGWSeorQUh5GWCyfFAgl7AKoifOMfYnXPkuoMvEyKaSh9KCrNX
FhXKOChpZnv5MAeXs+Bl5faIMY4IJZME8Kbr+O208KgmGTgdMQKqiqDq4XKr8cCe
slpGwVrnaodTvX4syrzbDb31C1vAN63urJZ+2ngYM2hn9VBkAmbLr2eSr/l95uLN
ku4LZakCNpMX9COiSWnaAsgnwOO6KYRLwhBvbdC6tZWskYnI/xDKA/aFvRh4QF5h
gLQk0qisQvDEfwROtHQDBMAr6DCIjF2kwWAQVX9ycrd9JTLkc0IsOeBgeocdxSox
pkdYoIzOuiT5xsCSsBVicvjCp4o+UWNMMQIDAQAB
-----END RSA PUBLIC KEY-----
";

    fn refused(typed: &str, words: &str) {
        let problem = RsaKey::of(typed).expect_err(typed);
        assert!(problem.contains(words), "{typed}: {problem}");
    }

    #[test]
    fn a_key_is_read_however_its_lines_are_broken() {
        let key = RsaKey::of(KEY).expect("a key");
        assert_eq!((key.bits, key.pem.as_str()), (2048, KEY));
        assert_eq!(
            key.fingerprint.as_str(),
            "c7e010583653f643296b0d3cf7224f4ac17e52d5a73df361fd3d183e99ccac31"
        );
        for typed in [
            KEY.replace('\n', "\r\n"),
            KEY.replace('\n', "\\n"),
            format!("\n  {KEY}\n\n"),
        ] {
            assert_eq!(RsaKey::of(&typed), Ok(key.clone()), "{typed}");
        }
    }

    #[test]
    fn what_is_no_rsa_key_of_2048_bits_is_refused_with_the_way_out() {
        refused("", "must not be empty");
        refused("ssh-rsa AAAA", "-----BEGIN PUBLIC KEY----- is missing");
        refused(SHORT, "1024 bits");
        refused(CURVE, "elliptic curve");
        refused(PKCS1, "openssl rsa");
        refused(&format!("{KEY}{KEY}"), "2 blocks");
        refused(KEY.trim_end_matches("-----END PUBLIC KEY-----\n"), "cut off");
        refused(&KEY.replace("MIIB", "MI*B"), "wrong");
        refused(&KEY.replace("MIIB", "MIIC"), "cannot be read");
        refused(&"x".repeat(MAX_LENGTH + 1), "longer than");
        let pair = rcgen::KeyPair::generate().expect("a key");
        let parameters = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
        let certificate = parameters.self_signed(&pair).expect("a certificate");
        refused(&certificate.pem(), "openssl x509");
    }

    #[test]
    fn a_private_key_is_refused_and_not_repeated() {
        for label in [
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
        ] {
            let typed = format!("-----BEGIN {label}-----\nc2VjcmV0\n-----END {label}-----\n");
            let problem = RsaKey::of(&typed).expect_err("a private key");
            assert!(problem.contains("This is a private key"), "{problem}");
            assert!(!problem.contains("c2VjcmV0"), "{problem}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail_otherwise(text in ".{0,200}", cut in 0..400_usize) {
            let _ = RsaKey::of(&text);
            let _ = RsaKey::of(&KEY.chars().take(cut).collect::<String>());
            let _ = RsaKey::of(&format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n"));
        }
    }
}
