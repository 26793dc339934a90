//! Totals of mails by direction, and when they came.

use super::numbers::{SHARES, mails};
use crate::{
    clock,
    proofpoint::{
        answer::{Reply, ok},
        caller::Caller,
        failure::Failure,
        state::Organization,
    },
};
use axum::extract::Path;
use serde_json::{Map, Value, json};

/// The names that the document has for two kinds besides the new ones.
const DEPRECATED: [(&str, &str); 2] = [("blocklist", "blacklist"), ("safelist", "whitelist")];

pub(super) async fn both(caller: Caller, Path((domain, period)): Path<(String, String)>) -> Reply {
    report(&caller, &domain, &period, &["inbound", "outbound"])
}

pub(super) async fn one_direction(
    caller: Caller,
    Path((domain, period, direction)): Path<(String, String, String)>,
) -> Reply {
    if !matches!(direction.as_str(), "inbound" | "outbound") {
        return Err(Failure::bad_request(
            "the direction is inbound or outbound",
            &direction,
        ));
    }
    report(&caller, &domain, &period, &[&direction])
}

fn report(caller: &Caller, domain: &str, period: &str, directions: &[&str]) -> Reply {
    let access = caller.reads()?;
    let organization = access.organization(domain)?;
    let (days, hours, frequency) = match period {
        "1d" => (1, 1, "1h"),
        "7d" => (7, 24, "24hr"),
        "30d" => (30, 24, "24hr"),
        _ => return Err(Failure::bad_request("the period is 1d, 7d or 30d", period)),
    };
    let mut answer = json!({ "period": period, "frequency": frequency });
    for direction in directions {
        answer[*direction] = metrics(organization, *direction == "inbound", days, hours);
    }
    Ok(ok(&access.state.settings, answer))
}

/// The mails of the days before the last midnight, in steps of so many hours.
fn metrics(organization: &Organization, is_inbound: bool, days: u64, hours: u64) -> Value {
    let users = organization.users.active();
    let end = clock::midnight() / 3600;
    let start = end - days * 24;
    let mut metrics = Map::new();
    for (kind, (name, _)) in SHARES.into_iter().enumerate() {
        let (mut total, mut steps) = (0, Map::new());
        for step in (start..end).step_by(usize::try_from(hours).unwrap_or(1)) {
            let within =
                (step..step + hours).map(|hour| mails(organization.eid, users, is_inbound, kind, hour));
            let count: u64 = within.sum();
            total += count;
            steps.insert((step * 3600).to_string(), json!(count));
        }
        let deprecated = DEPRECATED.iter().find(|(new, _)| *new == name);
        for name in std::iter::once(name).chain(deprecated.map(|(_, old)| *old)) {
            metrics.insert(format!("{name}_total"), json!(total));
            metrics.insert(name.to_owned(), Value::Object(steps.clone()));
        }
    }
    Value::Object(metrics)
}
