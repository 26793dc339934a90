//! The outcome: every figure beside its budget, as a table and as JSON. One that is over fails the command.

use std::fs;

use serde_json::{Map, Value, json};

use crate::bench::budgets::{BUDGETS, Budget};
use crate::bench::measure::{self, Measure};
use crate::failure::Failure;
use crate::plan::{Outcome, Step};
use crate::workspace::Workspace;

pub fn step(measures: Vec<Measure>) -> Step {
    Step::new("Hold the figures against the budgets", move |workspace| {
        let mut figures = Map::new();
        for measure in &measures {
            match measure.figures(workspace)? {
                Value::Object(more) => figures.extend(more),
                other => return Err(Failure::new(format!("{measure:?} gave {other} for figures"))),
            }
        }
        let rows = rows(&figures, measures.len() == Measure::ALL.len())?;
        eprintln!();
        println!("{}", table(&rows));
        write(workspace, &rows)?;
        verdict(&rows)?;
        Ok(Outcome::Done)
    })
}

struct Row {
    budget: &'static Budget,
    measured: f64,
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        self.budget.at_most.map(|at_most| self.measured / at_most)
    }

    fn is_over(&self) -> bool {
        self.ratio().is_some_and(|ratio| ratio > 1.0)
    }

    fn word(&self) -> &'static str {
        match (self.budget.at_most, self.is_over()) {
            (None, _) => "",
            (Some(_), false) => "ok",
            (Some(_), true) => "OVER",
        }
    }
}

/// Each figure with its budget. A name that only one side knows is a mistake in a script, and would hide a budget.
fn rows(figures: &Map<String, Value>, complete: bool) -> Result<Vec<Row>, Failure> {
    if let Some(unknown) = figures
        .keys()
        .find(|id| BUDGETS.iter().all(|budget| budget.id != id.as_str()))
    {
        return Err(Failure::new(format!(
            "a script gave the figure {unknown}, which is not in the table of budgets: add it there"
        )));
    }
    let mut rows = Vec::new();
    for budget in &BUDGETS {
        let figure = figures.get(budget.id);
        match figure.and_then(Value::as_f64) {
            Some(measured) => rows.push(Row { budget, measured }),
            // A measure that was not asked for.
            None if figure.is_none() && !complete => {}
            None => {
                return Err(Failure::new(format!(
                    "no script gave a number for {}: see to it that one does",
                    budget.id
                )));
            }
        }
    }
    Ok(rows)
}

fn table(rows: &[Row]) -> String {
    let heading = ["what", "measured", "at most", "ratio", ""].map(str::to_owned);
    let lines = rows.iter().map(|row| {
        let Budget {
            what, unit, at_most, ..
        } = row.budget;
        [
            (*what).to_owned(),
            unit.shown(row.measured),
            at_most.map(|at_most| unit.shown(at_most)).unwrap_or_default(),
            row.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            row.word().to_owned(),
        ]
    });
    let lines: Vec<_> = std::iter::once(heading).chain(lines).collect();
    let widths: [usize; 5] = std::array::from_fn(|column| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or(0)
    });
    let padded = lines.iter().map(|[what, measured, at_most, ratio, word]| {
        let line = format!(
            "{what:<0$}  {measured:>1$}  {at_most:>2$}  {ratio:>3$}  {word}",
            widths[0], widths[1], widths[2], widths[3]
        );
        line.trim_end().to_owned()
    });
    padded.collect::<Vec<_>>().join("\n")
}

fn write(workspace: &Workspace, rows: &[Row]) -> Result<(), Failure> {
    let figures: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.budget.id,
                "what": row.budget.what,
                "unit": row.budget.unit.name(),
                "measured": row.measured,
                "atMost": row.budget.at_most,
                "ratio": row.ratio(),
                "ok": !row.is_over(),
            })
        })
        .collect();
    let outcome = json!({ "conditions": measure::conditions_found(workspace)?, "figures": figures });
    let path = measure::folder(workspace).join("bench.json");
    fs::write(&path, format!("{outcome:#}\n")).map_err(Failure::at("write", &path))?;
    eprintln!("\n      {}", path.display());
    Ok(())
}

fn verdict(rows: &[Row]) -> Result<(), Failure> {
    let over: Vec<_> = rows
        .iter()
        .filter(|row| row.is_over())
        .map(|row| row.budget.id)
        .collect();
    if over.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "over budget: {}. On a busy machine measure again; otherwise find what costs so much",
            over.join(", ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn a_figure_over_its_budget_fails_and_is_named() {
        let rows = rows(
            &figures(json!({ "calls-warm": 3, "calls-cold": 11, "start": 1e6 })),
            false,
        )
        .unwrap();
        let failure = verdict(&rows).unwrap_err().to_string();
        assert!(failure.starts_with("over budget: calls-warm."), "{failure}");
        assert_eq!(
            table(&rows),
            "what                                        measured  at most  ratio\n\
             upstream calls of /users, cold                    11       11   1.00  ok\n\
             upstream calls of /users, warm                     3        2   1.50  OVER\n\
             from `postern serve` to its first answer  1000000 ms"
        );
    }

    #[test]
    fn a_figure_without_a_budget_and_a_budget_without_a_figure_are_mistakes() {
        let refused = |value, complete| rows(&figures(value), complete).err().unwrap().to_string();
        assert!(refused(json!({ "speed": 1 }), false).contains("the figure speed"));
        assert!(refused(json!({ "start": 1 }), true).contains("first-visit-bytes"));
        assert!(refused(json!({ "start": null }), false).contains("a number for start"));
    }
}
