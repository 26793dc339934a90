//! Certificates in a form and on a page: the reference wants PEM without its first and last line (line 1878).

use std::fmt::Write as _;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{
    CertificateRevocationList, FromDer, SubjectPublicKeyInfo, X509Certificate, X509CertificationRequest,
};

use crate::text::counted;

/// The longest certificate that is accepted, in characters: several of 4096 bits fit.
pub const MAX_LENGTH: usize = 20_000;

/// Above this a value is shown by its two ends.
const MAX_SHOWN: usize = 48;

/// How long before its end a certificate is warned of, in days.
const WARNING_DAYS: i64 = 30;

/// What to paste instead of what was refused.
const HINT: &str = "Paste the certificate: it begins with -----BEGIN CERTIFICATE-----.";

/// Base64 with the padding at its end or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a page shows of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Its serial number in hexadecimal digits.
    pub serial: String,
    /// When it begins to be valid.
    pub not_before: Timestamp,
    /// When it is no longer valid.
    pub not_after: Timestamp,
    /// The SHA-256 of the certificate in hexadecimal digits.
    pub fingerprint: String,
}

/// Where a certificate is in its validity, in whole days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It begins to be valid in so many days.
    Future(i64),
    /// It ends in so many days.
    Valid(i64),
    /// The same, and so soon that it has to be replaced.
    Ending(i64),
    /// It ended so many days ago.
    Ended(i64),
}

impl Validity {
    /// Whether sign-ins fail because of it, or soon will.
    pub const fn is_warning(self) -> bool {
        !matches!(self, Self::Valid(_))
    }

    /// In words: "ends in 12 days".
    pub fn in_words(self) -> String {
        let days = |days: i64| counted(usize::try_from(days).unwrap_or_default(), ("day", "days"));
        match self {
            Self::Future(0) => "begins to be valid within a day".to_owned(),
            Self::Future(left) => format!("begins to be valid in {}", days(left)),
            Self::Valid(0) | Self::Ending(0) => "ends within a day".to_owned(),
            Self::Valid(left) | Self::Ending(left) => format!("ends in {}", days(left)),
            Self::Ended(0) => "ended within the last day".to_owned(),
            Self::Ended(since) => format!("ended {} ago", days(since)),
        }
    }
}

impl Certificate {
    /// The certificate in these bytes, which hold nothing else.
    fn of(der: &[u8]) -> Option<Self> {
        let (rest, parsed) = X509Certificate::from_der(der).ok()?;
        let time = |time: &x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        let validity = parsed.validity();
        rest.is_empty().then_some(())?;
        Some(Self {
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            serial: parsed.raw_serial_as_string(),
            not_before: time(&validity.not_before)?,
            not_after: time(&validity.not_after)?,
            fingerprint: hexadecimal(&Sha256::digest(der)),
        })
    }

    /// The certificates of a provider's setting; `None` in the place of one that cannot be read.
    pub fn of_setting(value: &str) -> Vec<Option<Self>> {
        let is_mark = |line: &&str| !line.trim_start().starts_with("-----");
        let plain: String = value.lines().filter(is_mark).collect();
        let values = plain.split(',').filter(|value| !value.trim().is_empty());
        values
            .map(|value| Self::of(&BASE64.decode(without_space(value)).ok()?))
            .collect()
    }

    /// Where it is in its validity.
    pub fn validity(&self, now: Timestamp) -> Validity {
        const DAY: i64 = 86_400;
        let days = |from: Timestamp, to: Timestamp| (to.as_second() - from.as_second()) / DAY;
        if now < self.not_before {
            return Validity::Future(days(now, self.not_before));
        }
        if now > self.not_after {
            return Validity::Ended(days(self.not_after, now));
        }
        match days(now, self.not_after) {
            left if left <= WARNING_DAYS => Validity::Ending(left),
            left => Validity::Valid(left),
        }
    }
}

