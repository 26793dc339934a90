//! The users of an organisation.

use crate::proofpoint::{
    ProofpointSettings, UserUpdate,
    answer::{self, Reply, done, enveloped, ok},
    body::Body,
    caller::{Access, Caller},
    failure::Failure,
    state::{USER_TYPES, User, is_sender},
};
use axum::{body::Bytes, extract::Path};

type OfUser = Path<(String, String)>;

pub(super) async fn list(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let settings = &access.state.settings;
    let users = access.organization(&domain)?.users.all();
    let users = users.map(|user| user.json(settings)).collect();
    Ok(ok(settings, enveloped(settings, "users", users)))
}

pub(super) async fn read(caller: Caller, Path((domain, email)): OfUser) -> Reply {
    let access = caller.reads()?;
    let settings = &access.state.settings;
    let user = access.organization(&domain)?.users.get(&email);
    let user = user.ok_or_else(|| access.unknown(&email))?;
    Ok(ok(settings, user.json(settings)))
}

/// Creates one user or a list of them.
pub(super) async fn create(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    let mut access = caller.writes()?;
    let kind = access.organization(&domain)?.kind;
    let settings = access.state.settings.clone();
    answer::create(&settings, "users", &body, |item| {
        let user = new_user(&mut access, kind, &Body::of(item)?)?;
        check_billing(&access, &domain, &user)?;
        let value = user.json(&settings);
        access.organization_mut(&domain)?.users.put(user);
        Ok(value)
    })
}

/// A user from the body of a `POST`.
pub(super) fn new_user(access: &mut Access<'_>, organization: &str, body: &Body) -> Result<User, Failure> {
    let email = body.required_text("primary_email")?;
    if body.value("password").is_some() {
        return Err(Failure::invalid("password", "is not supported"));
    }
    if access.state.user_of_address(&email).is_some() {
        return Err(Failure::exists(&email));
    }
    let uid = access.state.new_id();
    let mut user = User::new(uid, email);
    let settings = access.state.settings.clone();
    fill(&mut user, organization, &settings, body)?;
    check_addresses(access, &user)?;
    Ok(user)
}

/// Changes a user. Read-only fields are ignored.
pub(super) async fn update(caller: Caller, Path((domain, email)): OfUser, body: Bytes) -> Reply {
    let mut access = caller.writes()?;
    let organization = access.organization(&domain)?;
    let (kind, settings) = (organization.kind, access.state.settings.clone());
    let user = organization.users.get(&email);
    let before = user.ok_or_else(|| access.unknown(&email))?.clone();
    let body = Body::read(&body)?;
    let mut user = match settings.user_update {
        UserUpdate::Keep => before,
        UserUpdate::Clear => User {
            password: before.password.clone(),
            kind: before.kind,
            ..User::new(before.uid, before.primary_email)
        },
    };
    user.primary_email = body.required_text("primary_email")?;
    let is_cleared = settings.user_update == UserUpdate::Clear;
    if is_cleared && body.value("type").is_none() {
        user.kind = "end_user";
    }
    fill(&mut user, kind, &settings, &body)?;
    if let Some(password) = body.text("password")? {
        if user.kind == "functional_account" {
            return Err(Failure::invalid("password", "a functional account has none"));
        }
        user.password = Some(password);
    }
    check_addresses(&access, &user)?;
    check_billing(&access, &domain, &user)?;
    let organization = access.organization_mut(&domain)?;
    if organization.admin.eq_ignore_ascii_case(&email) {
        organization.admin.clone_from(&user.primary_email);
    }
    organization.users.put(user);
    Ok(done())
}

pub(super) async fn delete(caller: Caller, Path((domain, email)): OfUser) -> Reply {
    let mut access = caller.writes()?;
    let organization = access.organization(&domain)?;
    let user = organization.users.get(&email);
    let uid = user.ok_or_else(|| access.unknown(&email))?.uid;
    // The organisation's answer has to show an administrator.
    if organization.admin.eq_ignore_ascii_case(&email) {
        return Err(Failure::bad_request(
            "the organisation's administrator stays",
            &email,
        ));
    }
    access.organization_mut(&domain)?.users.remove(uid);
    Ok(done())
}

/// Takes over the fields of a body.
fn fill(
    user: &mut User,
    organization: &str,
    settings: &ProofpointSettings,
    body: &Body,
) -> Result<(), Failure> {
    set(&mut user.firstname, body.text("firstname")?);
    set(&mut user.surname, body.text("surname")?);
    set(&mut user.is_active, body.boolean("is_active")?);
    set(&mut user.sends_welcome_email, body.boolean("send_welcome_email")?);
    set(&mut user.is_billable, body.boolean("is_billable")?);
    set(&mut user.is_read_only, body.boolean("read_only_user")?);
    set(&mut user.aliases, body.texts("alias_emails")?);
    // A type that only answers have is one that was read and sent back.
    if body.text("type")?.as_deref() != Some(user.shown_type(settings)) {
        set(&mut user.kind, body.choice("type", USER_TYPES)?);
    }
    check_type(user, organization)?;
    if let Some(odin) = body.value("odin_settings") {
        let odin = Body::of(odin.clone())?;
        set(&mut user.can_impersonate, odin.boolean("can_impersonate")?);
        set(&mut user.is_imitable, odin.boolean("is_imitable")?);
    }
    let allowed = senders(body, "safe_list_senders", "white_list_senders")?;
    let blocked = senders(body, "block_list_senders", "black_list_senders")?;
    user.lists.replace(allowed, blocked);
    Ok(())
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// A sender list, of which the new name goes before the deprecated one.
fn senders(body: &Body, name: &str, deprecated: &str) -> Result<Option<Vec<String>>, Failure> {
    let name = if body.value(name).is_some() {
        name
    } else {
        deprecated
    };
    let list = body.texts(name)?;
    match list.iter().flatten().find(|sender| !is_sender(sender)) {
        Some(sender) => Err(Failure::invalid(name, format!("{sender} is no sender"))),
        None => Ok(list),
    }
}

/// A partner's administrator belongs to a partner of its kind.
fn check_type(user: &User, organization: &str) -> Result<(), Failure> {
    let partner = match user.kind {
        "oem_partner_admin" => "oem_partner",
        "strategic_partner_admin" => "strategic_partner",
        "channel_admin" => "channel",
        _ => return Ok(()),
    };
    if partner == organization {
        return Ok(());
    }
    Err(Failure::invalid("type", format!("only in a {partner}")))
}

/// The addresses of a user are addresses, and no other user has them.
fn check_addresses(access: &Access<'_>, user: &User) -> Result<(), Failure> {
    let primary = ("primary_email", &user.primary_email);
    let aliases = user.aliases.iter().map(|alias| ("alias_emails", alias));
    for (field, address) in std::iter::once(primary).chain(aliases) {
        let is_address = address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains('@')
        });
        if !is_address || address.contains(char::is_whitespace) {
            return Err(Failure::invalid(field, format!("{address} is no address")));
        }
        let owner = access.state.user_of_address(address);
        if owner.is_some_and(|owner| owner.uid != user.uid) {
            return Err(Failure::invalid(field, format!("{address} is taken")));
        }
    }
    Ok(())
}

/// Only one user of an organisation can be non-billable.
fn check_billing(access: &Access<'_>, domain: &str, user: &User) -> Result<(), Failure> {
    let mut others = access.organization(domain)?.users.all();
    if !user.is_billable && others.any(|other| !other.is_billable && other.uid != user.uid) {
        return Err(Failure::invalid(
            "is_billable",
            "another user is non-billable already",
        ));
    }
    Ok(())
}
