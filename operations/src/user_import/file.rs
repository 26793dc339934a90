//! Reading the file: its columns, and one user a row.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use secrecy::SecretString;

use super::records::{QuoteError, Record, cells, records};
use crate::{formula::unescape, jobs::ImportRow, text::split_list};

/// The columns with their meanings. Only the first is required.
pub const COLUMNS: &[(&str, &str)] = &[
    ("username", "The user name. It is required."),
    ("email", "The e-mail address."),
    ("first_name", "The first name."),
    ("last_name", "The last name."),
    (
        "roles",
        "Names of roles, several with | or ; between them. Where it is empty, the roles chosen above.",
    ),
    (
        "groups",
        "Names of groups, several with | or ; between them. A name that holds one of these is quoted in the cell.",
    ),
    ("enabled", "“false” for an account that is to be locked."),
    (
        "password",
        "The first password. Where it is empty, the user has none yet.",
    ),
];

/// One row of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct FileRow {
    /// The user, without the password.
    pub user: ImportRow,
    /// The first password.
    pub password: Option<SecretString>,
}

/// The meaning of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Meaning {
    /// One of [`COLUMNS`].
    Field(&'static str),
    /// First and last name together: the last word is the last name.
    FullName,
    /// The opposite of `enabled`, in Entra ID's template.
    Blocked,
    /// It says nothing that a new user has.
    Ignored,
}

/// The titles of other files that mean one of [`COLUMNS`], reduced to lower-case letters and digits: Entra ID's
/// properties, and the portal's own list of users.
const TITLES: &[(&str, Meaning)] = &[
    ("userprincipalname", Meaning::Field("username")),
    ("mail", Meaning::Field("email")),
    ("givenname", Meaning::Field("first_name")),
    ("surname", Meaning::Field("last_name")),
    ("passwordprofile", Meaning::Field("password")),
    ("accountenabled", Meaning::Field("enabled")),
    ("displayname", Meaning::FullName),
];

/// The titles of the portal's own list of users that are not [`COLUMNS`]. They count where there is a user name.
const LIST_TITLES: &[(&str, Meaning)] = &[
    ("name", Meaning::FullName),
    ("state", Meaning::Field("enabled")),
    ("created", Meaning::Ignored),
    // Of the failed rows of an import, see `jobs::unfinished_users`.
    ("problem", Meaning::Ignored),
    ("id", Meaning::Ignored),
];

/// The columns of a file.
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

