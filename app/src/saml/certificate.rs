//! A provider's certificates on its page: whose they are, and how long they are valid.

use jiff::Timestamp;
use leptos::prelude::*;
use operations::saml::{
    certificate::{Certificate, Validity, worst_validity},
    setting,
};
use protegrity::SamlProvider;

use super::ValidityBadge;
use crate::ui::{Caution, Copyable, DescriptionList, Detail, Section, When};

/// The certificates of the setting `signingCertificate`; nothing where there is none.
#[component]
pub(super) fn Certificates(provider: SamlProvider, now: Timestamp) -> impl IntoView {
    let certificates = setting(&provider, "signingCertificate").map(|value| Certificate::of_setting(&value));
    let certificates = certificates.filter(|certificates| !certificates.is_empty())?;
    let title = match certificates.len() {
        1 => "Signing certificate",
        _ => "Signing certificates",
    };
    let warning = worst_validity(&certificates, now)
        .and_then(warning)
        .map(|(title, detail)| view! { <Caution title detail/> });
    let shown = certificates.into_iter().map(|certificate| match certificate {
        Some(certificate) => view! { <Facts certificate now/> }.into_any(),
        None => view! {
            <Caution title="A certificate of this provider cannot be read."
                detail="The cluster has a value that is no X.509 certificate. It stays as it is until another is entered."/>
        }
        .into_any(),
    });
    let shown = shown.collect_view();
    Some(view! {
        <Section title>
            {warning}
            {shown}
        </Section>
    })
}

/// What to know of a certificate that is not valid, or not for long.
fn warning(validity: Validity) -> Option<(String, &'static str)> {
    let detail = match validity {
        Validity::Valid(_) => return None,
        Validity::Ending(_) => "Enter its successor before then: without a valid one sign-ins can fail.",
        Validity::Ended(_) => "Sign-ins can fail until its successor is entered.",
        Validity::Future(_) => "Sign-ins can fail until then.",
    };
    Some((format!("The certificate {}.", validity.in_words()), detail))
}

#[component]
fn Facts(certificate: Certificate, now: Timestamp) -> impl IntoView {
    let validity = certificate.validity(now);
    view! {
        <DescriptionList>
            <Detail label="Subject"><bdi>{certificate.subject}</bdi></Detail>
            <Detail label="Issuer"><bdi>{certificate.issuer}</bdi></Detail>
            <Detail label="Serial number"><code>{certificate.serial}</code></Detail>
            <Detail label="Valid from"><When millis=certificate.not_before.as_millisecond()/></Detail>
            <Detail label="Valid until">
                <When millis=certificate.not_after.as_millisecond()/>
                " "
                <ValidityBadge validity/>
            </Detail>
            <Detail label="SHA-256 fingerprint">
                <Copyable text=certificate.fingerprint label="the fingerprint"/>
            </Detail>
        </DescriptionList>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_says_when_and_what_to_do() {
        let check = |validity, expected: Option<&str>| {
            assert_eq!(warning(validity).map(|(title, _)| title).as_deref(), expected);
        };
        check(Validity::Valid(31), None);
        check(Validity::Ending(30), Some("The certificate ends in 30 days."));
        check(Validity::Ending(0), Some("The certificate ends within a day."));
        check(Validity::Ended(1), Some("The certificate ended 1 day ago."));
        check(
            Validity::Ended(0),
            Some("The certificate ended within the last day."),
        );
        check(
            Validity::Future(2),
            Some("The certificate begins to be valid in 2 days."),
        );
        check(
            Validity::Future(0),
            Some("The certificate begins to be valid within a day."),
        );
    }
}
