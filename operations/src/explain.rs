//! Errors in words for the person, as a page and the row of a job show them.

use std::time::Duration;

use gate::{GateError, OperationError, Rule};
use protegrity::ErrorKind;

use crate::Error;

/// An error in words for the person. It never holds a secret or an upstream address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What happened, in one sentence.
    pub title: String,
    /// What can be done about it, or what the system said.
    pub detail: String,
}

impl Explanation {
    fn new(title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            detail: detail.into(),
        }
    }

    /// The failure of an operation.
    #[must_use]
    pub fn of(error: &OperationError) -> Self {
        let Rule { wording, changes, .. } = error.action.rule();
        match &error.error {
            GateError::NotSignedIn => Self::new("Your session has ended.", "Sign in to go on."),
            GateError::SignInAgain => Self::new(
                "The cluster requires your password again.",
                "Its session has ended. Sign in again and go on where you were.",
            ),
            GateError::NotConnected => Self::new(
                "You are not connected with Proofpoint.",
                "Connect with an administrator's account there, and try again.",
            ),
            GateError::Forbidden { permission, roles } => Self::new(
                format!("You may not {wording}."),
                missing_permission(permission.name, roles),
            ),
            GateError::Upstream(upstream) if changes && error.error.is_unknown_outcome() => {
                of_unknown(wording, upstream)
            }
            GateError::TooManySignIns { retry_after } => Self::new(
                "Too many sign-ins were tried.",
                format!("Wait {}, then try again.", in_words(*retry_after)),
            ),
            GateError::Upstream(error) => of_upstream(wording, error),
            GateError::Audit(_) => Self::new(
                "The audit log could not be written.",
                "Nothing was changed. Contact the administrator of the portal.",
            ),
            GateError::Store(_) => Self::new(
                format!("The portal could not {wording}."),
                "Try again. If it happens again, report the request id.",
            ),
        }
    }
}

impl Error {
    /// The error as one line of a table: what a page would show above the form and at its fields.
    #[must_use]
    pub fn in_one_line(&self) -> String {
        match self {
            Self::Operation(error) => {
                let Explanation { title, detail } = Explanation::of(error);
                format!("{title} {detail}")
            }
            Self::Refused { title, detail } => format!("{title} {detail}"),
            Self::Invalid(_) | Self::NotFound(_) => self.to_string(),
        }
    }
}

/// How sentences name a system.
struct Words {
    /// At the beginning.
    subject: &'static str,
    /// Within.
    object: &'static str,
    /// Who can mend it.
    administrator: &'static str,
}

impl Words {
    fn of(error: &protegrity::Error) -> Self {
        if error.system() == proofpoint::SYSTEM {
            Self {
                subject: "Proofpoint",
                object: "Proofpoint",
                administrator: "Proofpoint's support",
            }
        } else {
            Self {
                subject: "The cluster",
                object: "the cluster",
                administrator: "your cluster administrator",
            }
        }
    }
}

/// A write that was sent and whose answer did not come.
fn of_unknown(wording: &str, error: &protegrity::Error) -> Explanation {
    let system = Words::of(error).object;
    let why = match error.kind() {
        ErrorKind::Timeout => format!("{system} did not answer in time"),
        ErrorKind::Unreachable => format!("the connection broke before {system} answered"),
        ErrorKind::Unreadable => "the answer cannot be read".to_owned(),
        _ => format!("a gateway answered in place of {system}"),
    };
    Explanation::new(
        "The outcome is not known.",
        format!(
            "The request to {wording} was sent, but {why}. It may have taken effect: check before you try again."
        ),
    )
}

