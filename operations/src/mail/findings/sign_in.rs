//! How administrators sign in: the second factor, passwords beside single sign-on, and the certificates of identity
//! providers.

use jiff::Timestamp;
use proofpoint::{IdentityProvider, LoginSettings, MfaSettings};

use super::{Checked, EXPIRY_DAYS, Finding, FindingKind, Severity, Subject, Unchecked, azure::days_until};
use crate::{
    saml::certificate::{Certificate, Validity, worst_validity},
    text::counted,
};

/// The days before the end of a certificate from which on it is urgent.
const URGENT_DAYS: i64 = 7;

/// Whether administrators are asked for a second factor.
pub(super) fn of_second_factor(settings: &MfaSettings) -> Checked {
    let mut checked = Checked::default();
    match settings.is_enabled {
        Some(true) => {}
        Some(false) => checked.findings.push(Finding {
            value: "Off".to_owned(),
            why: "A password that was guessed or given away is enough to change what mail is let in for the whole \
                  organisation. Ask at least administrators for a second factor."
                .to_owned(),
            ..Finding::of_organization(
                Severity::High,
                FindingKind::SecondFactor,
                "Administrators sign in without a second factor",
            )
        }),
        None => checked.unchecked.push(Unchecked::unsaid(
            "The second factor of administrators",
            "Proofpoint's answer does not say whether it is on.",
        )),
    }
    checked
}

/// Whether a password suffices although there is single sign-on.
pub(super) fn of_login(settings: &LoginSettings) -> Checked {
    let mut checked = Checked::default();
    let has_single_sign_on = settings.allow_azure_login == Some(true)
        || settings.valid_idps.as_ref().is_some_and(|idps| !idps.is_empty());
    let is_forced = settings.force_azure_login == Some(true) || settings.idp_for_forced_login.is_some();
    match settings.allow_local_login {
        Some(true) if has_single_sign_on && !is_forced => checked.findings.push(Finding {
            value: "Allowed".to_owned(),
            why: "Single sign-on is set up, and a password of Proofpoint's own still opens every account: a person \
                  who is locked in the directory can sign in with it. The account that this portal is connected with \
                  signs in this way too, so keep one with a strong password."
                .to_owned(),
            ..Finding::of_organization(
                Severity::Low,
                FindingKind::LocalSignIn,
                "Administrators can sign in with a password beside single sign-on",
            )
        }),
        Some(_) => {}
        None => checked.unchecked.push(Unchecked::unsaid(
            "The ways in which administrators sign in",
            "Proofpoint's answer does not say whether a password suffices.",
        )),
    }
    checked
}

/// The certificates of the identity providers that can be used, and Proofpoint's own for each.
pub(super) fn of_providers(providers: &[IdentityProvider], now: Timestamp) -> Checked {
    let mut checked = Checked::default();
    for provider in providers
        .iter()
        .filter(|provider| provider.is_active != Some(false))
    {
        match of_certificate(provider, now) {
            Ok(found) => checked.findings.extend(found),
            Err(unchecked) => checked.unchecked.push(unchecked),
        }
        match of_service_certificate(provider, now) {
            Ok(found) => checked.findings.extend(found),
            Err(unchecked) => checked.unchecked.push(unchecked),
        }
    }
    checked
}

fn of_certificate(provider: &IdentityProvider, now: Timestamp) -> Result<Option<Finding>, Unchecked> {
    let what = || format!("The certificate of the identity provider {}", name(provider));
    let text = provider.certificate.as_deref().unwrap_or_default();
    let certificates = Certificate::of_setting(text);
    let Some(validity) = worst_validity(&certificates, now) else {
        let why = if certificates.is_empty() {
            "Proofpoint's answer does not have it."
        } else {
            "Proofpoint's answer has one that cannot be read."
        };
        return Err(Unchecked::unsaid(what(), why));
    };
    if !validity.is_warning() {
        return Ok(None);
    }
    let severity = match validity {
        Validity::Ending(left) if left > URGENT_DAYS => Severity::Medium,
        _ => Severity::High,
    };
    let ends = certificates.iter().flatten().map(|one| one.not_after).min();
    Ok(Some(Finding {
        value: ends
            .map(|ends| ends.strftime("%F").to_string())
            .unwrap_or_default(),
        why: "Sign-ins by this provider fail when its certificate is not valid. Upload the provider's next \
              certificate before this one ends."
            .to_owned(),
        subjects: vec![Subject::Provider(name(provider))],
        ..Finding::of_organization(
            severity,
            FindingKind::Certificate,
            format!("The provider's certificate {}", validity.in_words()),
        )
    }))
}

fn of_service_certificate(provider: &IdentityProvider, now: Timestamp) -> Result<Option<Finding>, Unchecked> {
    let Some(text) = &provider.service_certificate_expires else {
        // The provider may not need one.
        return Ok(None);
    };
    let left = days_until(text, now).ok_or_else(|| {
        let what = format!(
            "Proofpoint's certificate for the identity provider {}",
            name(provider)
        );
        Unchecked::unsaid(what, "Proofpoint's answer has no date there that can be read.")
    })?;
    if left > EXPIRY_DAYS {
        return Ok(None);
    }
    let severity = if left <= URGENT_DAYS {
        Severity::High
    } else {
        Severity::Medium
    };
    let days = counted(usize::try_from(left).unwrap_or_default(), ("day", "days"));
    let what = match left {
        ..0 => "Proofpoint's certificate for the provider has ended".to_owned(),
        0 => "Proofpoint's certificate for the provider ends today".to_owned(),
        _ => format!("Proofpoint's certificate for the provider ends in {days}"),
    };
    Ok(Some(Finding {
        value: text.to_string(),
        why: "The provider may refuse requests for sign-in that are signed with a certificate that has ended. Renew \
              it in the console, and give the new one to the provider."
            .to_owned(),
        subjects: vec![Subject::Provider(name(provider))],
        ..Finding::of_organization(severity, FindingKind::Certificate, what)
    }))
}

