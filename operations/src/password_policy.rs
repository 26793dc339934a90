//! The cluster's password policy: its rules in words, changing it, and checking a password against it.

pub mod lint;
pub mod rules;

use std::collections::BTreeMap;

use gate::{Operation, OperationError};
use protegrity::PasswordPolicy;

use self::rules::{PolicyValues, compared, read, summary, values, weaker};
use crate::{Error, Services, baseline, read_back::Compared, refusal, validation::Validation};

/// The submitted form: the value of each rule by its field, the confirmations and the baseline.
pub type PolicyForm = BTreeMap<String, String>;

/// The confirmations that may be required: the field and its label.
pub const CONFIRMATIONS: &[(&str, &str)] = &[
    ("confirm_weaker", "I confirm that passwords may be weaker"),
    (
        "confirm_iterations",
        "I confirm that so few iterations are enough",
    ),
    ("confirm_impossible", "I confirm that a password can satisfy this"),
    ("confirm_overwrite", "Overwrite the newer changes"),
];

/// A policy that was written.
#[derive(Clone, Debug)]
pub struct Updated {
    /// The differences in sentences.
    pub detail: String,
    /// The values sent and those that the cluster has now; empty where they could not be read again.
    pub compared: Vec<Compared>,
}

/// Reads the policy.
pub async fn load(operation: &Operation) -> Result<PasswordPolicy, OperationError> {
    operation
        .read(|cluster| async move { cluster.password_policy().await })
        .await
}

/// Changes the policy, `PUT /passwordpolicy`: it is read, changed and sent as a whole, because whether the cluster
/// merges or replaces is not documented, and read again, because its answer may differ (rows 51, 52).
///
/// # Errors
/// At the fields, at the confirmations, or the cluster's error.
pub async fn update(services: &Services, operation: &Operation, form: &PolicyForm) -> Result<Updated, Error> {
    let _lock = services.locks.lock(("password_policy", String::new())).await;
    let before = values(&load(operation).await?);
    let after = check(form, &before)?;
    let policy = PasswordPolicy::from(after.clone());
    let set = services.set_password_policy(operation, &policy).await;
    set.map_err(|error| refusal::at_field(error, &refusal::password_policy()))?;
    Ok(match load(operation).await {
        Ok(now) => {
            let compared = compared(&after, &values(&now));
            Updated {
                detail: summary(&compared),
                compared,
            }
        }
        Err(error) => {
            tracing::warn!(%error, "a written password policy could not be read again");
            Updated {
                detail: "The result could not be read back from the cluster.".to_owned(),
                compared: Vec::new(),
            }
        }
    })
}

/// Identifies one state of the policy: a form is compared with the state that it showed.
pub fn fingerprint(values: &PolicyValues) -> String {
    let values: Vec<_> = values
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    baseline::fingerprint(&values)
}

/// The policy that the form describes, when it has no contradictions and every doubtful change is confirmed.
fn check(form: &PolicyForm, before: &PolicyValues) -> Result<PolicyValues, Error> {
    let is_fingerprint = |shown: &&String| shown.len() == baseline::FINGERPRINT_LENGTH;
    let shown = form.get("baseline").filter(is_fingerprint);
    let shown = shown.ok_or_else(baseline::missing)?;
    let mut validation = Validation::default();
    let after = read(form, before, &mut validation);
    let policy = PasswordPolicy::from(after.clone());
    if validation.is_empty() {
        lint::check(&policy, &mut validation);
    }
    if !validation.is_empty() {
        validation.finish()?;
        return Ok(after);
    }
    let mut confirm = |name: &str, message: Option<String>| {
        let is_confirmed = form.get(name).is_some_and(|ticked| ticked == "true");
        if let Some(message) = message.filter(|_| !is_confirmed) {
            validation.add(name, message);
        }
    };
    let weaker = weaker(before, &after);
    let weaker = (!weaker.is_empty()).then(|| format!("This requires less than now: {}.", weaker.join(", ")));
    confirm("confirm_weaker", weaker);
    let low = lint::has_new_low_iterations(&policy, before, &after).map(|advisable| {
        format!("These are few iterations for this algorithm: Keycloak's default is {advisable}.")
    });
    confirm("confirm_iterations", low);
    let impossible = (!lint::can_be_met(&policy)).then(|| {
        "The portal could not generate a password that satisfies this. If there is none, no account can be given one."
            .to_owned()
    });
    confirm("confirm_impossible", impossible);
    let overwritten = (*shown != fingerprint(before)).then(|| {
        "The policy was changed after this form was opened. Saving replaces those changes.".to_owned()
    });
    confirm("confirm_overwrite", overwritten);
    validation.finish()?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn before() -> PolicyValues {
        [
            ("length", Value::from(8)),
            ("hashAlgorithm", Value::String("pbkdf2-sha256".to_owned())),
            ("hashIterations", Value::from(27_500)),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into()
    }

    fn required(changes: &[(&str, &str)]) -> Vec<String> {
        let same = [
            ("length", "8"),
            ("hashAlgorithm", "pbkdf2-sha256"),
            ("hashIterations", "27500"),
        ];
        let shown = fingerprint(&before());
        let baseline = [("baseline", shown.as_str())];
        let form = same.iter().chain(&baseline).chain(changes);
        let form = form.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        match check(&form.collect(), &before()) {
            Err(Error::Invalid(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn doubtful_changes_are_confirmed() {
        assert_eq!(required(&[]), [""; 0], "unchanged values need no confirmation");
        assert_eq!(required(&[("length", "7")]), ["confirm_weaker"]);
        assert_eq!(required(&[("length", "7"), ("confirm_weaker", "true")]), [""; 0]);
        assert_eq!(required(&[("hashIterations", "30000")]), ["confirm_iterations"]);
        assert_eq!(required(&[("regexPattern", "[^\\s\\S]")]), ["confirm_impossible"]);
        let another = fingerprint(&PolicyValues::default());
        assert_eq!(
            required(&[("length", "9"), ("baseline", &another)]),
            ["confirm_overwrite"]
        );
        assert_eq!(required(&[("length", "9")]), [""; 0]);
    }

    #[test]
    fn wrong_values_are_reported_at_their_fields_before_anything_is_confirmed() {
        assert_eq!(
            required(&[("length", "x"), ("digits", "<script>")]),
            ["length", "digits"]
        );
        assert_eq!(required(&[("length", "7"), ("maxLength", "6")]), ["length"]);
        assert_eq!(
            required(&[("maxLength", "9"), ("digits", "5"), ("upperCase", "5")]),
            ["maxLength"]
        );
    }
}
