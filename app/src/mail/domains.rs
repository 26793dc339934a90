//! The table of an organisation's domains: their state, and proving who they belong to.

use leptos::prelude::*;
use operations::{Error, mail::organizations::DomainState};
use proofpoint::{Domain, DomainName};

use super::{domain::verify_form, failed_part, or_unknown};
use crate::{
    context::RequestContext,
    links,
    ui::{Badge, Copyable, EmptyState, Table, Tone},
};

/// The table of the domains.
pub(super) fn table(
    context: &RequestContext,
    organization: &DomainName,
    domains: Result<Vec<DomainState>, Error>,
    page: &str,
) -> AnyView {
    let domains = match domains {
        Ok(domains) => domains,
        Err(error) => return failed_part(error, page),
    };
    if domains.is_empty() {
        return view! { <EmptyState title="No domains" hint="Proofpoint lists no domain of this organisation."/> }
            .into_any();
    }
    let rows = domains.into_iter().enumerate().map(|(at, state)| {
        let DomainState { domain, code } = state;
        let code = match code {
            Some(Ok(code)) => {
                let form = verify_form(context, organization, &domain.name, &format!("verify-{at}-"));
                let label = format!("the code of {}", domain.name);
                view! { <Copyable text=code label/>{form} }.into_any()
            }
            Some(Err(_)) => view! { <span class="muted">"Not shown"</span> }.into_any(),
            None => "—".into_any(),
        };
        row(organization, domain, code)
    });
    let rows = rows.collect_view();
    view! {
        <Table label="Domains"
            columns=&["Domain", "State", "Routes mail", "Destination", "Failovers", "Verification code"]>
            {rows}
        </Table>
    }
    .into_any()
}

fn row(organization: &DomainName, domain: Domain, code: AnyView) -> AnyView {
    let (tone, words) = state(&domain);
    // One that no address can hold has no page.
    let href = domain.name.check().is_ok();
    let href = href.then(|| links::mail_domain(organization, &domain.name));
    let relay = or_unknown(domain.is_relay.map(yes_or_no).unwrap_or_default().to_owned());
    view! {
        <tr>
            <th scope="row"><a href=href><bdi>{domain.name.to_string()}</bdi></a></th>
            <td><Badge tone text=words/></td>
            <td>{relay}</td>
            <td><bdi>{or_dash(domain.destination)}</bdi></td>
            <td><bdi>{or_dash(domain.failovers.map(|hosts| hosts.join(", ")))}</bdi></td>
            <td>{code}</td>
        </tr>
    }
    .into_any()
}

fn state(domain: &Domain) -> (Tone, &'static str) {
    match domain.is_active {
        Some(true) => (Tone::Good, "Active"),
        Some(false) => (Tone::Neutral, "Not active"),
        None => (Tone::Neutral, "Unknown"),
    }
}

const fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "Yes" } else { "No" }
}

fn or_dash(text: Option<String>) -> String {
    text.filter(|text| !text.is_empty())
        .unwrap_or_else(|| "—".to_owned())
}
