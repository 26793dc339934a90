//! How the people of an organisation sign in, which the simulator only shows.

use crate::proofpoint::{
    answer::{Reply, list, ok},
    caller::Caller,
};
use axum::extract::Path;

pub(super) async fn mfa(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let organization = access.organization(&domain)?;
    Ok(ok(&access.state.settings, organization.mfa.json()))
}

pub(super) async fn login(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let organization = access.organization(&domain)?;
    let answer = organization.login.json(&organization.providers);
    Ok(ok(&access.state.settings, answer))
}

pub(super) async fn providers(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let settings = &access.state.settings;
    let organization = access.organization(&domain)?;
    let instance = access.instance_for(organization);
    let providers = organization.providers.iter();
    let providers = providers.map(|provider| provider.json(instance)).collect();
    Ok(ok(settings, list(settings, "idps", providers)))
}

pub(super) async fn provider(caller: Caller, Path((domain, id)): Path<(String, String)>) -> Reply {
    let access = caller.reads()?;
    let organization = access.organization(&domain)?;
    let instance = access.instance_for(organization);
    let mut providers = organization.providers.iter();
    let provider = providers.find(|provider| provider.id.eq_ignore_ascii_case(&id));
    let provider = provider.ok_or_else(|| access.unknown(&id))?;
    Ok(ok(&access.state.settings, provider.json(instance)))
}
