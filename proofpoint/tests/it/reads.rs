//! What the calls that read ask for, and the shapes of answers that they take.

use proofpoint::{
    Authorized, Direction, Error, ErrorKind, FeatureSetting, Package, ProductLabel, ReportPeriod,
    SenderEntry, SenderListOwner, Stack, StatsMetric, StatsScope, UserType,
};
use serde_json::{Value, json};

use crate::{
    stub::{Reply, Stub, reply},
    support::{domain, email},
};

const STATS: &str = "GET /api/v1/stats/example.com/partner/orgs";
const OWN_STATS: &str = "GET /api/v1/stats/example.com/partner";

/// What a call makes of an answer.
async fn read<T>(
    path: &'static str,
    answer: &Value,
    call: impl AsyncFn(&Authorized) -> Result<T, Error>,
) -> Result<T, Error> {
    let line: &'static str = Box::leak(format!("GET /api/v1{path}").into_boxed_str());
    let stub = Stub::start([(line, reply(200, answer))]).await;
    let result = call(&stub.authorized()).await;
    stub.only().check_call(line, &Value::Null);
    result
}

/// The call takes the list bare, in an envelope under `key`, in `data`, and empty.
async fn check_list<T>(
    path: &'static str,
    key: &str,
    row: Value,
    call: impl AsyncFn(&Authorized) -> Result<Vec<T>, Error>,
) {
    let envelope = json!({"status": 0, "messages": [], "data": [row]});
    for answer in [
        json!([row]),
        json!({key: [row]}),
        json!({"data": [row]}),
        envelope,
    ] {
        assert_eq!(read(path, &answer, &call).await.unwrap().len(), 1, "{answer}");
    }
    for answer in [json!([]), json!({key: []}), json!({key: null}), Value::Null] {
        assert_eq!(read(path, &answer, &call).await.unwrap().len(), 0, "{answer}");
    }
    let error = read(path, &json!({"unknown": []}), &call).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn lists_are_read_bare_and_in_envelopes() {
    let organization = domain("Example.com");
    check_list(
        "/orgs/Example.com/users",
        "users",
        json!({"primary_email": "a@x.com"}),
        async |caller| caller.users(&organization).await,
    )
    .await;
    check_list(
        "/orgs/Example.com/domains",
        "domains",
        json!({"name": "x.com"}),
        async |caller| caller.domains(&organization).await,
    )
    .await;
    check_list(
        "/orgs/Example.com/orgs",
        "orgs",
        json!({"eid": 1}),
        async |caller| Ok(caller.organization_family(&organization).await?.children),
    )
    .await;
    check_list(
        "/orgs/Example.com/products",
        "products",
        json!({"label": "A"}),
        async |caller| caller.products(&organization).await,
    )
    .await;
    check_list(
        "/billing/Example.com",
        "billing",
        json!({"eid": 1}),
        async |caller| caller.billing(&organization).await,
    )
    .await;
    check_list(
        "/billing/Example.com/orgs",
        "billing",
        json!({"eid": 1}),
        async |caller| caller.billing_with_children(&organization).await,
    )
    .await;
    check_list(
        "/orgs/Example.com/settings/azure/exemptions",
        "exemptions",
        json!({"email": "a@x.com"}),
        async |caller| caller.azure_exemptions(&organization).await,
    )
    .await;
    check_list(
        "/orgs/Example.com/authentication/settings/idps",
        "idps",
        json!({"id": "0059FCBB"}),
        async |caller| caller.identity_providers(&organization).await,
    )
    .await;
}

#[tokio::test]
async fn the_account() {
    let answer = json!({
        "user_id": 1234, "primary_email": "Bob@x.com", "type": "channel_admin", "is_admin": "true", "entity_id": 9,
        "entity_primary_domain": "x.com", "entity_type": "channel", "read_only_user": 1,
    });
    let account = read("/me", &answer, async |caller| caller.me().await)
        .await
        .unwrap();
    assert_eq!(
        (account.id.as_str(), account.organization_id.as_str()),
        ("1234", "9")
    );
    assert_eq!(account.user_type, Some(UserType::ChannelAdmin));
    assert_eq!(
        (account.is_admin, account.is_partner_admin, account.is_read_only),
        (Some(true), None, Some(true))
    );
    assert_eq!(account.organization_domain, domain("X.com"));
    let error = read("/me", &json!({}), async |caller| caller.me().await)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn one_organization_user_and_domain() {
    let organization = domain("example.com");
    for answer in [
        json!({"eid": 7, "name": "A"}),
        json!({"org": {"eid": "7", "name": "A"}}),
        json!({"data": {"eid": 7, "name": "A"}}),
    ] {
        let read = read("/orgs/example.com", &answer, async |caller| {
            caller.organization(&organization).await
        });
        assert_eq!(read.await.unwrap().name, "A", "{answer}");
    }
    let user = email("O'Brien+x@example.com");
    for answer in [
        json!({"uid": 7}),
        json!({"user": {"uid": "7"}}),
        json!({"data": {"uid": 7}}),
    ] {
        let read = read(
            "/orgs/example.com/users/O%27Brien%2Bx%40example.com",
            &answer,
            async |caller| caller.user(&organization, &user).await,
        );
        assert_eq!(read.await.unwrap().user.id.as_str(), "7", "{answer}");
    }
    let answer = json!({"name": "b.example", "is_relay": "1", "failovers": ["10.0.0.1"]});
    let found = read("/orgs/example.com/domains/b.example", &answer, async |caller| {
        caller.domain(&organization, &domain("b.example")).await
    });
    assert_eq!(found.await.unwrap().is_relay, Some(true));
    // The document has one domain as the answer to the list.
    let found = read("/orgs/example.com/domains", &answer, async |caller| {
        caller.domains(&organization).await
    });
    assert_eq!(found.await.unwrap().len(), 1);
    for answer in [json!({}), json!([]), json!("no"), json!({"name": ""})] {
        let error = read("/orgs/example.com", &answer, async |caller| {
            caller.organization(&organization).await
        });
        assert_eq!(error.await.unwrap_err().kind(), ErrorKind::Unreadable, "{answer}");
        let error = read("/orgs/example.com/users/a%40x.com", &answer, async |caller| {
            caller.user(&organization, &email("a@x.com")).await
        });
        assert_eq!(error.await.unwrap_err().kind(), ErrorKind::Unreadable, "{answer}");
        let error = read("/orgs/example.com/domains/x.com", &answer, async |caller| {
            caller.domain(&organization, &domain("x.com")).await
        });
        assert_eq!(error.await.unwrap_err().kind(), ErrorKind::Unreadable, "{answer}");
    }
}

#[tokio::test]
async fn licensing_and_features() {
    let organization = domain("example.com");
    let answer = json!({"license_count": "75", "package": "Professional", "is_on_trial": false});
    let licensing = read("/orgs/example.com/licensing", &answer, async |caller| {
        caller.licensing(&organization).await
    });
    let licensing = licensing.await.unwrap();
    assert_eq!(
        (licensing.licenses, licensing.package),
        (Some(75), Some(Package::Professional))
    );
    for answer in [
        json!({"dlp": "true", "instant_replay": 30}),
        json!({"features": {"dlp": true}}),
        json!({"data": {"dlp": true}}),
    ] {
        let features = read("/orgs/example.com/features", &answer, async |caller| {
            caller.features(&organization).await
        });
        assert_eq!(
            features.await.unwrap().get("dlp"),
            Some(FeatureSetting::Switch(true)),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn sender_lists_under_every_name() {
    let organization = domain("example.com");
    let user = email("a@example.com");
    let owners = [
        ("/orgs/example.com/sender-lists", SenderListOwner::Organization),
        (
            "/orgs/example.com/users/a%40example.com/sender-lists",
            SenderListOwner::User(&user),
        ),
    ];
    for (path, owner) in owners {
        for key in ["allow_list", "safe_list_senders", "white_list_senders"] {
            let answer = json!({key: ["*@x.com"]});
            let lists = read(path, &answer, async |caller| {
                caller.sender_lists(&organization, owner).await
            });
            let lists = lists.await.unwrap();
            assert_eq!(
                (lists.allow, lists.block),
                (Some(vec![SenderEntry::new("*@x.com")]), None),
                "{key}"
            );
        }
    }
}

#[tokio::test]
async fn azure_and_authentication() {
    let organization = domain("example.com");
    let azure = "/orgs/example.com/settings/azure";
    let answer = json!({"sync_frequency": "0", "ad_key": "****", "secret_expiry": "2027/01/15"});
    let settings = read(azure, &answer, async |caller| {
        caller.azure_settings(&organization).await
    });
    let settings = settings.await.unwrap().unwrap();
    assert!(settings.is_sync_off());
    assert_eq!(
        settings.secret_expiry.unwrap().date().unwrap().to_string(),
        "2027-01-15"
    );
    let stub = Stub::start([("GET /api/v1/orgs/example.com/settings/azure", Reply::none(404))]).await;
    assert_eq!(
        stub.authorized().azure_settings(&organization).await.unwrap(),
        None
    );

    let answer = json!([{"email": "a@x.com"}, "b@x.com", {}]);
    let exempt = read(
        "/orgs/example.com/settings/azure/exemptions",
        &answer,
        async |caller| caller.azure_exemptions(&organization).await,
    );
    assert_eq!(exempt.await.unwrap(), [email("a@x.com"), email("b@x.com")]);

    let settings = "/orgs/example.com/authentication/settings";
    let path: &'static str = Box::leak(format!("{settings}/mfa").into_boxed_str());
    let answer = json!({"is_mfa_enabled": "yes", "mfa_admins_only": false});
    let mfa = read(path, &answer, async |caller| {
        caller.mfa_settings(&organization).await
    });
    let mfa = mfa.await.unwrap();
    assert_eq!((mfa.is_enabled, mfa.admins_only), (Some(true), Some(false)));
    let path: &'static str = Box::leak(format!("{settings}/login").into_boxed_str());
    let answer =
        json!({"allow_local_login": true, "idp_for_forced_login": null, "idps_valid_for_sso": ["A"]});
    let login = read(path, &answer, async |caller| {
        caller.login_settings(&organization).await
    });
    let login = login.await.unwrap();
    assert_eq!(
        (login.allow_local_login, login.idp_for_forced_login),
        (Some(true), None)
    );
    let path: &'static str = Box::leak(format!("{settings}/idps").into_boxed_str());
    let answer = json!([{"id": "A", "name": "Okta", "sp_public_cert_when_expires": "2027-02-03 00:00:00"}]);
    let providers = read(path, &answer, async |caller| {
        caller.identity_providers(&organization).await
    });
    let expires = providers.await.unwrap()[0]
        .service_certificate_expires
        .clone()
        .unwrap();
    assert_eq!(expires.date().unwrap().to_string(), "2027-02-03");
}

#[tokio::test]
async fn reports_of_each_period_and_direction() {
    let organization = domain("example.com");
    let answer = json!({"period": "7d", "inbound": {"clean_total": 3, "clean": {"1523006097": 3}}});
    for (path, period, direction) in [
        ("/reporting/example.com/1d", ReportPeriod::Day, None),
        (
            "/reporting/example.com/7d/inbound",
            ReportPeriod::Week,
            Some(Direction::Inbound),
        ),
        (
            "/reporting/example.com/30d/outbound",
            ReportPeriod::Month,
            Some(Direction::Outbound),
        ),
    ] {
        let report = read(path, &answer, async |caller| {
            caller.report(&organization, period, direction).await
        });
        assert_eq!(report.await.unwrap().inbound.unwrap().iter().count(), 1, "{path}");
    }
}

#[tokio::test]
async fn billing_and_products() {
    let organization = domain("example.com");
    let answer = json!([{"eid": 1, "data_center": "EU1", "confirmed_users": "150", "trial_package": null}]);
    let rows = read("/billing/example.com/orgs", &answer, async |caller| {
        caller.billing_with_children(&organization).await
    });
    let rows = rows.await.unwrap();
    assert_eq!(
        (rows[0].stack(), rows[0].confirmed_users),
        (Some(Stack::Eu1), Some(150))
    );
    assert_eq!(rows[0].trial_package, None);
    let answer =
        json!({"label": "A_B", "status": "confirmed", "purchase_info": null, "variants": [{"name": "X"}]});
    let product = read("/orgs/example.com/products/A_B", &answer, async |caller| {
        caller.product(&organization, &ProductLabel::new("A_B")).await
    });
    let product = product.await.unwrap();
    assert_eq!((product.purchase, product.variants.unwrap().len()), (None, 1));
}

#[tokio::test]
async fn stats_are_read_page_by_page_and_their_links_are_not_followed() {
    let elsewhere = Stub::start([("GET /next", reply(200, "[]"))]).await;
    let link = format!("{}/next", elsewhere.url);
    let page = |ids: std::ops::Range<u32>| {
        let rows: Vec<Value> = ids
            .map(|id| json!({"eid": id, "name": "A", "ib_total": {"count_1d": "11"}, "organization_hierarchy": []}))
            .collect();
        reply(
            200,
            json!({"data": rows, "total": 1004, "next_page_url": link, "path": link, "last_page_url": link}),
        )
    };
    let stub = Stub::start([(STATS, page(0..1000)), (STATS, page(1000..1004))]).await;
    let rows = stub
        .authorized()
        .partner_stats(&domain("example.com"), StatsScope::WithChildren)
        .await
        .unwrap();
    assert_eq!(rows.len(), 1004);
    assert_eq!(rows[0].counts[&StatsMetric::InboundTotal].day, Some(11));
    let pages = [1, 2].map(|page| format!("{STATS}?format=bymetric&page={page}&page_size=1000"));
    assert_eq!(stub.lines(), pages);
    assert_eq!(elsewhere.lines(), [""; 0]);

    let stub = Stub::start([(OWN_STATS, page(0..1))]).await;
    let rows = stub
        .authorized()
        .partner_stats(&domain("example.com"), StatsScope::Own)
        .await;
    assert_eq!(rows.unwrap().len(), 1);
}

#[tokio::test]
async fn what_could_make_another_path_is_not_sent() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    let organization = domain("example.com");
    for name in ["x/../../token/y", "..", "x%2fy", "x?y", "x#y", "x\\y", "x\ny", ""] {
        let (as_domain, as_email) = (name.to_owned().into(), format!("{name}@x.com").into());
        let errors = [
            caller.organization(&as_domain).await.err(),
            caller.endpoints(&as_domain).await.err(),
            caller.billing(&as_domain).await.err(),
            caller.domain(&organization, &as_domain).await.err(),
            caller.user(&organization, &as_email).await.err(),
            caller.delete_user(&organization, &as_email).await.err(),
            caller
                .product(&organization, &ProductLabel::new(name))
                .await
                .err(),
        ];
        for error in errors {
            let error = error.unwrap();
            assert_eq!(
                (error.kind(), error.was_sent()),
                (ErrorKind::Rejected, false),
                "{name:?}: {error}"
            );
            assert!(
                error.to_string().starts_with("The request was not sent: the "),
                "{error}"
            );
        }
    }
    assert_eq!(stub.lines(), [""; 0]);
}
