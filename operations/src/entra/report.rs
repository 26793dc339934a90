//! The results of an import, row by row.

use serde::{Deserialize, Serialize};

use super::{
    matching::{ExistingMatches, Match},
    request::{Counts, ImportRequest},
    selection::{Candidate, ObjectKind},
};
use crate::{
    Error,
    jobs::{RowFailure, RowOutcome},
};

/// The result for one row: whether the cluster had it before the import, and has it afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It is new.
    Created,
    /// It existed before.
    Before,
    /// It does not exist.
    Missing,
    /// It exists; whether it did before could not be read.
    There,
    /// Whether it exists could not be read.
    Unknown,
}

impl Outcome {
    /// Of a row that existed before or not, and does now or not; `None` where that could not be read.
    fn of(before: Option<bool>, now: Option<bool>) -> Self {
        match (before, now) {
            (_, None) => Self::Unknown,
            (_, Some(false)) => Self::Missing,
            (Some(true), Some(true)) => Self::Before,
            (Some(false), Some(true)) => Self::Created,
            (None, Some(true)) => Self::There,
        }
    }

    /// The words on screen and in the file.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Before => "Already there before",
            Self::Missing => "Not found afterwards",
            Self::There => "There now",
            Self::Unknown => "Unknown",
        }
    }
}

/// A failure in words, with the request by which the log knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What happened.
    pub message: String,
    /// The request.
    pub request_id: Option<String>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused { title, detail } => Self {
                message: format!("{title} {detail}"),
                request_id: None,
            },
            Error::Operation(error) => Self {
                message: error.to_string(),
                request_id: Some(error.request_id),
            },
            error => Self {
                message: error.to_string(),
                request_id: None,
            },
        }
    }
}

/// One row of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    /// The row.
    pub candidate: Candidate,
    /// Its result.
    pub outcome: Outcome,
    /// The user or group of the cluster that it is now.
    pub found: Option<Match>,
}

/// The results of a dry run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    /// The cluster's numbers.
    pub counts: Counts,
    /// What the cluster had already; `None` where that could not be read.
    pub existing: Option<ExistingMatches>,
}

impl DryRun {
    /// The outcome of one row. When the cluster could not make the dry run, none can be imported; else how many passed
    /// is for the person to judge, because the cluster only counts.
    pub(super) fn outcome(&self, place: usize) -> Result<RowOutcome, RowFailure> {
        if !self.counts.succeeded {
            return Err(RowFailure::new("The cluster could not make the dry run."));
        }
        let existing = self.existing.as_ref().map(|existing| existing.get(place));
        Ok(RowOutcome::new(match existing {
            None => "Unknown".to_owned(),
            Some(Some(Some(found))) => format!("Already there: {}", found.name),
            Some(_) => "Not yet".to_owned(),
        }))
    }
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedPortion {
    /// The numbers of its first and last row, from 1.
    pub rows: (usize, usize),
    /// Why it failed.
    pub failure: Failure,
    /// Whether the call was sent and no answer came: it may have taken effect, or may still.
    #[serde(default)]
    pub is_unknown: bool,
}

/// The results of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The rows, in the order of the request.
    pub rows: Vec<ReportRow>,
    /// The cluster's numbers.
    pub counts: Counts,
    /// The calls that failed.
    pub failed: Vec<FailedPortion>,
    /// Why the cluster's users or groups could not be read afterwards.
    pub unread: Option<Failure>,
}

impl Report {
    /// Compares what the cluster had before with what it has now.
    pub(super) fn of(
        request: &ImportRequest,
        before: Option<&ExistingMatches>,
        counts: Counts,
        failed: Vec<FailedPortion>,
        now: Result<ExistingMatches, Error>,
    ) -> Self {
        let (now, unread) = match now {
            Ok(now) => (Some(now), None),
            Err(error) => (None, Some(error.into())),
        };
        let rows = request.candidates.iter().enumerate().map(|(at, candidate)| {
            let before = before.and_then(|before| before.get(at)).map(Option::is_some);
            let now = now.as_ref().and_then(|now| now.get(at));
            ReportRow {
                candidate: candidate.clone(),
                outcome: Outcome::of(before, now.map(Option::is_some)),
                found: now.cloned().flatten(),
            }
        });
        Self {
            rows: rows.collect(),
            counts,
            failed,
            unread,
        }
    }

    /// The outcome of one row.
    pub(crate) fn outcome(&self, place: usize) -> Result<RowOutcome, RowFailure> {
        let outcome = self.rows.get(place).map_or(Outcome::Unknown, |row| row.outcome);
        match outcome {
            Outcome::Created | Outcome::Before | Outcome::There => Ok(RowOutcome::new(outcome.words())),
            Outcome::Unknown => Err(RowFailure::unknown(outcome.words())),
            Outcome::Missing if self.is_unknown(place) => {
                Err(RowFailure::unknown("The cluster's answer did not come."))
            }
            Outcome::Missing => Err(RowFailure::new(outcome.words())),
        }
    }

    /// Whether the call with this row may still take effect.
    fn is_unknown(&self, place: usize) -> bool {
        let number = place + 1;
        let mut unknown = self.failed.iter().filter(|portion| portion.is_unknown);
        unknown.any(|portion| (portion.rows.0..=portion.rows.1).contains(&number))
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.rows.iter().filter(|row| row.outcome == outcome).count()
    }

