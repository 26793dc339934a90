//! Roles against a cluster: only what a person changed is sent, and names are sent byte for byte.

use gate::Action;
use operations::{
    Error, baseline,
    lockout::{CONFIRM_NO_ADMINS, CONFIRM_SELF, Confirmations},
    read_back::ReadBack,
    roles::{self, DeleteRoleForm, EditRoleForm, NewRoleForm, Saved, Shown, Updated, UserHolders},
};
use protegrity::{Role, RoleDraft, RoleName, permissions as known};
use simulator::{Fault, FaultRule, TokenMode};

use crate::support::TestServices;

const ROLES: &str = "/pty/v1/auth/roles";

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn draft(name: &str, description: &str, permissions: &[&str]) -> RoleDraft {
    RoleDraft {
        name: name.into(),
        description: description.to_owned(),
        permissions: permissions.iter().map(|name| (*name).into()).collect(),
    }
}

/// The role as the cluster has it, read past the gate.
async fn role(portal: &TestServices, name: &str) -> Option<Role> {
    let roles = portal.as_admin_directly().await.roles().await;
    let mut roles = roles.expect("a list of roles").into_iter();
    roles.find(|role| role.name.as_str() == name)
}

/// The form as it shows this role, and is sent without a change.
fn form(role: &Role) -> EditRoleForm {
    let shown = Shown::from(role);
    EditRoleForm {
        name: role.name.to_string(),
        baseline: baseline::encode(&shown),
        description: shown.description,
        permissions: shown.permissions,
        ..EditRoleForm::default()
    }
}

async fn update(
    portal: &TestServices,
    form: &EditRoleForm,
    confirmations: Confirmations,
) -> Result<Saved, Error> {
    let operation = portal.operation("admin", Action::UpdateRole).await;
    let name = RoleName::from(form.name.as_str());
    let planned = roles::plan(&portal.services, &operation, &name, form).await?;
    let reviewed = EditRoleForm {
        reviewed: planned.fingerprint(),
        ..form.clone()
    };
    let updated = roles::update(&portal.services, &operation, &name, &reviewed, confirmations).await?;
    match updated {
        Updated::Saved(saved) => Ok(saved),
        Updated::NeedsReview => panic!("the change was reviewed"),
    }
}

async fn delete(portal: &TestServices, name: &str, typed: &str) -> Result<bool, Error> {
    let operation = portal.operation("admin", Action::DeleteRole).await;
    let form = DeleteRoleForm {
        name: name.to_owned(),
        typed: typed.to_owned(),
    };
    roles::delete(
        &portal.services,
        &operation,
        &name.into(),
        &form,
        Confirmations::default(),
    )
    .await
}

/// The fields that a refusal is about.
fn fields<T>(result: &Result<T, Error>) -> Vec<&str> {
    match result {
        Err(Error::Invalid(problems)) => problems.iter().map(|problem| problem.field.as_str()).collect(),
        _ => Vec::new(),
    }
}

fn writes(lines: &[String]) -> usize {
    lines.iter().filter(|line| !line.starts_with("GET")).count()
}

#[tokio::test]
async fn a_role_is_created_once() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.operation("admin", Action::CreateRole).await;
    let form = NewRoleForm {
        name: " night shift ".to_owned(),
        description: "At night".to_owned(),
        permissions: strings(&[known::INSIGHT_VIEWER]),
    };
    let saved = roles::create(&portal.services, &operation, &form).await;
    let saved = saved.expect("it is created");
    assert_eq!(
        (saved.name.as_str(), saved.may_sign_in, saved.read_back),
        ("night shift", false, Some(ReadBack::AsSent))
    );
    let created = role(&portal, "night shift").await.expect("it is listed");
    assert_eq!(created.permissions, [known::INSIGHT_VIEWER.into()]);

    let (again, lines) = portal
        .calls_of(roles::create(&portal.services, &operation, &form))
        .await;
    assert_eq!(fields(&again), ["name"], "{again:?}");
    assert_eq!(writes(&lines), 0, "{lines:?}");
}

