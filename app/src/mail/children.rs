//! The organisations below a partner's: a list with seats, renewal and what does not add up, from one call.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::mail::organizations::{
    self, Children, Totals, instance_name, mismatches_of_row, package_name,
};
use proofpoint::BillingRow;

use super::{PROOFPOINT, date, number, organization_domain};
use crate::{
    context::RequestContext,
    error::PortalError,
    links,
    ui::{
        Badge, Caution, Column, DescriptionList, Detail, EmptyState, ErrorState, List, Section, Tone, grouped,
    },
};

const NOUNS: (&str, &str) = ("organisation", "organisations");

/// The address of the file.
const EXPORT: &str = "/export/proofpoint-organizations.csv";

fn organizations() -> List<BillingRow> {
    let columns = vec![
        Column::computed("name", "Name", name).cell(linked_name),
        Column::text("domain", "Domain", |row: &BillingRow| row.primary_domain.as_str()),
        Column::computed("state", "State", |row: &BillingRow| state(row).to_owned()).cell(|row| {
            let tone = if row.is_active == Some(true) {
                Tone::Good
            } else {
                Tone::Neutral
            };
            view! { <Badge tone text=state(row)/> }.into_any()
        }),
        Column::computed("package", "Package", |row: &BillingRow| {
            row.package.as_ref().map(package_name).unwrap_or_default()
        }),
        Column::number("seats", "Seats", |row: &BillingRow| count(row.confirmed_users)),
        Column::number("active", "Active", |row: &BillingRow| count(row.active_users)),
        Column::number("non_billable", "Non-billable", |row: &BillingRow| {
            count(row.non_billable_users)
        }),
        Column::computed("trial", "Trial", trial),
        Column::computed("renewal", "Renewal", |row: &BillingRow| {
            date(row.renewal.as_ref())
        }),
        Column::computed("instance", "Instance", instance_name),
        Column::computed("mismatch", "Mismatch", mismatch),
        Column::computed("billing", "Billing", |row: &BillingRow| {
            row.billing_method.clone().unwrap_or_default()
        })
        .hidden(),
        Column::computed("reference", "Reference", |row: &BillingRow| {
            row.external_id.clone().unwrap_or_default()
        })
        .hidden(),
    ];
    List::new(PROOFPOINT, NOUNS, columns)
        .filter(
            "state",
            "State",
            [("active", "Active"), ("inactive", "Inactive")],
            |row, value| row.is_active == Some(value == "active"),
        )
        .filter(
            "mismatch",
            "Mismatch",
            [("with", "With a mismatch"), ("without", "Without a mismatch")],
            |row, value| mismatches_of_row(row).is_empty() == (value == "without"),
        )
        .filter(
            "trial",
            "Trial",
            [("yes", "On trial"), ("no", "Not on trial")],
            |row, value| row.is_on_trial == Some(value == "yes"),
        )
        .exported_at(EXPORT)
}

fn name(row: &BillingRow) -> String {
    if row.name.is_empty() {
        row.primary_domain.to_string()
    } else {
        row.name.clone()
    }
}

fn linked_name(row: &BillingRow) -> AnyView {
    let name = name(row);
    match organization_domain(row.primary_domain.as_str()) {
        Ok(domain) => view! { <a href=links::mail_organization(&domain)><bdi>{name}</bdi></a> }.into_any(),
        Err(_) => view! { <bdi>{name}</bdi> }.into_any(),
    }
}

fn state(row: &BillingRow) -> &'static str {
    match row.is_active {
        Some(true) => "Active",
        Some(false) => "Inactive",
        None => "Unknown",
    }
}

fn count(number: Option<i64>) -> Option<usize> {
    usize::try_from(number?).ok()
}

fn trial(row: &BillingRow) -> String {
    match (row.is_on_trial, date(row.trial_ends.as_ref())) {
        (Some(true), ends) if ends.is_empty() => "Yes".to_owned(),
        (Some(true), ends) => format!("Until {ends}"),
        (Some(false), _) => "No".to_owned(),
        (None, _) => String::new(),
    }
}

