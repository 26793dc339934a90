//! Seats, counts, renewal and trial.

use jiff::Timestamp;
use proofpoint::{Licensing, Organization, User, UserType};

use super::{Checked, Finding, FindingKind, RENEWAL_DAYS, Remedy, Severity, Unchecked, azure::days_until};
use crate::text::{counted, grouped};

/// The days before a renewal from which on it is urgent.
const URGENT_DAYS: i64 = 14;

const SEATS: (&str, &str) = ("seat", "seats");

/// How many of the users take a seat: active, billable, and no functional account. `None` where an answer leaves that
/// open for one of them.
fn seats_taken(users: &[&User]) -> Option<i64> {
    let mut taken = 0;
    for user in users {
        let is_functional = match &user.user_type {
            Some(user_type) => *user_type == UserType::FunctionalAccount,
            None => return None,
        };
        if user.is_active? && user.is_billable? && !is_functional {
            taken += 1;
        }
    }
    Some(taken)
}

/// About the numbers of an organisation. What another source has is `None` where it could not be read.
pub(super) fn check(
    organization: &Organization,
    users: Option<&[&User]>,
    licensing: Option<&Licensing>,
    now: Timestamp,
) -> Checked {
    let mut checked = Checked::default();
    let counted_users = users.and_then(seats_taken);
    let bought = organization.licenses.or(licensing.and_then(|read| read.licenses));
    let used = organization.active_users.or(counted_users);
    match (bought, used) {
        (Some(bought), Some(used)) => checked.findings.extend(of_seats(bought, used)),
        _ => checked.unchecked.push(Unchecked::unsaid(
            "Whether more seats are used than were bought",
            "Proofpoint's answer does not have both numbers.",
        )),
    }
    if let (Some(shown), Some(found)) = (organization.active_users, counted_users) {
        checked.findings.extend(of_counts(shown, found));
    }
    if let (Some(shown), Some(other)) = (organization.licenses, licensing.and_then(|read| read.licenses)) {
        checked.findings.extend(of_licences(shown, other));
    }
    match of_renewal(organization, now) {
        Ok(found) => checked.findings.extend(found),
        Err(unchecked) => checked.unchecked.push(unchecked),
    }
    let is_on_trial = organization
        .is_on_trial
        .or(licensing.and_then(|read| read.is_on_trial));
    if is_on_trial == Some(true) {
        checked.findings.push(Finding {
            value: organization.package.as_ref().map(ToString::to_string).unwrap_or_default(),
            why: "When the trial ends without a purchase, the features of the package end, and mail may no longer be \
                  filtered."
                .to_owned(),
            remedy: Remedy::Licensing,
            ..Finding::of_organization(Severity::Medium, FindingKind::Trial, "The package is on trial")
        });
    }
    checked
}

fn of_seats(bought: i64, used: i64) -> Option<Finding> {
    let over = usize::try_from(used.checked_sub(bought)?)
        .ok()
        .filter(|over| *over > 0)?;
    Some(Finding {
        value: format!("{} of {}", number(used), number(bought)),
        why: "Proofpoint bills what is above the contract, or refuses new users. Buy seats, or make mailboxes of no \
              person functional accounts, which take none."
            .to_owned(),
        remedy: Remedy::Licensing,
        ..Finding::of_organization(
            Severity::High,
            FindingKind::Seats,
            format!("{} used than were bought", counted(over, ("seat more is", "seats more are"))),
        )
    })
}

fn of_counts(shown: i64, found: i64) -> Option<Finding> {
    (shown != found).then(|| Finding {
        value: format!("{} and {}", number(shown), number(found)),
        why: "Bills follow Proofpoint's own count. It counts at intervals, so a difference that stays for more than \
              a day is a matter for its support."
            .to_owned(),
        remedy: Remedy::Users,
        ..Finding::of_organization(
            Severity::Low,
            FindingKind::Counts,
            "Proofpoint's count of used seats differs from the list of users",
        )
    })
}

fn of_licences(shown: i64, other: i64) -> Option<Finding> {
    (shown != other).then(|| Finding {
        value: format!("{} and {}", number(shown), number(other)),
        why: "Which of the two numbers is billed is not known. Proofpoint's support can tell.".to_owned(),
        remedy: Remedy::Licensing,
        ..Finding::of_organization(
            Severity::Low,
            FindingKind::Counts,
            "The organisation and its licences have different numbers of seats",
        )
    })
}