#[tokio::test]
async fn only_what_the_person_changed_is_sent_over_what_is_there_now() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let shown = role(&portal, "policy_officer").await.expect("it is listed");
    let mut form = form(&shown);
    form.permissions.push(known::SAML_VIEWER.to_owned());
    form.permissions.retain(|name| name != known::CAN_CREATE_TOKEN);
    // Another person changes the description and adds a permission meanwhile.
    let mut meanwhile = draft("policy_officer", "Changed meanwhile", &[known::INSIGHT_VIEWER]);
    meanwhile.permissions.extend(shown.permissions.clone());
    let admin = portal.as_admin_directly().await;
    admin.update_role(&meanwhile).await.expect("it is changed");

    let saved = update(&portal, &form, Confirmations::default()).await;
    let saved = saved.expect("it is saved");
    assert_eq!(
        (saved.may_sign_in, saved.read_back),
        (false, Some(ReadBack::AsSent))
    );
    let now = role(&portal, "policy_officer").await.expect("it is listed");
    assert_eq!(now.description.as_deref(), Some("Changed meanwhile"));
    for (permission, expected) in [
        (known::SAML_VIEWER, true),
        (known::INSIGHT_VIEWER, true),
        (known::WORKBENCH_POLICY_WRITE, true),
        (known::CAN_CREATE_TOKEN, false),
    ] {
        assert_eq!(roles::grants(&now, permission), expected, "{permission}");
    }
}

#[tokio::test]
async fn a_description_that_two_people_changed_is_reported_at_its_field() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let shown = role(&portal, "policy_officer").await.expect("it is listed");
    let form = EditRoleForm {
        description: "Mine".to_owned(),
        ..form(&shown)
    };
    let theirs = RoleDraft {
        permissions: shown.permissions,
        ..draft("policy_officer", "Theirs", &[])
    };
    let admin = portal.as_admin_directly().await;
    admin.update_role(&theirs).await.expect("it is changed");
    let refused = update(&portal, &form, Confirmations::default()).await;
    assert_eq!(fields(&refused), ["description"], "{refused:?}");
    let now = role(&portal, "policy_officer").await.expect("it is listed");
    assert_eq!(now.description.as_deref(), Some("Theirs"));
}

/// A form returns what it shows without the space around it, which is no change.
#[tokio::test]
async fn nothing_is_sent_when_nothing_was_changed() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let admin = portal.as_admin_directly().await;
    let spaced = draft("spaced", " Reads\nall ", &[known::SAML_VIEWER]);
    admin.create_role(&spaced).await.expect("it is created");
    let shown = role(&portal, "spaced").await.expect("it is listed");
    let form = EditRoleForm {
        description: "Reads\r\nall".to_owned(),
        ..form(&shown)
    };
    let (saved, lines) = portal
        .calls_of(update(&portal, &form, Confirmations::default()))
        .await;
    assert_eq!(saved.expect("it stays").read_back, None);
    assert!(!lines.iter().any(|line| line.starts_with("PUT")), "{lines:?}");

    let form = EditRoleForm {
        permissions: Vec::new(),
        ..form
    };
    update(&portal, &form, Confirmations::default())
        .await
        .expect("it is saved");
    let now = role(&portal, "spaced").await.expect("it is listed");
    assert_eq!(
        (now.description.as_deref(), now.permissions.len()),
        (shown.description.as_deref(), 0),
        "the description is not part of the change"
    );
}

