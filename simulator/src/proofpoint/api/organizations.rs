//! Organisations and their children.

use super::{domains, users};
use crate::proofpoint::{
    answer::{self, Reply, done, list, ok},
    body::Body,
    caller::{Access, Caller},
    failure::Failure,
    state::{Domain, Organization, PACKAGES},
};
use axum::{body::Bytes, extract::Path};
use serde_json::Value;

pub(super) async fn read(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let organization = access.organization(&domain)?;
    Ok(ok(&access.state.settings, json(&access, organization)))
}

/// The organisation itself and its children.
pub(super) async fn children(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads_as_partner()?;
    let organizations = access.with_children(&domain)?;
    let organizations = organizations.into_iter();
    let all = organizations
        .map(|organization| json(&access, organization))
        .collect();
    let settings = &access.state.settings;
    Ok(ok(settings, list(settings, "orgs", all)))
}

fn json(access: &Access<'_>, organization: &Organization) -> Value {
    let hierarchy = access.state.ancestry(organization.eid);
    organization.json(&access.state.settings, &hierarchy)
}

/// Changes whether the organisation is active, or its external id.
pub(super) async fn update(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    let mut access = caller.writes_as_partner()?;
    let organization = access.organization_mut(&domain)?;
    let body = Body::read(&body)?;
    let (is_active, external_id) = (body.boolean("is_active")?, body.text("external_id")?);
    if is_active.is_none() && external_id.is_none() {
        return Err(Failure::invalid("body", "is_active or external_id is required"));
    }
    organization.is_active = is_active.unwrap_or(organization.is_active);
    if let Some(external_id) = external_id {
        organization.external_id = external_id;
    }
    Ok(done())
}

pub(super) async fn create(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    let mut access = caller.writes_as_partner()?;
    let parent = access.organization(&domain)?;
    if parent.kind == "organization" {
        return Err(Failure::forbidden(&domain));
    }
    let (parent, instance) = (parent.eid, access.instance_for(parent));
    let settings = access.state.settings.clone();
    answer::create(&settings, "orgs", &body, |item| {
        let body = Body::of(item)?;
        let mut organization = new_organization(&mut access, parent, &body)?;
        organization.instances = vec![instance];
        let eid = organization.eid;
        access.state.add(organization);
        let added = access.state.get(eid).map(|added| json(&access, added));
        Ok(added.unwrap_or_default())
    })
}

fn new_organization(access: &mut Access<'_>, parent: u32, body: &Body) -> Result<Organization, Failure> {
    let primary = body.required_text("primary_domain")?.to_lowercase();
    domains::check_name("primary_domain", &primary)?;
    let name = body.required_text("name")?;
    let licenses = body.number("user_licenses")?.filter(|licenses| *licenses > 0);
    let licenses = licenses.ok_or_else(|| Failure::invalid("user_licenses", "a value is required"))?;
    let package = body.choice("licensing_package", PACKAGES)?.unwrap_or("business");
    let country = body.text("country")?.unwrap_or_default();
    let stateprov = body.text("stateprov")?.unwrap_or_default();
    if matches!(country.as_str(), "US" | "CA") && stateprov.is_empty() {
        return Err(Failure::invalid("stateprov", "is required for this country"));
    }
    let domains = body.value("domains").and_then(Value::as_array).cloned();
    let domains = domains.ok_or_else(|| Failure::invalid("domains", "a list is required"))?;
    let domains = domains
        .into_iter()
        .map(|domain| domains::read_new(&Body::of(domain)?));
    let mut domains: Vec<_> = domains.collect::<Result<_, _>>()?;
    if domains.iter().all(|domain| domain.name != primary) {
        domains.insert(
            0,
            Domain {
                name: primary.clone(),
                ..Domain::default()
            },
        );
    }
    if let Some(taken) = domains
        .iter()
        .find(|domain| access.state.find(&domain.name).is_some())
    {
        return Err(Failure::exists(&taken.name));
    }
    let admin = body.value("admin_user").cloned();
    let admin = admin.ok_or_else(|| Failure::invalid("admin_user", "an object is required"))?;
    let mut admin = users::new_user(access, "organization", &Body::of(admin)?)?;
    admin.kind = "organization_admin";
    let eid = access.state.new_id();
    let mut organization = Organization::new(eid, Some(parent), &primary, &name);
    organization.set_package(package);
    organization.licenses = licenses;
    organization.country = country;
    organization.stateprov = stateprov;
    organization.domains = domains;
    for (field, value) in [
        ("www", &mut organization.www),
        ("address", &mut organization.address),
        ("postcode", &mut organization.postcode),
        ("phone", &mut organization.phone),
        ("external_id", &mut organization.external_id),
    ] {
        *value = body.text(field)?.unwrap_or_default();
    }
    organization.admin.clone_from(&admin.primary_email);
    organization.users.put(admin);
    Ok(organization)
}