fn of_renewal(organization: &Organization, now: Timestamp) -> Result<Option<Finding>, Unchecked> {
    const WHAT: &str = "The renewal of the contract";
    let text = organization
        .renewal
        .as_ref()
        .ok_or_else(|| Unchecked::unsaid(WHAT, "Proofpoint's answer does not have it."))?;
    let left = days_until(text, now)
        .ok_or_else(|| Unchecked::unsaid(WHAT, "Proofpoint's answer has no date there that can be read."))?;
    if left > RENEWAL_DAYS {
        return Ok(None);
    }
    let severity = if left <= URGENT_DAYS {
        Severity::Medium
    } else {
        Severity::Low
    };
    let days = counted(usize::try_from(left).unwrap_or_default(), ("day", "days"));
    let what = match left {
        ..0 => "The date of the renewal has passed".to_owned(),
        0 => "The contract is renewed today".to_owned(),
        _ => format!("The contract is renewed in {days}"),
    };
    let seats = organization
        .licenses
        .and_then(|seats| usize::try_from(seats).ok())
        .map(|seats| format!(" {} are renewed.", counted(seats, SEATS)));
    Ok(Some(Finding {
        value: text.to_string(),
        why: format!(
            "Until then the number of seats and the package can be changed for the next term.{}",
            seats.unwrap_or_default()
        ),
        remedy: Remedy::Licensing,
        ..Finding::of_organization(severity, FindingKind::Renewal, what)
    }))
}

fn number(number: i64) -> String {
    u64::try_from(number).map_or_else(|_| number.to_string(), grouped)
}

#[cfg(test)]
mod tests {
    use proofpoint::DateText;
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-30T12:00:00Z".parse().expect("a moment")
    }

    fn organization(licenses: i64, active_users: i64, renewal: &str) -> Organization {
        Organization {
            licenses: Some(licenses),
            active_users: Some(active_users),
            renewal: Some(DateText::new(renewal)),
            ..Organization::default()
        }
    }

    #[track_caller]
    fn check_found(checked: &Checked, expected: &[(Severity, &str, &str)]) {
        let found: Vec<_> = checked
            .findings
            .iter()
            .map(|finding| (finding.severity, finding.what.as_str(), finding.value.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn seats_over_the_licence() {
        let of = |licenses, used| check(&organization(licenses, used, "2028/01/01"), None, None, now());
        check_found(&of(30, 30), &[]);
        check_found(
            &of(30, 31),
            &[(Severity::High, "1 seat more is used than were bought", "31 of 30")],
        );
        check_found(
            &of(1_000, 1_200),
            &[(
                Severity::High,
                "200 seats more are used than were bought",
                "1,200 of 1,000",
            )],
        );
        let unknown = check(&Organization::default(), None, None, now());
        assert_eq!((unknown.findings.len(), unknown.unchecked.len()), (0, 2));
    }

    #[test]
    fn counts_are_compared_where_both_are_known() {
        let user = |is_active, is_billable, user_type: &str| User {
            is_active: Some(is_active),
            is_billable: Some(is_billable),
            user_type: Some(UserType::from(user_type)),
            ..User::default()
        };
        let users = [
            user(true, true, "end_user"),
            user(true, true, "quarantine_reviewer"),
            user(false, true, "end_user"),
            user(true, false, "end_user"),
            user(true, true, "functional_account"),
        ];
        let mut users: Vec<_> = users.iter().collect();
        let differs = [(
            Severity::Low,
            "Proofpoint's count of used seats differs from the list of users",
            "3 and 2",
        )];
        let shown = organization(9, 3, "2028/01/01");
        check_found(&check(&shown, Some(&users), None, now()), &differs);
        check_found(
            &check(&organization(9, 2, "2028/01/01"), Some(&users), None, now()),
            &[],
        );
        let unclear = User::default();
        users.push(&unclear);
        check_found(&check(&shown, Some(&users), None, now()), &[]);
        let licensing = Licensing {
            licenses: Some(10),
            ..Licensing::default()
        };
        check_found(
            &check(&shown, None, Some(&licensing), now()),
            &[(
                Severity::Low,
                "The organisation and its licences have different numbers of seats",
                "9 and 10",
            )],
        );
    }

    #[test]
    fn a_renewal_is_announced_and_a_trial_is_said() {
        use Severity::{Low, Medium};
        let of = |renewal| check(&organization(9, 3, renewal), None, None, now());
        check_found(&of("2027/01/30"), &[]);
        check_found(
            &of("2027/01/29"),
            &[(Low, "The contract is renewed in 60 days", "2027/01/29")],
        );
        check_found(
            &of("2026-12-14"),
            &[(Medium, "The contract is renewed in 14 days", "2026-12-14")],
        );
        check_found(
            &of("2026/11/30"),
            &[(Medium, "The contract is renewed today", "2026/11/30")],
        );
        check_found(
            &of("2026/11/29"),
            &[(Medium, "The date of the renewal has passed", "2026/11/29")],
        );
        assert_eq!(of("in spring").unchecked.len(), 1);
        let trial = Organization {
            is_on_trial: Some(true),
            ..organization(9, 3, "2028/01/01")
        };
        check_found(
            &check(&trial, None, None, now()),
            &[(Medium, "The package is on trial", "")],
        );
    }

    proptest! {
        #[test]
        fn any_numbers_are_compared(bought in any::<i64>(), used in any::<i64>()) {
            let found = of_seats(bought, used).is_some();
            prop_assert!(!found || used > bought);
            prop_assert!(found || used <= bought || used.checked_sub(bought).is_none());
        }
    }
}
