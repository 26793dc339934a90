//! The request for an import, and the numbers that the cluster reports of it.

use protegrity::{Alias, EntraGroupImport, EntraUserImport, ImportOutcome, RoleName};
use serde::{Deserialize, Serialize};

use super::selection::{Candidate, ObjectKind, read_all};
use crate::{Error, text::at, validation::Validation};

/// The most rows of one import, so that its form stays below what the portal reads.
pub const MAX_CANDIDATES: usize = 500;

/// The most rows that are sent to the cluster in one call.
const PORTION_SIZE: usize = 50;

/// The most roles or identity providers.
const MAX_NAMES: usize = 100;

/// The form of an import.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportForm {
    /// `users` or `groups`.
    pub what: String,
    /// The selected rows, each a [`Candidate::value`].
    pub chosen: Vec<String>,
    /// The ticked roles.
    pub roles: Vec<String>,
    /// Roles by their names, for a caller who may not list them.
    pub role_names: String,
    /// The ticked SAML providers, by alias.
    pub identity_providers: Vec<String>,
    /// `true` when the groups' members become users.
    pub import_members: String,
}

/// What is to be imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRequest {
    /// Users or groups.
    pub kind: ObjectKind,
    /// Each once.
    pub candidates: Vec<Candidate>,
    /// The roles of the users, or of the groups' members.
    pub roles: Vec<RoleName>,
    /// SAML providers, by alias (notes, row 21).
    pub identity_providers: Vec<Alias>,
    /// Whether the groups' members become users.
    pub import_members: bool,
}

/// The rows of one call.
pub(super) enum Portion {
    Users(Vec<EntraUserImport>),
    Groups(Vec<EntraGroupImport>),
}

impl ImportRequest {
    /// Reads the form, with the validation that knows its names.
    pub(super) fn read(form: &ImportForm, mut validation: Validation) -> Result<Self, Error> {
        let kind = ObjectKind::named(&form.what).unwrap_or_default();
        let (candidates, is_broken) = read_all(kind, &form.chosen);
        let (one, many) = kind.noun();
        if is_broken {
            let message = "Some of these were altered in transit. Search for them again.";
            validation.add("chosen", message);
        } else if candidates.is_empty() {
            validation.add("chosen", format!("Choose at least one {one}."));
        } else if candidates.len() > MAX_CANDIDATES {
            let message = format!("These are more than {MAX_CANDIDATES} {many}. Use several imports.");
            validation.add("chosen", message);
        }
        let import_members = kind == ObjectKind::Groups && form.import_members == "true";
        // Only users get roles: those that are imported, or the members of the groups.
        let roles = if kind == ObjectKind::Users || import_members {
            roles(form, &mut validation)
        } else {
            Vec::new()
        };
        let providers = validation.names("identity_providers", &form.identity_providers, MAX_NAMES);
        validation.finish()?;
        Ok(Self {
            kind,
            candidates,
            roles,
            identity_providers: providers.into_iter().map(Alias::from).collect(),
            import_members,
        })
    }

    /// How many there are, in words: `12 users`.
    pub fn counted(&self) -> String {
        self.kind.counted(self.candidates.len())
    }

    /// The same with the candidates at these places alone.
    #[must_use]
    pub(crate) fn only(&self, places: &[usize]) -> Self {
        Self {
            candidates: at(&self.candidates, places),
            ..self.clone()
        }
    }

    /// The calls that it takes, in order.
    pub(super) fn portions(&self) -> impl Iterator<Item = Portion> {
        self.candidates
            .chunks(PORTION_SIZE)
            .map(|candidates| self.portion(candidates))
    }

    fn portion(&self, candidates: &[Candidate]) -> Portion {
        match self.kind {
            ObjectKind::Users => Portion::Users(candidates.iter().filter_map(|row| self.user(row)).collect()),
            ObjectKind::Groups => {
                Portion::Groups(candidates.iter().filter_map(|row| self.group(row)).collect())
            }
        }
    }

    fn user(&self, candidate: &Candidate) -> Option<EntraUserImport> {
        let Candidate::User(user) = candidate else {
            return None;
        };
        Some(EntraUserImport {
            user: user.clone(),
            roles: self.roles.clone(),
            identity_providers: self.identity_providers.clone(),
        })
    }

