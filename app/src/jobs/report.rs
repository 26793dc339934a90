//! The words for a job and its rows, on the page, in the events and in the file.

use gate::Operation;
use operations::{
    Services,
    jobs::{self, Command, Counts, JobState, Row, RowState},
};
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::ui::Tone;

/// One row as a script reads it.
#[derive(Debug, Serialize)]
pub(super) struct RowEvent {
    index: usize,
    state: &'static str,
    label: &'static str,
    tone: &'static str,
    words: String,
}

impl RowEvent {
    pub fn new(command: &Command, index: usize, state: RowState, words: String) -> Self {
        Self {
            index,
            state: key(state),
            label: label(command, state),
            tone: tone(state).class(),
            words,
        }
    }
}

/// The progress of a job as a script reads it.
#[derive(Debug, Serialize)]
pub(super) struct CountEvent {
    value: usize,
    max: usize,
    text: String,
}

pub(super) fn count_event(command: &Command, counts: Counts) -> CountEvent {
    CountEvent {
        value: ended(counts),
        max: counts.total,
        text: sentence(command, counts),
    }
}

/// The rows that will not change any more.
pub(super) fn ended(counts: Counts) -> usize {
    counts.done + counts.failed + counts.unknown + counts.stopped
}

/// The outcome of a row, with the password that it made where this session may see it.
pub(super) async fn outcome(services: &Services, operation: &Operation, row: &Row) -> String {
    let Some(name) = &row.secret else {
        return row.text.to_string();
    };
    let secret = jobs::secret(services, operation, name).await.ok().flatten();
    match secret {
        Some(password) => format!("{} Temporary password: {}", row.text, password.expose_secret()),
        None => format!(
            "{} The temporary password is not kept any more: reset the password on the user's page.",
            row.text
        ),
    }
}

/// A state as the style sheet names it.
pub(super) const fn key(state: RowState) -> &'static str {
    match state {
        RowState::Waiting => "waiting",
        RowState::Running => "running",
        RowState::Done => "done",
        RowState::Failed => "failed",
        RowState::Unknown => "unknown",
        RowState::Stopped => "stopped",
    }
}

pub(super) const fn tone(state: RowState) -> Tone {
    match state {
        RowState::Done => Tone::Good,
        RowState::Failed => Tone::Bad,
        RowState::Unknown | RowState::Stopped => Tone::Warning,
        RowState::Waiting | RowState::Running => Tone::Neutral,
    }
}

pub(super) fn label(command: &Command, state: RowState) -> &'static str {
    match state {
        RowState::Done if command.is_dry_run() => "Ready",
        RowState::Failed if command.is_dry_run() && matches!(command, Command::ImportPolicy(_)) => "Left out",
        RowState::Waiting => "Waiting",
        RowState::Running => "Under way",
        RowState::Done => "Done",
        RowState::Failed => "Failed",
        RowState::Unknown => "Unknown",
        RowState::Stopped => "Not tried",
    }
}

/// The progress of a job in one sentence.
pub(crate) fn sentence(command: &Command, counts: Counts) -> String {
    let failed = label(command, RowState::Failed).to_lowercase();
    let parts = [
        (counts.done, command.done_word()),
        (counts.failed, failed.as_str()),
        (counts.unknown, "unknown"),
        (counts.stopped, "not tried"),
        (counts.left_out, "not in this run"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, state)| format!(", {count} {state}")).collect();
    let words = format!("{} of {}{}", ended(counts), counts.total, parts.concat());
    match counts.state {
        JobState::Running if counts.is_paused => {
            format!("{words}. Paused: the cluster asks to wait. It goes on by itself.")
        }
        JobState::AwaitingApproval => "Waits for the approval of another officer.".to_owned(),
        JobState::Running => words,
        JobState::Stopping => format!("{words}. Stopping: what is under way is finished."),
        JobState::Interrupted => format!("{words}. Interrupted."),
        JobState::Done | JobState::Stopped => format!("{words}. Finished."),
    }
}

#[cfg(test)]
mod tests {
    use operations::jobs::{BulkChange, BulkUsers, ImportUsers};

    use super::*;

    const RUNNING: Counts = Counts {
        done: 3,
        failed: 1,
        unknown: 0,
        stopped: 0,
        total: 9,
        left_out: 0,
        is_paused: false,
        state: JobState::Running,
    };

    fn import(dry_run: bool) -> Command {
        let users = Vec::new();
        Command::ImportUsers(ImportUsers { users, dry_run })
    }

    #[test]
    fn the_sentence_counts_the_outcomes_of_the_rows() {
        let lock = Command::BulkUsers(BulkUsers {
            change: BulkChange::Lock,
            users: Vec::new(),
        });
        assert_eq!(sentence(&lock, RUNNING), "4 of 9, 3 done, 1 failed");
        let over = Counts {
            unknown: 2,
            stopped: 3,
            state: JobState::Stopped,
            ..RUNNING
        };
        assert_eq!(
            sentence(&lock, over),
            "9 of 9, 3 done, 1 failed, 2 unknown, 3 not tried. Finished."
        );
        let paused = Counts {
            is_paused: true,
            ..RUNNING
        };
        assert_eq!(
            sentence(&lock, paused),
            "4 of 9, 3 done, 1 failed. Paused: the cluster asks to wait. It goes on by itself."
        );
    }

    #[test]
    fn the_rows_that_a_dry_run_refused_stay_in_sight() {
        let dry_run = Counts {
            done: 28,
            failed: 2,
            total: 30,
            state: JobState::Done,
            ..RUNNING
        };
        assert_eq!(
            sentence(&import(true), dry_run),
            "30 of 30, 28 ready, 2 failed. Finished."
        );
        let creation = Counts {
            failed: 0,
            total: 28,
            left_out: 2,
            ..dry_run
        };
        assert_eq!(
            sentence(&import(false), creation),
            "28 of 28, 28 created, 2 not in this run. Finished."
        );
        assert_eq!(label(&import(true), RowState::Done), "Ready");
        assert_eq!(label(&import(false), RowState::Done), "Done");
    }
}
