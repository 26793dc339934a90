//! What the calls that write send: what the document says, and nothing else.

use proofpoint::{
    Authorized, AzureRole, AzureSettings, DomainDraft, Error, ErrorKind, FeatureSetting, NewUser, Package,
    PackageUpdate, RowOutcome, SenderListOwner, SenderLists, UserType, UserUpdate, VerificationMethod,
    VerificationOutcome,
};
use serde_json::{Value, json};

use crate::{
    stub::{Reply, Stub, reply},
    support::{domain, email},
};

const ORG: &str = "example.com";

/// That the call sends this, and that any 2xx is success.
async fn check(line: &'static str, body: Value, call: impl AsyncFn(&Authorized) -> Result<(), Error>) {
    for answer in [Reply::none(204), reply(200, "{}"), reply(201, "not JSON")] {
        let stub = Stub::start([(line, answer)]).await;
        call(&stub.authorized()).await.unwrap();
        stub.only().check_call(line, &body);
    }
}

/// That the call is refused before it is sent.
async fn check_refused(call: impl AsyncFn(&Authorized) -> Result<(), Error>) {
    let stub = Stub::start([]).await;
    let error = call(&stub.authorized()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Rejected, false),
        "{error}"
    );
    assert_eq!(stub.lines(), [""; 0]);
}

#[tokio::test]
async fn licensing_is_the_number_alone() {
    check(
        "PUT /api/v1/orgs/example.com/licensing",
        json!({"license_count": 80}),
        async |caller| caller.update_licensing(&domain(ORG), 80).await,
    )
    .await;
}

#[tokio::test]
async fn a_package_has_what_the_document_requires() {
    let line = "PUT /api/v1/orgs/example.com/package";
    let update = PackageUpdate {
        package: Package::AdvancedPlus,
        is_eula_confirmed: true,
        is_activated: false,
        is_trial_extended: false,
    };
    let body = json!({"package": "advanced_plus", "is_eula_confirmed": true});
    check(line, body, async |caller| {
        caller.update_package(&domain(ORG), &update).await
    })
    .await;
    let activated = PackageUpdate {
        is_activated: true,
        ..update.clone()
    };
    let body = json!({"package": "advanced_plus", "is_eula_confirmed": true, "is_activated": true});
    check(line, body, async |caller| {
        caller.update_package(&domain(ORG), &activated).await
    })
    .await;
    let unknown = PackageUpdate {
        package: Package::from("ultimate"),
        ..update
    };
    check_refused(async |caller| caller.update_package(&domain(ORG), &unknown).await).await;
}

#[tokio::test]
async fn a_feature_goes_back_in_the_type_it_came_in() {
    const LINE: &str = "GET /api/v1/orgs/example.com/features";
    const PUT: &str = "PUT /api/v1/orgs/example.com/features";
    for (read, sent) in [
        (
            json!({"dlp": "false", "instant_replay": "30"}),
            json!({"dlp": "true", "instant_replay": "30"}),
        ),
        (
            json!({"dlp": false, "instant_replay": 30}),
            json!({"dlp": true, "instant_replay": 30}),
        ),
    ] {
        let stub = Stub::start([(LINE, reply(200, &read)), (PUT, Reply::none(204))]).await;
        let caller = stub.authorized();
        let mut features = caller.features(&domain(ORG)).await.unwrap();
        features.set("dlp", &FeatureSetting::Switch(true)).unwrap();
        caller.update_features(&domain(ORG), &features).await.unwrap();
        stub.seen()[1].check_call(PUT, &sent);
    }
}

#[tokio::test]
async fn domains_are_sent_whole() {
    let draft = DomainDraft {
        is_active: true,
        is_relay: true,
        destination: Some("mx.example.com".to_owned()),
        failovers: vec!["10.0.0.1".to_owned()],
    };
    let body = json!({
        "name": "b.example", "is_active": true, "is_relay": true, "destination": "mx.example.com",
        "failovers": ["10.0.0.1"],
    });
    let name = domain("b.example");
    check(
        "POST /api/v1/orgs/example.com/domains",
        body.clone(),
        async |caller| caller.create_domain(&domain(ORG), &name, &draft).await,
    )
    .await;
    check(
        "PUT /api/v1/orgs/example.com/domains/b.example",
        body,
        async |caller| caller.update_domain(&domain(ORG), &name, &draft).await,
    )
    .await;
    check(
        "DELETE /api/v1/orgs/example.com/domains/b.example",
        Value::Null,
        async |caller| caller.delete_domain(&domain(ORG), &name).await,
    )
    .await;
    let no_destination = DomainDraft {
        destination: Some(" ".to_owned()),
        ..draft.clone()
    };
    let active_without_relay = DomainDraft {
        is_relay: false,
        ..draft
    };
    for draft in [no_destination, active_without_relay] {
        check_refused(async |caller| caller.create_domain(&domain(ORG), &name, &draft).await).await;
        check_refused(async |caller| caller.update_domain(&domain(ORG), &name, &draft).await).await;
    }
}

