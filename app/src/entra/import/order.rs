//! What is to be imported, and what the cluster counts of it.

use protegrity::{Alias, EntraGroupImport, EntraUserImport, ImportOutcome, RoleName};

use super::{
    super::chosen::{Item, What, read_all},
    there::There,
};
use crate::{form::Faults, ui::counted};

/// The most rows that one import takes, so that its form stays below what the portal reads.
pub(super) const MOST_CHOSEN: usize = 500;

/// The most rows that are sent to the cluster in one call.
pub(super) const PORTION: usize = 50;

/// The most roles or identity providers.
const MOST_NAMES: usize = 100;

/// What is to be imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    pub what: What,
    /// None twice.
    pub items: Vec<Item>,
    /// The roles of the users, or of the groups' members.
    pub roles: Vec<RoleName>,
    /// SAML providers, by alias (notes, row 21).
    pub providers: Vec<Alias>,
    /// Whether the groups' members become users.
    pub import_members: bool,
}

/// The form of an order, as it was sent.
pub(super) struct Sent<'a> {
    pub what: &'a str,
    pub chosen: &'a [String],
    pub roles: &'a [String],
    /// Roles by their names, for somebody who may not read the list of them.
    pub role_names: &'a str,
    pub providers: &'a [String],
    pub import_members: bool,
}

/// One call's share of an order.
pub(super) enum Rows {
    Users(Vec<EntraUserImport>),
    Groups(Vec<EntraGroupImport>),
}

/// An order that was tried.
#[derive(Clone, Debug, Default)]
pub(in crate::entra) struct Plan {
    pub(super) order: Order,
    /// What the cluster counted in the dry run.
    pub(super) tally: Tally,
    /// Who was there already.
    pub(super) there: There,
}

impl Plan {
    /// Whether the cluster tried it at all. How many of the rows passed is for the person to judge.
    pub(in crate::entra) fn is_importable(&self) -> bool {
        self.tally.succeeded
    }

    #[cfg(test)]
    pub(in crate::entra) fn refuse(&mut self) {
        self.tally.succeeded = false;
    }
}

/// Reads the form; what is the matter with it goes to `faults`.
pub(super) fn read(sent: &Sent<'_>, faults: &mut Faults) -> Order {
    let what = What::named(sent.what).unwrap_or_default();
    let (items, is_broken) = read_all(what, sent.chosen);
    let (one, many) = what.noun();
    if is_broken {
        faults.add(
            "chosen",
            "Some of these were changed on their way. Search for them again.",
        );
    } else if items.is_empty() {
        faults.add("chosen", format!("Choose at least one {one}."));
    } else if items.len() > MOST_CHOSEN {
        faults.add(
            "chosen",
            format!("These are more than {MOST_CHOSEN} {many}. Import them in several turns."),
        );
    }
    let import_members = what == What::Groups && sent.import_members;
    // Only users get roles: those that are imported, or the members of the groups.
    let roles = if what == What::Users || import_members {
        roles(sent, faults)
    } else {
        Vec::new()
    };
    let providers = faults.names("identity_providers", sent.providers, MOST_NAMES);
    Order {
        what,
        items,
        roles,
        providers: providers.into_iter().map(Alias::from).collect(),
        import_members,
    }
}

/// "All users must be associated with a role" (reference, section 7), though the field may be empty.
fn roles(sent: &Sent<'_>, faults: &mut Faults) -> Vec<RoleName> {
    let typed = sent.role_names.split(',').map(ToOwned::to_owned);
    let names: Vec<String> = sent.roles.iter().cloned().chain(typed).collect();
    let names = faults.names("roles", &names, MOST_NAMES);
    faults.unless(
        !names.is_empty(),
        "roles",
        "Choose at least one role: every user must have one.",
    );
    names.into_iter().map(RoleName::from).collect()
}

impl Order {
    /// How many there are, in words: `12 users`.
    pub(super) fn counted(&self) -> String {
        counted(self.items.len(), self.what.noun())
    }

    /// The calls that it takes, in order.
    pub(super) fn portions(&self) -> impl Iterator<Item = Rows> {
        self.items.chunks(PORTION).map(|items| self.rows(items))
    }

    fn rows(&self, items: &[Item]) -> Rows {
        match self.what {
            What::Users => Rows::Users(items.iter().filter_map(|item| self.user(item)).collect()),
            What::Groups => Rows::Groups(items.iter().filter_map(|item| self.group(item)).collect()),
        }
    }

    fn user(&self, item: &Item) -> Option<EntraUserImport> {
        let Item::User(user) = item else { return None };
        Some(EntraUserImport {
            user: user.clone(),
            roles: self.roles.clone(),
            identity_providers: self.providers.clone(),
        })
    }

    fn group(&self, item: &Item) -> Option<EntraGroupImport> {
        let Item::Group(group) = item else { return None };
        Some(EntraGroupImport {
            id: group.id.clone(),
            display_name: group.display_name.clone().unwrap_or_default(),
            description: group.description.clone(),
            import_members: self.import_members,
            member_roles: self.roles.clone(),
            identity_providers: self.providers.clone(),
        })
    }
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Users(rows) => rows.len(),
            Self::Groups(rows) => rows.len(),
        }
    }

    /// How many there are, in words.
    pub(super) fn counted(&self) -> String {
        let what = match self {
            Self::Users(_) => What::Users,
            Self::Groups(_) => What::Groups,
        };
        counted(self.len(), what.noun())
    }
}

