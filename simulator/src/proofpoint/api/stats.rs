//! Totals of mails for partners, in pages.

use super::numbers::{SHARES, mails};
use crate::{
    clock,
    proofpoint::{
        answer::{Reply, ok},
        caller::{Access, Caller},
        failure::Failure,
        state::{Organization, names},
    },
};
use axum::{
    extract::{OriginalUri, Path, Query},
    http::Uri,
};
use serde::Deserialize;
use serde_json::{Value, json};

const DEFAULT_SIZE: usize = 1000;
const MAX_SIZE: usize = 50_000;

const PERIODS: [(&str, u64); 4] = [
    ("count_1d", 1),
    ("count_7d", 7),
    ("count_30d", 30),
    ("count_90d", 90),
];

#[derive(Deserialize)]
pub(super) struct Parameters {
    format: Option<String>,
    page: Option<String>,
    page_size: Option<String>,
}

pub(super) async fn one(
    caller: Caller,
    Path(domain): Path<String>,
    Query(parameters): Query<Parameters>,
    OriginalUri(uri): OriginalUri,
) -> Reply {
    let access = caller.reads()?;
    let organization = access.organization(&domain)?;
    respond(&access, &[organization], &parameters, &uri)
}

/// The organisation itself and its children.
pub(super) async fn with_children(
    caller: Caller,
    Path(domain): Path<String>,
    Query(parameters): Query<Parameters>,
    OriginalUri(uri): OriginalUri,
) -> Reply {
    let access = caller.reads_as_partner()?;
    let organizations = access.with_children(&domain)?;
    respond(&access, &organizations, &parameters, &uri)
}

/// The page of the parameters, with absolute links.
fn respond(access: &Access<'_>, all: &[&Organization], parameters: &Parameters, uri: &Uri) -> Reply {
    let by_period = match parameters.format.as_deref() {
        None | Some("bymetric") => false,
        Some("byperiod") => true,
        Some(other) => return Err(Failure::bad_request("the format is bymetric or byperiod", other)),
    };
    let page = number(parameters.page.as_deref(), 1, usize::MAX)?;
    let size = number(parameters.page_size.as_deref(), DEFAULT_SIZE, MAX_SIZE)?;
    let first = (page - 1).saturating_mul(size).min(all.len());
    let rows = &all[first..all.len().min(first.saturating_add(size))];
    let last_page = all.len().div_ceil(size);
    let path = format!("{}{}", access.instance_for(all[0]).origin(), uri.path());
    let link = |page: usize| format!("{path}?page={page}");
    let data: Vec<_> = rows
        .iter()
        .map(|organization| row(access, organization, by_period))
        .collect();
    let mut answer = json!({
        "data": data,
        "total": all.len(),
        "current_page": page,
        "last_page": last_page,
        "path": path,
        "first_page_url": link(1),
        "last_page_url": link(last_page),
        "from": if rows.is_empty() { 0 } else { first + 1 },
        "to": first + rows.len(),
        "per_page": size,
    });
    // The document has no null for it: the last page lacks the link.
    if page < last_page {
        answer["next_page_url"] = json!(link(page + 1));
    }
    Ok(ok(&access.state.settings, answer))
}

fn number(text: Option<&str>, default: usize, max: usize) -> Result<usize, Failure> {
    let Some(text) = text else {
        return Ok(default);
    };
    let number = text.parse().ok().filter(|number| (1..=max).contains(number));
    number.ok_or_else(|| Failure::bad_request("is no page or page size", text))
}

/// One organisation. Nothing here counts licences: an active user is one with mail.
fn row(access: &Access<'_>, organization: &Organization, by_period: bool) -> Value {
    let mut row = json!({
        "eid": organization.eid,
        "name": organization.name,
        "organization_hierarchy": names(&access.state.ancestry(organization.eid)),
    });
    for (period, days) in PERIODS {
        for (metric, count) in counts(organization, days) {
            let (outer, inner) = if by_period {
                (period, metric)
            } else {
                (metric, period)
            };
            row[outer][inner] = json!(count);
        }
    }
    row
}

fn counts(organization: &Organization, days: u64) -> [(&'static str, u64); 11] {
    let users = organization.users.active();
    let end = clock::midnight() / 3600;
    let sum = |is_inbound, kind: &str| -> u64 {
        let kind = SHARES.iter().position(|(name, _)| *name == kind).unwrap_or(0);
        let hours = end - days * 24..end;
        hours
            .map(|hour| mails(organization.eid, users, is_inbound, kind, hour))
            .sum()
    };
    let [clean, spam, virus, fraud, blocked] =
        ["clean", "spam", "virus", "fraud", "blocklist"].map(|kind| sum(true, kind));
    let outbound = ["clean", "spam", "virus", "fraud", "blocklist"].map(|kind| sum(false, kind));
    let inbound_blocked = spam + virus + fraud + blocked;
    let outbound_blocked: u64 = outbound[1..].iter().sum();
    let with_mail = users as u64 * (60 + 10 * days.min(4)) / 100;
    [
        ("ib_total", clean + inbound_blocked),
        ("ob_total", outbound[0] + outbound_blocked),
        ("ib_blocked", inbound_blocked),
        ("ob_blocked", outbound_blocked),
        ("active_users", with_mail),
        ("ib_spam", spam + fraud),
        ("ib_virus", virus),
        ("ib_mal_att", virus / 2),
        ("ib_imposter", fraud / 3),
        ("ib_phish", fraud - fraud / 3),
        ("ob_enc", outbound[0] / 50),
    ]
}
