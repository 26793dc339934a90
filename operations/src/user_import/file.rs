//! Reading a file of the cluster's users: its columns, and one user a row.

use secrecy::SecretString;

use crate::{
    import_file::{self, FileRow, Format, Meaning},
    jobs::ImportRow,
};

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

/// What else a file may name its columns.
const FORMAT: Format = Format {
    columns: COLUMNS,
    titles: &[
        ("userprincipalname", Meaning::Field("username")),
        ("mail", Meaning::Field("email")),
        ("givenname", Meaning::Field("first_name")),
        ("surname", Meaning::Field("last_name")),
        ("passwordprofile", Meaning::Field("password")),
        ("accountenabled", Meaning::Field("enabled")),
        ("displayname", Meaning::FullName),
    ],
    list_titles: &[
        ("name", Meaning::FullName),
        ("state", Meaning::Field("enabled")),
        ("created", Meaning::Ignored),
        // Of the failed rows of an import, see `jobs::unfinished_users`.
        ("problem", Meaning::Ignored),
        ("id", Meaning::Ignored),
    ],
};

/// One user of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct UserRow {
    /// The user, without the password.
    pub user: ImportRow,
    /// The first password.
    pub password: Option<SecretString>,
}

/// Reads the file.
///
/// # Errors
/// In words, when it is not such a file at all. A problem of one row is reported in that row.
pub(super) fn read(text: &str) -> Result<Vec<UserRow>, String> {
    let rows = import_file::read(text, &FORMAT)?;
    Ok(rows.into_iter().map(user).collect())
}

fn user(mut row: FileRow) -> UserRow {
    let (first_name, last_name) = row.full_name();
    let names = |name| row.list(name, &[';', '|']);
    let (roles, groups) = (names("roles"), names("groups"));
    let user = ImportRow {
        username: row.field("username"),
        email: row.field("email"),
        first_name,
        last_name,
        roles: roles.into(),
        groups,
        enabled: row.flag("enabled"),
        password: None,
        at: row.place(),
    };
    UserRow {
        user,
        // Unchanged: a space at its end is part of a password.
        password: Some(row.whole("password"))
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
        assert_eq!((rows[0].user.at.row, rows[1].user.at.row), (2, 4));
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
                .at
                .problem
                .as_deref()
                .is_some_and(|problem| problem.contains("neither"))
        );
        assert!(
            rows[1]
                .user
                .at
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
        let places: Vec<_> = rows.iter().map(|row| row.at.words()).collect();
        assert_eq!(places, ["row 4", "row 6, line 7"]);
        assert_eq!(
            rows[0].at.columns.get("email").map(String::as_str),
            Some("C (E-Mail)")
        );
        assert_eq!(rows[0].at.columns.get("roles"), None);
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
                at,
                ..
            } = &rows[0];
            assert_eq!(
                (
                    username.as_str(),
                    email.as_str(),
                    first_name.as_str(),
                    &at.problem
                ),
                ("ana", "a@example.com", "Ana; Maria, B", &None),
                "{text:?}"
            );
        }
        let problem = users("username,,email\nana,x,\n")[0].at.problem.clone();
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
                        row.at.row,
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
