//! Steps one after another: each says what it does, how long it took, whether it was already done, and why it failed.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// A quiet step says that it is still at work this often.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

pub enum Outcome {
    Done,
    /// Nothing was to do, with the reason.
    Already(String),
}

type Work = Box<dyn FnOnce(&Workspace) -> Result<Outcome, Failure>>;

pub struct Step {
    title: String,
    quiet: bool,
    work: Work,
}

impl Step {
    /// A step whose work prints its own progress.
    pub fn new(
        title: impl Into<String>,
        work: impl FnOnce(&Workspace) -> Result<Outcome, Failure> + 'static,
    ) -> Self {
        Self {
            title: title.into(),
            quiet: false,
            work: Box::new(work),
        }
    }

    /// A step that prints nothing while it works, and so is accompanied by a clock.
    pub fn quiet(
        title: impl Into<String>,
        work: impl FnOnce(&Workspace) -> Result<Outcome, Failure> + 'static,
    ) -> Self {
        Self {
            quiet: true,
            ..Self::new(title, work)
        }
    }
}

/// Runs the steps until one fails.
pub fn run(steps: Vec<Step>, workspace: &Workspace) -> Result<(), Failure> {
    go(steps, workspace).1
}

/// Like [`run`], and lists every step with its time at the end: also those that a failure kept from running.
pub fn run_with_summary(steps: Vec<Step>, workspace: &Workspace) -> Result<(), Failure> {
    let started = Instant::now();
    let (lines, result) = go(steps, workspace);
    eprintln!("\nSummary");
    for Line { title, word, time } in &lines {
        let time = time.map(seconds).unwrap_or_default();
        eprintln!("  {word:<11} {time:>9}  {title}");
    }
    let verdict = match &result {
        Ok(()) => "all checks passed",
        Err(_) => "failed",
    };
    eprintln!(
        "  {:<11} {:>9}  {verdict}",
        "together",
        seconds(started.elapsed())
    );
    result
}

struct Line {
    title: String,
    word: &'static str,
    time: Option<Duration>,
}

fn go(steps: Vec<Step>, workspace: &Workspace) -> (Vec<Line>, Result<(), Failure>) {
    let count = steps.len();
    let mut lines = Vec::with_capacity(count);
    let mut result = Ok(());
    for (index, step) in steps.into_iter().enumerate() {
        if result.is_err() {
            lines.push(Line {
                title: step.title,
                word: "not reached",
                time: None,
            });
            continue;
        }
        eprintln!("[{}/{count}] {}", index + 1, step.title);
        let started = Instant::now();
        let outcome = if step.quiet {
            with_signs_of_life(started, || (step.work)(workspace))
        } else {
            (step.work)(workspace)
        };
        let took = started.elapsed();
        let word = match outcome {
            Ok(Outcome::Done) => {
                eprintln!("      done in {}", seconds(took));
                "done"
            }
            Ok(Outcome::Already(reason)) => {
                eprintln!("      nothing to do: {reason}");
                "was done"
            }
            Err(failure) => {
                eprintln!("      failed after {}", seconds(took));
                result = Err(failure);
                "FAILED"
            }
        };
        lines.push(Line {
            title: step.title,
            word,
            time: Some(took),
        });
    }
    (lines, result)
}

fn with_signs_of_life<T>(started: Instant, work: impl FnOnce() -> T) -> T {
    let (finished, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            while wait.recv_timeout(SIGN_OF_LIFE) == Err(RecvTimeoutError::Timeout) {
                eprintln!("      still at work, {}", seconds(started.elapsed()));
            }
        });
        let value = work();
        drop(finished);
        value
    })
}

/// A time as a person says it.
pub fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole >= 60 {
        format!("{} min {:02} s", whole / 60, whole % 60)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_a_person_says_them() {
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn what_follows_a_failure_is_listed_as_not_reached() {
        let workspace = Workspace::find().unwrap();
        let (lines, result) = go(
            vec![
                Step::new("one", |_| Ok(Outcome::Done)),
                Step::quiet("two", |_| Err(Failure::new("broken"))),
                Step::new("three", |_| panic!("must not run")),
            ],
            &workspace,
        );
        assert_eq!(result.unwrap_err().to_string(), "broken");
        let words: Vec<_> = lines.iter().map(|line| line.word).collect();
        assert_eq!(words, ["done", "FAILED", "not reached"]);
    }
}
