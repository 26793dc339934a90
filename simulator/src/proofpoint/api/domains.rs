//! The domains of an organisation.

use crate::proofpoint::{
    answer::{self, Reply, done, enveloped, ok},
    body::Body,
    caller::Caller,
    failure::Failure,
    state::Domain,
};
use axum::{body::Bytes, extract::Path};
use serde_json::json;

type OfDomain = Path<(String, String)>;

pub(super) async fn list(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let settings = &access.state.settings;
    let domains = access.organization(&domain)?.domains.iter();
    let domains = domains.map(Domain::json).collect();
    Ok(ok(settings, enveloped(settings, "domains", domains)))
}

pub(super) async fn read(caller: Caller, Path((domain, name)): OfDomain) -> Reply {
    let access = caller.reads()?;
    let found = access.organization(&domain)?.domain(&name);
    let found = found.ok_or_else(|| access.unknown(&name))?;
    Ok(ok(&access.state.settings, found.json()))
}

/// Creates one domain or a list of them.
pub(super) async fn create(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    let mut access = caller.writes()?;
    let eid = access.organization(&domain)?.eid;
    let settings = access.state.settings.clone();
    answer::create(&settings, "domains", &body, |item| {
        let domain = read_new(&Body::of(item)?)?;
        if access.state.find(&domain.name).is_some() {
            return Err(Failure::exists(&domain.name));
        }
        let value = domain.json();
        access.state.add_domain(eid, domain);
        Ok(value)
    })
}

/// A domain from the body of a `POST`.
pub(super) fn read_new(body: &Body) -> Result<Domain, Failure> {
    let name = body.required_text("name")?.to_lowercase();
    check_name("name", &name)?;
    let mut domain = Domain {
        name,
        ..Domain::default()
    };
    fill(&mut domain, body)?;
    Ok(domain)
}

pub(super) async fn update(caller: Caller, Path((domain, name)): OfDomain, body: Bytes) -> Reply {
    let mut access = caller.writes()?;
    let unknown = access.unknown(&name);
    let found = access.organization_mut(&domain)?.domain_mut(&name);
    let found = found.ok_or(unknown)?;
    let body = Body::read(&body)?;
    if !body.required_text("name")?.eq_ignore_ascii_case(&name) {
        return Err(Failure::invalid("name", "cannot be changed"));
    }
    let mut changed = found.clone();
    fill(&mut changed, &body)?;
    *found = changed;
    Ok(done())
}

pub(super) async fn delete(caller: Caller, Path((domain, name)): OfDomain) -> Reply {
    let mut access = caller.writes()?;
    let organization = access.organization(&domain)?;
    let found = organization.domain(&name);
    let found = found.ok_or_else(|| access.unknown(&name))?;
    if found.name == organization.primary_domain {
        return Err(Failure::bad_request("the primary domain stays", &name));
    }
    let (eid, name) = (organization.eid, found.name.clone());
    access.state.remove_domain(eid, &name);
    Ok(done())
}

pub(super) async fn verification_code(caller: Caller, Path((domain, name)): OfDomain) -> Reply {
    let access = caller.reads()?;
    let found = access.organization(&domain)?.domain(&name);
    let code = found.ok_or_else(|| access.unknown(&name))?.verification_code();
    Ok(ok(&access.state.settings, json!({ "code": code })))
}

pub(super) async fn verify(
    caller: Caller,
    Path((domain, name, method)): Path<(String, String, String)>,
) -> Reply {
    let mut access = caller.writes()?;
    let unknown = access.unknown(&name);
    let found = access.organization_mut(&domain)?.domain_mut(&name);
    let found = found.ok_or(unknown)?;
    if !matches!(method.as_str(), "txt" | "meta") {
        return Err(Failure::bad_request("the method is txt or meta", &method));
    }
    if !found.is_verifiable() {
        return Err(Failure::new(
            409,
            "the domain could not be verified at this time",
            name,
        ));
    }
    found.is_active = found.is_relay;
    Ok(done())
}

fn fill(domain: &mut Domain, body: &Body) -> Result<(), Failure> {
    domain.is_relay = body.boolean("is_relay")?.unwrap_or(domain.is_relay);
    domain.is_active = body.boolean("is_active")?.unwrap_or(domain.is_active) && domain.is_relay;
    if let Some(destination) = body.text("destination")? {
        domain.destination = destination;
    }
    if let Some(failovers) = body.texts("failovers")? {
        domain.failovers = failovers;
    }
    if domain.is_relay && domain.destination.is_empty() {
        return Err(Failure::invalid("destination", "a relay domain needs one"));
    }
    Ok(())
}

/// Checks that a text is a domain name.
pub(super) fn check_name(field: &str, name: &str) -> Result<(), Failure> {
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if name.len() <= 253 && name.contains('.') && name.split('.').all(is_label) {
        return Ok(());
    }
    Err(Failure::invalid(field, format!("{name} is no domain")))
}
