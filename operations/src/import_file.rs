//! Reading a file of rows to import, as spreadsheets write them: which columns it has, and each row with its place.

mod records;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use self::records::{QuoteError, cells, records};
use crate::{Error, FieldError, characters::folded, formula::unescape, text::split_list};

/// What a kind of file may have.
pub(crate) struct Format {
    /// The columns with their meanings. The first identifies a row and is required.
    pub columns: &'static [(&'static str, &'static str)],
    /// The titles of other files that mean one of them, reduced to lower-case letters and digits: Entra ID's
    /// properties.
    pub titles: &'static [(&'static str, Meaning)],
    /// The titles of the portal's own list, reduced so. They count where the first column is there.
    pub list_titles: &'static [(&'static str, Meaning)],
}

/// The meaning of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Meaning {
    /// One of the format's columns.
    Field(&'static str),
    /// First and last name together: the last word is the last name.
    FullName,
    /// The opposite of a column, as "Block sign in" in Entra ID's template.
    Not(&'static str),
    /// It says nothing that a row has.
    Ignored,
}

/// Where a row of a file is, and what is wrong with it as such.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePlace {
    /// The number of the row as a spreadsheet counts: the heading and empty rows count, and a line break in a cell
    /// does not.
    pub row: usize,
    /// The line in which it begins, as a text editor counts: every line break counts.
    pub line: usize,
    /// The columns of the file, by the field: "B (E-Mail)".
    pub columns: Arc<BTreeMap<String, String>>,
    /// Why it is not a row of such a file.
    pub problem: Option<String>,
}

/// A row of a file.
#[derive(Debug)]
pub(crate) struct FileRow {
    heading: Arc<Heading>,
    cells: Vec<String>,
    row: usize,
    line: usize,
    problems: Vec<String>,
}

/// The columns of a file.
#[derive(Debug)]
struct Heading {
    /// The titles as they are in the file; an empty one names no column.
    titles: Vec<String>,
    /// The place of each meaning.
    places: HashMap<Meaning, usize>,
    /// The columns in words, by the field.
    labels: Arc<BTreeMap<String, String>>,
    /// Whether the file has Entra ID's columns.
    is_entra: bool,
}

impl Format {
    /// The column that identifies a row.
    fn key(&self) -> &'static str {
        self.columns.first().map_or("", |(name, _)| *name)
    }

    /// The separator with which the heading has most columns that are known; a comma where it has one column.
    fn delimiter_of(&self, text: &str) -> char {
        let heading = first_line(text);
        let known = |delimiter: &char| {
            let titles = cells(heading, *delimiter);
            let known = titles
                .iter()
                .filter(|title| self.meaning_of(title, false).is_some());
            (known.count(), titles.len())
        };
        // Of equal ones the last is taken.
        ['|', '\t', ';', ','].into_iter().max_by_key(known).unwrap_or(',')
    }

    /// The meaning of a title; `None` when it is not known. Entra ID's files have many columns beside those of a user.
    fn meaning_of(&self, title: &str, is_entra: bool) -> Option<Meaning> {
        let in_table = |table: &[(&str, Meaning)], title: &str| {
            let known = table.iter().find(|(known, _)| *known == title);
            known.map(|(_, meaning)| *meaning)
        };
        // Entra ID's template: "User name [userPrincipalName] Required".
        if let Some(property) = property(title) {
            let is_blocked = reduced(title).starts_with("block");
            return match in_table(self.titles, &reduced(property)) {
                Some(Meaning::Field(name)) if is_blocked => Some(Meaning::Not(name)),
                known => known.or(Some(Meaning::Ignored)),
            };
        }
        let title = reduced(title);
        let known = self.own_column(&title).map(Meaning::Field);
        let known = known.or_else(|| in_table(self.titles, &title));
        if is_entra {
            return known.or(Some(Meaning::Ignored));
        }
        known.or_else(|| in_table(self.list_titles, &title))
    }

    /// The column that a reduced title names.
    fn own_column(&self, title: &str) -> Option<&'static str> {
        let own = self
            .columns
            .iter()
            .find(|(name, _)| name.replace('_', "") == title);
        own.map(|(name, _)| *name)
    }

    fn expected(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
        format!("The first line names the columns: {}.", names.join(", "))
    }
}

