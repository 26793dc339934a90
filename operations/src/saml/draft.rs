//! The form of a provider, the request made from it, and the differences after a write.

use std::{collections::BTreeMap, net::IpAddr};

use protegrity::{Alias, SamlDraft, SamlProvider, lenient};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::{MAX_ALIAS_LENGTH, certificate, labels::label, setting};
use crate::{
    characters::{described, invisible, nfc},
    read_back::Compared,
    validation::Validation,
};

/// The longest metadata URL, in characters.
const MAX_URL_LENGTH: usize = 2000;
/// The longest name, entity ID or format, in characters.
pub const MAX_TEXT_LENGTH: usize = 255;
/// The most lines of an attribute mapping, and the longest side of one.
const MAX_MAPPINGS: usize = 50;
const MAX_ATTRIBUTE_LENGTH: usize = 500;

/// The message at a required field without a value.
const EMPTY: &str = "This must not be empty.";

/// The `NameID` policy formats of SAML (saml-core-2.0-os, section 8.3) with their short names.
pub const NAME_ID_FORMATS: &[(&str, &str)] = &[
    (
        "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "Persistent",
    ),
    ("urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "Transient"),
    (
        "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        "E-mail address",
    ),
    (
        "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        "Unspecified",
    ),
    (
        "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName",
        "X.509 subject name",
    ),
    (
        "urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName",
        "Windows domain qualified name",
    ),
    ("urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos", "Kerberos"),
    ("urn:oasis:names:tc:SAML:2.0:nameid-format:entity", "Entity"),
];

/// The choice that says: another format, typed beside it.
pub const OWN: &str = "own";

/// The signature algorithms of Keycloak (notes section 7), the advisable ones first.
pub const SIGNATURE_ALGORITHMS: &[(&str, &str)] = &[
    ("RSA_SHA256", "RSA_SHA256"),
    ("RSA_SHA512", "RSA_SHA512"),
    ("RSA_SHA256_MGF1", "RSA_SHA256_MGF1"),
    ("RSA_SHA512_MGF1", "RSA_SHA512_MGF1"),
    ("RSA_SHA1", "RSA_SHA1 (weak)"),
    ("DSA_SHA1", "DSA_SHA1 (weak)"),
];

/// The form of a provider, as it arrives: an unticked box sends nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the fields of the form by their labels")]
pub struct SamlForm {
    pub alias: String,
    pub display_name: String,
    pub metadata_url: String,
    pub entity_id: String,
    pub name_id_format: String,
    pub name_id_own: String,
    pub signature_algorithm: String,
    pub signing_certificate: String,
    pub enabled: String,
    pub force_authn: String,
    pub validate_signature: String,
    pub want_assertions_signed: String,
    pub want_assertions_encrypted: String,
    pub attribute_mapping: String,
    pub confirm_unsigned: String,
    /// The form as it was shown, encoded.
    pub baseline: String,
}

impl SamlForm {
    /// The form of a new provider. Signatures are validated by default.
    pub fn new_provider() -> Self {
        Self {
            enabled: "true".to_owned(),
            validate_signature: "true".to_owned(),
            ..Self::default()
        }
    }

    /// The form of an existing provider.
    pub fn of(provider: &SamlProvider) -> Self {
        let draft = draft_of(provider);
        // As a box sends it: unticked, it is empty.
        let flag = |flag: Option<bool>| {
            if flag == Some(true) {
                "true".to_owned()
            } else {
                String::new()
            }
        };
        let format = draft.name_id_policy_format.unwrap_or_default();
        let is_listed = format.is_empty() || NAME_ID_FORMATS.iter().any(|(urn, _)| *urn == format);
        let (name_id_format, name_id_own) = if is_listed {
            (format, String::new())
        } else {
            (OWN.to_owned(), format)
        };
        Self {
            alias: draft.alias.to_string(),
            display_name: draft.display_name,
            metadata_url: draft.metadata_url,
            entity_id: draft.service_provider_entity_id.unwrap_or_default(),
            name_id_format,
            name_id_own,
            signature_algorithm: draft.signature_algorithm.unwrap_or_default(),
            signing_certificate: draft.signing_certificate.unwrap_or_default(),
            enabled: flag(Some(draft.enabled)),
            force_authn: flag(draft.force_authn),
            validate_signature: flag(draft.validate_signature),
            want_assertions_signed: flag(draft.want_assertions_signed),
            want_assertions_encrypted: flag(draft.want_assertions_encrypted),
            attribute_mapping: String::new(),
            confirm_unsigned: String::new(),
            baseline: String::new(),
        }
    }

    /// The request, as far as the form is acceptable; problems go to `validation`. `before` is the provider
    /// that is changed, or none when one is created.
    pub fn draft(&self, before: Option<&SamlProvider>, validation: &mut Validation) -> SamlDraft {
        let alias = match before {
            Some(before) => before.alias.clone(),
            None => new_alias(&self.alias, validation),
        };
        let reported = before.map(draft_of);
        // A setting that the cluster did not report is not sent as "no" because a box for it is not ticked.
        let flag = |ticked: &str, before: fn(&SamlDraft) -> Option<bool>| {
            let is_ticked = ticked == "true";
            let is_unreported = reported
                .as_ref()
                .is_some_and(|reported| before(reported).is_none());
            (is_ticked || !is_unreported).then_some(is_ticked)
        };
        let validate_signature = flag(&self.validate_signature, |now| now.validate_signature);
        let before = before.map(Self::of);
        let old = |get: fn(&Self) -> &String| before.as_ref().map(get);
        // What the cluster has stays byte for byte.
        let mut line = |field: &str, typed: &String, old: Option<&String>| match old {
            Some(old) if old == typed => typed.clone(),
            _ => validation.line(field, typed, MAX_TEXT_LENGTH),
        };
        let display_name = line("display_name", &self.display_name, old(|form| &form.display_name));
        let entity_id = line("entity_id", &self.entity_id, old(|form| &form.entity_id));
        let name_id_own = line("name_id_own", &self.name_id_own, old(|form| &form.name_id_own));
        let signature_algorithm = line(
            "signature_algorithm",
            &self.signature_algorithm,
            old(|form| &form.signature_algorithm),
        );
        validation.require(!display_name.trim().is_empty(), "display_name", EMPTY);
        let metadata_url = metadata_url(&self.metadata_url, old(|form| &form.metadata_url), validation);
        let was_off = reported
            .as_ref()
            .is_some_and(|now| now.validate_signature == Some(false));
        validation.require(
            validate_signature != Some(false) || was_off || self.confirm_unsigned == "true",
            "confirm_unsigned",
            "Without validation, every client that can reach the cluster could sign in as any user.",
        );
        SamlDraft {
            alias,
            display_name,
            metadata_url,
            service_provider_entity_id: Some(entity_id),
            enabled: self.enabled == "true",
            force_authn: flag(&self.force_authn, |now| now.force_authn),
            validate_signature,
            want_assertions_signed: flag(&self.want_assertions_signed, |now| now.want_assertions_signed),
            want_assertions_encrypted: flag(&self.want_assertions_encrypted, |now| {
                now.want_assertions_encrypted
            }),
            signature_algorithm: Some(algorithm(
                signature_algorithm,
                old(|form| &form.signature_algorithm),
                validation,
            )),
            name_id_policy_format: Some(self.name_id(name_id_own, validation)),
            signing_certificate: Some(self.certificate(old(|form| &form.signing_certificate), validation)),
            attribute_mapping: mapping(&self.attribute_mapping, validation),
        }
    }

    fn name_id(&self, own: String, validation: &mut Validation) -> String {
        if self.name_id_format == OWN {
            validation.require(!own.trim().is_empty(), "name_id_own", EMPTY);
            return own;
        }
        let is_listed = NAME_ID_FORMATS.iter().any(|(urn, _)| *urn == self.name_id_format);
        validation.require(
            self.name_id_format.is_empty() || is_listed,
            "name_id_format",
            "Choose one of the list, or “Another format” and enter it beside this.",
        );
        self.name_id_format.clone()
    }

    /// The certificate as it is sent. One that did not change stays as the cluster has it, whatever it is.
    fn certificate(&self, before: Option<&String>, validation: &mut Validation) -> String {
        if before == Some(&self.signing_certificate) {
            return self.signing_certificate.clone();
        }
        certificate::bare(&self.signing_certificate).unwrap_or_else(|message| {
            validation.add("signing_certificate", message);
            String::new()
        })
    }
}

/// One of the list, or the one that is there already.
fn algorithm(chosen: String, before: Option<&String>, validation: &mut Validation) -> String {
    let is_listed = SIGNATURE_ALGORITHMS.iter().any(|(name, _)| *name == chosen);
    validation.require(
        chosen.is_empty() || is_listed || before == Some(&chosen),
        "signature_algorithm",
        "Choose one of the list.",
    );
    chosen
}

/// The characters of an alias.
const PLAIN_ALIAS: &str = "An alias has letters, digits, dots, hyphens and underscores only: azure-ad-saml.";

/// The alias of a provider to be. It becomes part of addresses, so Keycloak takes these characters alone.
fn new_alias(typed: &str, validation: &mut Validation) -> Alias {
    let alias = typed.trim();
    if let Some(c) = invisible(alias) {
        let what = described(c);
        validation.add(
            "alias",
            format!("This holds invisible characters, such as {what}. {PLAIN_ALIAS}"),
        );
        return alias.into();
    }
    let alias = validation.required_line("alias", alias, MAX_ALIAS_LENGTH);
    let is_plain = alias
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    validation.require(is_plain && alias != "." && alias != "..", "alias", PLAIN_ALIAS);
    validation.require(
        alias != "new",
        "alias",
        "This alias would hide behind the page “New SAML provider”. Choose another.",
    );
    alias.into()
}

/// Where the cluster fetches the metadata. It is left as it is when the provider came with it: also none.
fn metadata_url(typed: &str, before: Option<&String>, validation: &mut Validation) -> String {
    let field = "metadata_url";
    if before.is_some_and(|before| before == typed) {
        return typed.to_owned();
    }
    let typed = validation.line(field, typed, MAX_URL_LENGTH);
    if typed.is_empty() {
        validation.add(
            field,
            "This must not be empty: the cluster takes metadata from a URL alone.",
        );
    } else if let Err(message) = check_metadata_url(&typed) {
        validation.add(field, message);
    }
    typed
}

/// Whether the cluster may be sent to this address. The parser takes much for a URL that another one reads otherwise,
/// such as `https:\\example.com` or `https://2130706433`: what it would have to mend is refused.
fn check_metadata_url(typed: &str) -> Result<(), &'static str> {
    let no_url = "This is not a web address: it must look like https://login.example.com/metadata.xml.";
    let url = Url::parse(typed).map_err(|_| no_url)?;
    let host = url.host().ok_or(no_url)?;
    let (_, after) = typed.split_once("://").ok_or(no_url)?;
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    let is_mended = typed
        .contains(|c: char| c.is_whitespace() || c.is_control() || "\\<>\"{}|^`".contains(c))
        || matches!(host, Host::Ipv4(address) if !authority.starts_with(&address.to_string()))
        || matches!(host, Host::Domain(name) if !is_host_name(name))
        || authority.is_empty()
        || url.port() == Some(0);
    if authority.contains('@') {
        return Err(
            "An address with a user name or password in it is stored where others can read it: leave them out.",
        );
    }
    if is_mended {
        return Err(no_url);
    }
    if url.fragment().is_some() {
        return Err("The part behind # is not sent to a server: leave it out.");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&host) => Ok(()),
        "http" => Err(
            "This must begin with https://. The metadata say whose signatures the cluster trusts; over http they can be replaced on the way.",
        ),
        _ => Err(no_url),
    }
}

