//! What a list shows, as its address says it: parsing, building and page arithmetic.

use std::{borrow::Cow, collections::BTreeMap};

use islands::list::{menu, selection};
use url::form_urlencoded;

/// The page sizes; the first is the default.
pub const PAGE_SIZES: [u64; 3] = [25, 50, 100];
const MAX_QUERY_CHARS: usize = 200;
/// Far beyond any list, and far below where arithmetic could overflow.
const MAX_PAGE: u64 = 1_000_000;

/// What a list can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListSpec {
    /// The page's path.
    pub path: String,
    /// One and many: `("user", "users")`.
    pub noun: (&'static str, &'static str),
    /// The search field's label: "Search users".
    pub search_label: String,
    /// The columns. The first names the row and is always shown.
    pub columns: Vec<ColumnSpec>,
    /// The filters.
    pub filters: Vec<FilterSpec>,
    /// The address of the file that has all of it as CSV.
    pub exports: Option<Cow<'static, str>>,
    /// Whether rows can be ticked.
    pub selectable: bool,
    /// What the address says besides the state, by name: whose list it is.
    pub subject: Vec<(&'static str, String)>,
}

/// A column of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Its name in the address.
    pub key: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Whether the list can be sorted by it.
    pub sortable: bool,
    /// Whether it is shown unless columns are chosen.
    pub shown: bool,
    /// What its cells hold.
    pub content: CellContent,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellContent {
    /// Words, on one line.
    #[default]
    Words,
    /// Numbers, which are aligned at the right.
    Numbers,
    /// Sentences, which take several lines.
    Sentences,
}

/// A filter of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterSpec {
    /// Its name in the address; not one of `q`, `sort`, `page`, `per_page`, `columns`, `fresh` or of [`menu`].
    pub key: &'static str,
    /// Its label.
    pub label: &'static str,
    /// Values and their words.
    pub options: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl ListSpec {
    /// What the list is called: "Users".
    #[must_use]
    pub fn title(&self) -> String {
        let mut chars = self.noun.1.chars();
        chars
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    }

    fn is_default(&self, columns: &[String]) -> bool {
        let shown = self
            .columns
            .iter()
            .enumerate()
            .filter(|(at, column)| *at == 0 || column.shown);
        shown
            .map(|(_, column)| column.key)
            .eq(columns.iter().map(String::as_str))
    }
}

/// What a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListState {
    /// What is searched for.
    pub q: String,
    /// The column's key and whether it descends; none is the list's own order.
    pub sort: Option<(String, bool)>,
    /// From 1.
    pub page: u64,
    /// Filter keys and values; one that is not set is not here.
    pub filters: BTreeMap<String, String>,
    /// The chosen columns in the list's order; none are the default ones.
    pub columns: Option<Vec<String>>,
    /// Rows a page.
    pub per_page: u64,
    /// The ticked rows, on this page and others. They are not part of the state's own address: the list's form carries
    /// them.
    pub selected: Vec<String>,
    /// Whether more rows were ticked than are carried along.
    pub is_selection_cut: bool,
    /// What the address says besides, as the list has it: clearing the search leaves it.
    pub subject: Vec<(&'static str, String)>,
}

impl Default for ListState {
    fn default() -> Self {
        Self {
            q: String::new(),
            sort: None,
            page: 1,
            filters: BTreeMap::new(),
            columns: None,
            per_page: PAGE_SIZES[0],
            selected: Vec::new(),
            is_selection_cut: false,
            subject: Vec::new(),
        }
    }
}

