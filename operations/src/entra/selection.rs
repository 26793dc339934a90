//! Users and groups of Entra ID that were selected, on their way through forms and addresses.
//!
//! A box carries all that the import needs of a row, so that nothing has to be kept between two searches and nothing
//! looked up again.

use protegrity::{EntraGroup, EntraUser};
use serde::{Deserialize, Serialize};

use crate::characters::folded;

/// The longest part of a row, in characters. Entra ID's own longest is a group's description.
const MAX_PART_LENGTH: usize = 1024;

/// What can be imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectKind {
    /// Users.
    #[default]
    Users,
    /// Groups, with their members or without.
    Groups,
}

impl ObjectKind {
    /// The name in addresses and forms.
    pub const fn name(self) -> &'static str {
        self.noun().1
    }

    /// One and many.
    pub const fn noun(self) -> (&'static str, &'static str) {
        match self {
            Self::Users => ("user", "users"),
            Self::Groups => ("group", "groups"),
        }
    }

    /// So many of them: `12 users`.
    pub fn counted(self, count: usize) -> String {
        let (one, many) = self.noun();
        format!("{count} {}", if count == 1 { one } else { many })
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Users, Self::Groups]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A user or group that can be selected for an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Candidate {
    /// A user.
    User(EntraUser),
    /// A group.
    Group(EntraGroup),
}

impl Candidate {
    /// What it is.
    pub const fn kind(&self) -> ObjectKind {
        match self {
            Self::User(_) => ObjectKind::Users,
            Self::Group(_) => ObjectKind::Groups,
        }
    }

    /// What identifies it: a user's principal name or e-mail address, whose case does not count, or a group's id,
    /// whose case does. `None` for a row that cannot be imported (reference lines 2668, 2850).
    pub fn key(&self) -> Option<String> {
        match self {
            Self::User(user) => user.key().map(|key| folded(key.trim())),
            Self::Group(group) => {
                let is_whole = !group.id.trim().is_empty() && !self.name().trim().is_empty();
                is_whole.then(|| group.id.clone())
            }
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::User(user) => user.key().unwrap_or_default(),
            Self::Group(group) => group.display_name.as_deref().unwrap_or_default(),
        }
    }

    /// What else is known about it, in one line.
    pub fn detail(&self) -> String {
        match self {
            Self::User(user) => {
                let email = user.email.as_deref().unwrap_or_default();
                let email = if email.eq_ignore_ascii_case(self.name()) {
                    ""
                } else {
                    email
                };
                joined([&full_name(user), email], ", ")
            }
            Self::Group(group) => group.description.clone().unwrap_or_default(),
        }
    }

    /// The cells of its row: principal name, name and e-mail address of a user; name, description and id of a group.
    pub fn cells(&self) -> [String; 3] {
        match self {
            Self::User(user) => [
                user.user_principal_name.clone().unwrap_or_default(),
                full_name(user),
                user.email.clone().unwrap_or_default(),
            ],
            Self::Group(group) => [
                self.name().to_owned(),
                group.description.clone().unwrap_or_default(),
                group.id.clone(),
            ],
        }
    }

    /// The value of its box: its parts as JSON.
    pub fn value(&self) -> String {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let parts = match self {
            Self::User(user) => vec![
                text(&user.user_principal_name),
                text(&user.email),
                text(&user.first_name),
                text(&user.last_name),
            ],
            Self::Group(group) => vec![
                group.id.clone(),
                text(&group.display_name),
                text(&group.description),
            ],
        };
        serde_json::to_string(&parts).unwrap_or_default()
    }

    /// The row of a value. It comes from a browser, so it may be anything: `None` when it could not be imported.
    pub fn read(kind: ObjectKind, value: &str) -> Option<Self> {
        let parts: Vec<String> = serde_json::from_str(value).ok()?;
        let is_valid =
            |part: &String| part.chars().count() <= MAX_PART_LENGTH && !part.chars().any(char::is_control);
        if !parts.iter().all(is_valid) {
            return None;
        }
        let text = |part: &String| Some(part.clone()).filter(|part| !part.trim().is_empty());
        let candidate = match (kind, parts.as_slice()) {
            (ObjectKind::Users, [principal_name, email, first, last]) => Self::User(EntraUser {
                user_principal_name: text(principal_name),
                email: text(email),
                first_name: text(first),
                last_name: text(last),
            }),
            (ObjectKind::Groups, [id, name, description]) => Self::Group(EntraGroup {
                id: id.clone(),
                display_name: text(name),
                description: text(description),
            }),
            _ => return None,
        };
        candidate.key().is_some().then_some(candidate)
    }
}

