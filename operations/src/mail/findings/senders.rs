//! Entries of sender lists that let too much in. What is let in is not filtered: not for spam, nor for fraud.

use std::collections::BTreeMap;

use proofpoint::{DomainName, EmailAddress, SenderEntry, SenderKind, SenderLists, User};

use super::{
    Checked, Finding, FindingKind, Remedy, Severity, Subject, Unchecked,
    free_mail::{is_free_mail, services},
};
use crate::text::{counted, grouped};

/// An entry is as long as an address. Of a longer text, this many characters are shown.
const MAX_SHOWN: usize = 200;

/// What an entry lets in, where that is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Danger {
    /// Every sender.
    Everyone,
    /// Every domain below a public suffix such as `.com` or `.co.uk`.
    PublicSuffix,
    /// The organisation's own domain or an address of it.
    Own,
    /// A public mail service.
    FreeMail,
    /// Domains by a part of their name.
    Pattern,
    /// All senders of one organisation.
    WholeDomain,
    /// A network, by the number of bits that are the same in all its addresses, of so many.
    Network { bits: u8, of: u8 },
}

impl Danger {
    /// For the whole organisation.
    const fn severity(self) -> Severity {
        match self {
            Self::Everyone | Self::PublicSuffix | Self::Own | Self::FreeMail => Severity::High,
            Self::Pattern => Severity::Medium,
            Self::WholeDomain => Severity::Low,
            Self::Network { bits, of } => match (bits, of) {
                (..16, 32) | (..32, 128) => Severity::High,
                (..24, 32) | (..48, 128) => Severity::Medium,
                _ => Severity::Low,
            },
        }
    }

    const fn kind(self) -> FindingKind {
        match self {
            Self::Everyone | Self::PublicSuffix | Self::Pattern => FindingKind::Wildcard,
            Self::Own => FindingKind::OwnDomain,
            Self::FreeMail => FindingKind::FreeMail,
            Self::WholeDomain => FindingKind::WholeDomain,
            Self::Network { .. } => FindingKind::Network,
        }
    }

    fn what(self) -> String {
        match self {
            Self::Everyone => "Every sender is let in".to_owned(),
            Self::PublicSuffix => "Every domain with this ending is let in".to_owned(),
            Self::Own => "The organisation's own domain is let in".to_owned(),
            Self::FreeMail => "Every account of a public mail service is let in".to_owned(),
            Self::Pattern => "Every domain with this part in its name is let in".to_owned(),
            Self::WholeDomain => "Every sender of another domain is let in".to_owned(),
            Self::Network { bits, of: 32 } => format!(
                "A network of {} servers is let in",
                grouped(1_u64 << 32_u8.saturating_sub(bits))
            ),
            Self::Network { bits, .. } => format!("A network of IPv6 addresses (/{bits}) is let in"),
        }
    }

    const fn why(self) -> &'static str {
        match self {
            Self::Everyone => {
                "No message is filtered: spam, malware and fraud reach the mailbox. Remove the entry, and let in \
                 single senders instead."
            }
            Self::PublicSuffix => {
                "An attacker registers such a domain for a small fee, and no message from it is filtered. Let in the \
                 domains of known senders instead."
            }
            Self::Own => {
                "The address of a sender is easily forged. Fraud in the name of a colleague is what filters catch \
                 best, and this entry lets it pass. Mail within the organisation needs no entry."
            }
            Self::FreeMail => {
                "Every person opens accounts there, and much fraud is sent from them. Let in the full addresses of \
                 known senders instead."
            }
            Self::Pattern => {
                "An attacker registers a domain that matches, and no message from it is filtered. Let in the domains \
                 of known senders instead."
            }
            Self::WholeDomain => {
                "A message that claims to come from this domain is not filtered, also where the account of a sender \
                 there was taken over. Let in the full addresses of known senders where that suffices."
            }
            Self::Network { .. } => {
                "Every server in the network is let in, also those of other tenants. Let in the single addresses of \
                 known mail servers instead."
            }
        }
    }
}