impl ListState {
    /// Reads the query string of an address. Everything in it may be written by anybody: what the list
    /// does not know is dropped and what is too large is bounded.
    #[must_use]
    pub fn parse(query: &str, spec: &ListSpec) -> Self {
        let mut state = Self {
            subject: spec.subject.clone(),
            ..Self::default()
        };
        let mut chosen: Vec<String> = Vec::new();
        let (mut menu, mut is_menu_sent) = (Menu::default(), false);
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match key.as_ref() {
                "q" => state.q = value.chars().take(MAX_QUERY_CHARS).collect(),
                "sort" => state.sort = parse_sort(&value, spec),
                "page" => state.page = value.parse::<u64>().unwrap_or(1).clamp(1, MAX_PAGE),
                "per_page" => state.per_page = parse_page_size(&value),
                "columns" => chosen.push(value.into_owned()),
                menu::COLUMNS if spec.selectable => menu.columns.push(value.into_owned()),
                menu::ROWS if spec.selectable => menu.per_page = parse_page_size(&value),
                menu::BUTTON if spec.selectable => is_menu_sent = true,
                selection::NAME if spec.selectable => state.tick(value.into_owned()),
                key => {
                    if let Some(filter) = spec.filters.iter().find(|filter| filter.key == key)
                        && filter.options.iter().any(|(option, _)| *option == value)
                    {
                        state.filters.insert(filter.key.to_owned(), value.into_owned());
                    }
                }
            }
        }
        if is_menu_sent {
            (chosen, state.per_page) = (menu.columns, menu.per_page);
        }
        state.columns = choose_columns(&chosen, spec);
        state
    }

    /// Adds a ticked row, as long as the address has room for it.
    fn tick(&mut self, row: String) {
        if self.selected.contains(&row) {
            return;
        }
        let length = |row: &String| {
            selection::NAME.len()
                + form_urlencoded::byte_serialize(row.as_bytes())
                    .map(str::len)
                    .sum::<usize>()
        };
        let bytes: usize = self.selected.iter().map(length).sum::<usize>() + length(&row);
        if self.selected.len() < selection::MAX_SELECTED && bytes <= selection::MAX_SELECTED_BYTES {
            self.selected.push(row);
        } else {
            self.is_selection_cut = true;
        }
    }

    /// The names and values of the address, without what is the default.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut push = |key: &str, value: String| pairs.push((key.to_owned(), value));
        for (key, value) in &self.subject {
            push(key, value.clone());
        }
        if !self.q.is_empty() {
            push("q", self.q.clone());
        }
        for (key, value) in &self.filters {
            push(key, value.clone());
        }
        if let Some(sort) = self.sort_value() {
            push("sort", sort);
        }
        for column in self.columns.iter().flatten() {
            push("columns", column.clone());
        }
        if self.per_page != PAGE_SIZES[0] {
            push("per_page", self.per_page.to_string());
        }
        if self.page > 1 {
            push("page", self.page.to_string());
        }
        pairs
    }

    /// The order as the address has it: the column's key, after a hyphen where it descends.
    pub(super) fn sort_value(&self) -> Option<String> {
        let (key, descending) = self.sort.as_ref()?;
        Some(format!("{}{key}", if *descending { "-" } else { "" }))
    }

    /// The address of this state.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        address(path, self.pairs())
    }

    /// The address of this state that reads the cluster again and not the portal's copy.
    #[must_use]
    pub fn fresh_href(&self, path: &str) -> String {
        address(
            path,
            self.pairs()
                .into_iter()
                .chain([("fresh".to_owned(), "1".to_owned())]),
        )
    }

    /// Another page.
    #[must_use]
    pub fn with_page(&self, page: u64) -> Self {
        Self {
            page: page.clamp(1, MAX_PAGE),
            ..self.clone()
        }
    }

    /// Sorted by this column, from the first page.
    #[must_use]
    pub fn with_sort(&self, key: &str, descending: bool) -> Self {
        Self {
            sort: Some((key.to_owned(), descending)),
            page: 1,
            ..self.clone()
        }
    }

    /// Sorted by this column; the other way round when it already is.
    #[must_use]
    pub fn toggled_sort(&self, key: &str) -> Self {
        let descending = matches!(&self.sort, Some((sorted, false)) if sorted == key);
        self.with_sort(key, descending)
    }

    /// With this filter, from the first page.
    #[must_use]
    pub fn with_filter(&self, key: &str, value: &str) -> Self {
        let mut state = Self {
            page: 1,
            ..self.clone()
        };
        state.filters.insert(key.to_owned(), value.to_owned());
        state
    }

    /// Without search and filters, from the first page.
    #[must_use]
    pub fn without_search(&self) -> Self {
        Self {
            q: String::new(),
            filters: BTreeMap::new(),
            page: 1,
            ..self.clone()
        }
    }

    /// What narrows the list, as a query: search and filters.
    #[must_use]
    pub fn narrowing(&self) -> String {
        let search = Self {
            q: self.q.clone(),
            filters: self.filters.clone(),
            ..Self::default()
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        // Never empty: without a value, the box would send nothing.
        query
            .append_pair("by", "search")
            .extend_pairs(search.pairs())
            .finish()
    }

    /// Whether anything narrows the list.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self.q.is_empty() || !self.filters.is_empty()
    }

    /// Whether a column is shown.
    #[must_use]
    pub fn shows(&self, spec: &ListSpec, key: &str) -> bool {
        if spec.columns.first().is_some_and(|first| first.key == key) {
            return true;
        }
        match &self.columns {
            Some(columns) => columns.iter().any(|column| column == key),
            None => spec
                .columns
                .iter()
                .any(|column| column.key == key && column.shown),
        }
    }

    /// The page of so many rows that this state shows; a page beyond the last is the last.
    #[must_use]
    pub fn window(&self, matching: u64) -> Window {
        let pages = matching.div_ceil(self.per_page.max(1)).max(1);
        let page = self.page.clamp(1, pages);
        let offset = (page - 1) * self.per_page;
        let end = offset.saturating_add(self.per_page).min(matching);
        Window {
            page,
            pages,
            offset,
            end,
        }
    }
}