/// Reads the file. Spreadsheets write a byte order mark, and semicolons where the comma is a decimal sign.
///
/// # Errors
/// In words, when it is not such a file at all. A problem of one row is reported in that row.
pub(crate) fn read(text: &str, format: &Format) -> Result<Vec<FileRow>, String> {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err("The file is not in UTF-8. In a spreadsheet, save it as “CSV UTF-8”.".to_owned());
    }
    let preamble = preamble(text)?;
    let delimiter = preamble
        .delimiter
        .unwrap_or_else(|| format.delimiter_of(preamble.rest));
    let first = preamble.lines + 1;
    let records = records(preamble.rest, delimiter, (first, first))
        .map_err(|error| in_words(error, &cells(first_line(preamble.rest), delimiter)))?;
    let mut records = records
        .into_iter()
        .map(|record| (record, cells(record.text, delimiter)));
    let titles = records.next().map(|(_, cells)| cells).unwrap_or_default();
    let heading = Arc::new(Heading::read(&titles, first, format)?);
    let rows: Vec<_> = records
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()))
        .filter(|(_, cells)| !heading.is_example(cells))
        .map(|(record, cells)| FileRow::new(Arc::clone(&heading), cells, record.row, record.line))
        .collect();
    if rows.is_empty() {
        return Err("The file has a heading and no rows.".to_owned());
    }
    Ok(rows)
}

/// The rows of a submitted file, as `read` makes them of its text.
///
/// # Errors
/// At the file: when there is none, it is not such a file, or it has more rows than `most`.
pub(crate) fn submitted<T>(
    file: &str,
    most: usize,
    read: impl FnOnce(&str) -> Result<Vec<T>, String>,
) -> Result<Vec<T>, Error> {
    if file.trim().is_empty() {
        return Err(Error::at("file", "Choose a file."));
    }
    let rows = read(file).map_err(|message| Error::at("file", message))?;
    if rows.len() > most {
        let message = format!("These are {} rows: at most {most} are taken at once.", rows.len());
        return Err(Error::at("file", message));
    }
    Ok(rows)
}

/// What stands before the heading.
struct Preamble<'a> {
    /// The separator that a line `sep=;` names, as spreadsheets write it.
    delimiter: Option<char>,
    /// How many lines there are before the heading.
    lines: usize,
    /// The heading and what follows.
    rest: &'a str,
}

/// Skips empty lines, the line that names the separator, and the version of Entra ID's template.
fn preamble(text: &str) -> Result<Preamble<'_>, String> {
    let mut preamble = Preamble {
        delimiter: None,
        lines: 0,
        rest: text,
    };
    while !preamble.rest.is_empty() {
        let line = first_line(preamble.rest);
        let plain = line.trim().trim_matches('"').to_lowercase();
        let is_empty = line
            .chars()
            .all(|c| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"'));
        // Not trimmed at its end: the separator can be a tab.
        let named = line.trim_start().trim_start_matches('"');
        if let Some(named) = named
            .get(..4)
            .filter(|name| name.eq_ignore_ascii_case("sep="))
            .and(named.get(4..))
        {
            let delimiter = named
                .chars()
                .next()
                .filter(|c| matches!(c, ',' | ';' | '\t' | '|'));
            let message = "The line “sep=” names no separator that is known: , ; | or a tab.";
            preamble.delimiter = Some(delimiter.ok_or_else(|| message.to_owned())?);
        } else if !is_empty && !plain.starts_with("version:") {
            break;
        }
        preamble.lines += 1;
        let after = &preamble.rest[line.len()..];
        preamble.rest = after
            .strip_prefix("\r\n")
            .or_else(|| after.strip_prefix(['\n', '\r']))
            .unwrap_or(after);
    }
    Ok(preamble)
}

fn first_line(text: &str) -> &str {
    text.split(['\n', '\r']).next().unwrap_or_default()
}

/// The number of a column as spreadsheets write it: A, B, …, Z, AA.
fn letters(at: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
    match at / 26 {
        0 => letter.to_string(),
        before => format!("{}{letter}", letters(before - 1)),
    }
}

/// A column as a spreadsheet and its heading name it: "B (E-Mail)".
fn label(at: usize, titles: &[String]) -> String {
    let title = titles.get(at).map(|title| title.trim()).unwrap_or_default();
    if title.is_empty() {
        return letters(at);
    }
    format!("{} ({title})", letters(at))
}

