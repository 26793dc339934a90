//! Users, and what is sent to create and to change one (notes section 2.2).

use serde::Deserialize;
use serde_json::{Map, Value, json};
use upstream::{lenient, non_empty, put, word_type};

use crate::{EmailAddress, SenderLists, UserId};

/// Fields of a user that an answer may have and an update must not: set by the system, for the creation only, or never
/// to be sent by this crate.
const NOT_UPDATED: [&str; 3] = ["uid", "send_welcome_email", "password"];

word_type! {
    /// What kind of user.
    UserType {
        /// Administrator of an OEM partner.
        OemPartnerAdmin = "oem_partner_admin",
        /// Administrator of a strategic partner.
        StrategicPartnerAdmin = "strategic_partner_admin",
        /// Administrator of a channel partner.
        ChannelAdmin = "channel_admin",
        /// Administrator of an organisation.
        OrganizationAdmin = "organization_admin",
        /// A person who gets the digest and may sign in.
        EndUser = "end_user",
        /// A person who gets the digest only.
        SilentUser = "silent_user",
        /// A mailbox of no person, which takes no licence.
        FunctionalAccount = "functional_account",
    }
}

impl UserType {
    /// Whether users of this type administer an organisation or a partner.
    pub fn is_admin(&self) -> bool {
        matches!(self, Self::OrganizationAdmin) || self.is_partner_admin()
    }

    /// Whether users of this type administer organisations besides their own.
    pub fn is_partner_admin(&self) -> bool {
        matches!(
            self,
            Self::OemPartnerAdmin | Self::StrategicPartnerAdmin | Self::ChannelAdmin
        )
    }
}

/// One user, whether a row of the list or the item. `None` means that the answer does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct User {
    /// Empty where the answer has none.
    #[serde(rename = "uid", deserialize_with = "lenient::text_or_empty")]
    pub id: UserId,
    /// Identifies the user.
    pub primary_email: EmailAddress,
    /// First name.
    #[serde(rename = "firstname", deserialize_with = "lenient::text")]
    pub first_name: Option<String>,
    /// Surname.
    #[serde(rename = "surname", deserialize_with = "lenient::text")]
    pub last_name: Option<String>,
    /// An inactive user has no licence and gets no mail.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_active: Option<bool>,
    /// What kind of user.
    #[serde(rename = "type", deserialize_with = "lenient::word")]
    pub user_type: Option<UserType>,
    /// Further addresses of the user.
    #[serde(deserialize_with = "lenient::names")]
    pub alias_emails: Option<Vec<EmailAddress>>,
    /// Whether the user takes a licence. One user of an organisation may be exempt.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_billable: Option<bool>,
    /// Whether an administrator may only look.
    #[serde(rename = "read_only_user", deserialize_with = "lenient::boolean")]
    pub is_read_only: Option<bool>,
    /// The user's own lists.
    #[serde(flatten)]
    pub senders: SenderLists,
}

/// A user with all that the answer says of them. An update is laid over it: whether a field that an update leaves out
/// is kept or cleared is in no document (notes section 2.2).
#[derive(Clone, Debug, PartialEq)]
pub struct UserRecord {
    /// What the answer says, read.
    pub user: User,
    fields: Map<String, Value>,
}

impl UserRecord {
    /// `None` where the object is no user.
    pub(crate) fn of(fields: Map<String, Value>) -> Option<Self> {
        let user: User = serde_json::from_value(Value::Object(fields.clone())).ok()?;
        let is_user = !user.primary_email.is_empty() || !user.id.is_empty();
        is_user.then_some(Self { user, fields })
    }

    /// The body of the `PUT`: what was read, without what must not be sent, and what changes over it. What is
    /// documented is sent in the type of the document, however it came.
    pub(crate) fn with(&self, update: &UserUpdate) -> Value {
        let Self { user, fields } = self;
        let kept = fields
            .iter()
            .filter(|(name, _)| !NOT_UPDATED.contains(&name.as_str()));
        let mut body = Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect());
        let email = Some(&user.primary_email).filter(|email| !email.is_empty());
        put(
            &mut body,
            "primary_email",
            update.primary_email.as_ref().or(email),
        );
        put(
            &mut body,
            "firstname",
            update.first_name.as_ref().or(user.first_name.as_ref()),
        );
        put(
            &mut body,
            "surname",
            update.last_name.as_ref().or(user.last_name.as_ref()),
        );
        put(&mut body, "is_active", update.is_active.or(user.is_active));
        put(
            &mut body,
            "type",
            update.user_type.as_ref().or(user.user_type.as_ref()),
        );
        let aliases = update.alias_emails.as_ref().or(user.alias_emails.as_ref());
        put(&mut body, "alias_emails", aliases);
        put(&mut body, "is_billable", update.is_billable.or(user.is_billable));
        put(
            &mut body,
            "read_only_user",
            update.is_read_only.or(user.is_read_only),
        );
        if let Some(Value::Object(switches)) = body.get_mut("odin_settings") {
            for switch in switches.values_mut() {
                if let Some(is_on) = lenient::as_boolean(switch) {
                    *switch = Value::Bool(is_on);
                }
            }
        }
        body
    }
}