    /// How many rows the cluster has now.
    fn existing(&self) -> usize {
        self.rows.len() - self.count(Outcome::Missing) - self.count(Outcome::Unknown)
    }

    /// Whether the cluster has every row now.
    pub fn is_complete(&self) -> bool {
        self.existing() == self.rows.len()
    }

    /// The results in one sentence.
    pub fn title(&self, kind: ObjectKind) -> String {
        let all = kind.counted(self.rows.len());
        match self.existing() {
            _ if self.unread.is_some() => format!("It is not known which of {all} are there now."),
            1 if self.is_complete() => format!("The {} is there now.", kind.noun().0),
            _ if self.is_complete() => format!("All {all} are there now."),
            1 => format!("1 of {all} is there now."),
            existing => format!("{existing} of {all} are there now."),
        }
    }

    /// Each result with its number of rows.
    pub fn summary(&self) -> String {
        let parts = [
            (Outcome::Created, "created"),
            (Outcome::There, "there now, and perhaps before"),
            (Outcome::Before, "already there before"),
            (Outcome::Missing, "not found afterwards"),
            (Outcome::Unknown, "unknown"),
        ];
        let parts = parts.map(|(outcome, words)| (self.count(outcome), words));
        let parts: Vec<_> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| format!("{count} {words}"))
            .collect();
        format!("{}.", parts.join(", "))
    }

    /// Where the cluster's own numbers disagree with what it has now (notes, row 61).
    pub fn discrepancies(&self, kind: ObjectKind) -> Vec<String> {
        let mut all: Vec<String> = self.counts.discrepancy(kind).into_iter().collect();
        let is_clear = self.failed.is_empty() && self.unread.is_none();
        if let Some(success) = self.counts.success.filter(|_| is_clear) {
            // Whether a row that existed before counts as a success is not documented.
            let least = self.count(Outcome::Created);
            let agrees =
                usize::try_from(success).is_ok_and(|success| (least..=self.existing()).contains(&success));
            if !agrees {
                all.push(format!(
                    "The cluster counted {success} as imported, which does not agree with what is there now: {}",
                    self.summary()
                ));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use protegrity::EntraUser;

    use super::*;

    const USERS: ObjectKind = ObjectKind::Users;

    fn found(name: &str) -> Match {
        Match {
            name: name.to_owned(),
            id: "7".to_owned(),
            members: None,
        }
    }

    fn counts(sent: usize, total: i64, success: i64) -> Counts {
        Counts {
            sent,
            total: Some(total),
            success: Some(success),
            ..Counts::default()
        }
    }

    fn report(
        before: Option<&ExistingMatches>,
        now: Result<ExistingMatches, Error>,
        counts: Counts,
    ) -> Report {
        let user = |name: &str| {
            Candidate::User(EntraUser {
                user_principal_name: Some(name.to_owned()),
                ..EntraUser::default()
            })
        };
        let request = ImportRequest {
            candidates: ["a", "b", "c"].map(user).into(),
            ..ImportRequest::default()
        };
        Report::of(&request, before, counts, Vec::new(), now)
    }

    #[test]
    fn a_result_compares_before_and_after() {
        let check = |before, now, expected| assert_eq!(Outcome::of(before, now), expected);
        check(Some(false), Some(true), Outcome::Created);
        check(Some(true), Some(true), Outcome::Before);
        check(Some(false), Some(false), Outcome::Missing);
        check(Some(true), Some(false), Outcome::Missing);
        check(None, Some(true), Outcome::There);
        check(None, Some(false), Outcome::Missing);
        check(Some(false), None, Outcome::Unknown);
    }

    #[test]
    fn numbers_that_agree_are_not_mentioned() {
        let before = Some(vec![None, Some(found("b")), None]);
        let now = || Ok(vec![Some(found("a")), Some(found("b")), None]);
        for success in [1, 2] {
            let report = report(before.as_ref(), now(), counts(3, 3, success));
            assert!(report.discrepancies(USERS).is_empty(), "{success}");
            assert_eq!(report.title(USERS), "2 of 3 users are there now.");
            assert_eq!(
                report.summary(),
                "1 created, 1 already there before, 1 not found afterwards."
            );
        }
        for success in [0, 3] {
            let report = report(before.as_ref(), now(), counts(3, 3, success));
            assert_eq!(report.discrepancies(USERS).len(), 1, "{success}");
        }
        let report = report(before.as_ref(), now(), counts(3, 10, 9));
        assert_eq!(report.discrepancies(USERS).len(), 2);
    }

    #[test]
    fn what_could_not_be_read_is_unknown() {
        let error = Error::refused(
            "You may not list users.",
            "Needs the permission user_manager_viewer.",
        );
        let blind = report(None, Err(error), counts(3, 3, 3));
        assert_eq!(blind.count(Outcome::Unknown), 3);
        assert!(!blind.is_complete() && blind.discrepancies(USERS).is_empty());
        assert_eq!(
            blind.title(USERS),
            "It is not known which of 3 users are there now."
        );
        let now = vec![Some(found("a")), Some(found("b")), Some(found("c"))];
        let seeing = report(None, Ok(now), counts(3, 3, 3));
        assert_eq!(seeing.count(Outcome::There), 3);
        assert!(seeing.is_complete());
        assert_eq!(seeing.title(USERS), "All 3 users are there now.");
        let now = vec![Some(found("a")), None, None];
        let one = report(None, Ok(now), counts(3, 3, 3));
        assert_eq!(one.title(USERS), "1 of 3 users is there now.");
    }
}
