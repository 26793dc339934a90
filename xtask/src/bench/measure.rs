//! The measures: each a script in `end2end/bench/` that prints its figures as JSON, by the ids of the budgets.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::failure::Failure;
use crate::plan::{Outcome, Step};
use crate::process;
use crate::setup;
use crate::workspace::{Profile, Workspace};

/// Above this share of the processors in use, figures in milliseconds say more about the others than about the portal.
const CALM_PERCENT: u64 = 15;

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Measure {
    /// Time from `postern serve` to its first answer
    Start,
    /// Requests and bytes of a first visit
    FirstVisit,
    /// First contentful paint, plain and slowed
    FirstPaint,
    /// Calls to the cluster that a list page makes
    UpstreamCalls,
    /// What the portal adds to a call to the cluster
    AddedTime,
    /// Search, sort and filter among 100,000 users, and the index's memory
    Search,
    /// The same among 50,000 users of an organisation at Proofpoint, and the calls for them
    MailSearch,
    /// Processor time of the list of users and of a user's page
    PageProcessor,
    /// Processor time and size of the pages of a policy of 2,000 rules
    LargePolicy,
    /// Memory of the idle portal and of each session
    Memory,
}

impl Measure {
    pub const ALL: [Self; 10] = [
        Self::Start,
        Self::FirstVisit,
        Self::FirstPaint,
        Self::UpstreamCalls,
        Self::AddedTime,
        Self::Search,
        Self::MailSearch,
        Self::PageProcessor,
        Self::LargePolicy,
        Self::Memory,
    ];

    fn script(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::FirstVisit => "first-visit",
            Self::FirstPaint => "first-paint",
            Self::UpstreamCalls => "upstream-calls",
            Self::AddedTime => "added-time",
            Self::Search => "search",
            Self::MailSearch => "mail-search",
            Self::PageProcessor => "page-processor",
            Self::LargePolicy => "large-policy",
            Self::Memory => "memory",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Start => "Measure the start",
            Self::FirstVisit => "Measure a first visit",
            Self::FirstPaint => "Measure the first paint",
            Self::UpstreamCalls => "Count the calls to the cluster",
            Self::AddedTime => "Measure what the portal adds to a call (about two minutes)",
            Self::Search => "Measure search, sort and filter",
            Self::MailSearch => "Measure search, sort and filter among an organisation's users",
            Self::PageProcessor => "Measure the processor time of pages of users",
            Self::LargePolicy => "Measure the pages of a large policy",
            Self::Memory => "Measure memory",
        }
    }

    pub fn step(self) -> Step {
        Step::new(self.title(), move |workspace| {
            run_script(workspace, self.script())?;
            Ok(Outcome::Done)
        })
    }

    pub fn figures(self, workspace: &Workspace) -> Result<serde_json::Value, Failure> {
        figures_of(workspace, self.script())
    }
}

/// The day and the machine; says so when others are at work on it.
pub fn conditions() -> Step {
    Step::new("Look whether the machine is calm", |workspace| {
        run_script(workspace, CONDITIONS)?;
        let busy = conditions_found(workspace)?["busyPercent"].as_u64().unwrap_or(0);
        eprintln!("      {busy} % of the processors are in use");
        if busy > CALM_PERCENT {
            eprintln!("      others are at work on this machine: take times with a grain of salt");
        }
        Ok(Outcome::Done)
    })
}

const CONDITIONS: &str = "conditions";

pub fn conditions_found(workspace: &Workspace) -> Result<serde_json::Value, Failure> {
    figures_of(workspace, CONDITIONS)
}

/// `target/bench/`, where each script's figures go, and the whole outcome.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("target/bench")
}

fn figures_path(workspace: &Workspace, script: &str) -> PathBuf {
    folder(workspace).join(format!("figures-{script}.json"))
}

fn run_script(workspace: &Workspace, script: &str) -> Result<(), Failure> {
    let folder = folder(workspace);
    fs::create_dir_all(&folder).map_err(Failure::at("create", &folder))?;
    let path = figures_path(workspace, script);
    let figures = File::create(&path).map_err(Failure::at("create", &path))?;
    let browser = setup::find_browser()?
        .ok_or_else(|| Failure::new(format!("no browser was found: name one in {}", setup::CHROMIUM)))?;
    let mut node = process::program("node", &workspace.end2end());
    node.arg(Path::new("bench").join(format!("{script}.mjs")))
        .env("POSTERN_BIN", workspace.server(Profile::Release))
        .env(setup::CHROMIUM, browser)
        .stdout(figures);
    process::run(&mut node, "look at its message above")
}

fn figures_of(workspace: &Workspace, script: &str) -> Result<serde_json::Value, Failure> {
    let path = figures_path(workspace, script);
    let text = fs::read_to_string(&path).map_err(Failure::at("read", &path))?;
    serde_json::from_str(&text).map_err(Failure::at("understand", &path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_measure_has_its_script_under_the_name_that_is_typed() {
        let workspace = Workspace::find().unwrap();
        for measure in Measure::value_variants() {
            let typed = measure.to_possible_value().unwrap();
            assert_eq!(typed.get_name(), measure.script());
            let script = format!("bench/{}.mjs", measure.script());
            assert!(workspace.end2end().join(&script).is_file(), "{script}");
            assert!(Measure::ALL.contains(measure), "{measure:?}");
        }
    }
}
