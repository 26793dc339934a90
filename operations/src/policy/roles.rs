//! Roles of policy management and their members: the users whom a rule is for.

use gate::{Operation, Target};
use protegrity::pim::{
    MAX_ROLE_NAME, Member, MemberType, NewMember, NewRole, Role, RoleMode, RoleUid, SourceUid, already_exists,
};
use serde::{Deserialize, Serialize};

use super::{
    configuration::{members, roles, sources},
    object::{MAX_DESCRIPTION, Saved, chosen, created, differs, require_free, the_one},
};
use crate::{
    Error,
    characters::is_same_name,
    merge::difference,
    read_back::{ReadBack, settle},
    refusal::{self, Words},
    validation::Validation,
};

/// The most members that are added at a time.
pub(super) const MAX_MEMBERS: usize = 500;

/// The words of the cluster's refusals of a role.
const WORDS: &Words = &[
    ("allow all", "allow_all"),
    ("description", "description"),
    ("role", "name"),
    ("name", "name"),
];

/// The words of the cluster's refusals of members.
const MEMBER_WORDS: &Words = &[
    ("source", "source"),
    ("type", "kind"),
    ("member", "names"),
    ("name", "names"),
];

/// The form that creates a role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RoleForm {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// `true` accepts every user.
    pub allow_all: String,
}

impl RoleForm {
    /// The role of this form, with the problems of its fields.
    pub(super) fn read(&self) -> (Validation, NewRole) {
        let mut validation = Validation::default();
        let role = NewRole {
            name: validation.required_line("name", &self.name, MAX_ROLE_NAME),
            description: validation.lines("description", &self.description, MAX_DESCRIPTION),
            mode: RoleMode::Manual,
            allow_all: self.allow_all == "true",
        };
        (validation, role)
    }
}

/// The form that adds members to a role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MembersForm {
    /// The role.
    pub uid: String,
    /// The source that the members come from, by its uid.
    pub source: String,
    /// Whether they are users or groups, in the cluster's word.
    pub kind: String,
    /// Their names, one a line or separated by commas.
    pub names: String,
}

/// Members that were added to a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The role's name.
    pub role: String,
    /// Those that were added.
    pub added: Vec<String>,
    /// Those that were members already.
    pub present: Vec<String>,
    /// The members now, beside what was sent; `None` where nothing was sent.
    pub read_back: Option<ReadBack>,
}

/// One role, of `GET /pim/roles`.
///
/// # Errors
/// Where there is none of this uid, or the cluster's error.
pub async fn role(operation: &Operation, uid: &RoleUid) -> Result<Role, Error> {
    the_one(roles(operation).await?, uid.as_str(), "role")
}

/// Creates a role whose members are added one by one (`POST /pim/roles`, reference lines 2949-2969).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(operation: &Operation, form: &RoleForm) -> Result<Saved<RoleUid>, Error> {
    let (mut validation, role) = form.read();
    require_free(&mut validation, "name", &role.name, roles(operation).await)?;
    validation.finish()?;
    let sent = &role;
    let operation = &operation.on(Target::of("policy_role", &sent.name));
    let written = operation
        .perform(|cluster| async move { cluster.pim().create_role(sent).await })
        .await;
    let list = || roles(operation);
    created(written, ("name", &sent.name), WORDS, list, |now| {
        compared(sent, now)
    })
    .await
}

fn compared(sent: &NewRole, now: &Role) -> ReadBack {
    let takes_all = |allow_all: bool| if allow_all { "every user" } else { "its members" };
    ReadBack::of([
        differs("the description", &sent.description, now.description.as_deref()),
        differs(
            "the mode",
            sent.mode.as_str(),
            now.mode.as_ref().map(RoleMode::as_str),
        ),
        differs(
            "those whom the role accepts",
            takes_all(sent.allow_all),
            now.allow_all.map(takes_all),
        ),
    ])
}

/// Adds members to a role (`POST /pim/roles/{uid}/members`, notes on the reference, section 3). Members that the role
/// has are left out: the cluster refuses the whole call because of one.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn add_members(operation: &Operation, uid: &RoleUid, form: &MembersForm) -> Result<Added, Error> {
    let role = role(operation, uid).await?;
    let mut validation = Validation::default();
    let names = validation.typed_names("names", &form.names, MAX_MEMBERS);
    if names.is_empty() && validation.is_empty() {
        validation.add("names", "Give at least one name.");
    }
    let kind = chosen(&mut validation, "kind", &form.kind, MemberType::KNOWN).unwrap_or(MemberType::User);
    let is_known = sources(operation)
        .await?
        .iter()
        .any(|source| !source.uid.is_empty() && source.uid.as_str() == form.source);
    validation.require(is_known, "source", "Choose the source that they come from.");
    validation.finish()?;
    let source = SourceUid::from(form.source.clone());
    let before = members(operation, uid).await?;
    let is_in = |rows: &[Member], name: &str| rows.iter().any(|row| is_member(row, name, &source, &kind));
    let (present, added): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| is_in(&before, name));
    let mut outcome = Added {
        role: role.name.clone(),
        added,
        present,
        read_back: None,
    };
    if outcome.added.is_empty() {
        return Ok(outcome);
    }
    let new = |name: &String| NewMember {
        name: name.clone(),
        source: source.clone(),
        kind: kind.clone(),
    };
    let sent: Vec<_> = outcome.added.iter().map(new).collect();
    let sent = &sent;
    let operation = &operation.on(Target::of("policy_role", uid).with_name(role.name));
    let written = operation
        .perform(|cluster| async move { cluster.pim().add_members(uid, sent).await })
        .await;
    let compare = |now: &[Member]| {
        let taken: Vec<_> = outcome.added.iter().filter(|name| is_in(now, name)).collect();
        ReadBack::of([difference("the members", &outcome.added, &taken)])
    };
    settle(written, || async {
        let now = members(operation, uid).await.ok()?;
        (compare(&now) == ReadBack::AsSent).then_some(())
    })
    .await
    .map_err(|error| {
        if error.error.upstream().is_some_and(already_exists) {
            return Error::at("names", "The role has one of these members already.");
        }
        refusal::at_field(error, MEMBER_WORDS)
    })?;
    let now = members(operation, uid).await;
    outcome.read_back = Some(now.map_or(ReadBack::Unread, |now| compare(&now)));
    Ok(outcome)
}

/// Whether a row is this member. What the cluster does not report of a row is taken to agree.
pub(super) fn is_member(row: &Member, name: &str, source: &SourceUid, kind: &MemberType) -> bool {
    is_same_name(&row.name, name)
        && row.source.as_ref().is_none_or(|of_row| of_row == source)
        && row.kind.as_ref().is_none_or(|of_row| of_row == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_a_name_of_a_source_and_a_type() {
        let check = |source: Option<&str>, kind: Option<MemberType>, expected: bool| {
            let row = Member {
                name: "Ana".to_owned(),
                source: source.map(SourceUid::from),
                kind,
                ..Member::default()
            };
            let source = SourceUid::from("1");
            assert_eq!(
                is_member(&row, "ana", &source, &MemberType::User),
                expected,
                "{row:?}"
            );
            assert!(!is_member(&row, "bo", &source, &MemberType::User));
        };
        check(Some("1"), Some(MemberType::User), true);
        check(None, None, true);
        check(Some("2"), Some(MemberType::User), false);
        check(Some("1"), Some(MemberType::Group), false);
    }
}
