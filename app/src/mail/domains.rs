//! The domains of an organisation: their state, and proving who they belong to.

use leptos::prelude::*;
use operations::{Error, mail::organizations::DomainState};
use proofpoint::Domain;

use super::{failed_part, or_unknown};
use crate::ui::{Badge, Copyable, EmptyState, Table, Tone};

/// The table of the domains.
pub(super) fn table(domains: Result<Vec<DomainState>, Error>, page: &str) -> AnyView {
    let domains = match domains {
        Ok(domains) => domains,
        Err(error) => return failed_part(error, page),
    };
    if domains.is_empty() {
        return view! { <EmptyState title="No domains" hint="Proofpoint lists no domain of this organisation."/> }
            .into_any();
    }
    let rows = domains.into_iter().map(|DomainState { domain, code }| {
        let (tone, words) = state(&domain);
        let code = code.map(|code| match code {
            Ok(code) => {
                view! { <Copyable text=code label=format!("the code of {}", domain.name)/> }.into_any()
            }
            Err(_) => view! { <span class="muted">"Not shown"</span> }.into_any(),
        });
        let relay = or_unknown(domain.is_relay.map(yes_or_no).unwrap_or_default().to_owned());
        view! {
            <tr>
                <th scope="row"><bdi>{domain.name.to_string()}</bdi></th>
                <td><Badge tone text=words/></td>
                <td>{relay}</td>
                <td><bdi>{or_dash(domain.destination)}</bdi></td>
                <td><bdi>{or_dash(domain.failovers.map(|hosts| hosts.join(", ")))}</bdi></td>
                <td>{code.unwrap_or_else(|| "—".into_any())}</td>
            </tr>
        }
    });
    view! {
        <Table label="Domains"
            columns=&["Domain", "State", "Relays mail", "Destination", "Failovers", "Verification code"]>
            {rows.collect_view()}
        </Table>
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