#[tokio::test]
async fn a_form_without_its_baseline_changes_nothing() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let form = EditRoleForm {
        name: "policy_officer".to_owned(),
        ..EditRoleForm::default()
    };
    let refused = update(&portal, &form, Confirmations::default()).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn names_are_sent_byte_for_byte() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let admin = portal.as_admin_directly().await;
    for name in ["%41", "A", "a%2Fb", "%2e%2e", "100%", "ops ", "ops"] {
        let new = draft(name, name, &[known::SAML_VIEWER]);
        admin.create_role(&new).await.expect("it is created");
    }
    for name in ["%41", "a%2Fb", "%2e%2e", "100%", "ops "] {
        let operation = portal.operation("admin", Action::ViewRole).await;
        let found = roles::look_up(&portal.services, &operation, &name.into()).await;
        let found = found.expect("it is listed");
        assert_eq!(found.description.as_deref(), Some(name));
        let form = EditRoleForm {
            permissions: strings(&[known::ROLE_VIEWER]),
            ..form(&found)
        };
        let saved = update(&portal, &form, Confirmations::default()).await;
        assert_eq!(saved.expect("it is saved").name.as_str(), name);
        let now = role(&portal, name).await.expect("it is listed");
        assert_eq!(now.permissions, [known::ROLE_VIEWER.into()], "{name:?}");
        let is_listed = delete(&portal, name, "").await;
        assert!(!is_listed.expect("it is deleted"));
        assert!(role(&portal, name).await.is_none(), "{name:?}");
    }
    for name in ["A", "ops"] {
        let other = role(&portal, name).await.expect("the other role stays");
        assert_eq!(other.permissions, [known::SAML_VIEWER.into()], "{name:?}");
    }
}

#[tokio::test]
async fn a_role_that_is_newer_than_the_list_is_found() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.operation("admin", Action::ViewRole).await;
    let look_up = |name: &'static str| {
        let (services, operation) = (portal.services.clone(), operation.clone());
        async move { roles::look_up(&services, &operation, &name.into()).await }
    };
    look_up("policy_officer").await.expect("it is listed");
    let admin = portal.as_admin_directly().await;
    let new = draft("just created", "", &[]);
    admin.create_role(&new).await.expect("it is created");
    let (found, lines) = portal.calls_of(look_up("just created")).await;
    found.expect("it is found");
    assert_eq!(lines.len(), 1, "{lines:?}");
    let missing = look_up("no such role").await;
    assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
}

#[tokio::test]
async fn the_last_administrator_is_not_locked_out_without_a_confirmation() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let shown = role(&portal, "security_administrator")
        .await
        .expect("it is listed");
    let mut form = form(&shown);
    form.permissions.retain(|name| name != known::USER_MANAGER_ADMIN);
    let refused = update(&portal, &form, Confirmations::default()).await;
    assert_eq!(fields(&refused), [CONFIRM_SELF], "{refused:?}");

    let admin = portal.as_admin_directly().await;
    let helpdesk = draft("helpdesk_operator", "", &[known::CAN_CREATE_TOKEN]);
    admin.update_role(&helpdesk).await.expect("it is changed");
    let refused = update(&portal, &form, Confirmations::of_boxes("true", "")).await;
    assert_eq!(fields(&refused), [CONFIRM_NO_ADMINS], "{refused:?}");
    let refused = delete(&portal, "security_administrator", "security_administrator").await;
    assert_eq!(fields(&refused), [CONFIRM_NO_ADMINS], "{refused:?}");
    let now = role(&portal, "security_administrator")
        .await
        .expect("it is listed");
    assert_eq!(now.permissions, shown.permissions);

    let saved = update(&portal, &form, Confirmations::of_boxes("", "true")).await;
    saved.expect("it is confirmed");
}

