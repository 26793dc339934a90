//! [`User`], and the users of an organisation by address.

use super::SenderLists;
use crate::proofpoint::{ProofpointSettings, answer::add_sender_lists};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

pub(in crate::proofpoint) const USER_TYPES: &[&str] = &[
    "oem_partner_admin",
    "strategic_partner_admin",
    "channel_admin",
    "organization_admin",
    "end_user",
    "silent_user",
    "functional_account",
];

/// In place of some types, where the settings ask for unknown values.
const UNKNOWN_TYPE: &str = "quarantine_reviewer";

/// A user. It has no `Debug`, because of the password.
#[expect(clippy::struct_excessive_bools, reason = "the document has them")]
#[derive(Clone)]
pub(in crate::proofpoint) struct User {
    pub(in crate::proofpoint) uid: u32,
    pub(in crate::proofpoint) primary_email: String,
    pub(in crate::proofpoint) firstname: String,
    pub(in crate::proofpoint) surname: String,
    pub(in crate::proofpoint) is_active: bool,
    pub(in crate::proofpoint) kind: &'static str,
    pub(in crate::proofpoint) sends_welcome_email: bool,
    pub(in crate::proofpoint) aliases: Vec<String>,
    pub(in crate::proofpoint) lists: SenderLists,
    pub(in crate::proofpoint) is_billable: bool,
    pub(in crate::proofpoint) can_impersonate: bool,
    pub(in crate::proofpoint) is_imitable: bool,
    pub(in crate::proofpoint) is_read_only: bool,
    pub(in crate::proofpoint) password: Option<String>,
}

impl User {
    /// A user with the document's defaults.
    pub(in crate::proofpoint) fn new(uid: u32, primary_email: String) -> Self {
        Self {
            uid,
            primary_email,
            firstname: String::new(),
            surname: String::new(),
            is_active: true,
            kind: "end_user",
            sends_welcome_email: false,
            aliases: Vec::new(),
            lists: SenderLists::default(),
            is_billable: true,
            can_impersonate: false,
            is_imitable: false,
            is_read_only: false,
            password: None,
        }
    }

    /// The type as in an answer. Administrators keep theirs.
    pub(in crate::proofpoint) fn shown_type(&self, settings: &ProofpointSettings) -> &'static str {
        let is_mailbox = matches!(self.kind, "end_user" | "silent_user" | "functional_account");
        if settings.unknown_values && is_mailbox && self.uid.is_multiple_of(7) {
            UNKNOWN_TYPE
        } else {
            self.kind
        }
    }

    pub(in crate::proofpoint) fn json(&self, settings: &ProofpointSettings) -> Value {
        let mut value = json!({
            "uid": self.uid,
            "primary_email": self.primary_email,
            "is_active": self.is_active,
            "type": self.shown_type(settings),
            "send_welcome_email": self.sends_welcome_email,
            "firstname": self.firstname,
            "surname": self.surname,
            "alias_emails": self.aliases,
            "is_billable": self.is_billable,
            "odin_settings": {
                "can_impersonate": self.can_impersonate,
                "is_imitable": self.is_imitable,
            },
            "read_only_user": self.is_read_only,
        });
        add_sender_lists(settings, &mut value, &self.lists.allowed, &self.lists.blocked);
        value
    }

    fn addresses(&self) -> impl Iterator<Item = String> {
        let all = std::iter::once(&self.primary_email).chain(&self.aliases);
        all.map(|address| address.to_lowercase())
    }
}

/// The users of an organisation, in the order of their ids.
#[derive(Default)]
pub(in crate::proofpoint) struct Users {
    by_id: BTreeMap<u32, User>,
    /// The id of each primary address and alias, in lower case.
    ids: HashMap<String, u32>,
}

impl Users {
    pub(in crate::proofpoint) fn all(&self) -> impl Iterator<Item = &User> {
        self.by_id.values()
    }

    /// The user of a primary address, in any case.
    pub(in crate::proofpoint) fn get(&self, email: &str) -> Option<&User> {
        let email = email.to_lowercase();
        let user = self.of_address(&email)?;
        (user.primary_email.to_lowercase() == email).then_some(user)
    }

    /// The user of a primary address or an alias, in any case.
    pub(in crate::proofpoint) fn of_address(&self, address: &str) -> Option<&User> {
        self.by_id.get(self.ids.get(&address.to_lowercase())?)
    }

    /// The sender lists of the user of a primary address.
    pub(in crate::proofpoint) fn lists_mut(&mut self, email: &str) -> Option<&mut SenderLists> {
        let uid = self.get(email)?.uid;
        self.by_id.get_mut(&uid).map(|user| &mut user.lists)
    }

    /// Adds a user, or replaces the one with the same id.
    pub(in crate::proofpoint) fn put(&mut self, user: User) {
        self.remove(user.uid);
        self.ids
            .extend(user.addresses().map(|address| (address, user.uid)));
        self.by_id.insert(user.uid, user);
    }

    pub(in crate::proofpoint) fn remove(&mut self, uid: u32) {
        let Some(user) = self.by_id.remove(&uid) else {
            return;
        };
        for address in user.addresses() {
            self.ids.remove(&address);
        }
    }

    /// The number of users that need a licence.
    pub(in crate::proofpoint) fn active(&self) -> usize {
        let licensed = |user: &&User| user.is_active && user.is_billable && user.kind != "functional_account";
        self.all().filter(licensed).count()
    }
}
