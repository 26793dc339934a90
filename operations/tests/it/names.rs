//! Names against a cluster: what cannot be seen is refused, either spelling of a letter is the same name, and a refusal
//! by the cluster lands at its field.

use gate::Action;
use operations::{
    Error,
    directory::UserQuery,
    groups::{self, NewGroupForm},
    roles::{self, NewRoleForm},
    saml::{self, draft::SamlForm},
    users::{self, DetailsForm, NewUserForm},
};
use protegrity::{NewGroup, NewUser, RoleDraft, RoleName, permissions as known};
use secrecy::SecretString;
use simulator::{Fault, TokenMode};

use crate::support::{TestServices, first_rows};

/// "José" with the letter é, and with an e and an accent.
const COMPOSED: &str = "jos\u{e9}";
const DECOMPOSED: &str = "jose\u{301}";

/// A name that the cluster has and no person can type.
const UNSEEN: &str = "ops\u{200b}x ";

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The messages of a refusal, with their fields.
fn problems<T>(result: Result<T, Error>) -> Vec<(String, String)> {
    match result {
        Err(Error::Invalid(problems)) => problems
            .into_iter()
            .map(|problem| (problem.field, problem.message))
            .collect(),
        _ => Vec::new(),
    }
}

fn check<T>(result: Result<T, Error>, field: &str, words: &str) {
    let problems = problems(result);
    assert!(
        problems
            .iter()
            .any(|(at, message)| at == field && message.contains(words)),
        "{words} at {field}: {problems:?}"
    );
}

/// A cluster with a user, a group and a role in the spelling of two characters, and names that cannot be seen whole.
async fn portal() -> TestServices {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let admin = portal.as_admin_directly().await;
    let user = NewUser {
        username: DECOMPOSED.to_owned(),
        roles: vec!["directory_viewer".into()],
        ..NewUser::default()
    };
    admin.create_user(&user).await.expect("a user");
    for name in [DECOMPOSED, UNSEEN] {
        let group = NewGroup {
            name: name.to_owned(),
            ..NewGroup::default()
        };
        admin.create_group(&group).await.expect("a group");
        let role = RoleDraft {
            name: name.into(),
            description: "Twin".to_owned(),
            permissions: vec![known::SAML_VIEWER.into()],
        };
        admin.create_role(&role).await.expect("a role");
    }
    portal
}

async fn new_user(portal: &TestServices, form: &NewUserForm) -> Result<NewUser, Error> {
    let operation = portal.operation("admin", Action::CreateUser).await;
    users::new_user(&portal.services, &operation, form, SecretString::default()).await
}

fn user(name: &str, roles: &[&str], groups: &[&str]) -> NewUserForm {
    NewUserForm {
        username: name.to_owned(),
        details: DetailsForm {
            roles: strings(roles),
            groups: strings(groups),
            ..DetailsForm::default()
        },
        ..NewUserForm::default()
    }
}

#[tokio::test]
async fn a_twin_in_another_spelling_is_already_there() {
    let portal = portal().await;
    for name in [COMPOSED, DECOMPOSED, "JOS\u{c9}"] {
        let form = user(name, &["auditor"], &[]);
        check(
            new_user(&portal, &form).await,
            "username",
            "has a user of this name already",
        );
    }
    for name in [COMPOSED, DECOMPOSED] {
        let operation = portal.operation("admin", Action::CreateGroup).await;
        let form = NewGroupForm {
            name: name.to_owned(),
            ..NewGroupForm::default()
        };
        let created = groups::create(&portal.services, &operation, &form).await;
        check(created, "name", "has a group of this name already");
        let operation = portal.operation("admin", Action::CreateRole).await;
        let form = NewRoleForm {
            name: name.to_owned(),
            ..NewRoleForm::default()
        };
        let created = roles::create(&portal.services, &operation, &form).await;
        check(created, "name", "A role of this name exists already");
    }
}