#[tokio::test]
async fn a_role_with_holders_is_deleted_only_when_its_name_is_typed() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.operation("admin", Action::ViewRole).await;
    let holders = roles::holders(&portal.services, &operation, &"workbench_viewer".into()).await;
    let groups: Vec<_> = holders
        .groups
        .as_ref()
        .expect("they are visible")
        .iter()
        .collect();
    assert_eq!(groups[0].name, "developers");
    assert!(matches!(holders.users, UserHolders::Read { unread: 0, .. }));
    assert!(!holders.are_none());

    let refused = delete(&portal, "workbench_viewer", "workbench").await;
    assert_eq!(fields(&refused), ["typed"], "{refused:?}");
    let is_listed = delete(&portal, "workbench_viewer", " workbench_viewer ").await;
    assert!(!is_listed.expect("it is deleted"));
    assert!(role(&portal, "workbench_viewer").await.is_none());
}

/// A write without an answer may have taken effect: the lists of all sessions are read again.
#[tokio::test]
async fn the_outcome_of_a_write_without_an_answer_is_not_hidden_by_a_cached_list() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let reader = portal.operation("auditor", Action::ViewRole).await;
    let name = RoleName::from("policy_officer");
    let before = roles::look_up(&portal.services, &reader, &name).await;
    let form = EditRoleForm {
        permissions: strings(&[known::SAML_VIEWER]),
        ..form(&before.expect("it is listed"))
    };
    // The simulator drops a request before it takes effect, so the effect is made directly.
    let admin = portal.as_admin_directly().await;
    let effect = draft("policy_officer", "It took effect", &[]);
    admin.update_role(&effect).await.expect("it is changed");
    portal.simulator().set_faults(vec![FaultRule {
        method: Some("PUT".to_owned()),
        ..FaultRule::always(ROLES, Fault::Drop)
    }]);
    let failed = update(&portal, &form, Confirmations::default()).await;
    assert!(matches!(failed, Err(Error::Operation(_))), "{failed:?}");
    let after = roles::look_up(&portal.services, &reader, &name).await;
    let after = after.expect("it is listed");
    assert_eq!(after.description.as_deref(), Some("It took effect"));
}

#[tokio::test]
async fn permissions_of_a_role_that_people_hold_change_after_a_review_of_exactly_this_change() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = portal.operation("admin", Action::UpdateRole).await;
    let name = RoleName::from("policy_officer");
    let mut form = form(&role(&portal, "policy_officer").await.expect("it is listed"));
    let update = async |form: &EditRoleForm| {
        let confirmations = Confirmations::default();
        let updating = roles::update(&portal.services, &operation, &name, form, confirmations);
        let (updated, lines) = portal.calls_of(updating).await;
        let is_saved = matches!(updated.expect("an answer"), Updated::Saved(_));
        assert_eq!(writes(&lines) > 0, is_saved, "{lines:?}");
        is_saved
    };
    form.permissions.push(known::SAML_VIEWER.to_owned());
    assert!(!update(&form).await, "nothing was reviewed");
    let planned = roles::plan(&portal.services, &operation, &name, &form).await;
    form.reviewed = planned.expect("a plan").fingerprint();

    let mut other = form.clone();
    other.permissions.push(known::INSIGHT_VIEWER.to_owned());
    assert!(!update(&other).await, "another change was reviewed");
    assert!(update(&form).await);
}

#[tokio::test]
async fn a_role_that_nobody_holds_and_a_description_change_without_a_review() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let admin = portal.as_admin_directly().await;
    let unused = draft("unused", "", &[known::SAML_VIEWER]);
    admin.create_role(&unused).await.expect("it is created");
    let operation = portal.operation("admin", Action::UpdateRole).await;
    for (name, permission, description) in [
        ("unused", Some(known::INSIGHT_VIEWER), ""),
        ("policy_officer", None, "Writes policies"),
    ] {
        let mut form = form(&role(&portal, name).await.expect("it is listed"));
        form.permissions.extend(permission.map(ToOwned::to_owned));
        form.description = description.to_owned();
        let confirmations = Confirmations::default();
        let updated = roles::update(&portal.services, &operation, &name.into(), &form, confirmations).await;
        assert!(matches!(updated, Ok(Updated::Saved(_))), "{name}: {updated:?}");
    }
}