/// Whether this can be the name of a host (RFC 1123; an underscore occurs inside clusters).
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 253 && name.split('.').all(is_label)
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
    }
}

/// Lines of `SAML attribute = user attribute`. The last `=` parts them, because a SAML attribute is often
/// an address.
fn mapping(typed: &str, validation: &mut Validation) -> BTreeMap<String, String> {
    let field = "attribute_mapping";
    let mut mapping = BTreeMap::new();
    let typed = nfc(typed);
    let lines: Vec<_> = typed
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .collect();
    let mut wrong = Vec::new();
    if lines.len() > MAX_MAPPINGS {
        wrong.push(format!("At most {MAX_MAPPINGS} lines can be given."));
    }
    for (at, line) in lines {
        match pair(line) {
            Ok((saml, _)) if mapping.contains_key(saml) => {
                wrong.push(format!("Line {}: {saml} is mapped already.", at + 1));
            }
            Ok((saml, user)) => {
                mapping.insert(saml.to_owned(), user.to_owned());
            }
            Err(message) => wrong.push(format!("Line {}: {message}", at + 1)),
        }
    }
    if !wrong.is_empty() {
        // A field has one message.
        wrong.truncate(5);
        validation.add(field, wrong.join(" "));
    }
    mapping
}

fn pair(line: &str) -> Result<(&str, &str), String> {
    let shape = "write it as SAML attribute = user attribute.";
    let (saml, user) = line.rsplit_once('=').ok_or(shape)?;
    let (saml, user) = (saml.trim(), user.trim());
    if saml.is_empty() || user.is_empty() {
        return Err(shape.to_owned());
    }
    if [saml, user]
        .iter()
        .any(|side| side.chars().count() > MAX_ATTRIBUTE_LENGTH)
    {
        return Err("an attribute is longer than 500 characters.".to_owned());
    }
    if let Some(c) = invisible(saml).or_else(|| invisible(user)) {
        return Err(format!(
            "it holds invisible characters, such as {}.",
            described(c)
        ));
    }
    Ok((saml, user))
}