fn mismatch(row: &BillingRow) -> String {
    let words: Vec<_> = mismatches_of_row(row).iter().map(ToString::to_string).collect();
    words.join("; ")
}

async fn load(context: &RequestContext) -> Result<Children, PortalError> {
    let operation = context
        .begin(Action::ListMailOrganizations, Target::portal())
        .await?;
    Ok(organizations::children(&context.services, &operation).await?)
}

/// The list, for a partner; nothing for an account that has no organisations below its own.
pub(super) async fn section(context: &RequestContext) -> Option<AnyView> {
    if context.denied(Action::ListMailOrganizations).is_some() {
        return None;
    }
    let content = match load(context).await {
        Ok(children) => {
            let totals = totals(children.totals());
            let failed = children.failed.iter().map(|(instance, error)| {
                let error = PortalError::from(error.clone());
                let title = format!("The organisations on {instance} are missing.");
                let detail = format!("{} {}", error.title, error.detail.unwrap_or_default());
                view! { <Caution title detail/> }
            });
            let failed = failed.collect_view();
            let empty = view! {
                <EmptyState title="No organisations yet" hint="Your organisation has none below it at Proofpoint."/>
            };
            let list = organizations().empty(empty);
            let state = list.state(&context.query);
            let page = list.page(children.rows, &state);
            let list = list.view(&state, &page);
            view! { {failed}{totals}{list} }.into_any()
        }
        Err(error) => view! { <ErrorState error retry=PROOFPOINT/> }.into_any(),
    };
    Some(view! { <Section title="Organisations below your own">{content}</Section> }.into_any())
}

fn totals(totals: Totals) -> AnyView {
    let Totals {
        organizations,
        seats,
        active,
        non_billable,
        over_licence,
    } = totals;
    view! {
        <DescriptionList>
            <Detail label="Organisations">{grouped(organizations as u64)}</Detail>
            <Detail label="Seats bought">{number(Some(seats))}</Detail>
            <Detail label="Active users">{number(Some(active))}</Detail>
            <Detail label="Non-billable users">{number(Some(non_billable))}</Detail>
            <Detail label="Over the licence">{grouped(over_licence as u64)}</Detail>
        </DescriptionList>
    }
    .into_any()
}

/// The organisations that match the address's search, as CSV.
pub async fn children_csv(context: RequestContext) -> Result<String, PortalError> {
    let children = load(&context).await?;
    Ok(organizations().export(children.rows, &context.query))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> BillingRow {
        serde_json::from_str(json).expect("a row")
    }

    fn check(query: &str, expected: &[&str]) {
        let rows = vec![
            row(
                r#"{"name":"Harbor","primary_domain":"harbor.example","is_active":true,"confirmed_users":30,"active_users":34,"when_renewal":"2027/03/01","data_center":"US1"}"#,
            ),
            row(
                r#"{"name":"Clínica","primary_domain":"clinic.example","is_active":true,"confirmed_users":40,"active_users":22,"is_on_trial":true,"when_renewal":"2027/01/09","data_center":"US3"}"#,
            ),
            row(r#"{"primary_domain":"closed.example","is_active":false}"#),
        ];
        let list = organizations();
        let state = list.state(query);
        let found: Vec<_> = list.matching(rows, &state).iter().map(name).collect();
        assert_eq!(found, expected, "{query}");
    }

    #[test]
    fn organisations_are_found_by_their_values() {
        check("q=CLÍNICA", &["Clínica"]);
        check("q=us3", &["Clínica"]);
        check("mismatch=with", &["Harbor"]);
        check("state=inactive", &["closed.example"]);
        check("trial=yes", &["Clínica"]);
        check("sort=-seats", &["closed.example", "Clínica", "Harbor"]);
        check("sort=renewal", &["closed.example", "Clínica", "Harbor"]);
    }
}