/// The worst validity of a provider's certificates that can be read: one that ended, or else the one that ends first.
pub fn worst_validity(certificates: &[Option<Certificate>], now: Timestamp) -> Option<Validity> {
    let first = certificates.iter().flatten().min_by_key(|one| one.not_after)?;
    let validity = first.validity(now);
    let others = certificates.iter().flatten().map(|one| one.validity(now));
    let future = others
        .into_iter()
        .find(|other| matches!(other, Validity::Future(_)) && !validity.is_warning());
    Some(future.unwrap_or(validity))
}

/// The certificate as it is sent: without the lines `-----BEGIN CERTIFICATE-----` and `-----END …`, and without the
/// white space between its lines. Several become one text with commas between them, which is how Keycloak keeps them
/// (notes section 7).
///
/// # Errors
/// The problem, for the field.
pub fn bare(typed: &str) -> Result<String, String> {
    if typed.to_uppercase().contains("PRIVATE KEY") {
        return Err(private_key());
    }
    if typed.chars().count() > MAX_LENGTH {
        return Err("This is longer than 20000 characters.".to_owned());
    }
    // A certificate that was copied out of JSON has its line breaks as two characters.
    let text = typed.replace("\\r", "").replace("\\n", "\n");
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    let bodies = if text.contains("-----") {
        certificate_blocks(text)?
    } else {
        text.split(',').map(ToOwned::to_owned).collect()
    };
    let mut found: Vec<Vec<u8>> = Vec::new();
    for body in bodies {
        let der = decoded(&body)?;
        if !found.contains(&der) {
            found.push(der);
        }
    }
    refuse_chain(&found)?;
    let encoded: Vec<_> = found.iter().map(|der| STANDARD.encode(der)).collect();
    Ok(encoded.join(","))
}

fn private_key() -> String {
    "This is a private key. Only the certificate belongs here: nothing of this was sent.".to_owned()
}

/// The text between the marks of each certificate. What stands before a block, such as the `Bag Attributes` of OpenSSL,
/// is explanation; so are blocks of another kind beside a certificate.
fn certificate_blocks(text: &str) -> Result<Vec<String>, String> {
    let (mut bodies, mut others) = (Vec::new(), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("-----BEGIN ") {
        refuse_end(before)?;
        let cut_off = || format!("The mark -----END is missing: this was cut off. {HINT}");
        let (label, after) = after.split_once("-----").ok_or_else(cut_off)?;
        let (body, after) = after.split_once("-----END ").ok_or_else(cut_off)?;
        if body.contains("-----BEGIN ") {
            return Err(cut_off());
        }
        let (end, after) = after.split_once("-----").ok_or_else(cut_off)?;
        if end.trim() != label.trim() {
            return Err(format!(
                "-----BEGIN {label}----- ends with -----END {end}-----. {HINT}"
            ));
        }
        if matches!(label.trim(), "CERTIFICATE" | "X509 CERTIFICATE") {
            bodies.push(body.to_owned());
        } else {
            others.push(label.trim().to_owned());
        }
        rest = after;
    }
    refuse_end(rest)?;
    if bodies.is_empty() {
        let Some(label) = others.first() else {
            return Err(format!("The mark -----BEGIN CERTIFICATE----- is missing. {HINT}"));
        };
        return Err(format!("This is {}, and no certificate. {HINT}", in_words(label)));
    }
    if !rest.trim().is_empty() {
        return Err(
            "Other text follows the certificate: leave out what stands behind its last mark.".to_owned(),
        );
    }
    Ok(bodies)
}

/// Refuses a mark that ends what did not begin.
fn refuse_end(text: &str) -> Result<(), String> {
    if text.contains("-----END ") {
        return Err(format!("The mark -----BEGIN CERTIFICATE----- is missing. {HINT}"));
    }
    Ok(())
}

/// What a block of this label is.
fn in_words(label: &str) -> String {
    match label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "EC PUBLIC KEY" | "SSH2 PUBLIC KEY" => "a public key".to_owned(),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => "a certificate request".to_owned(),
        "X509 CRL" => "a revocation list".to_owned(),
        "PKCS7" | "CMS" => "a PKCS #7 file".to_owned(),
        "TRUSTED CERTIFICATE" => "a certificate with the trust settings of OpenSSL".to_owned(),
        other => format!("a block “{other}”"),
    }
}

