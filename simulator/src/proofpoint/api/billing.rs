//! What an organisation is billed for.

use crate::{
    clock,
    proofpoint::{
        ProofpointSettings,
        answer::{Reply, list, ok},
        caller::{Access, Caller},
        state::{Organization, title},
    },
};
use axum::extract::Path;
use serde_json::{Value, json};

pub(super) async fn one(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let organization = access.organization(&domain)?;
    Ok(respond(&access, &[organization]))
}

/// The organisation itself and its children.
pub(super) async fn with_children(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads_as_partner()?;
    let organizations = access.with_children(&domain)?;
    Ok(respond(&access, &organizations))
}

fn respond(access: &Access<'_>, organizations: &[&Organization]) -> axum::response::Response {
    let settings = &access.state.settings;
    let rows = organizations.iter();
    let rows = rows
        .map(|organization| row(settings, access, organization))
        .collect();
    ok(settings, list(settings, "billing", rows))
}

fn row(settings: &ProofpointSettings, access: &Access<'_>, organization: &Organization) -> Value {
    let package = organization.shown_package(settings);
    let trial = organization.trial;
    let users = organization.users.all();
    let non_billable = users.filter(|user| user.is_active && !user.is_billable).count();
    let date = |days| clock::day(days, '/');
    let instance = access.instance_for(organization);
    json!({
        "eid": organization.eid,
        "name": organization.name,
        "is_active": organization.is_active,
        "when_created": date(organization.renewal_days - 730),
        // The document names the types of administrators here, not those of organisations.
        "type": format!("{}_admin", organization.kind),
        "url_defense_feature": organization.features.contains("url_defense"),
        "address": organization.address,
        "state_prov": organization.stateprov,
        "postcode": organization.postcode,
        "licensing_package": package,
        "is_beginner_plus": false,
        "is_basic_package": package == "beginner",
        "country_code": organization.country,
        "confirmed_users": organization.licenses,
        "when_renewal": date(organization.renewal_days),
        "is_test_account": false,
        "when_confirmed": date(organization.renewal_days - 700),
        "when_updated": date(-3),
        "when_package_changed": date(organization.renewal_days - 365),
        "when_deactivated": if organization.is_active { String::new() } else { date(-10) },
        "active_users": organization.users.active(),
        "non_billable_users": non_billable,
        "is_on_trial": trial.is_some(),
        "trial_package": trial.map(|_| title(package)),
        "trial_end_date": trial.map(|trial| date(trial.days)),
        "primary_domain": organization.primary_domain,
        "monthly_billing": if organization.billing_method == "Monthly" { "1" } else { "" },
        "data_center": instance.name().to_uppercase(),
        "billable_package": package,
        "in_total": organization.licenses * 36,
        "billing_method": organization.billing_method,
        "external_id": organization.external_id,
    })
}