/// The provider's name, or its id where it has none.
fn name(provider: &IdentityProvider) -> String {
    if provider.name.trim().is_empty() {
        provider.id.to_string()
    } else {
        provider.name.clone()
    }
}

#[cfg(test)]
mod tests {
    use proofpoint::DateText;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn now() -> Timestamp {
        "2026-11-30T12:00:00Z".parse().expect("a moment")
    }

    #[track_caller]
    fn check(checked: &Checked, expected: &[(Severity, &str)], unchecked: usize) {
        let found: Vec<_> = checked
            .findings
            .iter()
            .map(|finding| (finding.severity, finding.what.as_str()))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(checked.unchecked.len(), unchecked, "{checked:?}");
    }

    #[test]
    fn a_second_factor_that_is_off_is_a_finding() {
        let settings = |is_enabled, admins_only| MfaSettings {
            is_enabled,
            admins_only,
        };
        let off = [(Severity::High, "Administrators sign in without a second factor")];
        check(&of_second_factor(&settings(Some(false), Some(true))), &off, 0);
        check(&of_second_factor(&settings(Some(true), Some(true))), &[], 0);
        check(&of_second_factor(&settings(Some(true), Some(false))), &[], 0);
        check(&of_second_factor(&settings(None, None)), &[], 1);
    }

    #[test]
    fn a_password_beside_single_sign_on_is_a_finding() {
        let beside = LoginSettings {
            allow_local_login: Some(true),
            allow_azure_login: Some(true),
            ..LoginSettings::default()
        };
        let found = [(
            Severity::Low,
            "Administrators can sign in with a password beside single sign-on",
        )];
        check(&of_login(&beside), &found, 0);
        let by_provider = LoginSettings {
            allow_azure_login: Some(false),
            valid_idps: Some(vec!["1".into()]),
            ..beside.clone()
        };
        check(&of_login(&by_provider), &found, 0);
        let alone = LoginSettings {
            allow_azure_login: Some(false),
            ..beside.clone()
        };
        check(&of_login(&alone), &[], 0);
        let forced = LoginSettings {
            force_azure_login: Some(true),
            ..beside.clone()
        };
        check(&of_login(&forced), &[], 0);
        let off = LoginSettings {
            allow_local_login: Some(false),
            ..beside
        };
        check(&of_login(&off), &[], 0);
        check(&of_login(&LoginSettings::default()), &[], 1);
    }

    /// A provider whose certificate ends on this day of December 2026.
    fn provider(day: u8, service: Option<&str>) -> IdentityProvider {
        let mut params = CertificateParams::new(vec!["login.example.com".to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2026, 12, day);
        let key = KeyPair::generate().expect("a key");
        IdentityProvider {
            name: "Example".to_owned(),
            certificate: Some(params.self_signed(&key).expect("a certificate").pem()),
            service_certificate_expires: service.map(DateText::from),
            ..IdentityProvider::default()
        }
    }

    #[test]
    fn certificates_near_their_end() {
        let of = |provider| of_providers(&[provider], now());
        let ending = [(Severity::Medium, "The provider's certificate ends in 24 days")];
        check(&of(provider(25, None)), &ending, 0);
        let soon = [(Severity::High, "The provider's certificate ends in 3 days")];
        check(&of(provider(4, None)), &soon, 0);
        check(
            &of(provider(31, Some("2027-06-01"))),
            &[(Severity::Medium, "The provider's certificate ends in 30 days")],
            0,
        );
        let inactive = IdentityProvider {
            is_active: Some(false),
            ..provider(1, Some("2020-01-01"))
        };
        check(&of(inactive), &[], 0);
        let long_before = "2024-01-01T00:00:00Z".parse().expect("a moment");
        check(&of_providers(&[provider(31, None)], long_before), &[], 0);
    }

    #[test]
    fn certificates_of_proofpoints_own_near_their_end() {
        let ours = |text: &str| {
            let provider = IdentityProvider {
                service_certificate_expires: Some(DateText::from(text)),
                ..IdentityProvider::default()
            };
            let found = of_service_certificate(&provider, now()).expect("a date");
            found.map(|finding| finding.what)
        };
        assert_eq!(ours("2026-12-31 00:00:00"), None);
        assert_eq!(
            ours("2026-12-10").as_deref(),
            Some("Proofpoint's certificate for the provider ends in 10 days")
        );
        assert_eq!(
            ours("2026-11-29").as_deref(),
            Some("Proofpoint's certificate for the provider has ended")
        );
    }

    #[test]
    fn a_certificate_that_cannot_be_read_is_not_checked() {
        for certificate in [None, Some(""), Some("no certificate")] {
            let provider = IdentityProvider {
                id: "7".into(),
                certificate: certificate.map(ToOwned::to_owned),
                service_certificate_expires: Some(DateText::from("later")),
                ..IdentityProvider::default()
            };
            let checked = of_providers(&[provider], now());
            check(&checked, &[], 2);
            assert!(checked.unchecked[0].what.ends_with(" 7"), "{checked:?}");
        }
    }
}
