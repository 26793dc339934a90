//! Lists whose rows are all at hand: searched, filtered, sorted and paged here, and any list as CSV.

use std::cmp::Ordering;

use super::state::{ListPage, ListSpec, ListState};

/// How a row reads in the column of this key, as plain text: what is searched, sorted by and exported.
pub type CellText<T> = fn(&T, &str) -> String;

/// The rows that match the search and the filters, in the wanted order.
///
/// Every word of the search must occur in some column, whatever its case. `keeps` answers whether a row
/// passes a filter: `keeps(row, key, value)`.
pub fn matching<T>(
    rows: Vec<T>,
    spec: &ListSpec,
    state: &ListState,
    text: CellText<T>,
    keeps: impl Fn(&T, &str, &str) -> bool,
) -> Vec<T> {
    let words: Vec<String> = state.q.split_whitespace().map(str::to_lowercase).collect();
    let found = |row: &T| {
        let mut all = String::new();
        for column in &spec.columns {
            all.push_str(&text(row, column.key).to_lowercase());
            all.push('\n');
        }
        words.iter().all(|word| all.contains(word.as_str()))
    };
    let mut rows: Vec<T> = rows
        .into_iter()
        .filter(|row| state.filters.iter().all(|(key, value)| keeps(row, key, value)))
        .filter(|row| words.is_empty() || found(row))
        .collect();
    if let Some((key, descending)) = &state.sort {
        let is_numeric = spec
            .columns
            .iter()
            .any(|column| column.key == key && column.numeric);
        rows.sort_by_cached_key(|row| SortKey::of(&text(row, key), is_numeric));
        if *descending {
            rows.reverse();
        }
    }
    rows
}

/// The page of those rows that the address asks for.
pub fn page_of<T>(
    rows: Vec<T>,
    spec: &ListSpec,
    state: &ListState,
    text: CellText<T>,
    keeps: impl Fn(&T, &str, &str) -> bool,
) -> ListPage<T> {
    let total = rows.len() as u64;
    let rows = matching(rows, spec, state, text, keeps);
    let matching = rows.len() as u64;
    let window = state.window(matching);
    let skip = usize::try_from(window.offset).unwrap_or(usize::MAX);
    let take = usize::try_from(window.end - window.offset).unwrap_or_default();
    ListPage {
        rows: rows.into_iter().skip(skip).take(take).collect(),
        matching,
        total,
        as_of_millis: None,
    }
}

/// Rows as CSV (RFC 4180, with a heading), in the columns that the list shows.
pub fn csv<T>(rows: &[T], spec: &ListSpec, state: &ListState, text: CellText<T>) -> String {
    let columns: Vec<_> = spec
        .columns
        .iter()
        .filter(|column| state.shows(spec, column.key))
        .collect();
    let heads = columns.iter().map(|column| column.title.to_owned()).collect();
    let rows = rows
        .iter()
        .map(|row| columns.iter().map(|column| text(row, column.key)).collect());
    csv_of(heads, rows)
}

/// A table of plain text as CSV.
pub fn csv_of(heads: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in std::iter::once(heads).chain(rows) {
        // Into memory, every record as long as the first: there is nothing that could fail.
        let _ = writer.write_record(row.iter().map(|cell| harmless(cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The cell with an apostrophe in front where a spreadsheet would take it for a formula (OWASP, "CSV
/// Injection"; full-width signs are read as formulas in some locales).
fn harmless(cell: &str) -> String {
    let is_formula = cell
        .trim_start_matches(' ')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// By what rows are put in order: numbers by size and before everything else, text without its case.
#[derive(PartialEq)]
enum SortKey {
    Number(f64),
    Text(String),
}

impl SortKey {
    fn of(text: &str, is_numeric: bool) -> Self {
        let number = is_numeric.then(|| text.replace(',', "").parse().ok()).flatten();
        number.map_or_else(|| Self::Text(text.to_lowercase()), Self::Number)
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

    use super::{
        super::state::{ColumnSpec, FilterSpec, options},
        *,
    };

    type Row = (&'static str, &'static str);

    fn spec() -> ListSpec {
        let column = |key, numeric| ColumnSpec {
            key,
            title: key,
            sortable: true,
            shown: true,
            numeric,
        };
        ListSpec {
            path: "/groups".into(),
            noun: ("group", "groups"),
            search_label: "Search groups",
            columns: vec![column("name", false), column("members", true)],
            filters: vec![FilterSpec {
                key: "size",
                label: "Size",
                options: options(&[("empty", "Empty")]),
            }],
            exports: false,
        }
    }

    fn text(row: &Row, column: &str) -> String {
        match column {
            "name" => row.0,
            _ => row.1,
        }
        .to_owned()
    }

    const ROWS: &[Row] = &[("Developers", "10"), ("auditors", "9"), ("=cmd()", "0")];

    fn check(query: &str, expected: &[&str]) {
        let state = ListState::parse(query, &spec());
        let keeps = |row: &Row, _: &str, _: &str| row.1 == "0";
        let rows = matching(ROWS.to_vec(), &spec(), &state, text, keeps);
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
    fn no_cell_becomes_a_formula() {
        let state = ListState::default();
        assert_eq!(
            csv(ROWS, &spec(), &state, text),
            "name,members\r\nDevelopers,10\r\nauditors,9\r\n'=cmd(),0\r\n"
        );
    }

    proptest! {
        #[test]
        fn csv_is_read_back_as_it_was_and_never_as_a_formula(cell in ".{0,40}") {
            let written = csv_of(vec!["a".into(), "b".into()], std::iter::once(vec![cell.clone(), "x".into()]));
            let mut reader = csv::Reader::from_reader(written.as_bytes());
            let record = reader.records().next().expect("a row").expect("well-formed");
            let marked = format!("'{cell}");
            prop_assert!(record[0] == cell || record[0] == marked);
            prop_assert!(!record[0].trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