/// What an entry lets in, where that is too much. The domains are the organisation's own.
fn danger(entry: &SenderEntry, own: &[DomainName]) -> Option<Danger> {
    let text = entry.as_str().trim().to_lowercase();
    // `.com` and `@example.com` are short for patterns.
    let text = match text.trim_end_matches('.') {
        "" | "@" => return None,
        short if short.starts_with(['.', '@']) => format!("*{short}"),
        text => text.to_owned(),
    };
    match SenderEntry::new(text.as_str()).kind() {
        SenderKind::Ip(_) | SenderKind::Other => return None,
        SenderKind::Network(network) => {
            let of = if network.addr().is_ipv4() { 32 } else { 128 };
            return of_network(network.prefix_len(), of);
        }
        SenderKind::Address | SenderKind::Domain | SenderKind::DomainWildcard | SenderKind::Wildcard => {}
    }
    if let Some(bits) = fixed_bits(&text) {
        return of_network(bits, 32);
    }
    let (local, domain) = text.rsplit_once('@').unwrap_or(("*", &text));
    of_domain(local.contains('*'), domain, own)
}

fn of_network(bits: u8, of: u8) -> Option<Danger> {
    // A handful of servers is what a sender has.
    let few = if of == 32 { 29 } else { 64 };
    match bits {
        0 => Some(Danger::Everyone),
        bits if bits < few => Some(Danger::Network { bits, of }),
        _ => None,
    }
}

/// How many bits of an IPv4 address a pattern such as `10.91.*.*` names; `None` where it is none. A number with a
/// wildcard in it names none.
fn fixed_bits(text: &str) -> Option<u8> {
    let parts: Vec<&str> = text.split('.').collect();
    let is_part = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '*');
    let is_number = |part: &&&str| part.parse::<u8>().is_ok();
    let is_address = parts.len() == 4 && parts.iter().all(is_part) && text.contains('*');
    let numbers = parts.iter().filter(is_number).count();
    is_address
        .then(|| u8::try_from(numbers * 8).ok())
        .flatten()
        .filter(|bits| *bits < 32)
}

/// All senders of the domains that match, or one of them.
fn of_domain(is_all: bool, domain: &str, own: &[DomainName]) -> Option<Danger> {
    let mut base = domain;
    let mut is_below = false;
    while let Some(rest) = base.strip_prefix("*.").or_else(|| base.strip_prefix('.')) {
        (base, is_below) = (rest, true);
    }
    let has_wildcard = base.contains('*');
    if base.chars().all(|c| matches!(c, '*' | '.')) {
        let matches_all = has_wildcard || is_below || is_all;
        return match (matches_all, is_all) {
            (true, true) => Some(Danger::Everyone),
            (true, false) => Some(Danger::Pattern),
            (false, _) => None,
        };
    }
    if is_all && !has_wildcard && psl::domain_str(base).is_none() {
        return Some(Danger::PublicSuffix);
    }
    let own: Vec<String> = own.iter().map(|own| own.as_str().to_lowercase()).collect();
    let is_own = |own: &String| {
        let below = own.strip_suffix(base).is_some_and(|rest| rest.ends_with('.'));
        let above = base
            .strip_suffix(own.as_str())
            .is_some_and(|rest| rest.ends_with('.'));
        own == base || above || (is_below && below) || (has_wildcard && matches(base, own))
    };
    if own.iter().any(is_own) {
        return Some(Danger::Own);
    }
    let is_public = is_free_mail(base) || (has_wildcard && services().any(|service| matches(base, service)));
    match (is_all, has_wildcard) {
        _ if is_public && (is_all || has_wildcard) => Some(Danger::FreeMail),
        (_, true) => Some(Danger::Pattern),
        (true, false) => Some(Danger::WholeDomain),
        (false, false) => None,
    }
}

