//! The account itself, and the instances of an organisation.

use crate::proofpoint::{
    Endpoints, Instance,
    answer::{Reply, ok},
    caller::Caller,
    failure::Failure,
};
use axum::extract::Path;
use serde_json::json;

/// The account, also that of an end user.
pub(super) async fn me(caller: Caller) -> Reply {
    let access = caller.anyone();
    let settings = &access.state.settings;
    let account = &caller.account;
    let organization = access.state.get(account.eid);
    let user = organization.and_then(|organization| organization.users.get(&account.email));
    let (Some(organization), Some(user)) = (organization, user) else {
        return Err(Failure::unauthorized());
    };
    let answer = json!({
        "user_id": user.uid,
        "firstname": user.firstname,
        "surname": user.surname,
        "primary_email": user.primary_email,
        "type": user.kind,
        "is_admin": account.is_admin(),
        "is_partner_admin": account.is_partner(),
        "entity_id": organization.eid,
        "entity_primary_domain": organization.primary_domain,
        "entity_type": organization.kind,
        "read_only_user": user.is_read_only,
    });
    Ok(ok(settings, answer))
}

/// The instances of an organisation that the account may see. Every instance answers.
pub(super) async fn endpoints(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let instances = access.organization_anywhere(&domain)?.instances.clone();
    let settings = &access.state.settings;
    let values = |form: fn(Instance) -> String| instances.iter().copied().map(form).collect();
    let mut values: Vec<String> = match settings.endpoints {
        Endpoints::Stacks => values(|instance| instance.name().to_owned()),
        Endpoints::Origins | Endpoints::Envelope | Endpoints::Several => values(Instance::origin),
    };
    if settings.endpoints == Endpoints::Several {
        let others = Instance::ALL.into_iter();
        let mut others = others.filter(|instance| !instances.contains(instance));
        values.extend(others.next_back().map(Instance::origin));
    }
    if !settings.endpoint_values.is_empty() {
        values.clone_from(&settings.endpoint_values);
    }
    let answer = if settings.endpoints == Endpoints::Envelope {
        json!({ "endpoints": values })
    } else {
        json!(values)
    };
    Ok(ok(settings, answer))
}