/// The system's failure, in its own words where it gave some.
fn of_upstream(wording: &str, error: &protegrity::Error) -> Explanation {
    let Words {
        subject,
        object,
        administrator,
    } = Words::of(error);
    let contact = format!("Try again in a moment. If it goes on, contact {administrator}.");
    let said = |otherwise: &str| match error.upstream_message() {
        Some(words) => format!("{subject} said: {words}"),
        None => otherwise.to_owned(),
    };
    match error.kind() {
        ErrorKind::Unreachable => Explanation::new(format!("{subject} could not be reached."), contact),
        ErrorKind::Timeout => Explanation::new(format!("{subject} did not answer in time."), contact),
        ErrorKind::TooManyRequests => Explanation::new(
            format!("{subject} asks for fewer requests."),
            match error.retry_after().map(|pause| pause.as_secs().max(1)) {
                Some(1) => "Try again in a second.".to_owned(),
                Some(seconds) => format!("Try again in {seconds} seconds."),
                None => "Try again in a moment.".to_owned(),
            },
        ),
        ErrorKind::Forbidden => Explanation::new(
            format!("{subject} did not let you {wording}."),
            said("It answered 403: a permission is missing."),
        ),
        ErrorKind::NotFound => Explanation::new(
            "Not found.",
            said("It may have been deleted, or the address may be wrong."),
        ),
        ErrorKind::Conflict => Explanation::new(
            format!("Could not {wording}."),
            said("It conflicts with an existing object."),
        ),
        ErrorKind::Rejected => Explanation::new(
            format!("Could not {wording}."),
            said(&format!("{subject} gave no reason.")),
        ),
        ErrorKind::UntrustedHost => Explanation::new(
            format!("{subject} named a host that this portal does not trust."),
            "Nothing was sent to it. The administrator of the portal finds its name in the log.",
        ),
        _ => Explanation::new(format!("Could not {wording}: {object} failed."), said(&contact)),
    }
}

/// A time to wait, rounded up.
fn in_words(wait: Duration) -> String {
    let seconds = wait.as_millis().div_ceil(1000);
    match (seconds, seconds.div_ceil(60)) {
        (0 | 1, _) => "a second".to_owned(),
        (2..100, _) => format!("{seconds} seconds"),
        (_, minutes) => format!("{minutes} minutes"),
    }
}

/// Which permission is missing, and the roles that give it, in one sentence.
#[must_use]
pub fn missing_permission<R: ToString>(permission: &str, roles: &[R]) -> String {
    let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
    match roles.as_slice() {
        [] if gate::proofpoint_permissions::KNOWN.contains(&permission) => format!(
            "Needs the permission {permission}, which follows from the type of the account at Proofpoint that you are \
             connected with."
        ),
        [] => format!("Needs the permission {permission}."),
        [role] => format!("Needs the permission {permission}, which the role {role} gives."),
        [roles @ .., last] => {
            format!(
                "Needs the permission {permission}, which the roles {} and {last} give.",
                roles.join(", ")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up() {
        let check =
            |millis: u64, expected: &str| assert_eq!(in_words(Duration::from_millis(millis)), expected);
        check(1, "a second");
        check(1_001, "2 seconds");
        check(99_000, "99 seconds");
        check(100_000, "2 minutes");
        check(900_000, "15 minutes");
    }

    #[test]
    fn the_reason_names_the_permission_and_the_roles() {
        let check = |roles: &[&str], expected: &str| {
            assert_eq!(missing_permission("user_manager_admin", roles), expected);
        };
        check(&[], "Needs the permission user_manager_admin.");
        check(
            &["a"],
            "Needs the permission user_manager_admin, which the role a gives.",
        );
        check(
            &["a", "b"],
            "Needs the permission user_manager_admin, which the roles a and b give.",
        );
        check(
            &["a", "b", "c"],
            "Needs the permission user_manager_admin, which the roles a, b and c give.",
        );
    }

    /// Every wording stands behind "You may not" and "Could not", and before a full stop.
    #[test]
    fn every_action_reads_well_in_every_sentence_about_it() {
        for action in gate::Action::ALL {
            let wording = action.rule().wording;
            let of = |error| {
                let request_id = "1".to_owned();
                Explanation::of(&OperationError {
                    action: *action,
                    request_id,
                    error,
                })
            };
            let store = of(GateError::Store(String::new()));
            assert_eq!(store.title, format!("The portal could not {wording}."));
            assert!(wording.starts_with(char::is_lowercase), "{wording}");
            assert!(
                !wording.ends_with(['.', ' ']) && !wording.contains("  "),
                "{wording}"
            );
        }
    }

    #[test]
    fn a_row_of_a_job_shows_the_messages_of_all_fields() {
        let mut validation = crate::validation::Validation::default();
        validation.add("a", "One.");
        validation.add("b", "Two.");
        let error = validation.finish().expect_err("two problems");
        assert_eq!(error.in_one_line(), "One. Two.");
        assert_eq!(
            Error::refused("Title.", "Detail.").in_one_line(),
            "Title. Detail."
        );
        assert_eq!(Error::NotFound("Gone.".to_owned()).in_one_line(), "Gone.");
    }
}
