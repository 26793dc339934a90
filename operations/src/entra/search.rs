//! Searching Entra ID through the stored configuration (reference lines 2598-2835).

use gate::Operation;
use protegrity::EntraGroup;

use super::{
    availability::{EntraError, explain},
    selection::{Candidate, ObjectKind},
};
use crate::characters::nfc;

/// Rows a page.
const PAGE_SIZE: u32 = 25;

/// The last page that is requested: what is beyond is found by searching.
const MAX_PAGE: u32 = 40_000;

/// The longest search text, in characters.
const MAX_TEXT_LENGTH: usize = 200;

/// How many matches a picker shows; more words narrow the search.
const MAX_FOUND: usize = 20;

/// How many rows are requested where there are no pages. The cluster does not count them all (notes, row 60).
const MAX_REQUESTED: u32 = 100;

/// A search, and the page of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The text; an empty one matches everything (notes, row 58).
    pub text: String,
    /// The page, from 1.
    pub page: u32,
}

impl Query {
    /// The search of an address, which may hold anything.
    pub fn new(text: &str, page: &str) -> Self {
        Self {
            text: normalize(text),
            page: page.parse().unwrap_or(1).clamp(1, MAX_PAGE),
        }
    }

    /// The number of the first row, from 0.
    pub fn first(&self) -> u32 {
        (self.page - 1) * PAGE_SIZE
    }
}

/// One page of a search. The cluster's total is not reliable (notes, row 60), so one row more than is shown is
/// requested to learn whether there is another page (row 28).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Candidate>,
    /// Whether another page follows.
    pub more: bool,
}

impl Page {
    fn of(mut rows: Vec<Candidate>) -> Self {
        let more = rows.len() > PAGE_SIZE as usize;
        rows.truncate(PAGE_SIZE as usize);
        Self { rows, more }
    }
}

/// The matches for a picker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The first ones.
    pub candidates: Vec<Candidate>,
    /// How many more were found.
    pub more: usize,
}

impl Found {
    /// Rows that cannot be imported are left out.
    fn of(mut candidates: Vec<Candidate>) -> Self {
        candidates.retain(|candidate| candidate.key().is_some());
        let more = candidates.len().saturating_sub(MAX_FOUND);
        candidates.truncate(MAX_FOUND);
        Self { candidates, more }
    }
}

/// A group of Entra ID with its members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupMembers {
    /// The group, where its name led to it.
    pub group: Option<EntraGroup>,
    /// The members that match the search.
    pub members: Vec<Candidate>,
}

/// A search text in NFC and without the space around it, of a bounded length.
pub fn normalize(text: &str) -> String {
    let text = nfc(text.trim());
    let visible = text.chars().filter(|c| !c.is_control());
    visible.take(MAX_TEXT_LENGTH).collect()
}

/// A page of Entra ID's users or groups.
///
/// # Errors
/// Why Entra ID cannot be searched, or the cluster's error.
pub async fn search(operation: &Operation, kind: ObjectKind, query: &Query) -> Result<Page, EntraError> {
    rows(operation, kind, &query.text, query.first(), PAGE_SIZE + 1)
        .await
        .map(Page::of)
}

/// Users or groups for a picker.
///
/// # Errors
/// As for [`search`].
pub async fn find(operation: &Operation, kind: ObjectKind, text: &str) -> Result<Found, EntraError> {
    rows(operation, kind, &normalize(text), 0, MAX_REQUESTED)
        .await
        .map(Found::of)
}

/// The members of a group, all of them, because this search has no pages (notes, row 59); and the group itself, which
/// can only be found by its name and is recognised by its id.
///
/// # Errors
/// As for [`search`].
pub async fn group(
    operation: &Operation,
    id: &str,
    name: &str,
    text: &str,
) -> Result<GroupMembers, EntraError> {
    let named = async {
        if name.is_empty() {
            return None;
        }
        let found = rows(operation, ObjectKind::Groups, name, 0, MAX_REQUESTED).await;
        found.ok()?.into_iter().find_map(|candidate| match candidate {
            Candidate::Group(group) if group.id == id => Some(group),
            _ => None,
        })
    };
    let members =
        operation.read(|cluster| async move { cluster.search_entra_group_members(id, Some(text)).await });
    let (group, members) = futures::join!(named, members);
    match members {
        Ok(members) => Ok(GroupMembers {
            group,
            members: members.into_iter().map(Candidate::User).collect(),
        }),
        Err(error) => Err(explain(operation, error).await),
    }
}

async fn rows(
    operation: &Operation,
    kind: ObjectKind,
    text: &str,
    first: u32,
    most: u32,
) -> Result<Vec<Candidate>, EntraError> {
    let found = operation.read(|cluster| async move {
        Ok(match kind {
            ObjectKind::Users => {
                let users = cluster.search_entra_users(Some(text), first, most).await?;
                users.into_iter().map(Candidate::User).collect()
            }
            ObjectKind::Groups => {
                let groups = cluster.search_entra_groups(Some(text), first, most).await?;
                groups.into_iter().map(Candidate::Group).collect()
            }
        })
    });
    match found.await {
        Ok(rows) => Ok(rows),
        Err(error) => Err(explain(operation, error).await),
    }
}

#[cfg(test)]
mod tests {
    use protegrity::EntraUser;

    use super::*;

    fn user(at: usize) -> Candidate {
        Candidate::User(EntraUser {
            email: (at > 0).then(|| format!("{at}@example.com")),
            ..EntraUser::default()
        })
    }

    #[test]
    fn one_row_more_than_is_shown_announces_another_page() {
        let check = |rows: usize, shown, more| {
            let page = Page::of((0..rows).map(user).collect());
            assert_eq!((page.rows.len(), page.more), (shown, more), "{rows}");
        };
        check(0, 0, false);
        check(25, 25, false);
        check(26, 25, true);
    }

    #[test]
    fn a_picker_gets_the_first_and_the_number_of_the_others() {
        let found = Found::of((0..31).map(user).collect());
        assert_eq!((found.candidates.len(), found.more), (20, 10), "one has no name");
        assert_eq!(found.candidates[0].name(), "1@example.com");
        assert_eq!(Found::of((0..3).map(user).collect()).more, 0);
    }

    #[test]
    fn an_address_is_bounded() {
        assert_eq!(normalize(" a\u{0}b "), "ab");
        assert_eq!(normalize(&"é".repeat(500)).chars().count(), MAX_TEXT_LENGTH);
        for (page, expected) in [("", 1), ("0", 1), ("-1", 1), ("3", 3), ("50000", MAX_PAGE)] {
            assert_eq!(Query::new("", page).page, expected, "{page}");
        }
    }
}