/// Whether a text matches a pattern, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut rest = rest;
    let parts: Vec<&str> = parts.collect();
    let Some((last, inner)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in inner {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

fn finding(danger: Danger, entry: &SenderEntry, severity: Severity) -> Finding {
    Finding {
        severity,
        kind: danger.kind(),
        what: danger.what(),
        value: crate::text::shortened(entry.as_str().to_owned(), MAX_SHOWN),
        why: danger.why().to_owned(),
        subjects: Vec::new(),
        remedy: Remedy::Senders,
    }
}

/// The lists for all users of an organisation.
pub(super) fn of_organization(lists: &SenderLists, own: &[DomainName]) -> Checked {
    let Some(allowed) = &lists.allow else {
        let what = "The sender lists of the organisation";
        let unchecked = Unchecked::unsaid(what, "Proofpoint's answer does not have them.");
        return Checked {
            findings: Vec::new(),
            unchecked: vec![unchecked],
        };
    };
    let found = allowed.iter().filter_map(|entry| {
        let danger = danger(entry, own)?;
        Some(Finding {
            subjects: vec![Subject::Organization],
            ..finding(danger, entry, danger.severity())
        })
    });
    Checked {
        findings: found.collect(),
        unchecked: Vec::new(),
    }
}

/// The users' own lists. The same entry in the lists of many users is one finding.
pub(super) fn of_users(users: &[&User], own: &[DomainName]) -> Checked {
    let mut by_entry = BTreeMap::<String, (&SenderEntry, Danger, Vec<&EmailAddress>)>::new();
    let mut unsaid = 0;
    for user in users {
        let Some(allowed) = &user.senders.allow else {
            unsaid += 1;
            continue;
        };
        for entry in allowed {
            let key = entry.as_str().trim().to_lowercase();
            if let Some((_, _, owners)) = by_entry.get_mut(&key) {
                owners.push(&user.primary_email);
            } else if let Some(danger) = danger(entry, own) {
                by_entry.insert(key, (entry, danger, vec![&user.primary_email]));
            }
        }
    }
    let found = by_entry.into_values().map(|(entry, danger, mut owners)| {
        owners.sort();
        owners.dedup();
        let subjects = owners.iter().map(|owner| Subject::MailUser((*owner).clone()));
        Finding {
            remedy: match owners.as_slice() {
                [one] => Remedy::User((*one).clone()),
                _ => Remedy::Users,
            },
            subjects: subjects.collect(),
            ..finding(danger, entry, danger.severity().of_one_mailbox())
        }
    });
    let missing = (unsaid > 0).then(|| {
        let what = format!("The sender lists of {}", counted(unsaid, ("user", "users")));
        Unchecked::unsaid(what, "The list of users does not have them.")
    });
    Checked {
        findings: found.collect(),
        unchecked: missing.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn own() -> Vec<DomainName> {
        ["Example.com", "example.co.uk"]
            .map(|name| DomainName::from(name.to_owned()))
            .into()
    }

    #[track_caller]
    fn check(entry: &str, expected: Option<Danger>) {
        assert_eq!(danger(&SenderEntry::new(entry), &own()), expected, "{entry:?}");
    }

    #[test]
    fn the_own_domain_in_every_spelling() {
        for entry in [
            "example.com",
            " EXAMPLE.com ",
            "example.com.",
            "@example.com",
            "*@example.com",
            "*@Example.COM",
            "*.example.com",
            "*@*.example.com",
            ".example.com",
            "mail.example.com",
            "boss@example.com",
            "boss@mail.example.com",
            "b*@example.com",
            "*xample.com",
            "exam*.com",
            "*@exam*.co.uk",
            "*@example.co.uk",
        ] {
            check(entry, Some(Danger::Own));
        }
        for entry in [
            "boss@notexample.com",
            "boss@example.org",
            "boss@example.com.evil.test",
        ] {
            check(entry, None);
        }
    }

    #[test]
    fn wildcards() {
        for entry in [
            "*",
            "**",
            "*.*",
            "*@*",
            "*@*.*",
            "*@",
            "0.0.0.0/0",
            "::/0",
            "*.*.*.*",
        ] {
            check(entry, Some(Danger::Everyone));
        }
        for entry in [
            "*.com",
            ".com",
            "*@*.com",
            "*@com",
            "*.co.uk",
            "co.uk",
            "*.github.io",
        ] {
            check(entry, Some(Danger::PublicSuffix));
        }
        for entry in ["*bank.example", "info@*", "*@vendor.*", "info@vendor*.test"] {
            check(entry, Some(Danger::Pattern));
        }
        for entry in [
            "supplier.test",
            "*@supplier.test",
            "@supplier.test",
            "*.supplier.test",
            "news*@supplier.test",
        ] {
            check(entry, Some(Danger::WholeDomain));
        }
        for entry in [
            "",
            " ",
            ".",
            "@",
            "word",
            "two words",
            "john@",
            "orders@supplier.test",
            "192.0.2.7",
        ] {
            check(entry, None);
        }
    }

    #[test]
    fn public_mail_services() {
        for entry in [
            "gmail.com",
            "*@GMAIL.com",
            "*@*.yahoo.co.uk",
            "a*@outlook.com",
            "*mail.com",
            "info@gm*.com",
        ] {
            check(entry, Some(Danger::FreeMail));
        }
        check("friend@gmail.com", None);
    }

    #[test]
    fn networks_by_their_size() {
        let network = |bits, of| Some(Danger::Network { bits, of });
        check("10.0.0.0/8", network(8, 32));
        check("10.91.*.*", network(16, 32));
        check("10.*.3.4", network(24, 32));
        check("10.91.1*.*", network(16, 32));
        check("192.0.2.*", network(24, 32));
        check("192.0.2.0/28", network(28, 32));
        check("192.0.2.0/29", None);
        check("192.0.2.7/32", None);
        check("2001:db8::/32", network(32, 128));
        check("2001:db8::/64", None);
        let severity = |bits, of| Danger::Network { bits, of }.severity();
        assert_eq!(
            [severity(15, 32), severity(16, 32), severity(24, 32)],
            Severity::ALL
        );
        assert_eq!(
            [severity(31, 128), severity(47, 128), severity(48, 128)],
            Severity::ALL
        );
        let what = |bits, of| Danger::Network { bits, of }.what();
        assert_eq!(what(16, 32), "A network of 65,536 servers is let in");
        assert_eq!(what(32, 128), "A network of IPv6 addresses (/32) is let in");
    }

    fn user(email: &str, allowed: Option<&[&str]>) -> User {
        User {
            primary_email: EmailAddress::from(email.to_owned()),
            senders: SenderLists {
                allow: allowed.map(|entries| entries.iter().copied().map(SenderEntry::from).collect()),
                block: Some(vec![SenderEntry::from("*")]),
            },
            ..User::default()
        }
    }

    #[test]
    fn the_same_entry_of_many_users_is_one_finding() {
        let users = [
            user("c@example.com", Some(&["*@gmail.com", "friend@home.test"])),
            user("a@example.com", Some(&["*@GMAIL.com", "*@gmail.com", "*"])),
            user("b@example.com", None),
        ];
        let users: Vec<_> = users.iter().collect();
        let Checked { findings, unchecked } = of_users(&users, &own());
        let shown: Vec<_> = findings
            .iter()
            .map(|finding| (finding.value.as_str(), finding.severity, finding.subjects.len()))
            .collect();
        assert_eq!(
            shown,
            [("*", Severity::Medium, 1), ("*@gmail.com", Severity::Medium, 2)]
        );
        assert_eq!(
            findings[0].remedy,
            Remedy::User(EmailAddress::from("a@example.com".to_owned()))
        );
        assert_eq!(findings[1].remedy, Remedy::Users);
        let first = Subject::MailUser(EmailAddress::from("a@example.com".to_owned()));
        assert_eq!(findings[1].subjects[0], first);
        assert_eq!(unchecked[0].what, "The sender lists of 1 user");
    }

    #[test]
    fn lists_that_the_answer_lacks_are_not_checked() {
        let checked = of_organization(&SenderLists::default(), &own());
        assert_eq!((checked.findings.len(), checked.unchecked.len()), (0, 1));
        let lists = SenderLists {
            allow: Some(vec!["*@example.com".into(), "a@supplier.test".into()]),
            block: None,
        };
        let checked = of_organization(&lists, &own());
        assert_eq!((checked.findings.len(), checked.unchecked.len()), (1, 0));
        assert_eq!(checked.findings[0].severity, Severity::High);
    }

    proptest! {
        #[test]
        fn any_entry_is_judged(entry in "\\PC{0,40}") {
            let _ = danger(&SenderEntry::new(entry), &own());
        }

        #[test]
        fn case_and_space_do_not_matter(entry in "[a-z*@./0-9]{0,20}") {
            let loud = format!("  {} ", entry.to_uppercase());
            prop_assert_eq!(danger(&SenderEntry::new(loud), &own()), danger(&SenderEntry::new(entry), &own()));
        }

        #[test]
        fn an_entry_with_the_own_domain_at_its_end_is_never_passed_over(
            local in "[a-z*]{1,8}",
            below in "([a-z]{1,5}\\.){0,2}",
        ) {
            let entry = format!("{local}@{below}example.com");
            prop_assert_eq!(danger(&SenderEntry::new(entry), &own()), Some(Danger::Own));
        }

        #[test]
        fn a_pattern_matches_what_it_was_made_of(text in "[a-z.]{0,12}", at in 0_usize..12, length in 0_usize..6) {
            let start = at.min(text.len());
            let end = (start + length).min(text.len());
            let pattern = format!("{}*{}", &text[..start], &text[end..]);
            prop_assert!(matches(&pattern, &text));
            prop_assert!(matches("*", &text) && matches(&text, &text));
            let longer = format!("{text}x");
            prop_assert!(!matches(&text, &longer));
        }

        #[test]
        fn a_larger_network_is_never_less_grave(bits in 1_u8..32) {
            let severity = |bits| of_network(bits, 32).map(Danger::severity);
            let (larger, smaller) = (severity(bits - 1), severity(bits));
            prop_assert!(smaller.is_none() || larger <= smaller);
        }
    }
}
