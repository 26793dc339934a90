//! Checks a policy: contradictions, rules that no password satisfies, and remarks.

use protegrity::PasswordPolicy;

use super::rules::{ALGORITHMS, PolicyValues};
use crate::{
    passwords::{self, PasswordSubject, Violation},
    validation::Validation,
};

/// Reports contradictions.
pub fn check(policy: &PasswordPolicy, validation: &mut Validation) {
    let Some(most) = policy.max_length.filter(|most| *most > 0) else {
        return;
    };
    validation.require(
        policy.length.unwrap_or(0) <= most,
        "length",
        format!("This is more than the longest length, which is {most}."),
    );
    let asked = characters(policy);
    validation.require(
        asked <= most,
        "maxLength",
        format!("Digits, letters and special characters come to {asked} together, which is more than this."),
    );
}

/// Whether the portal can generate a password that satisfies the policy.
pub fn can_be_met(policy: &PasswordPolicy) -> bool {
    passwords::generate(Some(policy), PasswordSubject::default()).is_some()
}

/// How many characters the rules on kinds of characters require together.
fn characters(policy: &PasswordPolicy) -> i64 {
    let asked = [
        policy.digits,
        policy.lower_case,
        policy.upper_case,
        policy.special_chars,
    ];
    asked
        .into_iter()
        .flatten()
        .fold(0_i64, |sum, asked| sum.saturating_add(asked.max(0)))
}

/// Keycloak's default for the algorithm, where the policy has fewer iterations than that.
pub fn advisable_iterations(policy: &PasswordPolicy) -> Option<i64> {
    let name = policy.hash_algorithm.as_deref()?;
    let (_, default) = ALGORITHMS.iter().find(|(known, _)| *known == name)?;
    (policy.hash_iterations? < *default).then_some(*default)
}

/// Whether a change leaves too few iterations; unchanged values are not asked about again.
pub fn has_new_low_iterations(
    policy: &PasswordPolicy,
    before: &PolicyValues,
    after: &PolicyValues,
) -> Option<i64> {
    let changed = ["hashAlgorithm", "hashIterations"]
        .iter()
        .any(|key| before.get(*key) != after.get(*key));
    advisable_iterations(policy).filter(|_| changed)
}

/// Remarks about a policy without contradictions.
pub fn remarks(policy: &PasswordPolicy) -> Vec<String> {
    let mut remarks = Vec::new();
    let (asked, length) = (characters(policy), policy.length.unwrap_or(0));
    if asked > length {
        remarks.push(format!(
            "Digits, letters and special characters come to {asked} together, so no password is shorter than that, regardless of the shortest length."
        ));
    }
    let has_pattern = policy
        .regex_pattern
        .as_deref()
        .is_some_and(|pattern| !pattern.is_empty());
    if has_pattern && !passwords::rules(policy).contains(&Violation::Pattern) {
        remarks.push("The portal cannot read the pattern: only the cluster can check it.".to_owned());
    }
    if policy.not_contains_username == Some(true) && policy.not_username != Some(true) {
        remarks.push(
            "A password without the user name in it is not the user name either: “Not the user name” is in force as well."
                .to_owned(),
        );
    }
    if let (Some(advisable), Some(iterations), Some(name)) = (
        advisable_iterations(policy),
        policy.hash_iterations,
        policy.hash_algorithm.as_deref(),
    ) {
        let few = match iterations {
            1 => format!("1 iteration is too few for {name}"),
            _ => format!("{iterations} iterations are few for {name}"),
        };
        remarks.push(format!("{few}: Keycloak's default is {advisable}."));
    }
    if !can_be_met(policy) {
        remarks.push(
            "The portal could not generate a password that satisfies this policy. There may be none."
                .to_owned(),
        );
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faulty(policy: &PasswordPolicy) -> Vec<String> {
        let mut validation = Validation::default();
        check(policy, &mut validation);
        validation.fields().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let policy = PasswordPolicy {
            length: Some(20),
            max_length: Some(10),
            digits: Some(6),
            lower_case: Some(6),
            ..PasswordPolicy::default()
        };
        assert_eq!(faulty(&policy), ["length", "maxLength"]);
        let without_end = PasswordPolicy {
            max_length: Some(0),
            ..policy.clone()
        };
        assert_eq!(faulty(&without_end), [""; 0]);
        assert!(!can_be_met(&policy));
    }

    #[test]
    fn remarks_are_made_where_they_are_due() {
        let check = |policy: &PasswordPolicy, words: &str| {
            let remarks = remarks(policy);
            assert!(
                remarks.len() == 1 && remarks[0].contains(words),
                "{words}: {remarks:?}"
            );
        };
        let none = PasswordPolicy::default();
        assert_eq!(remarks(&none), [""; 0]);
        check(
            &PasswordPolicy {
                digits: Some(5),
                length: Some(4),
                ..none.clone()
            },
            "come to 5",
        );
        check(
            &PasswordPolicy {
                regex_pattern: Some("(".to_owned()),
                ..none.clone()
            },
            "cannot read",
        );
        check(
            &PasswordPolicy {
                not_contains_username: Some(true),
                ..none.clone()
            },
            "as well",
        );
        let low = PasswordPolicy {
            hash_algorithm: Some("pbkdf2-sha256".to_owned()),
            hash_iterations: Some(27_500),
            ..none.clone()
        };
        check(
            &low,
            "27500 iterations are few for pbkdf2-sha256: Keycloak's default is 600000.",
        );
        let one = PasswordPolicy {
            hash_iterations: Some(1),
            ..low.clone()
        };
        check(&one, "1 iteration is too few for pbkdf2-sha256:");
        let other = PasswordPolicy {
            hash_algorithm: Some("of-tomorrow".to_owned()),
            ..low
        };
        assert_eq!(remarks(&other), [""; 0]);
        check(
            &PasswordPolicy {
                regex_pattern: Some("[^\\s\\S]".to_owned()),
                ..none
            },
            "could not generate a password",
        );
    }
}