/// What changes of a user. What is `None` stays as it was read. Sender lists have calls of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserUpdate {
    /// Another address, which identifies the user from then on.
    pub primary_email: Option<EmailAddress>,
    /// First name.
    pub first_name: Option<String>,
    /// Surname.
    pub last_name: Option<String>,
    /// `false` takes the licence and stops the mail.
    pub is_active: Option<bool>,
    /// Another kind.
    pub user_type: Option<UserType>,
    /// All further addresses.
    pub alias_emails: Option<Vec<EmailAddress>>,
    /// Whether the user takes a licence.
    pub is_billable: Option<bool>,
    /// Whether an administrator may only look.
    pub is_read_only: Option<bool>,
}

/// A user to create. A password cannot be given with it: the document allows it in an update only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// Identifies the user.
    pub primary_email: EmailAddress,
    /// First name; an empty one is not sent.
    pub first_name: Option<String>,
    /// Surname; an empty one is not sent.
    pub last_name: Option<String>,
    /// Whether the user gets mail.
    pub is_active: bool,
    /// What kind of user.
    pub user_type: UserType,
    /// Further addresses.
    pub alias_emails: Vec<EmailAddress>,
    /// Whether the user takes a licence.
    pub is_billable: bool,
    /// Whether an administrator may only look.
    pub is_read_only: bool,
    /// Whether the system writes to the user. `None` leaves it to the organisation's setting.
    pub send_welcome_email: Option<bool>,
}

impl NewUser {
    /// A user with this address and the defaults of the document: an active, billable end user.
    pub fn new(primary_email: EmailAddress) -> Self {
        Self {
            primary_email,
            first_name: None,
            last_name: None,
            is_active: true,
            user_type: UserType::EndUser,
            alias_emails: Vec::new(),
            is_billable: true,
            is_read_only: false,
            send_welcome_email: None,
        }
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({
            "primary_email": self.primary_email, "is_active": self.is_active, "type": self.user_type,
            "is_billable": self.is_billable,
        });
        put(&mut body, "firstname", non_empty(self.first_name.as_ref()));
        put(&mut body, "surname", non_empty(self.last_name.as_ref()));
        let aliases = Some(&self.alias_emails).filter(|aliases| !aliases.is_empty());
        put(&mut body, "alias_emails", aliases);
        // For administrators only.
        put(&mut body, "read_only_user", self.is_read_only.then_some(true));
        put(&mut body, "send_welcome_email", self.send_welcome_email);
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(answer: &Value) -> UserRecord {
        UserRecord::of(answer.as_object().expect("an object").clone()).expect("a user")
    }

    #[test]
    fn a_user_is_read_whatever_the_types_are() {
        let user = record(&json!({
            "uid": "12", "primary_email": "A@example.com", "is_active": "true", "type": "End_User", "is_billable": 0,
            "alias_emails": ["b@example.com"], "read_only_user": null, "surname": 7, "white_list_senders": ["x.com"],
            "safe_list_senders": ["x.com"], "new_field": {},
        }))
        .user;
        assert_eq!(
            (user.id.as_str(), user.primary_email.as_str()),
            ("12", "A@example.com")
        );
        assert_eq!(
            (user.is_active, user.is_billable, user.is_read_only),
            (Some(true), Some(false), None)
        );
        assert_eq!(user.user_type, Some(UserType::EndUser));
        assert_eq!((user.first_name, user.last_name.as_deref()), (None, Some("7")));
        assert_eq!(user.senders.allow.map(|list| list.len()), Some(1));
        let unknown = record(&json!({"uid": 1, "type": "Robot"})).user.user_type;
        assert_eq!(unknown, Some(UserType::Other("Robot".to_owned())));
        assert!(UserRecord::of(Map::new()).is_none());
    }

    #[test]
    fn an_update_is_laid_over_what_was_read() {
        let record = record(&json!({
            "uid": 12, "primary_email": "a@example.com", "is_active": "true", "type": "end_user", "password": "x",
            "send_welcome_email": true, "odin_settings": {"is_imitable": "false"}, "white_list_senders": ["x.com"],
            "firstname": "Ann",
        }));
        let update = UserUpdate {
            user_type: Some(UserType::FunctionalAccount),
            alias_emails: Some(Vec::new()),
            ..UserUpdate::default()
        };
        let old = record.with(&UserUpdate::default());
        assert_eq!((&old["type"], &old["uid"]), (&json!("end_user"), &Value::Null));
        assert_eq!(
            record.with(&update),
            json!({
                "primary_email": "a@example.com", "is_active": true, "type": "functional_account",
                "odin_settings": {"is_imitable": false}, "white_list_senders": ["x.com"], "firstname": "Ann",
                "alias_emails": [],
            })
        );
    }

    #[test]
    fn a_new_user_has_what_is_given_and_no_more() {
        let email: EmailAddress = "a@example.com".parse().expect("an address");
        let body = json!({
            "primary_email": "a@example.com", "is_active": true, "type": "end_user", "is_billable": true,
        });
        let new = NewUser {
            first_name: Some(String::new()),
            ..NewUser::new(email)
        };
        assert_eq!(new.body(), body);
    }
}