#[tokio::test]
async fn a_search_finds_either_spelling_and_a_name_leads_to_its_user() {
    let portal = portal().await;
    let operation = portal.reader("helpdesk").await;
    for text in [COMPOSED, DECOMPOSED, "JOS\u{c9}"] {
        let query = UserQuery {
            text: text.to_owned(),
            ..first_rows(25)
        };
        let listing = portal
            .services
            .directory
            .users(&operation, &query)
            .await
            .expect("a list");
        let names: Vec<_> = listing.users.iter().map(|user| user.username.as_str()).collect();
        assert_eq!(names, [DECOMPOSED], "{text}");
        let found = portal
            .services
            .directory
            .user_named(&operation, text)
            .await
            .expect("a list");
        assert_eq!(
            found.map(|user| user.username).as_deref(),
            Some(DECOMPOSED),
            "{text}"
        );
    }
    // Typed in one spelling, a member is sent in the cluster's.
    let operation = portal.operation("admin", Action::CreateGroup).await;
    let form = NewGroupForm {
        name: "pilots".to_owned(),
        names: format!("alpha, {COMPOSED}"),
        ..NewGroupForm::default()
    };
    groups::create(&portal.services, &operation, &form)
        .await
        .expect("a group");
    let members = portal.group("pilots").await.members.expect("members");
    assert_eq!(members, ["alpha", DECOMPOSED]);
}

#[tokio::test]
async fn what_cannot_be_seen_is_refused_unless_the_cluster_has_it() {
    let portal = portal().await;
    let role = "audi\u{202e}tor";
    let form = user("ana\u{200b}", &["auditor"], &[]);
    check(
        new_user(&portal, &form).await,
        "username",
        "U+200B, ZERO WIDTH SPACE",
    );
    let form = user("ana", &[role], &[]);
    check(
        new_user(&portal, &form).await,
        "roles",
        "U+202E, RIGHT-TO-LEFT OVERRIDE",
    );
    let form = user("ana", &["auditor"], &["dev\u{ad}elopers"]);
    check(new_user(&portal, &form).await, "groups", "U+00AD, SOFT HYPHEN");
    let form = user("ana", &[UNSEEN, DECOMPOSED], &[UNSEEN]);
    let created = new_user(&portal, &form)
        .await
        .expect("the cluster has these names");
    assert_eq!(
        created.roles,
        [UNSEEN, DECOMPOSED].map(RoleName::from),
        "byte for byte"
    );
    assert_eq!(created.groups, [UNSEEN]);

    let operation = portal.operation("admin", Action::CreateGroup).await;
    for (name, words) in [
        ("Sales\u{a0}EMEA", "U+00A0, NO-BREAK SPACE"),
        ("Sales, EMEA", "none of , ; |"),
        ("Sales; EMEA", "none of , ; |"),
        ("Sales|EMEA", "none of , ; |"),
    ] {
        let form = NewGroupForm {
            name: name.to_owned(),
            ..NewGroupForm::default()
        };
        check(
            groups::create(&portal.services, &operation, &form).await,
            "name",
            words,
        );
    }
    let form = NewGroupForm {
        name: "pilots".to_owned(),
        roles: strings(&[role]),
        names: "al\u{feff}pha".to_owned(),
        ..NewGroupForm::default()
    };
    let created = groups::create(&portal.services, &operation, &form).await;
    let fields: Vec<_> = problems(created).into_iter().map(|(field, _)| field).collect();
    assert!(
        ["roles", "names"]
            .iter()
            .all(|field| fields.iter().any(|at| at == field)),
        "{fields:?}"
    );
}

#[tokio::test]
async fn a_refusal_by_the_cluster_lands_at_its_field() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let providers = "/pty/v1/auth/saml/providers";
    let form = SamlForm {
        alias: "azure".to_owned(),
        display_name: "Azure".to_owned(),
        metadata_url: "https://login.example.com/metadata.xml".to_owned(),
        ..SamlForm::new_provider()
    };
    for (status, message, field) in [
        (400, "Could not read the metadata of 'alias'", "metadata_url"),
        (409, "Identity Provider azure already exists", "alias"),
        (422, "signingCertificate must be PEM", "signing_certificate"),
    ] {
        let body = format!(r#"{{"errorMessage":"{message}"}}"#);
        portal.fail_at(providers, Fault::Status { status, body });
        let operation = portal.operation("admin", Action::CreateSamlProvider).await;
        let created = saml::create(&operation, &form).await;
        check(created, field, &format!("The cluster said: {message}"));
    }
}
