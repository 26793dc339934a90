//! The command of a job that imports a file: one step for each object, in the order in which they build on each other.

use serde::{Deserialize, Serialize};

use super::{
    document::{
        AlphabetEntry, ApplicationEntry, DataElementEntry, DataStoreEntry, MaskEntry, PolicyEntry, RoleEntry,
        RuleEntry, SourceEntry,
    },
    kind::Kind,
};
use crate::{
    jobs::{NextStep, Row},
    text::{at, counted},
};

/// The import of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPolicy {
    /// The steps, one a row.
    pub steps: Vec<PlannedStep>,
    /// Whether the rows only say what would happen.
    pub dry_run: bool,
}

/// A step, and what the plan found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// The step.
    pub step: Step,
    /// What would happen.
    pub plan: Plan,
    /// The default data store whose place the step's takes.
    #[serde(default)]
    pub replaces: Option<String>,
}

/// What would happen with a step, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Plan {
    /// It would be done.
    Create(String),
    /// The cluster has it as the file does.
    There(String),
    /// The cluster has it otherwise, or it cannot be created here.
    LeftOut(String),
}

/// One object of the file, or members of one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The keys and the repository of policies.
    Initialize,
    /// A member source.
    Source(SourceEntry),
    /// A role.
    Role(RoleEntry),
    /// Members of a role, of one source and type.
    Members(MembersEntry),
    /// A mask.
    Mask(MaskEntry),
    /// An alphabet.
    Alphabet(AlphabetEntry),
    /// A data element.
    DataElement(DataElementEntry),
    /// A data store.
    DataStore(DataStoreEntry),
    /// A trusted application.
    Application(ApplicationEntry),
    /// A policy.
    Policy(PolicyEntry),
    /// A rule.
    Rule {
        /// The name of its policy.
        policy: String,
        /// The rule.
        rule: RuleEntry,
    },
}

/// Members of one role that come from one source and are of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersEntry {
    pub(super) role: String,
    pub(super) source: String,
    pub(super) kind: String,
    pub(super) names: Vec<String>,
}

impl Step {
    /// The object that it creates, where others can name it.
    pub(super) fn object(&self) -> Option<(Kind, &str)> {
        Some(match self {
            Self::Source(entry) => (Kind::Source, &entry.name),
            Self::Role(entry) => (Kind::Role, &entry.name),
            Self::Mask(entry) => (Kind::Mask, &entry.name),
            Self::Alphabet(entry) => (Kind::Alphabet, &entry.label),
            Self::DataElement(entry) => (Kind::DataElement, &entry.name),
            Self::DataStore(entry) => (Kind::DataStore, &entry.name),
            Self::Application(entry) => (Kind::Application, &entry.name),
            Self::Policy(entry) => (Kind::Policy, &entry.name),
            Self::Initialize | Self::Members(_) | Self::Rule { .. } => return None,
        })
    }

    /// The objects that it names, with the keys that name them.
    pub(super) fn needs(&self) -> Vec<(&'static str, Kind, &str)> {
        match self {
            Self::Members(entry) => vec![
                ("role", Kind::Role, &entry.role),
                ("source", Kind::Source, &entry.source),
            ],
            Self::DataElement(entry) => entry.references(),
            Self::Rule { policy, rule } => {
                let mut needs = vec![
                    ("policy", Kind::Policy, policy.as_str()),
                    ("role", Kind::Role, &rule.role),
                    ("dataElement", Kind::DataElement, &rule.data_element),
                ];
                needs.extend(rule.mask.iter().map(|mask| ("mask", Kind::Mask, mask.as_str())));
                needs
            }
            _ => Vec::new(),
        }
    }

    fn row_name(&self) -> String {
        match self {
            Self::Initialize => "Policy management".to_owned(),
            Self::Members(MembersEntry {
                role, source, kind, ..
            }) => {
                format!("Members of {role} from {source}, {kind}")
            }
            Self::Rule { policy, rule } => {
                format!("Rule of {policy}: {} on {}", rule.role, rule.data_element)
            }
            _ => match self.object() {
                Some((kind, name)) => format!("{} {name}", kind.title()),
                None => String::new(),
            },
        }
    }
}

impl ImportPolicy {
    /// How many steps a file has at most. The portal is made for policies of 2,000 rules, 300 data elements, 60 roles and
    /// 40 data stores together, which have to fit in one file. A plan of so many steps and the import after it are kept
    /// beside each other (`jobs/store.rs` has the test).
    pub const MAX_STEPS: usize = 5000;

    fn to_create(&self) -> usize {
        let steps = self.steps.iter();
        steps.filter(|step| matches!(step.plan, Plan::Create(_))).count()
    }

    /// A heading.
    pub(crate) fn title(&self) -> String {
        if self.dry_run {
            let left_out = self.steps.iter();
            let left_out = left_out
                .filter(|step| matches!(step.plan, Plan::LeftOut(_)))
                .count();
            let there = self.steps.len() - self.to_create() - left_out;
            format!(
                "Plan of a policy file: {} to do, {there} already there, {left_out} left out",
                self.to_create()
            )
        } else {
            format!(
                "Import a policy file: {}",
                counted(self.steps.len(), ("step", "steps"))
            )
        }
    }

    /// What a person has to know beside the rows.
    pub(crate) fn note(&self) -> &'static str {
        if !self.dry_run {
            "One step after the other, in the order in which they build on each other. Rules take effect with the next \
             deployment of their policy."
        } else if self.to_create() == 0 {
            "Nothing of the file is left to be created."
        } else {
            "Nothing has been created yet. Objects that differ between the cluster and the file are not changed: they \
             are left out when you go on."
        }
    }

    /// Its rows, none of them started.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let steps = self.steps.iter();
        steps
            .map(|step| Row::waiting(step.step.row_name(), None))
            .collect()
    }

    /// The same with the steps at these places alone.
    pub(crate) fn only(&self, places: &[usize]) -> Self {
        Self {
            steps: at(&self.steps, places),
            dry_run: self.dry_run,
        }
    }

    /// What follows a plan with the rows at these places: what is to be created.
    pub(crate) fn next(&self, done: &[usize]) -> Option<NextStep> {
        let mut steps = at(&self.steps, done);
        steps.retain(|step| matches!(step.plan, Plan::Create(_)));
        if !self.dry_run || steps.is_empty() {
            return None;
        }
        Some(NextStep {
            label: format!("Apply {}", counted(steps.len(), ("step", "steps"))),
            command: crate::jobs::Command::ImportPolicy(Self {
                steps,
                dry_run: false,
            }),
        })
    }
}
