//! The federation with Microsoft Entra ID: its configuration, a look at whom it holds, and importing
//! users and groups from it.

mod actions;
mod browse;
mod chosen;
mod config;
mod edit;
mod find;
mod group;
mod import;
mod plan;
mod search;
mod trouble;

pub use actions::{DeleteEntra, SaveEntra, TestEntra, delete_entra, save_entra, test_entra};
pub use browse::{EntraGroupsPage, EntraUsersPage};
pub use config::EntraPage;
pub use edit::EditEntraPage;
pub use find::{FindEntraGroups, FindEntraUsers, find_entra_groups, find_entra_users};
pub use group::EntraGroupPage;
pub(crate) use import::export;
pub use import::{EntraImportPage, RunEntraImport, TryEntraImport, run_entra_import, try_entra_import};
pub use plan::Plans;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use leptos::prelude::*;
use protegrity::EntraUser;

use crate::ui::When;

/// Where the configuration is.
const CONFIG: &str = "/entra";
/// Where it is changed.
const EDIT: &str = "/entra/edit";
/// Where Entra ID's users are.
const USERS: &str = "/entra/users";
/// Where Entra ID's groups are.
const GROUPS: &str = "/entra/groups";
/// Where users and groups are imported.
const IMPORT: &str = "/entra/import";

/// The pages of the area, each with what it is called.
const TABS: [(&str, &str); 4] = [
    (CONFIG, "Configuration"),
    (USERS, "Users in Entra ID"),
    (GROUPS, "Groups in Entra ID"),
    (IMPORT, "Import"),
];

/// The way between the pages of the area.
#[component]
fn Tabs(
    /// The one that is shown.
    here: &'static str,
) -> impl IntoView {
    let links = TABS.map(|(path, name)| {
        view! { <li><a href=path aria-current=(path == here).then_some("page")>{name}</a></li> }
    });
    view! {
        <nav class="tabs" aria-label="Entra ID">
            <ul>{links.to_vec()}</ul>
        </nav>
    }
    .into_any()
}

/// A moment as this API writes it: without a zone (notes, row 56), and taken for UTC. One that cannot be
/// read as a moment is shown as it came.
#[component]
fn NaiveTime(text: Option<String>) -> impl IntoView {
    match (text.as_deref().and_then(naive_utc), text) {
        (None, Some(text)) => text.into_any(),
        (millis, _) => view! { <When millis/> }.into_any(),
    }
}

/// See [`NaiveTime`]; were the cluster to name a zone after all, it counts.
fn naive_utc(text: &str) -> Option<i64> {
    let text = text.trim();
    let moment = text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    });
    moment.map(Timestamp::as_millisecond)
}

/// First and last name, as far as they are known.
fn full_name(user: &EntraUser) -> String {
    let names = [user.first_name.as_deref(), user.last_name.as_deref()];
    let names = names.into_iter().flatten().map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn or_dash(text: Option<&str>) -> String {
    text.filter(|text| !text.trim().is_empty())
        .unwrap_or("—")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_without_a_zone_is_taken_for_utc() {
        let check = |text, expected| assert_eq!(naive_utc(text), expected, "{text}");
        check("2026-01-16T11:02:43.259928", Some(1_768_561_363_259));
        check(" 2026-01-16T11:02:43 ", Some(1_768_561_363_000));
        check("2026-01-16T11:02:43+01:00", Some(1_768_557_763_000));
        check("2026-01-16T11:02:43Z", Some(1_768_561_363_000));
        check("yesterday", None);
        check("", None);
    }
}