    fn group(&self, candidate: &Candidate) -> Option<EntraGroupImport> {
        let Candidate::Group(group) = candidate else {
            return None;
        };
        Some(EntraGroupImport {
            id: group.id.clone(),
            display_name: group.display_name.clone().unwrap_or_default(),
            description: group.description.clone(),
            import_members: self.import_members,
            member_roles: self.roles.clone(),
            identity_providers: self.identity_providers.clone(),
        })
    }
}

/// "All users must be associated with a role" (reference, section 7), though the field may be empty.
fn roles(form: &ImportForm, validation: &mut Validation) -> Vec<RoleName> {
    let typed = validation.typed_names("roles", &form.role_names, MAX_NAMES);
    let names = validation.names("roles", &[form.roles.clone(), typed].concat(), MAX_NAMES);
    validation.require(
        !names.is_empty(),
        "roles",
        "Choose at least one role: every user must have one.",
    );
    names.into_iter().map(RoleName::from).collect()
}

impl Portion {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Users(rows) => rows.len(),
            Self::Groups(rows) => rows.len(),
        }
    }

    /// How many there are, in words.
    pub(super) fn counted(&self) -> String {
        match self {
            Self::Users(rows) => ObjectKind::Users.counted(rows.len()),
            Self::Groups(rows) => ObjectKind::Groups.counted(rows.len()),
        }
    }
}

/// The cluster's numbers, summed over the calls. A number that one answer did not report is not known of the sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The rows of the calls that were answered.
    pub sent: usize,
    /// All rows, as the cluster counted them.
    pub total: Option<i64>,
    /// Those that succeeded.
    pub success: Option<i64>,
    /// Those that failed.
    pub failed: Option<i64>,
    /// Members that came with groups.
    pub members: Option<i64>,
    /// Whether every answer called itself a success.
    pub succeeded: bool,
    /// The words of the answers that did not.
    pub messages: Vec<String>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            sent: 0,
            total: Some(0),
            success: Some(0),
            failed: Some(0),
            members: Some(0),
            succeeded: true,
            messages: Vec::new(),
        }
    }
}

impl Counts {
    /// Adds the answer to a call with so many rows.
    pub(super) fn add(&mut self, sent: usize, outcome: ImportOutcome) {
        let plus =
            |sum: Option<i64>, more: Option<i64>| sum.zip(more).map(|(sum, more)| sum.saturating_add(more));
        self.sent += sent;
        self.total = plus(self.total, outcome.total);
        self.success = plus(self.success, outcome.success_count);
        self.failed = plus(self.failed, outcome.failed_count);
        self.members = plus(self.members, outcome.members_imported);
        if !outcome.succeeded {
            self.succeeded = false;
            self.messages.extend(outcome.message);
        }
    }

    /// How many rows the cluster did not count as successes, as far as it reported.
    pub fn failures(&self) -> Option<u64> {
        let sent = i64::try_from(self.sent).unwrap_or(i64::MAX);
        let failed = self
            .failed
            .or_else(|| self.success.map(|success| sent.saturating_sub(success).max(0)));
        failed.and_then(|failed| u64::try_from(failed).ok())
    }

    /// How the total disagrees with what was sent (notes, row 61).
    pub fn discrepancy(&self, kind: ObjectKind) -> Option<String> {
        let total = self
            .total
            .filter(|total| usize::try_from(*total).ok() != Some(self.sent))?;
        let sent = kind.counted(self.sent);
        Some(format!(
            "The cluster counted {total} for the {sent} that were sent."
        ))
    }
}

#[cfg(test)]
mod tests {
    use protegrity::{EntraGroup, EntraUser};

    use super::*;

    fn users(count: usize) -> Vec<String> {
        let user = |at| EntraUser {
            user_principal_name: Some(format!("u{at}@example.com")),
            ..EntraUser::default()
        };
        (0..count).map(|at| Candidate::User(user(at)).value()).collect()
    }

    fn group() -> Vec<String> {
        let group = EntraGroup {
            id: "7".to_owned(),
            display_name: Some("Pilot".to_owned()),
            description: None,
        };
        vec![Candidate::Group(group).value()]
    }