/// Reads the file. Spreadsheets write a byte order mark, and semicolons where the comma is a decimal sign.
///
/// # Errors
/// In words, when it is not such a file at all. A problem of one row is reported in that row.
pub(super) fn read(text: &str) -> Result<Vec<FileRow>, String> {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err("The file is not in UTF-8. In a spreadsheet, save it as “CSV UTF-8”.".to_owned());
    }
    let preamble = preamble(text)?;
    let delimiter = preamble.delimiter.unwrap_or_else(|| delimiter_of(preamble.rest));
    let first = preamble.lines + 1;
    let records = records(preamble.rest, delimiter, (first, first))
        .map_err(|error| in_words(error, &cells(first_line(preamble.rest), delimiter)))?;
    let mut records = records
        .into_iter()
        .map(|record| (record, cells(record.text, delimiter)));
    let titles = records.next().map(|(_, cells)| cells).unwrap_or_default();
    let heading = Heading::read(&titles, first)?;
    let rows: Vec<_> = records
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()))
        .filter(|(_, cells)| !heading.is_example(cells))
        .map(|(record, cells)| row(record, &cells, &heading))
        .collect();
    if rows.is_empty() {
        return Err("The file has a heading and no rows.".to_owned());
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

/// The separator with which the heading has most columns that are known; a comma where it has one column.
fn delimiter_of(text: &str) -> char {
    let heading = first_line(text);
    let known = |delimiter: &char| {
        let titles = cells(heading, *delimiter);
        let known = titles.iter().filter(|title| Meaning::of(title, false).is_some());
        (known.count(), titles.len())
    };
    // Of equal ones the last is taken.
    ['|', '\t', ';', ','].into_iter().max_by_key(known).unwrap_or(',')
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

impl Meaning {
    /// The meaning of a title; `None` when it is not known. Entra ID's files have many columns beside those of a user.
    fn of(title: &str, is_entra: bool) -> Option<Self> {
        let in_table = |table: &[(&str, Self)], title: &str| {
            table
                .iter()
                .find(|(known, _)| *known == title)
                .map(|(_, meaning)| *meaning)
        };
        // Entra ID's template: "User name [userPrincipalName] Required".
        if let Some(property) = property(title) {
            let is_blocked = reduced(title).starts_with("block");
            return match in_table(TITLES, &reduced(property)) {
                Some(Self::Field("enabled")) if is_blocked => Some(Self::Blocked),
                known => known.or(Some(Self::Ignored)),
            };
        }
        let title = reduced(title);
        let known = own_column(&title)
            .map(Self::Field)
            .or_else(|| in_table(TITLES, &title));
        if is_entra {
            return known.or(Some(Self::Ignored));
        }
        known.or_else(|| in_table(LIST_TITLES, &title))
    }
}

/// A title in lower case with its letters and digits alone.
fn reduced(title: &str) -> String {
    let title = title.to_lowercase();
    title.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The one of [`COLUMNS`] that a reduced title names.
fn own_column(title: &str) -> Option<&'static str> {
    let own = COLUMNS.iter().find(|(name, _)| name.replace('_', "") == title);
    own.map(|(name, _)| *name)
}

/// The property in the brackets of a title of Entra ID's template.
fn property(title: &str) -> Option<&str> {
    let (_, after) = title.split_once('[')?;
    let (property, _) = after.split_once(']')?;
    Some(property)
}

impl Heading {
    /// The columns of a file, whose heading is in this line.
    fn read(titles: &[String], line: usize) -> Result<Self, String> {
        let titles: Vec<String> = titles.iter().map(|title| title.trim().to_owned()).collect();
        let is_entra = titles
            .iter()
            .any(|title| property(title).is_some() || title.eq_ignore_ascii_case("userPrincipalName"));
        let mut places = HashMap::new();
        let mut unknown = None;
        let named = titles.iter().enumerate().filter(|(_, title)| !title.is_empty());
        for (at, title) in named.clone() {
            let Some(meaning) = Meaning::of(title, is_entra) else {
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
        if !places.contains_key(&Meaning::Field("username")) {
            // The other titles of the list are known beside a user name alone.
            let stranger = named
                .clone()
                .find(|(_, title)| !is_entra && own_column(&reduced(title)).is_none());
            unknown = unknown.or(stranger.map(|(at, _)| at));
        }
        if let Some(at) = unknown {
            let (title, column) = (&titles[at], letters(at));
            let place = format!("It is column {column} in line {line}.");
            return Err(format!(
                "The column “{title}” is not known. {place} {}",
                expected()
            ));
        }
        if !places.contains_key(&Meaning::Field("username")) {
            return Err(format!("There is no column “username”. {}", expected()));
        }
        let mut labels = BTreeMap::new();
        for (name, _) in COLUMNS {
            let others = match *name {
                "first_name" | "last_name" => Some(Meaning::FullName),
                "enabled" => Some(Meaning::Blocked),
                _ => None,
            };
            let place = places.get(&Meaning::Field(name));
            if let Some(at) = place.or_else(|| places.get(&others?)) {
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

fn expected() -> String {
    let names: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).collect();
    format!("The first line names the columns: {}.", names.join(", "))
}

fn row(record: Record<'_>, cells: &[String], heading: &Heading) -> FileRow {
    let whole = |meaning: Meaning| {
        let at = heading.places.get(&meaning);
        at.and_then(|at| cells.get(*at))
            .map(String::as_str)
            .unwrap_or_default()
    };
    // The portal's own files have an apostrophe before what a spreadsheet would take for a formula.
    let cell = |meaning: Meaning| unescape(whole(meaning).trim()).trim().to_owned();
    let field = |name: &'static str| cell(Meaning::Field(name));
    let names = |name: &'static str| split_list(&field(name), &[';', '|']);
    let mut problems = Vec::new();
    let (mut first_name, mut last_name) = (field("first_name"), field("last_name"));
    if first_name.is_empty() && last_name.is_empty() {
        let full_name = cell(Meaning::FullName);
        let (first, last) = full_name
            .rsplit_once(char::is_whitespace)
            .unwrap_or((&full_name, ""));
        (first_name, last_name) = (first.trim_end().to_owned(), last.to_owned());
    }
    let mut flag = |meaning: Meaning, yes: bool| {
        let text = cell(meaning);
        match text.to_lowercase().as_str() {
            "" => None,
            "true" | "yes" | "1" | "open" => Some(yes),
            "false" | "no" | "0" | "locked" => Some(!yes),
            _ => {
                let at = heading.places.get(&meaning).copied().unwrap_or_default();
                let (title, column) = (&heading.titles[at], letters(at));
                problems.push(format!(
                    "Column {column}: “{text}” in the column “{title}” is neither true nor false."
                ));
                None
            }
        }
    };
    let enabled = flag(Meaning::Field("enabled"), true);
    let enabled = enabled.or_else(|| flag(Meaning::Blocked, false));
    let filled = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.trim().is_empty());
    let last = filled.clone().map(|(at, _)| at + 1).max().unwrap_or_default();
    if last > heading.titles.len() {
        problems.push(format!(
            "The row has {last} cells, and the heading {}.",
            heading.titles.len()
        ));
    }
    for (at, _) in filled.filter(|(at, _)| heading.titles.get(*at).is_some_and(String::is_empty)) {
        problems.push(format!(
            "The row has a value in the column {}, which has no heading.",
            letters(at)
        ));
    }
    let user = ImportRow {
        number: record.row,
        line: record.line,
        columns: Arc::clone(&heading.labels),
        username: field("username"),
        email: field("email"),
        first_name,
        last_name,
        roles: names("roles").into(),
        groups: names("groups"),
        enabled,
        password: None,
        problem: (!problems.is_empty()).then(|| problems.join(" ")),
    };
    FileRow {
        user,
        // Unchanged: a space at its end is part of a password.
        password: Some(whole(Meaning::Field("password")))
            .filter(|text| !text.is_empty())
            .map(SecretString::from),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_of_a_spreadsheet_is_read() {
        let text = "\u{feff}Username;E-Mail;First name;Roles\r\nana;ana@example.com;Ana;a | b\r\n;;;\r\n\"b;c\";;Bo;\r\n";
        let rows = read(text).expect("a file");
        let names: Vec<_> = rows
            .iter()
            .map(|row| (row.user.username.as_str(), row.user.first_name.as_str()))
            .collect();
        assert_eq!(names, [("ana", "Ana"), ("b;c", "Bo")]);
        assert_eq!(rows[0].user.email, "ana@example.com");
        assert_eq!(*rows[0].user.roles, ["a", "b"]);
    }

    #[test]
    fn rows_become_users() {
        let rows = read("username,email,roles,groups,enabled,password\nana,ana@example.com,a;b,,false,x-Y-1\n\nbo,,,g,,\n")
            .expect("a file");
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].user.number, rows[1].user.number), (2, 4));
        assert_eq!(*rows[0].user.roles, ["a", "b"]);
        assert_eq!(rows[0].user.enabled, Some(false));
        assert!(rows[0].password.is_some() && rows[1].password.is_none());
        assert_eq!(rows[1].user.groups, ["g"]);
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        let check = |text: &str, words: &str| {
            let error = read(text).expect_err(text);
            assert!(error.contains(words), "{error}");
        };
        check("", "no column “username”");
        check("name,email\nana,\n", "The column “name” is not known");
        check("username,username\na,b\n", "twice");
        check("username,email\n", "no rows");
        check("username,first_name\nana,J\u{fffd}rgen\n", "not in UTF-8");
    }

    #[test]
    fn a_row_reports_its_problem() {
        let rows = read("username,enabled\nana,perhaps\nbo,true,x\n").expect("a file");
        assert!(
            rows[0]
                .user
                .problem
                .as_deref()
                .is_some_and(|problem| problem.contains("neither"))
        );
        assert!(
            rows[1]
                .user
                .problem
                .as_deref()
                .is_some_and(|problem| problem.contains("3 cells"))
        );
    }

    fn users(text: &str) -> Vec<ImportRow> {
        let rows = read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        rows.into_iter().map(|row| row.user).collect()
    }

    fn passwords(text: &str) -> Vec<String> {
        use secrecy::ExposeSecret;

        let rows = read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        let passwords = rows.iter().filter_map(|row| row.password.as_ref());
        passwords
            .map(|password| password.expose_secret().to_owned())
            .collect()
    }

    #[test]
    fn a_quote_that_is_not_closed_is_refused_with_its_line() {
        let check = |text: &str, expected: &str| {
            let error = read(text).expect_err(text);
            assert!(error.starts_with(expected), "{error}");
        };
        check(
            "username,password\nana,\"Secret-1\nbo,Secret-2\ncy,Secret-3\n",
            "The quote in line 2, column B (password) is never closed.",
        );
        check(
            "username,password\nana,\"Secret-1\nbo,\"Secret-2\n",
            "The quote in line 2, column B (password) closes in line 3 before the end of its cell.",
        );
        check(
            "\r\nsep=;\r\nUser name;First name\r\n\"ana\r\n\";x\r\nbo;\"y\r\n",
            "The quote in line 6 (row 5), column B (First name) is never closed.",
        );
        check("\"username,email\nana,\n", "The quote in line 1, column A (");
        assert!(
            !read("username,password\nana,\"Hidden-1\n")
                .expect_err("a quote")
                .contains("Hidden")
        );
    }

    #[test]
    fn a_row_and_its_columns_are_named_as_a_spreadsheet_does() {
        let rows = users("\n\nusername,first_name,E-Mail\nana,\"A\nB\",\n\nbo,,x\n");
        let places: Vec<_> = rows.iter().map(ImportRow::place).collect();
        assert_eq!(places, ["row 4", "row 6, line 7"]);
        assert_eq!(
            rows[0].columns.get("email").map(String::as_str),
            Some("C (E-Mail)")
        );
        assert_eq!(rows[0].columns.get("roles"), None);
        assert_eq!(
            [letters(0), letters(25), letters(26), letters(701)],
            ["A", "Z", "AA", "ZZ"]
        );
    }

    #[test]
    fn separators_blank_lines_and_empty_headings_are_taken() {
        for text in [
            "username,email,first_name\nana,a@example.com,\"Ana; Maria, B\"\n",
            "username;email;first_name\nana;a@example.com;\"Ana; Maria, B\"\n",
            "username\temail\tfirst_name\nana\ta@example.com\tAna; Maria, B\n",
            "sep=;\nusername;email;first_name\nana;a@example.com;\"Ana; Maria, B\"",
            "SEP=,\r\nusername,email,first_name\r\nana,a@example.com,\"Ana; Maria, B\"\r\n",
            "sep=\t\r\nusername\temail\tfirst_name\r\nana\ta@example.com\tAna; Maria, B\r\n",
            "\"sep=|\"\nusername|email|first_name\nana|a@example.com|Ana; Maria, B\n",
            "\u{feff}\n \n;;;\nusername;email;first_name\n;;\nana;a@example.com;\"Ana; Maria, B\"\n",
            "username,,email,first_name,,\nana,,a@example.com,\"Ana; Maria, B\",,,,\n",
            "username,email,first_name\rana,a@example.com,\"Ana; Maria, B\"\r",
        ] {
            let rows = users(text);
            assert_eq!(rows.len(), 1, "{text:?}");
            let ImportRow {
                username,
                email,
                first_name,
                problem,
                ..
            } = &rows[0];
            assert_eq!(
                (username.as_str(), email.as_str(), first_name.as_str(), problem),
                ("ana", "a@example.com", "Ana; Maria, B", &None),
                "{text:?}"
            );
        }
        let problem = users("username,,email\nana,x,\n")[0].problem.clone();
        assert!(problem.is_some_and(|problem| problem.contains("column B, which has no heading")));
        assert!(read("sep=:\nusername:email\n").is_err_and(|error| error.contains("sep=")));
    }

    #[test]
    fn the_template_of_entra_id_is_taken() {
        let template = "version:v1.0\n\
            Name [displayName] Required,User name [userPrincipalName] Required,\
            Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,\
            First name [givenName],Last name [surname],Job title [jobTitle],State or province [state]\n\
            Example: Chris Green,chris@contoso.com,myPassword1234,No,Chris,Green,,\n\
            Ana Ito,ana@example.com,Pass-1,No,Anna,,Clerk,Bavaria\n\
            Bo van Lind,bo@example.com,Pass-2,Yes,,,,\n";
        for text in [
            template.to_owned(),
            template.replace(',', ";"),
            template.replace("v1.0", "v1.0,,,,,,,"),
        ] {
            let rows = users(&text);
            let rows: Vec<_> = rows
                .iter()
                .map(|row| {
                    (
                        row.number,
                        row.username.as_str(),
                        row.enabled,
                        row.first_name.as_str(),
                        row.last_name.as_str(),
                    )
                })
                .collect();
            let expected = [
                (4, "ana@example.com", Some(true), "Anna", ""),
                (5, "bo@example.com", Some(false), "Bo van", "Lind"),
            ];
            assert_eq!(rows, expected, "{text}");
            assert_eq!(passwords(&text), ["Pass-1", "Pass-2"]);
        }
        let export = "userPrincipalName,displayName,surname,mail,givenName,accountEnabled,state\n\
            ana@example.com,Ana Ito,Ito,ana.ito@example.com,Ana,False,Bavaria\n";
        let row = &users(export)[0];
        assert_eq!(
            (row.email.as_str(), row.enabled),
            ("ana.ito@example.com", Some(false))
        );
        let incomplete = "Name [displayName] Required,Last name [surname]\nAna,\n";
        assert!(read(incomplete).is_err_and(|error| error.contains("no column “username”")));
    }

    #[test]
    fn the_portals_own_list_of_users_is_taken() {
        let list = "\u{feff}User name,Name,E-mail,State,Created,ID\r\n\
            ana,Ana Ito,ana@example.com,Open,2026-01-02T03:04:05Z,7\r\n\
            '-bo,'=Bo 't Hooft,'+bo@example.com,Locked,,8\r\n";
        let rows = users(list);
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    row.username.as_str(),
                    row.first_name.as_str(),
                    row.last_name.as_str(),
                    row.email.as_str(),
                    row.enabled,
                )
            })
            .collect();
        let expected = [
            ("ana", "Ana", "Ito", "ana@example.com", Some(true)),
            ("-bo", "=Bo 't", "Hooft", "+bo@example.com", Some(false)),
        ];
        assert_eq!(rows, expected);
        assert_eq!(
            passwords("username,password\nana,'=x\n"),
            ["'=x"],
            "a password stays as it is"
        );
    }

    #[test]
    fn a_name_with_a_separator_is_quoted_in_its_cell() {
        let rows = users("username,roles,groups\nana,a|b,\"\"\"Sales; EMEA\"\"|ops\"\n");
        assert_eq!(*rows[0].roles, ["a", "b"]);
        assert_eq!(rows[0].groups, ["Sales; EMEA", "ops"]);
    }

    #[test]
    fn a_password_keeps_its_spaces() {
        use secrecy::ExposeSecret;

        let rows = read("username,password\n ana , x y \n").expect("a file");
        let password = rows[0].password.as_ref().map(ExposeSecret::expose_secret);
        assert_eq!((rows[0].user.username.as_str(), password), ("ana", Some(" x y ")));
    }

    #[test]
    fn a_password_is_not_in_the_debug_output() {
        let rows = read("username,password\nana,Hidden-1\n").expect("a file");
        assert!(!format!("{rows:?}").contains("Hidden-1"));
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(text in ".{0,300}") {
            let _ = read(&text);
            let _ = read(&format!("username,roles\n{text}"));
            let _ = read(&format!("sep={text}"));
        }
    }
}