fn in_words(error: QuoteError, titles: &[String]) -> String {
    let place = |row: usize, line: usize, cell: usize| {
        let row = if row == line {
            String::new()
        } else {
            format!(" (row {row})")
        };
        format!("line {line}{row}, column {}", label(cell, titles))
    };
    match error {
        QuoteError::Unclosed { row, line, cell } => format!(
            "The quote in {} is never closed. Close it there, and double a quote that belongs to the text.",
            place(row, line, cell)
        ),
        QuoteError::TextAfter {
            row,
            line,
            closes,
            cell,
        } => format!(
            "The quote in {} closes in line {closes} before the end of its cell. Close it at the end, and double a quote that belongs to the text.",
            place(row, line, cell)
        ),
    }
}

/// A title in lower case with its letters and digits alone.
fn reduced(title: &str) -> String {
    let title = title.to_lowercase();
    title.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The property in the brackets of a title of Entra ID's template.
fn property(title: &str) -> Option<&str> {
    let (_, after) = title.split_once('[')?;
    let (property, _) = after.split_once(']')?;
    Some(property)
}

impl Heading {
    /// The columns of a file, whose heading is in this line.
    fn read(titles: &[String], line: usize, format: &Format) -> Result<Self, String> {
        let key = format.key();
        let titles: Vec<String> = titles.iter().map(|title| title.trim().to_owned()).collect();
        let is_entra = titles
            .iter()
            .any(|title| property(title).is_some() || title.eq_ignore_ascii_case("userPrincipalName"));
        let mut places = HashMap::new();
        let mut unknown = None;
        let named = titles.iter().enumerate().filter(|(_, title)| !title.is_empty());
        for (at, title) in named.clone() {
            let Some(meaning) = format.meaning_of(title, is_entra) else {
                unknown.get_or_insert(at);
                continue;
            };
            if meaning == Meaning::Ignored {
                continue;
            }
            if let Some(other) = places.insert(meaning, at) {
                let (one, other) = (letters(other), letters(at));
                return Err(format!("The column “{title}” is there twice: {one} and {other}."));
            }
        }
        if !places.contains_key(&Meaning::Field(key)) {
            // The other titles of the list are known beside the first column alone.
            let stranger = named
                .clone()
                .find(|(_, title)| !is_entra && format.own_column(&reduced(title)).is_none());
            unknown = unknown.or(stranger.map(|(at, _)| at));
        }
        if let Some(at) = unknown {
            let (title, column) = (&titles[at], letters(at));
            let place = format!("It is column {column} in line {line}.");
            return Err(format!(
                "The column “{title}” is not known. {place} {}",
                format.expected()
            ));
        }
        if !places.contains_key(&Meaning::Field(key)) {
            return Err(format!("There is no column “{key}”. {}", format.expected()));
        }
        let mut labels = BTreeMap::new();
        for (name, _) in format.columns {
            let other = match *name {
                "first_name" | "last_name" => Meaning::FullName,
                name => Meaning::Not(name),
            };
            let place = places.get(&Meaning::Field(name));
            if let Some(at) = place.or_else(|| places.get(&other)) {
                labels.insert((*name).to_owned(), label(*at, &titles));
            }
        }
        Ok(Self {
            titles,
            places,
            labels: Arc::new(labels),
            is_entra,
        })
    }

    /// Whether this is the row of examples in Entra ID's template.
    fn is_example(&self, cells: &[String]) -> bool {
        let first = cells.iter().map(|cell| cell.trim()).find(|cell| !cell.is_empty());
        self.is_entra && first.is_some_and(|cell| cell.to_lowercase().starts_with("example:"))
    }
}

impl FilePlace {
    /// In words: "row 5", or "row 5, line 7" where a cell above holds a line break.
    pub fn words(&self) -> String {
        if self.line == self.row || self.line == 0 {
            return format!("row {}", self.row);
        }
        format!("row {}, line {}", self.row, self.line)
    }

    /// A row by what identifies it, and its place: "ana (row 5)".
    pub(crate) fn named(&self, key: &str) -> String {
        let key = if key.is_empty() { "(no name)" } else { key };
        format!("{key} ({})", self.words())
    }

    /// The problems of this row with the columns that they are about.
    pub(crate) fn at_columns(&self, error: Error) -> Error {
        let Error::Invalid(problems) = error else {
            return error;
        };
        let with_column = |FieldError { field, message }: FieldError| {
            let message = match self.columns.get(&field) {
                Some(column) => format!("Column {column}: {message}"),
                None => message,
            };
            FieldError { field, message }
        };
        Error::Invalid(problems.into_iter().map(with_column).collect())
    }
}

/// The rows whose key an earlier row has in any spelling, with that row. An empty key is a problem of its own.
pub(crate) fn repeated<'a>(rows: impl IntoIterator<Item = (usize, &'a str)>) -> HashMap<usize, usize> {
    let mut first = HashMap::new();
    let mut repeated = HashMap::new();
    for (row, key) in rows.into_iter().filter(|(_, key)| !key.is_empty()) {
        let earlier = *first.entry(folded(key)).or_insert(row);
        if earlier != row {
            repeated.insert(row, earlier);
        }
    }
    repeated
}