/// First and last name, as far as they are known.
fn full_name(user: &EntraUser) -> String {
    let names = [&user.first_name, &user.last_name];
    joined(names.map(|name| name.as_deref().unwrap_or_default()), " ")
}

fn joined(parts: [&str; 2], separator: &str) -> String {
    let parts = parts.map(str::trim).into_iter();
    parts
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(separator)
}

/// The rows of these values, none twice; and whether some were not valid.
pub fn read_all(kind: ObjectKind, values: &[String]) -> (Vec<Candidate>, bool) {
    let mut seen = std::collections::HashSet::new();
    let read: Vec<_> = values.iter().map(|value| Candidate::read(kind, value)).collect();
    let is_broken = read.iter().any(Option::is_none);
    let candidates = read.into_iter().flatten();
    (
        candidates
            .filter(|candidate| seen.insert(candidate.key()))
            .collect(),
        is_broken,
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user(principal_name: &str, email: &str) -> EntraUser {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        EntraUser {
            user_principal_name: text(principal_name),
            email: text(email),
            first_name: text("Ana"),
            last_name: None,
        }
    }

    #[test]
    fn what_cannot_be_imported_is_no_row() {
        for value in [
            "",
            "ana@example.com",
            "[]",
            r#"["ana@example.com"]"#,
            r#"["","","Ana","Lind"]"#,
            r#"["ana@example.com","","",""#,
            r#"["a\nb","","",""]"#,
            "[1,2,3,4]",
            &format!(r#"["{}","","",""]"#, "a".repeat(1025)),
        ] {
            assert_eq!(Candidate::read(ObjectKind::Users, value), None, "{value}");
        }
        for value in [r#"["","Pilot",""]"#, r#"["7"," ",""]"#, r#"["7","Pilot"]"#] {
            assert_eq!(Candidate::read(ObjectKind::Groups, value), None, "{value}");
        }
    }

    #[test]
    fn the_same_user_is_selected_once_in_any_case() {
        let values = [
            user("Ana@example.com", ""),
            user("ana@EXAMPLE.com", "a@example.com"),
        ];
        let values: Vec<_> = values
            .into_iter()
            .map(|user| Candidate::User(user).value())
            .collect();
        let (candidates, is_broken) = read_all(ObjectKind::Users, &values);
        assert_eq!((candidates.len(), is_broken), (1, false));
    }

    #[test]
    fn a_broken_value_is_reported_and_the_others_are_kept() {
        let values = [
            Candidate::User(user("ana@example.com", "")).value(),
            "x".to_owned(),
        ];
        let (candidates, is_broken) = read_all(ObjectKind::Users, &values);
        assert_eq!((candidates.len(), is_broken), (1, true));
    }

    #[test]
    fn a_row_says_what_its_name_does_not() {
        let detail = |principal_name, email| Candidate::User(user(principal_name, email)).detail();
        assert_eq!(detail("ana@example.com", "Ana@example.com"), "Ana");
        assert_eq!(
            detail("ana@example.com", "a.lind@example.com"),
            "Ana, a.lind@example.com"
        );
    }

    proptest! {
        #[test]
        fn a_value_holds_all_of_a_user(parts in proptest::collection::vec("\\PC{0,30}", 4)) {
            let text = |at: usize| Some(parts[at].clone()).filter(|part| !part.trim().is_empty());
            let user = EntraUser {
                user_principal_name: text(0), email: text(1), first_name: text(2), last_name: text(3),
            };
            let candidate = Candidate::User(user);
            let expected = candidate.key().map(|_| candidate.clone());
            prop_assert_eq!(Candidate::read(ObjectKind::Users, &candidate.value()), expected);
        }

        #[test]
        fn a_value_holds_all_of_a_group(parts in proptest::collection::vec("\\PC{1,30}", 3)) {
            let text = |at: usize| Some(parts[at].clone()).filter(|part| !part.trim().is_empty());
            let group = EntraGroup { id: parts[0].clone(), display_name: text(1), description: text(2) };
            let candidate = Candidate::Group(group);
            let expected = candidate.key().map(|_| candidate.clone());
            prop_assert_eq!(Candidate::read(ObjectKind::Groups, &candidate.value()), expected);
        }

        #[test]
        fn anything_may_be_sent(value in ".{0,80}") {
            for kind in [ObjectKind::Users, ObjectKind::Groups] {
                if let Some(candidate) = Candidate::read(kind, &value) {
                    prop_assert!(candidate.key().is_some());
                }
            }
        }
    }
}
