//! What the directory keeps of one user.

use protegrity::{User, UserId};

use super::haystack::Searched;
use crate::characters::folded;

/// What a list shows of one user, in one allocation: there can be very many.
#[derive(Debug)]
pub(super) struct Entry {
    /// The fields one after the other, as the cluster spells them.
    text: Box<str>,
    /// Where each field ends in the text, in bytes, and whether the cluster gave it.
    ends: [(u32, bool); FIELDS],
    pub enabled: Option<bool>,
    pub created: Option<i64>,
}

/// How many fields have text: user name, first name, last name, e-mail address, id.
const FIELDS: usize = 5;
pub(super) const USER_NAME: usize = 0;
pub(super) const FIRST_NAME: usize = 1;
pub(super) const LAST_NAME: usize = 2;
pub(super) const EMAIL: usize = 3;
const ID: usize = 4;

impl Entry {
    pub fn new(user: &User) -> Self {
        let fields: [Option<&str>; FIELDS] = [
            Some(&user.username),
            user.first_name.as_deref(),
            user.last_name.as_deref(),
            user.email.as_deref(),
            Some(user.id.as_str()),
        ];
        let mut text = String::new();
        let ends = fields.map(|field| {
            text.push_str(field.unwrap_or_default());
            // A body of 4 GB is far beyond what the client reads.
            (u32::try_from(text.len()).unwrap_or(u32::MAX), field.is_some())
        });
        Self {
            text: text.into_boxed_str(),
            ends,
            enabled: user.enabled,
            created: user.created,
        }
    }

    pub fn field(&self, field: usize) -> Option<&str> {
        let start = field.checked_sub(1).map_or(0, |before| self.ends[before].0);
        let (end, given) = self.ends[field];
        given.then(|| &self.text[start as usize..end as usize])
    }

    pub fn id(&self) -> &str {
        self.field(ID).unwrap_or_default()
    }

    /// The user, as far as a list shows one.
    pub fn user(&self) -> User {
        let text = |field| self.field(field).map(ToOwned::to_owned);
        User {
            id: UserId::from(self.id()),
            username: text(USER_NAME).unwrap_or_default(),
            first_name: text(FIRST_NAME),
            last_name: text(LAST_NAME),
            email: text(EMAIL),
            enabled: self.enabled,
            created: self.created,
            ..User::default()
        }
    }
}

/// A user is searched for by each of the fields, on a line of its own.
impl Searched for Entry {
    fn push_folded(&self, text: &mut String) {
        let given = (0..FIELDS).filter_map(|field| self.field(field));
        for (at, field) in given.enumerate() {
            if at > 0 {
                text.push('\n');
            }
            text.push_str(&folded(field));
        }
    }

    fn is_open(&self) -> bool {
        self.enabled.unwrap_or(true)
    }
}
