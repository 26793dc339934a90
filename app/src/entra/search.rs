//! Searching Entra ID through the stored configuration (reference lines 2598-2835).

use gate::{Action, Passage, Target};
use protegrity::{EntraGroup, EntraUser};

use super::trouble::{Trouble, trouble};
use crate::visit::Visit;

/// Rows a page.
const PER_PAGE: u32 = 25;

/// The last page that is asked for: what is beyond is found by searching.
const LAST_PAGE: u32 = 40_000;

/// The longest search that is looked at, in characters.
const LONGEST_SEARCH: usize = 200;

/// What a page of a search shows, as its address says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Nothing stands for everybody (notes, row 58).
    pub q: String,
    /// From 1.
    pub page: u32,
}

impl Asked {
    /// Everything in an address may be written by anybody, so it is bounded.
    pub(super) fn of(visit: &Visit) -> Self {
        let page = visit.query_value("page").and_then(|page| page.parse().ok());
        Self {
            q: bounded(&visit.query_value("q").unwrap_or_default()),
            page: page.unwrap_or(1).clamp(1, LAST_PAGE),
        }
    }

    fn first(&self) -> u32 {
        (self.page - 1) * PER_PAGE
    }

    /// The number of the first row shown, from 1.
    pub(super) fn first_row(&self) -> u32 {
        self.first() + 1
    }
}

/// One page of what was found. The cluster's total is not to be relied on (notes, row 60), so one row more
/// than is shown is asked for, to know whether there is another page (row 28).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found<T> {
    pub rows: Vec<T>,
    pub more: bool,
}

impl<T> Found<T> {
    fn cut(mut rows: Vec<T>) -> Self {
        let more = rows.len() > PER_PAGE as usize;
        rows.truncate(PER_PAGE as usize);
        Self { rows, more }
    }
}

/// A search without the space around it, cut where nobody types on.
pub(super) fn bounded(q: &str) -> String {
    let visible = q.trim().chars().filter(|c| !c.is_control());
    visible.take(LONGEST_SEARCH).collect()
}

fn open(visit: &Visit) -> Result<Passage, Trouble> {
    visit
        .open(Action::SeeEntra, Target::portal())
        .map_err(Trouble::Failed)
}

/// A page of Entra ID's users.
pub(super) async fn users(visit: &Visit, asked: &Asked) -> Result<Found<EntraUser>, Trouble> {
    some_users(visit, &asked.q, asked.first(), PER_PAGE + 1)
        .await
        .map(Found::cut)
}

/// A page of Entra ID's groups.
pub(super) async fn groups(visit: &Visit, asked: &Asked) -> Result<Found<EntraGroup>, Trouble> {
    some_groups(visit, &asked.q, asked.first(), PER_PAGE + 1)
        .await
        .map(Found::cut)
}

/// At most so many users from the first. One without any name could not be imported, nor told from others.
pub(super) async fn some_users(
    visit: &Visit,
    q: &str,
    first: u32,
    most: u32,
) -> Result<Vec<EntraUser>, Trouble> {
    let passage = open(visit)?;
    let found = passage
        .call(|cluster| {
            let q = q.to_owned();
            async move { cluster.search_entra_users(Some(&q), first, most).await }
        })
        .await;
    match found {
        Ok(users) => Ok(users),
        Err(error) => Err(trouble(visit, &passage, Action::SeeEntra, &error).await),
    }
}

/// At most so many groups from the first.
pub(super) async fn some_groups(
    visit: &Visit,
    q: &str,
    first: u32,
    most: u32,
) -> Result<Vec<EntraGroup>, Trouble> {
    let passage = open(visit)?;
    let found = passage
        .call(|cluster| {
            let q = q.to_owned();
            async move { cluster.search_entra_groups(Some(&q), first, most).await }
        })
        .await;
    match found {
        Ok(groups) => Ok(groups),
        Err(error) => Err(trouble(visit, &passage, Action::SeeEntra, &error).await),
    }
}

/// The members of a group, all of them: this search has no pages (notes, row 59).
pub(super) async fn members(visit: &Visit, group_id: &str, q: &str) -> Result<Vec<EntraUser>, Trouble> {
    let passage = open(visit)?;
    let found = passage
        .call(|cluster| {
            let (id, q) = (group_id.to_owned(), q.to_owned());
            async move { cluster.search_entra_group_members(&id, Some(&q)).await }
        })
        .await;
    match found {
        Ok(members) => Ok(members),
        Err(error) => Err(trouble(visit, &passage, Action::SeeEntra, &error).await),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_more_than_is_shown_says_that_there_is_another_page() {
        let check = |rows: usize, shown, more| {
            let found = Found::cut(vec![(); rows]);
            assert_eq!((found.rows.len(), found.more), (shown, more), "{rows}");
        };
        check(0, 0, false);
        check(25, 25, false);
        check(26, 25, true);
    }

    #[test]
    fn a_search_is_bounded() {
        assert_eq!(bounded(" a\u{0}b "), "ab");
        assert_eq!(bounded(&"é".repeat(500)).chars().count(), LONGEST_SEARCH);
    }
}
