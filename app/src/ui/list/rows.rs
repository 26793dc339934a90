//! Rows at hand: searched, filtered, sorted and paged, and as CSV.

use std::cmp::Ordering;

use operations::{characters::folded, formula};

use super::{
    columns::List,
    state::{CellContent, ListPage, ListState},
};

impl<T: Send + Sync + 'static> List<T> {
    /// The rows that match the search and the filters, in the order of the sort. Every word of the search must occur
    /// in some column, in any case and spelling.
    pub fn matching(&self, rows: Vec<T>, state: &ListState) -> Vec<T> {
        let query = folded(&state.q);
        let words: Vec<&str> = query.split_whitespace().collect();
        let found = |row: &T| {
            let mut all = String::new();
            for column in &self.columns {
                all.push_str(&folded(&(column.text)(row)));
                all.push('\n');
            }
            words.iter().all(|word| all.contains(word))
        };
        let mut rows: Vec<T> = rows
            .into_iter()
            .filter(|row| self.passes(row, state))
            .filter(|row| words.is_empty() || found(row))
            .collect();
        if let Some((column, descending)) = &state.sort
            && let Some((_, key)) = self.sort_key(column)
        {
            rows.sort_by_cached_key(key);
            if *descending {
                rows.reverse();
            }
        }
        rows
    }

    /// Whether a row passes the filters.
    fn passes(&self, row: &T, state: &ListState) -> bool {
        let mut filters = state.filters.iter();
        filters.all(|(key, value)| self.keeps(row, key, value))
    }

    /// The key of a column, and by what it puts rows in order: for a list that keeps its orders.
    pub fn sort_key(&self, column: &str) -> Option<(&'static str, impl Fn(&T) -> SortKey)> {
        let place = self.columns.iter().position(|other| other.key() == column)?;
        let (column, spec) = (&self.columns[place], &self.spec.columns[place]);
        let is_numeric = spec.content == CellContent::Numbers;
        Some((spec.key, move |row: &T| {
            SortKey::of(&(column.text)(row), is_numeric)
        }))
    }

    /// The page of the rows that the address asks for.
    pub fn page(&self, rows: Vec<T>, state: &ListState) -> ListPage<T> {
        let total = rows.len();
        ListPage::of(self.matching(rows, state), total, state)
    }

    /// The rows that match the query as a file, in the columns that the list shows.
    pub fn export(&self, rows: Vec<T>, query: &str) -> String {
        let state = self.state(query);
        self.csv(&self.matching(rows, &state), &state)
    }

    /// These rows as a file (CSV of RFC 4180, with a heading), in the columns that the list shows.
    pub fn csv(&self, rows: &[T], state: &ListState) -> String {
        let columns: Vec<_> = self.shown(state).collect();
        let titles = self.spec.columns.iter();
        let heads = titles.filter(|column| state.shows(&self.spec, column.key));
        let rows = rows
            .iter()
            .map(|row| columns.iter().map(|column| (column.text)(row)).collect());
        csv_of(heads.map(|column| column.title.to_owned()).collect(), rows)
    }
}

/// A table of plain text as CSV.
pub fn csv_of(heads: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in std::iter::once(heads).chain(rows) {
        // Into memory, every record as long as the first: there is nothing that could fail.
        let _ = writer.write_record(row.iter().map(|cell| formula::escape(cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// By what rows are put in order: numbers by size and before everything else, text without its case.
#[derive(PartialEq)]
pub enum SortKey {
    /// Of a column of numbers.
    Number(f64),
    /// Without its case.
    Text(String),
}

impl SortKey {
    fn of(text: &str, is_numeric: bool) -> Self {
        let number = is_numeric.then(|| text.replace(',', "").parse().ok()).flatten();
        number.map_or_else(|| Self::Text(folded(text)), Self::Number)
    }
}

impl Eq for SortKey {}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::columns::Column, *};

    type Row = (&'static str, &'static str);

    fn list() -> List<Row> {
        let columns = vec![
            Column::text("name", "name", |row: &Row| row.0),
            Column::number("members", "members", |row: &Row| row.1.parse().ok()),
        ];
        List::new("/groups", ("group", "groups"), columns).filter(
            "size",
            "Size",
            [("empty", "Empty")],
            |row, _| row.1 == "0",
        )
    }

    const ROWS: &[Row] = &[("Developers", "10"), ("auditors", "9"), ("=cmd()", "0")];

    fn check(query: &str, expected: &[&str]) {
        let rows = list().matching(ROWS.to_vec(), &list().state(query));
        let names: Vec<_> = rows.iter().map(|row| row.0).collect();
        assert_eq!(names, expected, "{query}");
    }

    #[test]
    fn rows_are_searched_filtered_and_sorted() {
        check("", &["Developers", "auditors", "=cmd()"]);
        check("q=DEV", &["Developers"]);
        check("q=dev+10", &["Developers"]);
        check("q=dev+9", &[]);
        check("size=empty", &["=cmd()"]);
        check("sort=name", &["=cmd()", "auditors", "Developers"]);
        check("sort=-members", &["Developers", "auditors", "=cmd()"]);
    }

    #[test]
    fn a_search_finds_either_spelling_of_a_letter() {
        let rows = [("jos\u{e9}", "1"), ("JOSE\u{301}", "2"), ("jose", "3")];
        for query in ["q=jos%C3%A9", "q=jose%CC%81"] {
            let found = list().matching(rows.to_vec(), &list().state(query));
            assert_eq!(found, rows[..2], "{query}");
        }
    }

    #[test]
    fn no_cell_becomes_a_formula() {
        assert_eq!(
            list().csv(ROWS, &ListState::default()),
            "name,members\r\nDevelopers,10\r\nauditors,9\r\n'=cmd(),0\r\n"
        );
    }

    proptest! {
        #[test]
        fn csv_is_read_back_as_it_was_and_never_as_a_formula(cell in ".{0,40}") {
            let written = csv_of(vec!["a".into(), "b".into()], std::iter::once(vec![cell.clone(), "x".into()]));
            let mut reader = csv::Reader::from_reader(written.as_bytes());
            let record = reader.records().next().expect("a row").expect("well-formed");
            let without_marks = |text: &str| text.replace('\'', "");
            prop_assert_eq!(without_marks(&record[0]), without_marks(&cell));
            prop_assert!(!record[0].starts_with(['\t', '\r', '\n']));
            for part in record[0].split([';', '\t']) {
                prop_assert!(!part.trim_start().starts_with(['=', '+', '-', '@']), "{}", &record[0]);
            }
        }
    }
}