/// The bytes of a certificate in base64.
fn decoded(body: &str) -> Result<Vec<u8>, String> {
    let text = without_space(body);
    let Ok(der) = BASE64.decode(&text) else {
        if let Some(c) = text
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && !"+/=".contains(*c))
        {
            return Err(format!(
                "This is no certificate in PEM: it holds “{c}”, and between the marks there are only letters, digits, +, / and =. {HINT}"
            ));
        }
        return Err(format!(
            "This is no certificate in PEM: its base64 is incomplete. {HINT}"
        ));
    };
    if Certificate::of(&der).is_some() {
        return Ok(der);
    }
    Err(match identified(&der) {
        Some("a private key") => private_key(),
        Some(TRAILING) => {
            "Something follows the certificate inside its base64. Copy it anew from where it was issued."
                .to_owned()
        }
        Some(what) => format!("This is {what}, and no certificate. {HINT}"),
        None => format!("This is no certificate: its content cannot be read. {HINT}"),
    })
}

/// A certificate, and more.
const TRAILING: &str = "a certificate with more behind it";

/// What these bytes are when they are no certificate.
fn identified(der: &[u8]) -> Option<&'static str> {
    if let Ok((rest, _)) = X509Certificate::from_der(der) {
        return (!rest.is_empty()).then_some(TRAILING);
    }
    if X509CertificationRequest::from_der(der).is_ok() {
        return Some("a certificate request");
    }
    if SubjectPublicKeyInfo::from_der(der).is_ok() {
        return Some("a public key");
    }
    if CertificateRevocationList::from_der(der).is_ok() {
        return Some("a revocation list");
    }
    // The first element distinguishes the others: the version of a private key or a PKCS #12 file, the modulus of a
    // public key of RSA, or the type of a PKCS #7 file.
    let (0x30, content) = (*der.first()?, content(der)?) else {
        return None;
    };
    match content {
        [0x02, 0x01, 0x00 | 0x01, ..] => Some("a private key"),
        [0x02, 0x01, 0x03, ..] => Some("a PKCS #12 file"),
        [0x02, ..] => Some("a public key"),
        [0x06, ..] => Some("a PKCS #7 file"),
        _ => None,
    }
}

/// The content of the first element, behind its tag and length.
fn content(der: &[u8]) -> Option<&[u8]> {
    let length = *der.get(1)?;
    let more = if length & 0x80 == 0 {
        0
    } else {
        usize::from(length & 0x7f)
    };
    der.get(2 + more..)
}

/// Refuses a certificate together with those that issued it.
fn refuse_chain(found: &[Vec<u8>]) -> Result<(), String> {
    let parsed: Vec<_> = found
        .iter()
        .filter_map(|der| X509Certificate::from_der(der).ok())
        .map(|(_, certificate)| certificate)
        .collect();
    let issues = |one: &X509Certificate<'_>, other: &X509Certificate<'_>| {
        one.subject().as_raw() == other.issuer().as_raw()
            && other.subject().as_raw() != other.issuer().as_raw()
    };
    let is_chain = parsed
        .iter()
        .any(|one| parsed.iter().any(|other| issues(one, other)));
    let end = parsed
        .iter()
        .find(|one| !parsed.iter().any(|other| issues(one, other)));
    match end {
        Some(end) if is_chain => Err(format!(
            "These are {} certificates of a chain. Paste the one that signs alone, without those that issued it: {}",
            parsed.len(),
            end.subject()
        )),
        _ => Ok(()),
    }
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Bytes as a fingerprint is written.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .enumerate()
        .fold(String::new(), |mut text, (at, byte)| {
            let colon = if at == 0 { "" } else { ":" };
            let _ = write!(text, "{colon}{byte:02X}");
            text
        })
}

