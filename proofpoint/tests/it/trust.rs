//! Where the credentials go: to the trusted hosts, and nowhere else, whatever an answer says (notes section 5).

use proofpoint::{Client, ClientConfig, ErrorKind, Stack, TrustedHosts};
use serde_json::{Value, json};

use crate::{
    stub::{Reply, Stub, reply},
    support::{PASSWORD, USER, client, config, domain, login},
};

const ENDPOINTS: &str = "GET /api/v1/endpoints/example.com";
const ORG: &str = "GET /api/v1/orgs/example.com";

#[tokio::test]
async fn discovery_names_instances_and_calls_go_to_them() {
    let named = json!([
        "https://eu1.proofpointessentials.com",
        "us3",
        "https://evil.example",
        "us3"
    ]);
    let stub = Stub::start([
        (ENDPOINTS, reply(200, &named)),
        (ORG, reply(200, json!({"eid": 1}))),
    ])
    .await;
    let caller = stub.authorized();
    let instances = caller.endpoints(&domain("example.com")).await.unwrap();
    assert_eq!(instances, [Stack::Eu1.into(), Stack::Us3.into()]);
    for instance in instances {
        let there = caller.at(instance.clone());
        assert_eq!(there.instance(), &instance);
        there.organization(&domain("example.com")).await.unwrap();
    }
    let hosts: Vec<_> = stub
        .seen()
        .iter()
        .map(|seen| seen.header("host").unwrap().to_owned())
        .collect();
    assert_eq!(
        hosts,
        [
            "us1.proofpointessentials.com",
            "eu1.proofpointessentials.com",
            "us3.proofpointessentials.com"
        ]
    );
    stub.seen()[0].check_call(ENDPOINTS, &Value::Null);
}

#[tokio::test]
async fn an_organization_that_is_on_no_instance() {
    for nothing in [
        reply(200, "[]"),
        reply(200, json!({"endpoints": []})),
        Reply::none(200),
    ] {
        let stub = Stub::start([(ENDPOINTS, nothing)]).await;
        assert_eq!(
            stub.authorized().endpoints(&domain("example.com")).await.unwrap(),
            []
        );
    }
}

#[tokio::test]
async fn a_host_that_is_not_trusted_is_an_error_and_gets_nothing() {
    let evil = Stub::start([(ORG, reply(200, json!({"eid": 1})))]).await;
    for (named, cause) in [
        (
            "https://Evil.example",
            "the answer names evil.example: the portal does not trust this host",
        ),
        (
            evil.url.as_str(),
            "the answer names a host: it is neither a plain host name nor",
        ),
        (
            "https://us1.proofpointessentials.com@evil.example",
            "the answer names a host: it is neither",
        ),
        // A secret of the call in the place of a host is not repeated.
        (
            &format!("{PASSWORD}.example"),
            "the answer names a host: the portal does not trust this host",
        ),
        (USER, "the answer names a host: it is neither"),
    ] {
        let stub = Stub::start([(ENDPOINTS, reply(200, json!([named])))]).await;
        let error = stub
            .authorized()
            .endpoints(&domain("example.com"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UntrustedHost, "{named}");
        assert!(error.cause().unwrap().starts_with(cause), "{error:?}");
        assert!(
            error
                .to_string()
                .starts_with("Proofpoint Essentials names a host that the portal does not trust"),
            "{error}"
        );
        let shown = format!("{error:?} {error}").to_lowercase();
        for secret in [PASSWORD, USER, "@evil"] {
            assert!(!shown.contains(&secret.to_lowercase()), "{shown}");
        }
        assert_eq!(stub.lines(), [ENDPOINTS], "{named}");
    }
    assert_eq!(evil.lines(), [""; 0]);
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let evil = Stub::start([(ORG, reply(200, json!({"eid": 1})))]).await;
    let target = format!("{}/api/v1/orgs/example.com", evil.url);
    for status in [301, 302, 303, 307, 308] {
        let stub = Stub::start([(ORG, Reply::none(status).with("location", &target))]).await;
        let error = stub
            .authorized()
            .organization(&domain("example.com"))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Redirected, Some(status))
        );
        assert_eq!(stub.lines(), [ORG]);
    }
    assert_eq!(evil.lines(), [""; 0]);
}

#[tokio::test]
async fn a_host_of_the_operators_is_asked_too_and_that_of_another_client_is_not() {
    let stub = Stub::start([(ENDPOINTS, reply(200, json!(["mail.brand.example"])))]).await;
    let branded = Client::new(ClientConfig {
        trusted: TrustedHosts::with_extra(["mail.brand.example"]).unwrap(),
        ..config(&stub.url)
    });
    let caller = branded.unwrap().with_login(&login(USER, PASSWORD));
    let instance = caller.endpoints(&domain("example.com")).await.unwrap().remove(0);
    let there = caller.at(instance.clone());
    let error = there.organization(&domain("example.com")).await.unwrap_err();
    assert_eq!(error.status(), Some(404), "the stub has no organisation");
    assert_eq!(stub.seen()[1].header("host"), Some("mail.brand.example"));

    let plain = client(&stub.url).with_login(&login(USER, PASSWORD)).at(instance);
    let error = plain.organization(&domain("example.com")).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Rejected, false));
    assert_eq!(stub.lines().len(), 2);
}
