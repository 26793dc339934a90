//! The words for a job and its rows, on the page, in the events and in the file.

use gate::Operation;
use operations::{
    Services,
    jobs::{self, Counts, JobState, Row, RowState},
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
    pub fn new(index: usize, state: RowState, words: String) -> Self {
        Self {
            index,
            state: key(state),
            label: label(state),
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

pub(super) fn count_event(counts: Counts) -> CountEvent {
    CountEvent {
        value: ended(counts),
        max: counts.total,
        text: sentence(counts),
    }
}

/// The rows that will not change any more.
pub(super) fn ended(counts: Counts) -> usize {
    counts.done + counts.failed + counts.stopped
}

/// The outcome of a row, with the password that it made where this session may see it.
pub(super) async fn outcome(services: &Services, operation: &Operation, row: &Row) -> String {
    let Some(name) = &row.secret else {
        return row.text.clone();
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
        RowState::Stopped => "stopped",
    }
}

pub(super) const fn tone(state: RowState) -> Tone {
    match state {
        RowState::Done => Tone::Good,
        RowState::Failed => Tone::Bad,
        RowState::Stopped => Tone::Warning,
        RowState::Waiting | RowState::Running => Tone::Neutral,
    }
}

pub(super) const fn label(state: RowState) -> &'static str {
    match state {
        RowState::Waiting => "Waiting",
        RowState::Running => "Under way",
        RowState::Done => "Done",
        RowState::Failed => "Failed",
        RowState::Stopped => "Not tried",
    }
}

/// The progress of a job in one sentence.
pub(super) fn sentence(counts: Counts) -> String {
    let parts = [
        (counts.done, "done"),
        (counts.failed, "failed"),
        (counts.stopped, "not tried"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, state)| format!(", {count} {state}")).collect();
    let words = format!("{} of {}{}", ended(counts), counts.total, parts.concat());
    match counts.state {
        JobState::Running => words,
        JobState::Stopping => format!("{words}. Stopping: what is under way is finished."),
        JobState::Done | JobState::Stopped | JobState::Interrupted => format!("{words}. Finished."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_counts_the_outcomes_of_the_rows() {
        let counts = Counts {
            done: 3,
            failed: 1,
            stopped: 0,
            total: 9,
            state: JobState::Running,
        };
        assert_eq!(sentence(counts), "4 of 9, 3 done, 1 failed");
        let counts = Counts {
            stopped: 5,
            state: JobState::Stopped,
            ..counts
        };
        assert_eq!(
            sentence(counts),
            "9 of 9, 3 done, 1 failed, 5 not tried. Finished."
        );
    }
}
