//! Sender lists: who is always let in, and who never (notes sections 2.5 and 7).

use std::{collections::HashSet, net::IpAddr};

use ipnet::IpNet;
use serde::Deserialize;
use upstream::{lenient, name_type};

use crate::EmailAddress;

name_type! {
    /// One entry of a sender list, as it is written there.
    SenderEntry
}

/// What an entry covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderKind {
    /// One sender: `john@example.com`.
    Address,
    /// All senders of a domain: `example.com`.
    Domain,
    /// All senders of a domain, written with a wildcard: `*@example.com`.
    DomainWildcard,
    /// One server: `192.0.2.7`.
    Ip(IpAddr),
    /// A network of servers, in CIDR notation: `192.0.2.0/24`.
    Network(IpNet),
    /// Another pattern with a wildcard: `10.91.*.*`, `*.example.com`, `*`.
    Wildcard,
    /// None of these.
    Other,
}

impl SenderEntry {
    /// What the entry covers.
    pub fn kind(&self) -> SenderKind {
        let entry = self.as_str().trim();
        if let Ok(ip) = entry.parse() {
            return SenderKind::Ip(ip);
        }
        if let Ok(network) = entry.parse() {
            return SenderKind::Network(network);
        }
        match entry.strip_prefix("*@").or_else(|| entry.strip_prefix('@')) {
            Some(domain) if is_domain(domain) => return SenderKind::DomainWildcard,
            _ => {}
        }
        if entry.contains('*') {
            SenderKind::Wildcard
        } else if is_domain(entry) {
            SenderKind::Domain
        } else if EmailAddress::from(entry.to_owned()).check().is_ok() {
            SenderKind::Address
        } else {
            SenderKind::Other
        }
    }
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    text.contains('.') && text.split('.').all(is_label)
}

/// Whose lists they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderListOwner<'a> {
    /// The organisation's, for all its users.
    Organization,
    /// One user's.
    User(&'a EmailAddress),
}

/// The two lists of an organisation or a user.
///
/// A list is `None` where the answer has none, which says nothing about it; in a call, such a list is not sent. The
/// lists have an older name each, which may come in the same object (notes section 7): they are merged, and an entry
/// that stands in both appears once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "ListNames")]
pub struct SenderLists {
    /// Senders that are let in.
    pub allow: Option<Vec<SenderEntry>>,
    /// Senders that are kept out.
    pub block: Option<Vec<SenderEntry>>,
}

impl SenderLists {
    /// Neither list, or nothing in them.
    pub fn is_empty(&self) -> bool {
        [&self.allow, &self.block]
            .into_iter()
            .all(|list| list.as_ref().is_none_or(Vec::is_empty))
    }
}

/// The names of the lists, the current ones of each answer first.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct ListNames {
    #[serde(deserialize_with = "lenient::names")]
    allow_list: Option<Vec<SenderEntry>>,
    #[serde(deserialize_with = "lenient::names")]
    safe_list_senders: Option<Vec<SenderEntry>>,
    #[serde(deserialize_with = "lenient::names")]
    white_list_senders: Option<Vec<SenderEntry>>,
    #[serde(deserialize_with = "lenient::names")]
    block_list: Option<Vec<SenderEntry>>,
    #[serde(deserialize_with = "lenient::names")]
    block_list_senders: Option<Vec<SenderEntry>>,
    #[serde(deserialize_with = "lenient::names")]
    black_list_senders: Option<Vec<SenderEntry>>,
}

impl From<ListNames> for SenderLists {
    fn from(names: ListNames) -> Self {
        Self {
            allow: merged([
                names.allow_list,
                names.safe_list_senders,
                names.white_list_senders,
            ]),
            block: merged([
                names.block_list,
                names.block_list_senders,
                names.black_list_senders,
            ]),
        }
    }
}

fn merged(lists: [Option<Vec<SenderEntry>>; 3]) -> Option<Vec<SenderEntry>> {
    let mut lists = lists.into_iter().flatten();
    let first = lists.next()?;
    let mut seen = HashSet::new();
    let entries = first.into_iter().chain(lists.flatten());
    Some(
        entries
            .filter(|entry| seen.insert(entry.as_str().to_lowercase()))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check_kind(entry: &str, expected: SenderKind) {
        assert_eq!(SenderEntry::new(entry).kind(), expected, "for {entry:?}");
    }

    #[test]
    fn kinds_of_entries() {
        check_kind("john@example.com", SenderKind::Address);
        check_kind("o'brien+x@example.com", SenderKind::Address);
        check_kind("example.com", SenderKind::Domain);
        check_kind("*@example.com", SenderKind::DomainWildcard);
        check_kind("@example.com", SenderKind::DomainWildcard);
        check_kind("192.0.2.7", SenderKind::Ip([192, 0, 2, 7].into()));
        check_kind(
            "192.0.2.0/24",
            SenderKind::Network("192.0.2.0/24".parse().expect("a network")),
        );
        check_kind(
            "2001:db8::/32",
            SenderKind::Network("2001:db8::/32".parse().expect("a network")),
        );
        check_kind("10.91.*.*", SenderKind::Wildcard);
        check_kind("*.example.com", SenderKind::Wildcard);
        check_kind("*", SenderKind::Wildcard);
        check_kind("*@*", SenderKind::Wildcard);
        check_kind("", SenderKind::Other);
        check_kind("word", SenderKind::Other);
    }

    #[allow(clippy::needless_pass_by_value, reason = "callers hand over a fresh `json!`")]
    #[track_caller]
    fn check_lists(answer: Value, allow: Option<&[&str]>, block: Option<&[&str]>) {
        let lists: SenderLists = serde_json::from_value(answer.clone()).expect("always read");
        let entries = |list: Option<&[&str]>| {
            list.map(|list| list.iter().copied().map(SenderEntry::from).collect::<Vec<_>>())
        };
        assert_eq!(
            (lists.allow, lists.block),
            (entries(allow), entries(block)),
            "{answer}"
        );
    }

    #[test]
    fn both_names_of_a_list_are_merged() {
        check_lists(json!({}), None, None);
        check_lists(json!({"allow_list": [], "block_list": null}), Some(&[]), None);
        check_lists(
            json!({"safe_list_senders": ["a@x.com", "b@x.com"], "white_list_senders": ["B@x.com", "c@x.com"]}),
            Some(&["a@x.com", "b@x.com", "c@x.com"]),
            None,
        );
        check_lists(
            json!({"black_list_senders": ["a@x.com"]}),
            None,
            Some(&["a@x.com"]),
        );
        // One entry that cannot be read makes the list unknown, and not shorter.
        check_lists(json!({"allow_list": ["a@x.com", {}], "other": 1}), None, None);
    }
}
