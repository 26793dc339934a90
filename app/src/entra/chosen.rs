//! Users and groups of Entra ID that were chosen, on their way through forms and addresses.
//!
//! A box carries all that the import needs of a row, so that nothing has to be kept between two searches
//! and nothing looked up again.

use protegrity::{EntraGroup, EntraUser};

use super::full_name;
use crate::ui::Pick;

/// The longest part of a row, in characters. Entra ID's own longest is a group's description.
const LONGEST_PART: usize = 1024;

/// What can be imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum What {
    /// Users.
    #[default]
    Users,
    /// Groups, with their members or without.
    Groups,
}

impl What {
    /// The name in addresses and forms.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
        }
    }

    /// One and many.
    pub(super) const fn noun(self) -> (&'static str, &'static str) {
        match self {
            Self::Users => ("user", "users"),
            Self::Groups => ("group", "groups"),
        }
    }

    /// What this name stands for.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Users, Self::Groups]
            .into_iter()
            .find(|what| what.name() == name)
    }
}

/// One of those that are imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    User(EntraUser),
    Group(EntraGroup),
}

impl Item {
    /// What tells it from others: a user's principal name or e-mail address, whose case does not count, or
    /// a group's id, whose case does. `None` for a row that cannot be imported (reference lines 2668, 2850).
    pub(super) fn key(&self) -> Option<String> {
        match self {
            Self::User(user) => user.key().map(|key| key.trim().to_lowercase()),
            Self::Group(group) => {
                let is_whole = !group.id.trim().is_empty() && !self.name().trim().is_empty();
                is_whole.then(|| group.id.clone())
            }
        }
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::User(user) => user.key().unwrap_or_default(),
            Self::Group(group) => group.display_name.as_deref().unwrap_or_default(),
        }
    }

    /// What else is known about it.
    pub(super) fn detail(&self) -> String {
        match self {
            Self::User(user) => {
                let email = user.email.clone().unwrap_or_default();
                let email = if email.eq_ignore_ascii_case(self.name()) {
                    String::new()
                } else {
                    email
                };
                let parts = [full_name(user), email];
                parts
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(", ")
            }
            Self::Group(group) => group.description.clone().unwrap_or_default(),
        }
    }

    /// The value of its box: its parts as JSON.
    pub(super) fn value(&self) -> String {
        let parts = match self {
            Self::User(user) => {
                vec![
                    &user.user_principal_name,
                    &user.email,
                    &user.first_name,
                    &user.last_name,
                ]
            }
            Self::Group(group) => {
                let id = Some(group.id.clone());
                return text_of(&[&id, &group.display_name, &group.description]);
            }
        };
        text_of(&parts)
    }

    /// The row that a value stands for. It comes from a browser, so it may be anything: what is not a row
    /// that could be imported is nothing.
    pub(super) fn read(what: What, value: &str) -> Option<Self> {
        let parts: Vec<String> = serde_json::from_str(value).ok()?;
        let is_fine =
            |part: &String| part.chars().count() <= LONGEST_PART && !part.chars().any(char::is_control);
        if !parts.iter().all(is_fine) {
            return None;
        }
        let told = |part: &String| Some(part.clone()).filter(|part| !part.trim().is_empty());
        let item = match (what, parts.as_slice()) {
            (What::Users, [principal_name, email, first, last]) => Self::User(EntraUser {
                user_principal_name: told(principal_name),
                email: told(email),
                first_name: told(first),
                last_name: told(last),
            }),
            (What::Groups, [id, name, description]) => Self::Group(EntraGroup {
                id: id.clone(),
                display_name: told(name),
                description: told(description),
            }),
            _ => return None,
        };
        item.key().is_some().then_some(item)
    }

    /// As the picker shows it.
    pub(super) fn pick(&self) -> Pick {
        Pick {
            value: self.value(),
            label: self.name().to_owned(),
            detail: self.detail(),
        }
    }
}

fn text_of(parts: &[&Option<String>]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(|part| part.as_deref().unwrap_or_default())
        .collect();
    serde_json::to_string(&parts).unwrap_or_default()
}

/// The rows that these values stand for, none twice; and whether some stood for none.
pub(super) fn read_all(what: What, values: &[String]) -> (Vec<Item>, bool) {
    let mut seen = std::collections::HashSet::new();
    let read: Vec<Option<Item>> = values.iter().map(|value| Item::read(what, value)).collect();
    let is_broken = read.iter().any(Option::is_none);
    let items = read.into_iter().flatten();
    (items.filter(|item| seen.insert(item.key())).collect(), is_broken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user(principal_name: &str, email: &str) -> EntraUser {
        let told = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        EntraUser {
            user_principal_name: told(principal_name),
            email: told(email),
            first_name: told("Ana"),
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
            assert_eq!(Item::read(What::Users, value), None, "{value}");
        }
        for value in [r#"["","Pilot",""]"#, r#"["7"," ",""]"#, r#"["7","Pilot"]"#] {
            assert_eq!(Item::read(What::Groups, value), None, "{value}");
        }
    }

    #[test]
    fn the_same_user_is_chosen_once_whatever_the_case() {
        let values = [
            user("Ana@example.com", ""),
            user("ana@EXAMPLE.com", "a@example.com"),
        ];
        let values: Vec<_> = values.into_iter().map(|user| Item::User(user).value()).collect();
        let (items, is_broken) = read_all(What::Users, &values);
        assert_eq!((items.len(), is_broken), (1, false));
    }

    #[test]
    fn a_broken_value_is_told_and_the_others_are_kept() {
        let values = [Item::User(user("ana@example.com", "")).value(), "x".to_owned()];
        let (items, is_broken) = read_all(What::Users, &values);
        assert_eq!((items.len(), is_broken), (1, true));
    }

    #[test]
    fn a_row_says_what_its_name_does_not() {
        let detail = |principal_name, email| Item::User(user(principal_name, email)).detail();
        assert_eq!(detail("ana@example.com", "Ana@example.com"), "Ana");
        assert_eq!(
            detail("ana@example.com", "a.lind@example.com"),
            "Ana, a.lind@example.com"
        );
    }

    proptest! {
        #[test]
        fn a_value_says_all_of_a_user(parts in proptest::collection::vec("\\PC{0,30}", 4)) {
            let told = |at: usize| Some(parts[at].clone()).filter(|part| !part.trim().is_empty());
            let user = EntraUser {
                user_principal_name: told(0), email: told(1), first_name: told(2), last_name: told(3),
            };
            let item = Item::User(user);
            let expected = item.key().map(|_| item.clone());
            prop_assert_eq!(Item::read(What::Users, &item.value()), expected);
        }

        #[test]
        fn a_value_says_all_of_a_group(parts in proptest::collection::vec("\\PC{1,30}", 3)) {
            let told = |at: usize| Some(parts[at].clone()).filter(|part| !part.trim().is_empty());
            let group = EntraGroup { id: parts[0].clone(), display_name: told(1), description: told(2) };
            let item = Item::Group(group);
            let expected = item.key().map(|_| item.clone());
            prop_assert_eq!(Item::read(What::Groups, &item.value()), expected);
        }

        #[test]
        fn anything_may_be_sent(value in ".{0,80}") {
            for what in [What::Users, What::Groups] {
                if let Some(item) = Item::read(what, &value) {
                    prop_assert!(item.key().is_some());
                }
            }
        }
    }
}
