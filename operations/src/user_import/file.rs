//! Reading the file: its columns, and one user a row.

use std::collections::HashMap;

use secrecy::SecretString;

use crate::jobs::ImportRow;

/// The columns with their meanings. Only the first is required.
pub const COLUMNS: &[(&str, &str)] = &[
    ("username", "The user name. It is required."),
    ("email", "The e-mail address."),
    ("first_name", "The first name."),
    ("last_name", "The last name."),
    (
        "roles",
        "Names of roles, several with | between them. Where it is empty, the roles chosen below.",
    ),
    ("groups", "Names of groups, several with | between them."),
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

/// Reads the file. Spreadsheets write a byte order mark, and semicolons where the comma is a decimal sign.
///
/// # Errors
/// In words, when it is not such a file at all. A problem of one row is reported in that row.
pub(super) fn read(text: &str) -> Result<Vec<FileRow>, String> {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err("The file is not in UTF-8. In a spreadsheet, save it as “CSV UTF-8”.".to_owned());
    }
    let heading = text.lines().next().unwrap_or_default();
    let count = |sign| heading.matches(sign).count();
    let delimiter = if count(';') > count(',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::Headers)
        .from_reader(text.as_bytes());
    let columns = columns(
        reader
            .headers()
            .map_err(|_| "The first line could not be read.".to_owned())?,
    )?;
    let mut rows = Vec::new();
    for record in reader.into_records() {
        let number = rows.len() + 1;
        let Ok(record) = record else {
            let user = ImportRow {
                number,
                problem: Some("This is not a row of a CSV file.".to_owned()),
                ..ImportRow::default()
            };
            rows.push(FileRow { user, password: None });
            continue;
        };
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(row(number, &record, &columns));
        }
    }
    if rows.is_empty() {
        return Err("The file has a heading and no rows.".to_owned());
    }
    Ok(rows)
}

/// The place of each column.
fn columns(heading: &csv::StringRecord) -> Result<HashMap<&'static str, usize>, String> {
    let mut columns = HashMap::new();
    for (at, title) in heading.iter().enumerate() {
        let plain: String = title
            .to_lowercase()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let known = COLUMNS.iter().find(|(name, _)| name.replace('_', "") == plain);
        let Some((name, _)) = known else {
            return Err(format!("The column “{title}” is not known. {}", expected()));
        };
        if columns.insert(*name, at).is_some() {
            return Err(format!("The column “{name}” is there twice."));
        }
    }
    if columns.contains_key("username") {
        Ok(columns)
    } else {
        Err(format!("There is no column “username”. {}", expected()))
    }
}

fn expected() -> String {
    let names: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).collect();
    format!("The first line names the columns: {}.", names.join(", "))
}

fn row(number: usize, record: &csv::StringRecord, columns: &HashMap<&'static str, usize>) -> FileRow {
    let whole = |name: &str| {
        columns
            .get(name)
            .and_then(|at| record.get(*at))
            .unwrap_or_default()
    };
    let cell = |name: &str| whole(name).trim().to_owned();
    let names = |name: &str| {
        let cell = cell(name);
        let names = cell
            .split([';', '|'])
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let (enabled, problem) = match cell("enabled").to_lowercase().as_str() {
        "" => (None, None),
        "true" | "yes" | "1" => (Some(true), None),
        "false" | "no" | "0" => (Some(false), None),
        other => (
            None,
            Some(format!(
                "“{other}” in the column “enabled” is neither true nor false."
            )),
        ),
    };
    let too_long = (record.len() > columns.len()).then(|| {
        format!(
            "The row has {} cells, and the heading {}.",
            record.len(),
            columns.len()
        )
    });
    let user = ImportRow {
        number,
        username: cell("username"),
        email: cell("email"),
        first_name: cell("first_name"),
        last_name: cell("last_name"),
        roles: names("roles").into(),
        groups: names("groups"),
        enabled,
        password: None,
        problem: problem.or(too_long),
    };
    FileRow {
        user,
        // Unchanged: a space at its end is part of a password.
        password: Some(whole("password"))
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
        assert_eq!((rows[0].user.number, rows[1].user.number), (1, 2));
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
        }
    }
}