/// Which rows a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The page, from 1.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// The first row, from 0.
    pub offset: u64,
    /// The row after the last.
    pub end: u64,
}

/// One page of rows.
#[derive(Clone, Debug)]
pub struct ListPage<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many match search and filters.
    pub matching: u64,
    /// How many there are.
    pub total: u64,
    /// When the cluster said so.
    pub as_of_millis: Option<i64>,
}

impl<T> ListPage<T> {
    /// The page that a state shows of all rows that match.
    #[must_use]
    pub fn of(matching: Vec<T>, total: usize, state: &ListState) -> Self {
        let (count, total) = (matching.len() as u64, total as u64);
        let window = state.window(count);
        let skip = usize::try_from(window.offset).unwrap_or(usize::MAX);
        let take = usize::try_from(window.end - window.offset).unwrap_or_default();
        Self {
            rows: matching.into_iter().skip(skip).take(take).collect(),
            matching: count,
            total,
            as_of_millis: None,
        }
    }

    /// The same page with what `row` makes of each row.
    #[must_use]
    pub fn map<R>(self, row: impl FnMut(T) -> R) -> ListPage<R> {
        ListPage {
            rows: self.rows.into_iter().map(row).collect(),
            matching: self.matching,
            total: self.total,
            as_of_millis: self.as_of_millis,
        }
    }
}

/// The menu of columns of a list whose rows can be ticked, as its form sends it. It counts when its button is pressed.
#[derive(Default)]
struct Menu {
    columns: Vec<String>,
    per_page: u64,
}

fn parse_page_size(value: &str) -> u64 {
    let size = value.parse().ok().filter(|size| PAGE_SIZES.contains(size));
    size.unwrap_or(PAGE_SIZES[0])
}

fn parse_sort(value: &str, spec: &ListSpec) -> Option<(String, bool)> {
    let (key, descending) = value.strip_prefix('-').map_or((value, false), |key| (key, true));
    let column = spec
        .columns
        .iter()
        .find(|column| column.key == key && column.sortable)?;
    Some((column.key.to_owned(), descending))
}