/// What the cluster counted, summed over the calls. A number that one of the answers did not tell is not
/// known of the sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// The rows that were sent in the calls that were answered.
    pub sent: usize,
    pub total: Option<i64>,
    pub success: Option<i64>,
    pub failed: Option<i64>,
    pub members: Option<i64>,
    /// Whether every answer called itself a success.
    pub succeeded: bool,
    /// What the answers that did not said.
    pub messages: Vec<String>,
}

impl Default for Tally {
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

impl Tally {
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

    /// How many rows the cluster did not count as successes, as far as it told.
    pub(super) fn failures(&self) -> Option<u64> {
        let sent = i64::try_from(self.sent).unwrap_or(i64::MAX);
        let failed = self
            .failed
            .or_else(|| self.success.map(|success| sent.saturating_sub(success).max(0)));
        failed.and_then(|failed| u64::try_from(failed).ok())
    }

    /// What is the matter with the numbers themselves (notes, row 61).
    pub(super) fn oddity(&self, what: What) -> Option<String> {
        let total = self
            .total
            .filter(|total| usize::try_from(*total).ok() != Some(self.sent))?;
        let sent = counted(self.sent, what.noun());
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
        (0..count).map(|at| Item::User(user(at)).value()).collect()
    }

    fn group() -> Vec<String> {
        let group = EntraGroup {
            id: "7".to_owned(),
            display_name: Some("Pilot".to_owned()),
            description: None,
        };
        vec![Item::Group(group).value()]
    }

    fn check(what: &str, chosen: &[String], roles: &[&str], import_members: bool) -> (Order, Vec<String>) {
        let mut faults = Faults::default();
        let roles: Vec<_> = roles.iter().map(|&role| role.to_owned()).collect();
        let sent = Sent {
            what,
            chosen,
            roles: &roles,
            role_names: " ",
            providers: &[],
            import_members,
        };
        let order = read(&sent, &mut faults);
        let fields = faults
            .finish()
            .err()
            .map(|error| error.fields)
            .unwrap_or_default();
        (order, fields.into_iter().map(|field| field.field).collect())
    }

    #[test]
    fn users_need_a_role_and_groups_only_when_members_come() {
        assert_eq!(check("users", &users(1), &[], false).1, ["roles"]);
        assert!(check("users", &users(1), &["a"], false).1.is_empty());
        assert!(check("groups", &group(), &[], false).1.is_empty());
        assert_eq!(check("groups", &group(), &[], true).1, ["roles"]);
        let (order, _) = check("groups", &group(), &["a"], false);
        assert!(order.roles.is_empty(), "nobody would get them");
    }

    #[test]
    fn nothing_chosen_and_too_many_are_told() {
        assert_eq!(check("users", &[], &["a"], false).1, ["chosen"]);
        assert_eq!(check("users", &users(501), &["a"], false).1, ["chosen"]);
        assert_eq!(check("users", &["x".to_owned()], &["a"], false).1, ["chosen"]);
        assert_eq!(
            check("groups", &users(1), &[], false).1,
            ["chosen"],
            "a user is no group"
        );
    }

    #[test]
    fn roles_may_be_typed_by_their_names() {
        let mut faults = Faults::default();
        let chosen = users(1);
        let sent = Sent {
            what: "users",
            chosen: &chosen,
            roles: &[],
            role_names: "a, b ,,a",
            providers: &[],
            import_members: true,
        };
        let order = read(&sent, &mut faults);
        assert!(faults.is_empty());
        assert_eq!(order.roles, ["a", "b"].map(RoleName::from));
        assert!(!order.import_members, "users have no members");
    }

    #[test]
    fn no_call_has_more_than_a_portion_and_nobody_is_lost() {
        for count in [1, 49, 50, 51, 120] {
            let (order, _) = check("users", &users(count), &["a"], false);
            let sizes: Vec<_> = order.portions().map(|rows| rows.len()).collect();
            assert!(sizes.iter().all(|size| (1..=PORTION).contains(size)), "{sizes:?}");
            assert_eq!(sizes.iter().sum::<usize>(), count);
        }
    }

    #[test]
    fn numbers_add_up_and_one_that_is_not_told_is_not_known() {
        let answer = |total, failed_count| ImportOutcome {
            succeeded: true,
            total: Some(total),
            success_count: Some(total - 1),
            failed_count,
            ..ImportOutcome::default()
        };
        let mut tally = Tally::default();
        tally.add(50, answer(50, Some(1)));
        tally.add(10, answer(10, Some(1)));
        assert_eq!(
            (tally.sent, tally.total, tally.success, tally.failures()),
            (60, Some(60), Some(58), Some(2))
        );
        assert_eq!(tally.oddity(What::Users), None);
        tally.add(2, answer(10, None));
        assert_eq!((tally.failed, tally.failures()), (None, Some(0)));
        assert_eq!(
            tally.oddity(What::Users).as_deref(),
            Some("The cluster counted 70 for the 62 users that were sent.")
        );
    }

    #[test]
    fn an_answer_that_is_no_success_is_told() {
        let mut tally = Tally::default();
        tally.add(
            1,
            ImportOutcome {
                message: Some("No.".to_owned()),
                ..ImportOutcome::default()
            },
        );
        assert!(!tally.succeeded);
        assert_eq!(
            (tally.messages.as_slice(), tally.success),
            (["No.".to_owned()].as_slice(), None)
        );
    }
}
