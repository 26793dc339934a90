//! Policy management as a file: everything that is configured as one YAML document, and the import of such a document.
//!
//! An import is planned first, against what the cluster has. The plan is a dry run, and its next step does what is
//! missing, one object after the other in the order in which they build on each other.

mod cluster;
mod command;
mod differences;
mod document;
mod forms;
mod kind;
mod plan;
mod problems;
mod read;
mod run;
mod yaml;

use gate::Operation;
use serde::{Deserialize, Serialize};

pub use self::command::{ImportPolicy, Plan, PlannedStep, Step};
pub(crate) use self::run::PolicyFileRun;
use self::{cluster::Cluster, document::Document};
use super::configuration;
use crate::{Error, jobs::Command, text::grouped};

/// The form that starts the plan of an import.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyFileForm {
    /// The content of the file.
    pub file: String,
}

/// The whole configuration as the text of a file. It has no secret: export keys and what a member source connects with
/// are not in it.
///
/// # Errors
/// The cluster's error; a refusal in words where policy management is missing or not initialised.
pub async fn export(operation: &Operation) -> Result<String, Error> {
    Document::of(&configuration(operation).await?).to_yaml()
}

/// The plan of a file: what would happen with each of its objects, as the command of a job that changes nothing.
///
/// # Errors
/// At the field of the file, with the lines; the cluster's error when what it has cannot be read.
pub async fn plan_import(operation: &Operation, form: &PolicyFileForm) -> Result<Command, Error> {
    let steps = read::read(&form.file)?;
    let cluster = Cluster::read(operation).await?;
    let mut steps = plan::planned(steps, &cluster)?;
    if !cluster.is_ready {
        let initialize = Step::Initialize;
        let plan = plan::plan(&cluster, &[&initialize], true).into_iter().next();
        let planned = plan.map(|plan| PlannedStep {
            step: initialize,
            plan,
            replaces: None,
        });
        steps.splice(..0, planned);
    }
    if steps.is_empty() {
        return Err(Error::at("file", "The file has no objects."));
    }
    if steps.len() > ImportPolicy::MAX_STEPS {
        let (count, most) = (
            grouped(steps.len() as u64),
            grouped(ImportPolicy::MAX_STEPS as u64),
        );
        let message = format!(
            "The file has {count} steps: at most {most} are taken at once. Divide it: what a part names can be in the \
             cluster already."
        );
        return Err(Error::at("file", message));
    }
    Ok(Command::ImportPolicy(ImportPolicy { steps, dry_run: true }))
}
