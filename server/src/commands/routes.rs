//! `postern routes`: the table of addresses.

use std::io::{self, Write};

use app::routes::{Handler, Route, table};
use gate::{Needs, System};
use serde::Serialize;

use super::Failure;
use crate::cli;

/// One row as it is printed.
#[derive(Serialize)]
struct Row {
    method: &'static str,
    path: &'static str,
    kind: &'static str,
    action: &'static str,
    needs: String,
    navigation: Option<&'static str>,
    demo_only: bool,
}

impl From<&Route> for Row {
    fn from(route: &Route) -> Self {
        let (method, kind) = match route.handler {
            Handler::Page(_) => ("GET", "page"),
            Handler::Export(_) => ("GET", "export"),
            Handler::Events(_) => ("GET", "events"),
            Handler::Form(_) => ("POST", "form"),
        };
        let rule = route.action.rule();
        Self {
            method,
            path: route.path,
            kind,
            action: rule.name,
            needs: needs(rule.needs),
            navigation: route.navigation.map(|item| item.label),
            demo_only: route.demo_only,
        }
    }
}

impl Row {
    fn line(&self) -> String {
        let Self {
            method,
            path,
            action,
            needs,
            navigation,
            ..
        } = self;
        let navigation = navigation.unwrap_or_default();
        let line = format!("{method:<5}{path:<32}{action:<26}{needs:<36}{navigation}");
        format!("{}\n", line.trim_end())
    }
}

/// A requirement in one word: `protegrity:user_manager_viewer`.
fn needs(needs: Needs) -> String {
    match needs {
        Needs::Nothing => "nothing".to_owned(),
        Needs::Session => "session".to_owned(),
        Needs::Permission(permission) => {
            let system = match permission.system {
                System::Protegrity => "protegrity",
                System::Proofpoint => "proofpoint",
            };
            format!("{system}:{}", permission.name)
        }
    }
}

/// Prints the table.
pub(super) fn run(flags: &cli::Routes) -> Result<(), Failure> {
    let rows: Vec<_> = table().iter().map(Row::from).collect();
    let text = if flags.json {
        format!("{}\n", serde_json::to_string_pretty(&rows)?)
    } else {
        rows.iter().map(Row::line).collect()
    };
    match io::stdout().write_all(text.as_bytes()) {
        // The reader has what it wants: `postern routes | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