impl FileRow {
    fn new(heading: Arc<Heading>, cells: Vec<String>, row: usize, line: usize) -> Self {
        let mut problems = Vec::new();
        let filled = cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.trim().is_empty());
        let last = filled.clone().map(|(at, _)| at + 1).max().unwrap_or_default();
        if last > heading.titles.len() {
            let titles = heading.titles.len();
            problems.push(format!("The row has {last} cells, and the heading {titles}."));
        }
        for (at, _) in filled.filter(|(at, _)| heading.titles.get(*at).is_some_and(String::is_empty)) {
            let column = letters(at);
            problems.push(format!(
                "The row has a value in the column {column}, which has no heading."
            ));
        }
        Self {
            heading,
            cells,
            row,
            line,
            problems,
        }
    }

    /// A cell exactly as it is; empty where the file has no such column.
    pub fn whole(&self, name: &'static str) -> &str {
        self.at(Meaning::Field(name))
    }

    /// A cell as a person means it.
    pub fn field(&self, name: &'static str) -> String {
        self.cell(Meaning::Field(name))
    }

    /// The items of a cell with these separators between them.
    pub fn list(&self, name: &'static str, separators: &[char]) -> Vec<String> {
        split_list(&self.field(name), separators)
    }

    /// First and last name, also where one cell holds both.
    pub fn full_name(&self) -> (String, String) {
        let (first_name, last_name) = (self.field("first_name"), self.field("last_name"));
        if !first_name.is_empty() || !last_name.is_empty() {
            return (first_name, last_name);
        }
        let full_name = self.cell(Meaning::FullName);
        let (first, last) = full_name
            .rsplit_once(char::is_whitespace)
            .unwrap_or((&full_name, ""));
        (first.trim_end().to_owned(), last.to_owned())
    }

    /// A cell that says yes or no; `None` where it is empty or says something else, which is a problem of the row.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        let own = self.flag_of(Meaning::Field(name));
        own.or_else(|| self.flag_of(Meaning::Not(name)).map(|is_not| !is_not))
    }

    fn flag_of(&mut self, meaning: Meaning) -> Option<bool> {
        let text = self.cell(meaning);
        match text.to_lowercase().as_str() {
            "" => None,
            "true" | "yes" | "1" | "open" | "active" => Some(true),
            "false" | "no" | "0" | "locked" | "inactive" => Some(false),
            _ => {
                let at = self.heading.places.get(&meaning).copied().unwrap_or_default();
                let (title, column) = (&self.heading.titles[at], letters(at));
                self.problems.push(format!(
                    "Column {column}: “{text}” in the column “{title}” is neither true nor false."
                ));
                None
            }
        }
    }

    /// Where it is, with the problems that were met so far.
    pub fn place(&self) -> FilePlace {
        FilePlace {
            row: self.row,
            line: self.line,
            columns: Arc::clone(&self.heading.labels),
            problem: (!self.problems.is_empty()).then(|| self.problems.join(" ")),
        }
    }

    fn at(&self, meaning: Meaning) -> &str {
        let at = self.heading.places.get(&meaning);
        at.and_then(|at| self.cells.get(*at))
            .map(String::as_str)
            .unwrap_or_default()
    }

    fn cell(&self, meaning: Meaning) -> String {
        // The portal's own files have an apostrophe before what a spreadsheet would take for a formula.
        unescape(self.at(meaning).trim()).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_a_spreadsheet_does() {
        assert_eq!(
            [letters(0), letters(25), letters(26), letters(701)],
            ["A", "Z", "AA", "ZZ"]
        );
    }

    #[test]
    fn a_key_that_the_file_has_twice_is_found_the_second_time() {
        assert_eq!(
            repeated([(2, "ana"), (3, "bo"), (4, "ANA")]),
            HashMap::from([(4, 2)])
        );
        assert_eq!(
            repeated([(2, "ren\u{e9}"), (3, "RENE\u{301}"), (4, ""), (5, "")]),
            HashMap::from([(3, 2)])
        );
    }
}
