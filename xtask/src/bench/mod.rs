//! The budgets of the design, measured in a release build: what is measured, what it may come to, and the table.

mod budgets;
mod measure;
mod report;

use crate::assets;
use crate::plan::Step;
use crate::serve;
use crate::setup;
use crate::workspace::Profile;

pub use measure::Measure;

/// These measures, or all of them where none is named.
pub fn steps(only: &[Measure]) -> Vec<Step> {
    let chosen = if only.is_empty() { &Measure::ALL } else { only };
    let mut steps = setup::for_build();
    steps.extend(setup::for_end_to_end());
    steps.extend(assets::steps(Profile::Release));
    steps.push(serve::build_server(Profile::Release));
    steps.push(measure::conditions());
    steps.extend(chosen.iter().map(|measure| measure.step()));
    steps.push(report::step(chosen.to_vec()));
    steps
}