/// A provider as a `PUT` sends it, made of what is there: nothing is left out that the cluster reported. Each
/// spelling stays in its place (row 44), and the attribute mapping is the mappers' alone.
pub fn draft_of(provider: &SamlProvider) -> SamlDraft {
    let text = |key| setting(provider, key);
    let flag = |key| provider.config.get(key).and_then(lenient::as_boolean);
    SamlDraft {
        alias: provider.alias.clone(),
        display_name: provider.display_name.clone().unwrap_or_default(),
        metadata_url: text("metadataDescriptorUrl").unwrap_or_default(),
        service_provider_entity_id: text("entityId"),
        enabled: provider.enabled.unwrap_or_default(),
        force_authn: flag("forceAuthn"),
        validate_signature: flag("validateSignature"),
        want_assertions_signed: flag("wantAssertionsSigned"),
        want_assertions_encrypted: flag("wantAssertionsEncrypted"),
        signature_algorithm: text("signatureAlgorithm"),
        name_id_policy_format: text("nameIDPolicyFormat"),
        signing_certificate: text("signingCertificate"),
        attribute_mapping: BTreeMap::new(),
    }
}

/// The request by the keys of the config. An empty text was left out of it.
fn sent(draft: &SamlDraft) -> BTreeMap<&'static str, String> {
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string());
    let all = [
        ("metadataDescriptorUrl", Some(draft.metadata_url.clone())),
        ("entityId", draft.service_provider_entity_id.clone()),
        ("forceAuthn", flag(draft.force_authn)),
        ("validateSignature", flag(draft.validate_signature)),
        ("wantAssertionsSigned", flag(draft.want_assertions_signed)),
        ("wantAssertionsEncrypted", flag(draft.want_assertions_encrypted)),
        ("signatureAlgorithm", draft.signature_algorithm.clone()),
        ("nameIDPolicyFormat", draft.name_id_policy_format.clone()),
        ("signingCertificate", draft.signing_certificate.clone()),
    ];
    all.into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
}

