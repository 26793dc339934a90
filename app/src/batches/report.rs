//! What a batch says of itself to a script and to a file.

use gate::{Phase, Progress, RowReport, RowState, Tally};
use serde::Serialize;

use crate::ui::{Tone, csv_of};

/// One row as a script reads it.
#[derive(Debug, Serialize)]
pub struct RowEvent {
    index: usize,
    state: &'static str,
    label: &'static str,
    tone: &'static str,
    words: String,
}

impl RowEvent {
    /// The row at this place.
    pub fn new(index: usize, row: RowReport) -> Self {
        let (state, label, tone) = (key(row.state), label(row.state), tone(row.state).class());
        Self {
            index,
            state,
            label,
            tone,
            words: row.words,
        }
    }
}

/// How far a batch is, as a script reads it.
#[derive(Debug, Serialize)]
pub struct CountEvent {
    value: usize,
    max: usize,
    text: String,
}

/// How far the batch is.
pub fn count_event(tally: Tally) -> CountEvent {
    CountEvent {
        value: tally.done + tally.failed + tally.stopped,
        max: tally.total,
        text: sentence(tally),
    }
}

/// A state in the words of a style sheet.
pub(super) const fn key(state: RowState) -> &'static str {
    match state {
        RowState::Waiting => "waiting",
        RowState::Running => "running",
        RowState::Done => "done",
        RowState::Failed => "failed",
        RowState::Stopped => "stopped",
    }
}

/// A state in a colour.
pub(super) const fn tone(state: RowState) -> Tone {
    match state {
        RowState::Done => Tone::Good,
        RowState::Failed => Tone::Bad,
        RowState::Stopped => Tone::Warning,
        RowState::Waiting | RowState::Running => Tone::Neutral,
    }
}

/// A state in words for a person.
pub(super) const fn label(state: RowState) -> &'static str {
    match state {
        RowState::Waiting => "Waiting",
        RowState::Running => "Under way",
        RowState::Done => "Done",
        RowState::Failed => "Failed",
        RowState::Stopped => "Not tried",
    }
}

/// How far it is in one sentence.
pub(super) fn sentence(tally: Tally) -> String {
    let Tally {
        done,
        failed,
        stopped,
        total,
        phase,
    } = tally;
    let counts = [(done, "done"), (failed, "failed"), (stopped, "not tried")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, what)| format!(", {count} {what}")).collect();
    let words = format!("{} of {total}{}", done + failed + stopped, counts.concat());
    match phase {
        Phase::Running => words,
        Phase::Stopping => format!("{words}. Stopping: what is under way is finished."),
        Phase::Finished => format!("{words}. Finished."),
    }
}

/// All of it as a file.
pub fn result_csv(progress: Progress) -> String {
    let heads = ["Row", "Name", "Outcome", "What happened"]
        .map(str::to_owned)
        .to_vec();
    let rows = progress.rows.into_iter().enumerate().map(|(at, row)| {
        vec![
            (at + 1).to_string(),
            row.name,
            label(row.state).to_owned(),
            row.words,
        ]
    });
    csv_of(heads, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_counts_what_became_of_the_rows() {
        let tally = Tally {
            done: 3,
            failed: 1,
            stopped: 0,
            total: 9,
            phase: Phase::Running,
        };
        assert_eq!(sentence(tally), "4 of 9, 3 done, 1 failed");
        let tally = Tally {
            stopped: 5,
            phase: Phase::Finished,
            ..tally
        };
        assert_eq!(
            sentence(tally),
            "9 of 9, 3 done, 1 failed, 5 not tried. Finished."
        );
    }
}