/// The two ends of a value that is too long to be read: `MIIC8DCCAdig…hiQcoVX`.
pub fn shortened(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    (chars.len() > MAX_SHOWN).then(|| {
        let (start, end) = (&chars[..16], &chars[chars.len() - 16..]);
        let whole = |part: &[char]| part.iter().collect::<String>();
        format!("{}…{}", whole(start), whole(end))
    })
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use rcgen::{
        BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PublicKeyData,
        SerialNumber, date_time_ymd,
    };

    use super::*;

    fn params(name: &str) -> CertificateParams {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(SerialNumber::from_slice(&[0x01, 0x23]));
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2026, 12, 31);
        params
    }

    /// A certificate for this name, as PEM.
    pub fn pem(name: &str) -> String {
        let key = KeyPair::generate().expect("a key");
        params(name).self_signed(&key).expect("a certificate").pem()
    }

    /// The same as it is sent.
    pub fn sent(pem: &str) -> String {
        pem.lines().filter(|line| !line.starts_with('-')).collect()
    }

    fn check(typed: &str, expected: &str) {
        assert_eq!(bare(typed).as_deref(), Ok(expected), "{typed}");
    }

    fn refused(typed: &str, words: &str) {
        let message = bare(typed).expect_err(typed);
        assert!(message.contains(words), "{typed}: {message}");
    }

    #[test]
    fn a_certificate_is_cut_out_by_its_marks() {
        let (pem, other) = (pem("login.example.com"), pem("other.example.com"));
        let sent_form = sent(&pem);
        check("", "");
        check(" \r\n", "");
        let attributes = format!(
            "Bag Attributes\n    localKeyID: 01 00\n    friendlyName: sso\nsubject=CN = a, O = b\nissuer=CN = c\n{pem}"
        );
        let key = KeyPair::generate().expect("a key");
        for typed in [
            pem.clone(),
            sent_form.clone(),
            format!("  {sent_form}\n"),
            pem.replace('\n', "\r\n"),
            pem.replace('\n', " "),
            pem.replace('\n', ""),
            pem.trim_end().replace('\n', "\\n"),
            pem.replace(" CERTIFICATE", " X509 CERTIFICATE"),
            attributes,
            format!("{}{pem}", key.public_key_pem()),
            format!("{pem}{}", key.public_key_pem()),
            format!("{pem}{pem}"),
            sent_form.trim_end_matches('=').to_owned(),
        ] {
            check(&typed, &sent_form);
        }
        let both = format!("{sent_form},{}", sent(&other));
        check(&format!("{pem}{other}"), &both);
        check(&both, &both);
    }

    #[test]
    fn what_is_no_certificate_is_refused_with_what_it_is() {
        let pem = pem("login.example.com");
        let key = KeyPair::generate().expect("a key");
        let request = CertificateParams::new(Vec::new())
            .expect("parameters")
            .serialize_request(&key)
            .expect("a request")
            .pem()
            .expect("PEM");
        let private = "This is a private key. Only the certificate belongs here: nothing of this was sent.";
        refused(&key.serialize_pem(), private);
        refused(&format!("{pem}{}", key.serialize_pem()), private);
        refused(&STANDARD.encode(key.serialize_der()), private);
        refused("-----BEGIN RSA PRIVATE KEY-----\nMIIC", private);
        refused(&key.public_key_pem(), "a public key");
        refused(&STANDARD.encode(key.subject_public_key_info()), "a public key");
        refused(
            &key.public_key_pem().replace("PUBLIC KEY", "CERTIFICATE"),
            "a public key",
        );
        refused(&request, "a certificate request");
        refused(&sent(&request), "a certificate request");
        refused(
            &request.replace("CERTIFICATE REQUEST", "CERTIFICATE"),
            "a certificate request",
        );
        refused("hello", "no certificate");
        refused("MIIC8DCC", "its content cannot be read");
        refused("<script>", "“<”");
        refused("ليلى", "no certificate");
        refused("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "no certificate");
        refused(
            "-----BEGIN CERTIFICATE-----\nMIIC*\n-----END CERTIFICATE-----",
            "“*”",
        );
        refused(
            "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
            "no certificate",
        );
        refused("-----BEGIN CERTIFICATE-----", "cut off");
        refused(pem.split("-----END").next().expect("a start"), "cut off");
        refused(
            &pem.replace("-----BEGIN CERTIFICATE-----", ""),
            "BEGIN CERTIFICATE----- is missing",
        );
        refused(&pem.replace("END CERTIFICATE", "END PUBLIC KEY"), "ends with");
        refused(&format!("{pem}hello"), "Other text follows");
        refused(&format!("{pem}{}", "-----END CERTIFICATE-----"), "is missing");
        let mut garbage = STANDARD.decode(sent(&pem)).expect("base64");
        garbage.extend([5, 0]);
        refused(&STANDARD.encode(&garbage), "follows the certificate inside");
        garbage.truncate(garbage.len() / 2);
        refused(&STANDARD.encode(&garbage), "cannot be read");
        refused(&"A".repeat(MAX_LENGTH + 1), "longer than 20000");
    }

    #[test]
    fn a_chain_is_refused_with_the_certificate_that_belongs_here() {
        let mut authority = params("Example CA");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key"))
            .expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let leaf = params("login.example.com")
            .signed_by(&key, &issuer)
            .expect("a certificate");
        let chain = format!("{}{}", leaf.pem(), issuer.pem());
        refused(&chain, "2 certificates of a chain");
        refused(&chain, "CN=login.example.com");
        check(&leaf.pem(), &sent(&leaf.pem()));
    }

    #[test]
    fn a_certificate_is_shown_with_its_validity() {
        let value = sent(&pem("login.example.com"));
        let read = Certificate::of_setting(&format!("{value},MIIC"));
        let [Some(certificate), None] = read.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(certificate.subject, "CN=login.example.com");
        assert_eq!(certificate.issuer, "CN=login.example.com");
        assert_eq!(certificate.serial, "01:23");
        assert_eq!(certificate.fingerprint.len(), 32 * 3 - 1);
        let check = |day: &str, expected: Validity, words: &str| {
            let now: Timestamp = format!("{day}T00:00:00Z").parse().expect("a time");
            assert_eq!(certificate.validity(now), expected, "{day}");
            assert_eq!(worst_validity(&read, now), Some(expected), "{day}");
            assert_eq!(expected.in_words(), words);
        };
        check("2025-12-31", Validity::Future(1), "begins to be valid in 1 day");
        check("2026-11-30", Validity::Valid(31), "ends in 31 days");
        check("2026-12-01", Validity::Ending(30), "ends in 30 days");
        check("2026-12-31", Validity::Ending(0), "ends within a day");
        check("2027-01-02", Validity::Ended(2), "ended 2 days ago");
        assert!(!Validity::Valid(31).is_warning() && Validity::Ending(30).is_warning());
        assert_eq!(worst_validity(&[None], Timestamp::UNIX_EPOCH), None);
        assert_eq!(Certificate::of_setting(""), []);
    }

    #[test]
    fn a_long_value_is_shown_by_its_ends() {
        assert_eq!(shortened("short"), None);
        let long = format!("{}{}", "A".repeat(40), "B".repeat(40));
        assert_eq!(
            shortened(&long),
            Some(format!("{}…{}", "A".repeat(16), "B".repeat(16)))
        );
    }

    proptest! {
        /// Nothing that is typed makes the reading panic, and nothing but a certificate is taken.
        #[test]
        fn only_a_certificate_is_taken(typed in "(-{5}(BEGIN|END) [A-Z ]{0,12}-{5}\n?)?[A-Za-z0-9+/=\n ,]{1,60}(\n?-{5}(BEGIN|END) [A-Z ]{0,12}-{5})?") {
            if let Ok(sent) = bare(&typed) {
                prop_assert!(sent.is_empty() && typed.trim().is_empty());
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = bare(&STANDARD.encode(&bytes));
            let mut sequence = vec![0x30, u8::try_from(bytes.len()).unwrap_or(80)];
            sequence.extend(&bytes);
            let _ = bare(&STANDARD.encode(&sequence));
        }
    }
}