#[tokio::test]
async fn a_domain_is_verified_or_not_yet() {
    const CODE: &str = "GET /api/v1/orgs/example.com/domains/b.example/verification-code";
    const TXT: &str = "PUT /api/v1/orgs/example.com/domains/b.example/verify/txt";
    const META: &str = "PUT /api/v1/orgs/example.com/domains/b.example/verify/meta";
    let stub = Stub::start([
        (CODE, reply(200, json!({"code": "ppe-12345"}))),
        (TXT, Reply::none(204)),
        (META, Reply::none(409)),
        (META, Reply::none(403)),
    ])
    .await;
    let (caller, organization, name) = (stub.authorized(), domain(ORG), domain("b.example"));
    assert_eq!(
        caller.verification_code(&organization, &name).await.unwrap(),
        "ppe-12345"
    );
    let verify = async |method| caller.verify_domain(&organization, &name, method).await;
    assert_eq!(
        verify(VerificationMethod::Txt).await.unwrap(),
        VerificationOutcome::Verified
    );
    assert_eq!(
        verify(VerificationMethod::Meta).await.unwrap(),
        VerificationOutcome::NotVerified
    );
    assert_eq!(
        verify(VerificationMethod::Meta).await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );
    for (seen, line) in stub.seen().iter().zip([CODE, TXT, META, META]) {
        seen.check_call(line, &Value::Null);
    }
}

#[tokio::test]
async fn sender_lists_are_added_replaced_and_removed() {
    let user = email("a@example.com");
    let lists = |allow: &[&str]| SenderLists {
        allow: Some(allow.iter().copied().map(Into::into).collect()),
        block: None,
    };
    let entries = lists(&["*@x.com", "10.91.*.*"]);
    let body = json!({"allow_list": ["*@x.com", "10.91.*.*"]});
    let organization = SenderListOwner::Organization;
    check(
        "POST /api/v1/orgs/example.com/sender-lists",
        body.clone(),
        async |caller| caller.add_senders(&domain(ORG), organization, &entries).await,
    )
    .await;
    check(
        "PATCH /api/v1/orgs/example.com/sender-lists",
        json!({"allow_list": []}),
        async |caller| {
            caller
                .replace_senders(&domain(ORG), organization, &lists(&[]))
                .await
        },
    )
    .await;
    check(
        "DELETE /api/v1/orgs/example.com/users/a%40example.com/sender-lists",
        body,
        async |caller| {
            caller
                .remove_senders(&domain(ORG), SenderListOwner::User(&user), &entries)
                .await
        },
    )
    .await;
    for nothing in [SenderLists::default(), lists(&[])] {
        check_refused(async |caller| caller.remove_senders(&domain(ORG), organization, &nothing).await).await;
    }
    let (none, blank) = (SenderLists::default(), lists(&[" "]));
    check_refused(async |caller| caller.add_senders(&domain(ORG), organization, &none).await).await;
    check_refused(async |caller| caller.replace_senders(&domain(ORG), organization, &blank).await).await;
}

#[tokio::test]
async fn azure_settings_never_carry_a_key() {
    let settings = AzureSettings {
        primary_domain: domain(ORG),
        sync_frequency: Some(6),
        default_role: Some(AzureRole::SilentUser),
        update_users: Some(true),
        ..AzureSettings::default()
    };
    let body = json!({
        "primary_domain": "example.com", "sync_frequency": 6, "default_user_role_name": "silent_user",
        "update_users": true,
    });
    check(
        "PUT /api/v1/orgs/example.com/settings/azure",
        body,
        async |caller| caller.update_azure_settings(&domain(ORG), &settings).await,
    )
    .await;
    let odd = AzureSettings {
        sync_frequency: Some(5),
        ..settings
    };
    check_refused(async |caller| caller.update_azure_settings(&domain(ORG), &odd).await).await;
}

#[tokio::test]
async fn users_are_exempt_from_azure_and_no_longer() {
    let users = [email("a@example.com"), email("b+c@example.com")];
    let body = json!(["a@example.com", "b+c@example.com"]);
    check(
        "PUT /api/v1/orgs/example.com/settings/azure/exemptions",
        body,
        async |caller| caller.add_azure_exemptions(&domain(ORG), &users).await,
    )
    .await;
    check(
        "DELETE /api/v1/orgs/example.com/settings/azure/exemptions/b%2Bc%40example.com",
        Value::Null,
        async |caller| caller.remove_azure_exemption(&domain(ORG), &users[1]).await,
    )
    .await;
    // Without a name the call would be another: that which removes all of them.
    check_refused(async |caller| {
        caller
            .remove_azure_exemption(&domain(ORG), &String::new().into())
            .await
    })
    .await;
    check_refused(async |caller| caller.add_azure_exemptions(&domain(ORG), &[]).await).await;
}