/// The values that differ from those sent, and other values that changed: the answers of the writes are not reliable
/// (rows 41, 46).
pub fn differences(draft: &SamlDraft, before: Option<&SamlProvider>, now: &SamlProvider) -> Vec<Compared> {
    let sent = sent(draft);
    let mut rows = vec![
        row("Display name", &draft.display_name, now.display_name.as_deref()),
        row(
            "Enabled",
            &draft.enabled.to_string(),
            now.enabled.map(|flag| flag.to_string()).as_deref(),
        ),
    ];
    let given = sent.iter().filter(|(_, value)| !value.is_empty());
    rows.extend(given.map(|(key, value)| row(label(key), value, setting(now, key).as_deref())));
    for key in before.into_iter().flat_map(|before| before.config.keys()) {
        let was = before.and_then(|before| setting(before, key));
        let is = setting(now, key);
        match sent.get(key.as_str()).map(String::as_str) {
            // It was emptied, and the cluster keeps it.
            Some("") if is.is_some() => rows.push(row(label(key), NOTHING, is.as_deref())),
            None if was != is => {
                let was = was.as_deref().map_or_else(|| NOTHING.to_owned(), short);
                rows.push(row(
                    label(key),
                    &format!("{NOTHING}; it was {was}"),
                    is.as_deref(),
                ));
            }
            _ => {}
        }
    }
    rows.retain(|row| !row.is_same());
    rows
}

