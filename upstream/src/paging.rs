//! Reading a whole list that the system gives only by the page.

use std::{collections::HashSet, hash::Hash};

use crate::{Error, ErrorKind};

/// How many rows are asked for at a time.
pub const PAGE_SIZE: u32 = 1000;

/// How many when the system refuses so many. It is the number of the reference's sample.
const SMALL_PAGE: u32 = 100;

/// More rows than this are not kept.
const MAX_ROWS: usize = 1_000_000;

/// Fetches page after page until the last, or until a page holds what is looked for.
///
/// A page shorter than asked for is the last one (notes on the Protegrity reference, row 28), unless the first
/// page has a round number of rows: then the system may cap its pages below what was asked for,
/// and the pages that are as long as the first are not the last. A system that brings nothing new
/// is not asked again. What is kept of a row is made page by page, so that no two lists of everything
/// are in memory.
pub async fn load_all<F, R, K, T>(
    fetch: impl Fn(u32, u32) -> F,
    key: impl Fn(&R) -> K,
    keep: impl Fn(R) -> T,
    is_wanted: impl Fn(&T) -> bool,
) -> Result<Vec<T>, Error>
where
    F: Future<Output = Result<Vec<R>, Error>>,
    K: Eq + Hash,
{
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    let (mut size, mut page) = match fetch(0, PAGE_SIZE).await {
        Err(error) if is_refusal(&error) => (SMALL_PAGE, fetch(0, SMALL_PAGE).await?),
        answer => (PAGE_SIZE, answer?),
    };
    if !page.is_empty() && page.len() % 10 == 0 {
        size = size.min(rows(&page));
    }
    let mut first = 0;
    loop {
        let brought = rows(&page);
        let before = kept.len();
        let new = page.into_iter().filter(|row| seen.insert(key(row)));
        kept.extend(new.map(&keep));
        let found = kept[before..].iter().any(&is_wanted);
        if brought < size || kept.len() == before || found || kept.len() >= MAX_ROWS {
            return Ok(kept);
        }
        first += brought;
        page = fetch(first, size).await?;
    }
}

fn rows<R>(page: &[R]) -> u32 {
    u32::try_from(page.len()).unwrap_or(u32::MAX)
}

/// Whether the system refused the request and not its sender.
fn is_refusal(error: &Error) -> bool {
    error.kind() == ErrorKind::Rejected
}