    fn read(
        what: &str,
        chosen: &[String],
        roles: &[&str],
        import_members: bool,
    ) -> Result<ImportRequest, Error> {
        ImportRequest::read(
            &ImportForm {
                what: what.to_owned(),
                chosen: chosen.to_vec(),
                roles: roles.iter().map(|&role| role.to_owned()).collect(),
                role_names: " ".to_owned(),
                import_members: import_members.to_string(),
                ..ImportForm::default()
            },
            Validation::default(),
        )
    }

    fn fields(what: &str, chosen: &[String], roles: &[&str], import_members: bool) -> Vec<String> {
        match read(what, chosen, roles, import_members) {
            Err(Error::Invalid(fields)) => fields.into_iter().map(|field| field.field).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn users_need_a_role_and_groups_only_when_members_come() {
        assert_eq!(fields("users", &users(1), &[], false), ["roles"]);
        assert!(fields("users", &users(1), &["a"], false).is_empty());
        assert!(fields("groups", &group(), &[], false).is_empty());
        assert_eq!(fields("groups", &group(), &[], true), ["roles"]);
        let request = read("groups", &group(), &["a"], false).expect("valid");
        assert!(request.roles.is_empty(), "no user would get them");
    }

    #[test]
    fn an_empty_selection_and_one_that_is_too_large_are_reported() {
        assert_eq!(fields("users", &[], &["a"], false), ["chosen"]);
        assert_eq!(fields("users", &users(501), &["a"], false), ["chosen"]);
        assert_eq!(fields("users", &["x".to_owned()], &["a"], false), ["chosen"]);
        assert_eq!(
            fields("groups", &users(1), &[], false),
            ["chosen"],
            "a user is no group"
        );
    }

    #[test]
    fn roles_may_be_typed_by_their_names() {
        let request = ImportRequest::read(
            &ImportForm {
                what: "users".to_owned(),
                chosen: users(1),
                role_names: "a, b ,,a".to_owned(),
                import_members: "true".to_owned(),
                ..ImportForm::default()
            },
            Validation::default(),
        );
        let request = request.expect("valid");
        assert_eq!(request.roles, ["a", "b"].map(RoleName::from));
        assert!(!request.import_members, "users have no members");
    }

    #[test]
    fn no_call_has_more_than_a_portion_and_no_row_is_lost() {
        for count in [1, 49, 50, 51, 120] {
            let request = read("users", &users(count), &["a"], false).expect("valid");
            let sizes: Vec<_> = request.portions().map(|portion| portion.len()).collect();
            assert!(
                sizes.iter().all(|size| (1..=PORTION_SIZE).contains(size)),
                "{sizes:?}"
            );
            assert_eq!(sizes.iter().sum::<usize>(), count);
        }
    }

    #[test]
    fn a_request_survives_serialisation() {
        for (what, chosen) in [("users", users(2)), ("groups", group())] {
            let request = read(what, &chosen, &["a"], true).expect("valid");
            let json = serde_json::to_string(&request).expect("serialisable");
            let read: ImportRequest = serde_json::from_str(&json).expect("the same");
            assert_eq!(read, request);
        }
    }

    #[test]
    fn numbers_add_up_and_one_that_is_not_reported_is_not_known() {
        let answer = |total, failed_count| ImportOutcome {
            succeeded: true,
            total: Some(total),
            success_count: Some(total - 1),
            failed_count,
            ..ImportOutcome::default()
        };
        let mut counts = Counts::default();
        counts.add(50, answer(50, Some(1)));
        counts.add(10, answer(10, Some(1)));
        assert_eq!(
            (counts.sent, counts.total, counts.success, counts.failures()),
            (60, Some(60), Some(58), Some(2))
        );
        assert_eq!(counts.discrepancy(ObjectKind::Users), None);
        counts.add(2, answer(10, None));
        assert_eq!((counts.failed, counts.failures()), (None, Some(0)));
        assert_eq!(
            counts.discrepancy(ObjectKind::Users).as_deref(),
            Some("The cluster counted 70 for the 62 users that were sent.")
        );
    }

    #[test]
    fn an_answer_that_is_no_success_is_reported() {
        let mut counts = Counts::default();
        counts.add(
            1,
            ImportOutcome {
                message: Some("No.".to_owned()),
                ..ImportOutcome::default()
            },
        );
        assert!(!counts.succeeded);
        assert_eq!(
            (counts.messages.as_slice(), counts.success),
            (["No.".to_owned()].as_slice(), None)
        );
    }
}