/// The words for a value that was not sent, or that the cluster does not have.
const NOTHING: &str = "nothing";

fn row(what: &str, sent: &str, now: Option<&str>) -> Compared {
    Compared {
        what: what.to_owned(),
        sent: short(sent),
        now: now.map_or_else(|| NOTHING.to_owned(), short),
    }
}

/// A certificate is shown by its ends.
fn short(text: &str) -> String {
    match text {
        "true" => "Yes".to_owned(),
        "false" => "No".to_owned(),
        text if text.contains([':', ' ']) => text.to_owned(),
        text => certificate::shortened(text).unwrap_or_else(|| text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn form() -> SamlForm {
        SamlForm {
            alias: "azure-ad".to_owned(),
            display_name: "Example AD".to_owned(),
            metadata_url: "https://login.example.com/metadata.xml".to_owned(),
            ..SamlForm::new_provider()
        }
    }

    fn problems(form: &SamlForm, before: Option<&SamlProvider>) -> Vec<String> {
        let mut validation = Validation::default();
        form.draft(before, &mut validation);
        match validation.finish() {
            Err(crate::Error::Invalid(problems)) => {
                problems.into_iter().map(|problem| problem.field).collect()
            }
            _ => Vec::new(),
        }
    }

    fn provider() -> SamlProvider {
        let config = [
            ("metadataDescriptorUrl", "http://old.example.com/metadata"),
            ("entityId", "sp"),
            ("nameIDPolicyFormat", "urn:example:own"),
            ("signatureAlgorithm", "RSA_NEW"),
            ("validateSignature", "false"),
            ("signingCertificate", "AA==,BB=="),
            ("syncMode", "LEGACY"),
        ];
        SamlProvider {
            alias: Alias::from("azure-ad"),
            display_name: Some("Example AD".to_owned()),
            provider_id: Some("saml".to_owned()),
            enabled: Some(true),
            config: config
                .map(|(key, value)| (key.to_owned(), Value::String(value.to_owned())))
                .into(),
        }
    }

    #[test]
    fn all_problems_are_reported_together() {
        assert_eq!(problems(&form(), None), [""; 0]);
        let wrong = SamlForm {
            alias: "a b".to_owned(),
            display_name: String::new(),
            metadata_url: "ftp://x".to_owned(),
            signing_certificate: "<script>".to_owned(),
            name_id_format: OWN.to_owned(),
            signature_algorithm: "MD5".to_owned(),
            validate_signature: String::new(),
            attribute_mapping: "no equals sign".to_owned(),
            ..form()
        };
        let mut fields = problems(&wrong, None);
        fields.sort_unstable();
        let mut expected = [
            "alias",
            "display_name",
            "metadata_url",
            "signing_certificate",
            "name_id_own",
            "signature_algorithm",
            "confirm_unsigned",
            "attribute_mapping",
        ];
        expected.sort_unstable();
        assert_eq!(fields, expected);
    }

    #[test]
    fn a_provider_can_be_sent_back_unchanged() {
        let provider = provider();
        assert_eq!(problems(&SamlForm::of(&provider), Some(&provider)), [""; 0]);
        let mut validation = Validation::default();
        let draft = SamlForm::of(&provider).draft(Some(&provider), &mut validation);
        assert_eq!(draft.name_id_policy_format.as_deref(), Some("urn:example:own"));
        assert_eq!(
            differences(&draft, Some(&provider), &provider).len(),
            0,
            "what the cluster did not report is not sent"
        );
        assert_eq!(differences(&draft_of(&provider), Some(&provider), &provider), []);
    }

    #[test]
    fn what_the_cluster_has_stays_byte_for_byte() {
        let mut before = provider();
        before.display_name = Some(" Jose\u{301} \u{200b}".to_owned());
        for (key, value) in [
            ("entityId", " sp "),
            ("nameIDPolicyFormat", " urn:own "),
            ("signingCertificate", "no certificate\n"),
        ] {
            before
                .config
                .insert(key.to_owned(), Value::String(value.to_owned()));
        }
        let form = SamlForm {
            enabled: String::new(),
            ..SamlForm::of(&before)
        };
        let mut validation = Validation::default();
        let draft = form.draft(Some(&before), &mut validation);
        assert!(validation.is_empty(), "{validation:?}");
        let expected = SamlDraft {
            enabled: false,
            ..draft_of(&before)
        };
        assert_eq!(draft, expected);
        let typed = SamlForm {
            display_name: "Rene\u{301}".to_owned(),
            signing_certificate: "another one".to_owned(),
            ..form
        };
        assert_eq!(problems(&typed, Some(&before)), ["signing_certificate"]);
        let mut validation = Validation::default();
        assert_eq!(
            typed.draft(Some(&before), &mut validation).display_name,
            "Ren\u{e9}"
        );
    }

    #[test]
    fn an_emptied_value_that_is_kept_is_reported() {
        let provider = provider();
        let draft = SamlDraft {
            service_provider_entity_id: Some(String::new()),
            ..draft_of(&provider)
        };
        let rows = differences(&draft, Some(&provider), &provider);
        let rows: Vec<_> = rows
            .iter()
            .map(|row| (row.what.as_str(), row.now.as_str()))
            .collect();
        assert_eq!(rows, [("Entity ID of the service provider", "sp")]);
    }

    #[test]
    fn differences_are_reported() {
        let (before, mut now) = (provider(), provider());
        now.enabled = Some(false);
        now.config.remove("signingCertificate");
        now.config
            .insert("syncMode".to_owned(), Value::String("FORCE".to_owned()));
        let rows = differences(&draft_of(&before), Some(&before), &now);
        let rows: Vec<_> = rows
            .iter()
            .map(|row| (row.what.as_str(), row.sent.as_str(), row.now.as_str()))
            .collect();
        assert_eq!(
            rows,
            [
                ("Enabled", "Yes", "No"),
                ("Signing certificate", "AA==,BB==", "nothing"),
                ("How users are synchronised", "nothing; it was LEGACY", "FORCE"),
            ]
        );
    }

    #[test]
    fn metadata_come_over_https_or_from_this_machine() {
        for good in [
            "https://login.example.com/m.xml?appid=7",
            "http://localhost:8080/m",
            "http://127.0.0.1/m",
            "http://[::1]/m",
            "https://login.example.com:8443/m",
            "https://10.0.0.7/m",
            "https://10.0.0.7:8443/m",
            "https://idp/m",
            "https://idp_1.auth.svc.cluster.local/m",
            "https://mün.example/m",
            "HTTPS://login.example.com/m",
        ] {
            assert_eq!(check_metadata_url(good), Ok(()), "{good}");
        }
        for bad in [
            "http://login.example.com/m",
            "http://127.0.0.1.example.com/m",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://",
            "https://ana:hush@example.com/m",
            "login.example.com/m",
            "data:text/xml,<a/>",
            "https:login.example.com/m",
            "https:/login.example.com/m",
            "https:\\\\login.example.com\\m",
            "https://login.example.com\\@evil.example/m",
            "https://@login.example.com/m",
            "https://ana@login.example.com/m",
            "https://login.exa\tmple.com/m",
            "https://login.example.com/a b",
            "https://2130706433/m",
            "https://0x7f.1/m",
            "https://*.example.com/m",
            "https://login..example.com/m",
            "https://login.example.com:0/m",
            "https://login.example.com:99999/m",
            "https://[::1/m",
            "https://login.example.com/m#part",
            "HTTP://login.example.com/m",
            "ftp://login.example.com/m",
            "//login.example.com/m",
            "https:///m",
            "hello",
        ] {
            assert!(check_metadata_url(bad).is_err(), "{bad} passed");
        }
        let long = SamlForm {
            metadata_url: format!("https://example.com/{}", "x".repeat(MAX_URL_LENGTH)),
            ..form()
        };
        assert_eq!(problems(&long, None), ["metadata_url"]);
    }

    #[test]
    fn aliases_that_have_no_page_are_refused() {
        for alias in ["new", "..", "a/b", "ü", "a b", ""] {
            let form = SamlForm {
                alias: alias.to_owned(),
                ..form()
            };
            assert!(
                problems(&form, None).contains(&"alias".to_owned()),
                "{alias:?} passed"
            );
        }
    }

    #[test]
    fn mappings_are_read_line_by_line() {
        let mut validation = Validation::default();
        let typed = "http://example.com/claims?x=1 = email\r\n\r\n surname=lastName \n";
        let expected = [
            ("http://example.com/claims?x=1", "email"),
            ("surname", "lastName"),
        ];
        let expected = expected
            .map(|(saml, user)| (saml.to_owned(), user.to_owned()))
            .into();
        assert_eq!(mapping(typed, &mut validation), expected);
        assert!(validation.is_empty());
        for bad in ["a", "=b", "a=", "a=b\na=c", &"a=b\n".repeat(51)] {
            let mut validation = Validation::default();
            mapping(bad, &mut validation);
            assert!(!validation.is_empty(), "{bad:?} passed");
        }
    }

    proptest! {
        /// No input makes the reading panic, and what is accepted is bounded.
        #[test]
        fn what_is_accepted_is_bounded(alias in "\\PC{0,12}", url in "\\PC{0,30}", lines in ".{0,60}") {
            let form = SamlForm { alias, metadata_url: url, attribute_mapping: lines, ..form() };
            let mut validation = Validation::default();
            let draft = form.draft(None, &mut validation);
            if validation.is_empty() {
                prop_assert!(draft.alias.as_str().is_ascii());
                prop_assert!(draft.metadata_url.starts_with("http"));
            }
        }
    }
}