#[tokio::test]
async fn a_user_is_changed_over_what_was_read() {
    const GET: &str = "GET /api/v1/orgs/example.com/users/a%40example.com";
    const PUT: &str = "PUT /api/v1/orgs/example.com/users/a%40example.com";
    let read = json!({
        "uid": 7, "primary_email": "a@example.com", "is_active": "true", "type": "end_user", "new_field": [1],
        "safe_list_senders": ["x.com"],
    });
    let stub = Stub::start([(GET, reply(200, &read)), (PUT, Reply::none(204))]).await;
    let (caller, organization) = (stub.authorized(), domain(ORG));
    let record = caller.user(&organization, &email("a@example.com")).await.unwrap();
    let update = UserUpdate {
        user_type: Some(UserType::FunctionalAccount),
        ..UserUpdate::default()
    };
    caller.update_user(&organization, &record, &update).await.unwrap();
    let sent = json!({
        "primary_email": "a@example.com", "is_active": true, "type": "functional_account", "new_field": [1],
        "safe_list_senders": ["x.com"],
    });
    stub.seen()[1].check_call(PUT, &sent);
}

#[tokio::test]
async fn users_are_created_and_deleted() {
    let new = NewUser {
        first_name: Some("Ann".to_owned()),
        user_type: UserType::OrganizationAdmin,
        is_read_only: true,
        send_welcome_email: Some(false),
        alias_emails: vec![email("ann@example.com")],
        ..NewUser::new(email("a@example.com"))
    };
    let body = json!({
        "primary_email": "a@example.com", "firstname": "Ann", "type": "organization_admin", "is_active": true,
        "is_billable": true, "read_only_user": true, "send_welcome_email": false, "alias_emails": ["ann@example.com"],
    });
    check("POST /api/v1/orgs/example.com/users", body, async |caller| {
        caller.create_user(&domain(ORG), &new).await
    })
    .await;
    check(
        "DELETE /api/v1/orgs/example.com/users/a%40example.com",
        Value::Null,
        async |caller| caller.delete_user(&domain(ORG), &email("a@example.com")).await,
    )
    .await;
    let invalid = NewUser::new("a".to_owned().into());
    check_refused(async |caller| caller.create_user(&domain(ORG), &invalid).await).await;
    check_refused(async |caller| {
        caller
            .create_users(&domain(ORG), std::slice::from_ref(&invalid))
            .await
            .map(drop)
    })
    .await;
}

#[tokio::test]
async fn each_row_of_many_has_an_outcome() {
    const LINE: &str = "POST /api/v1/orgs/example.com/users";
    let users = ["a@example.com", "b@example.com"].map(|address| NewUser::new(email(address)));
    let mixed = json!([
        {"status": 201, "body": {"uid": 1, "primary_email": "a@example.com"}},
        {"status": 409, "body": {"error": "b@example.com is taken by admin@example.com"}},
    ]);
    let stub = Stub::start([
        (LINE, reply(201, "[]")),
        (LINE, reply(207, &mixed)),
        (LINE, reply(207, json!({"status": 207, "responses": mixed}))),
        (LINE, reply(207, "")),
    ])
    .await;
    let (caller, organization) = (stub.authorized(), domain(ORG));
    let taken = RowOutcome::Failed {
        status: Some(409),
        // What was sent as a credential is hidden.
        message: Some("b@example.com is taken by [hidden]".to_owned()),
    };
    for expected in [
        [RowOutcome::Created, RowOutcome::Created],
        [RowOutcome::Created, taken.clone()],
        [RowOutcome::Created, taken],
        [RowOutcome::Unknown, RowOutcome::Unknown],
    ] {
        assert_eq!(
            caller.create_users(&organization, &users).await.unwrap(),
            expected
        );
    }
    let bodies = users.each_ref().map(|user| {
        json!({
            "primary_email": user.primary_email, "type": "end_user", "is_active": true, "is_billable": true,
        })
    });
    stub.seen()[0].check_call(LINE, &json!(bodies));

    // A single user that is answered with a 207 is not taken for created.
    let stub = Stub::start([(
        LINE,
        reply(207, json!([{"status": 422, "message": "No licence left"}])),
    )])
    .await;
    let error = stub
        .authorized()
        .create_user(&organization, &users[0])
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.upstream_message()),
        (ErrorKind::Rejected, Some("No licence left"))
    );
}