/// The known ones in the list's order, the first always among them; nothing when that is the default.
fn choose_columns(chosen: &[String], spec: &ListSpec) -> Option<Vec<String>> {
    let is_chosen = |key: &str| chosen.iter().any(|column| column == key);
    if !spec.columns.iter().any(|column| is_chosen(column.key)) {
        return None;
    }
    let columns: Vec<String> = spec
        .columns
        .iter()
        .enumerate()
        .filter(|(at, column)| *at == 0 || is_chosen(column.key))
        .map(|(_, column)| column.key.to_owned())
        .collect();
    (!spec.is_default(&columns)).then_some(columns)
}

fn address(path: &str, pairs: impl IntoIterator<Item = (String, String)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    match query.as_str() {
        "" => path.to_owned(),
        // The address of a file says whose list it is.
        query if path.contains('?') => format!("{path}&{query}"),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn column(key: &'static str, sortable: bool, shown: bool) -> ColumnSpec {
        ColumnSpec {
            key,
            title: key,
            sortable,
            shown,
            content: CellContent::Words,
        }
    }

    fn spec() -> ListSpec {
        ListSpec {
            path: "/users".into(),
            noun: ("user", "users"),
            search_label: "Search users".to_owned(),
            columns: vec![
                column("name", true, true),
                column("email", true, true),
                column("source", false, true),
                column("created", true, false),
            ],
            filters: vec![FilterSpec {
                key: "state",
                label: "State",
                options: [("locked", "Locked"), ("active", "Active")]
                    .map(|(value, words)| (value.into(), words.into()))
                    .to_vec(),
            }],
            exports: None,
            selectable: false,
            subject: Vec::new(),
        }
    }

    #[test]
    fn the_subject_of_a_list_stays_in_every_address() {
        let spec = ListSpec {
            subject: vec![("domain", "b&c.example".to_owned())],
            ..spec()
        };
        let state = ListState::parse("q=a&domain=other.example&fresh=1", &spec);
        assert_eq!(state.href("/users"), "/users?domain=b%26c.example&q=a");
        assert_eq!(
            state.without_search().fresh_href("/users"),
            "/users?domain=b%26c.example&fresh=1"
        );
        assert!(!state.without_search().is_narrowed());
    }

    #[test]
    fn what_the_list_does_not_know_is_dropped() {
        let check = |query: &str, expected: &str| {
            assert_eq!(
                ListState::parse(query, &spec()).href("/users"),
                expected,
                "{query}"
            );
        };
        check("", "/users");
        check("q=a+b%26c&page=3", "/users?q=a+b%26c&page=3");
        check("sort=-email&sort=password", "/users");
        check("sort=source", "/users");
        check("sort=-email", "/users?sort=-email");
        check("page=0", "/users");
        check("page=-1&per_page=7&state=gone&x=y&fresh=1", "/users");
        check("page=99999999999999999999", "/users");
        check("page=999999999999", "/users?page=1000000");
        check("per_page=100&state=locked", "/users?state=locked&per_page=100");
        check("columns=created", "/users?columns=name&columns=created");
        check("columns=source&columns=email&columns=name", "/users");
        check("columns=nothing", "/users");
        check("q=%FF%00", "/users?q=%EF%BF%BD%00");
    }

    #[test]
    fn the_menu_of_a_list_with_boxes_counts_when_its_button_is_pressed() {
        let spec = |selectable| ListSpec { selectable, ..spec() };
        let menu = "columns=name&columns=source&per_page=50&show[]=name&show[]=created&show_rows=100";
        let check = |query: &str, selectable, expected: &str| {
            assert_eq!(
                ListState::parse(query, &spec(selectable)).href("/users"),
                expected,
                "{query}"
            );
        };
        let before = "/users?columns=name&columns=source&per_page=50";
        check(menu, true, before);
        let sent = format!("{menu}&choose=columns");
        check(&sent, true, "/users?columns=name&columns=created&per_page=100");
        check(&sent, false, before);
        check(
            "columns=source&choose=columns&show[]=name&show_rows=7",
            true,
            "/users?columns=name",
        );
    }

    #[test]
    fn the_last_order_counts() {
        let state = ListState::parse("sort=name&q=a&sort=-email", &spec());
        assert_eq!(state.sort_value().as_deref(), Some("-email"));
    }

    #[test]
    fn a_search_is_bounded() {
        let state = ListState::parse(&format!("q={}", "é".repeat(500)), &spec());
        assert_eq!(state.q.chars().count(), 200);
    }

    #[test]
    fn a_change_of_what_is_shown_begins_at_the_first_page() {
        let state = ListState::parse("q=a&page=4&sort=name", &spec());
        assert_eq!(state.with_page(5).href("/users"), "/users?q=a&sort=name&page=5");
        assert_eq!(state.toggled_sort("name").href("/users"), "/users?q=a&sort=-name");
        assert_eq!(
            state.toggled_sort("email").href("/users"),
            "/users?q=a&sort=email"
        );
        assert_eq!(
            state.with_filter("state", "locked").href("/users"),
            "/users?q=a&state=locked&sort=name"
        );
        assert_eq!(state.without_search().href("/users"), "/users?sort=name");
        assert_eq!(state.fresh_href("/users"), "/users?q=a&sort=name&page=4&fresh=1");
    }

    #[test]
    fn a_page_is_cut_out_of_the_rows() {
        let check = |page, matching, expected: (u64, u64, u64, u64)| {
            let window = ListState {
                page,
                ..ListState::default()
            }
            .window(matching);
            assert_eq!((window.page, window.pages, window.offset, window.end), expected);
        };
        check(1, 0, (1, 1, 0, 0));
        check(1, 10_042, (1, 402, 0, 25));
        check(402, 10_042, (402, 402, 10_025, 10_042));
        check(403, 10_042, (402, 402, 10_025, 10_042));
        check(2, 50, (2, 2, 25, 50));
        check(2, 25, (1, 1, 0, 25));
    }

    proptest! {
        #[test]
        fn an_address_says_all_of_a_state(
            q in ".{0,220}",
            sort in proptest::option::of(("(name|email|source|none)", any::<bool>())),
            page in any::<u64>(),
            per_page in prop_oneof![Just(25_u64), Just(50), Just(100), Just(7)],
            filter in "(locked|active|other|)",
            columns in proptest::collection::vec("(name|email|source|created|none)", 0..6),
        ) {
            let sort = sort.map(|(key, descending)| format!("{}{key}", if descending { "-" } else { "" }));
            let pairs = [("q", q), ("sort", sort.unwrap_or_default()), ("state", filter)]
                .into_iter()
                .chain([("page", page.to_string()), ("per_page", per_page.to_string())])
                .chain(columns.into_iter().map(|column| ("columns", column)));
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();

            let state = ListState::parse(&query, &spec());
            let href = state.href("/users");
            let again = ListState::parse(href.strip_prefix("/users").unwrap_or_default().trim_start_matches('?'), &spec());
            prop_assert_eq!(again, state);
        }

        #[test]
        fn a_window_stays_within_the_rows(page in any::<u64>(), matching in any::<u64>()) {
            let state = ListState { page, ..ListState::default() };
            let window = state.window(matching);
            prop_assert!(window.offset <= window.end && window.end <= matching);
            prop_assert!(window.end - window.offset <= state.per_page);
            prop_assert!(matching == 0 || window.offset < window.end);
        }

        #[test]
        fn anything_at_all_is_parsed(query in ".{0,300}") {
            let state = ListState::parse(&query, &spec());
            prop_assert!(state.page >= 1 && PAGE_SIZES.contains(&state.per_page));
        }
    }
}
