//! The six instances on one port, and discovery.

use super::{ADMIN, Essentials, PARTNER, check_error};
use crate::helper::{Answer, answer};
use serde_json::json;
use simulator::{Endpoints, Instance, WrongInstance};

impl Essentials {
    /// A `GET` at an instance.
    async fn get_at(&self, instance: Instance, user: &str, path: &str) -> Answer {
        let request = self.request_as(user, "GET", path);
        answer(request.header("Host", instance.host())).await
    }
}

#[tokio::test]
async fn every_instance_knows_where_an_organization_is() {
    let essentials = Essentials::start().await;
    for instance in Instance::ALL {
        let answer = essentials.get_at(instance, ADMIN, "/endpoints/example.com").await;
        answer.check(200, json!(["https://us3.proofpointessentials.com"]));
        let answer = essentials
            .get_at(instance, PARTNER, "/endpoints/msp.example")
            .await;
        answer.check(
            200,
            json!([
                "https://us1.proofpointessentials.com",
                "https://us3.proofpointessentials.com"
            ]),
        );
        let answer = essentials
            .get_at(instance, ADMIN, "/endpoints/none.example")
            .await;
        check_error(&answer, 404, "none.example");
        assert_eq!(essentials.get_at(instance, ADMIN, "/me").await.status, 200);
    }
    let hosts: Vec<_> = essentials
        .simulator()
        .calls()
        .iter()
        .map(|call| call.host.clone())
        .collect();
    assert_eq!(hosts[0], "us1.proofpointessentials.com");
    assert!(hosts.contains(&"eu1.proofpointessentials.com".to_owned()));
}

#[tokio::test]
async fn another_instance_does_not_know_the_organization() {
    let essentials = Essentials::start().await;
    let paths = [
        "/orgs/example.com",
        "/orgs/example.com/users",
        "/billing/example.com",
    ];
    for path in paths {
        assert_eq!(essentials.get_at(Instance::Us3, ADMIN, path).await.status, 200);
        // A host that is none of the vendor stands for all instances.
        assert_eq!(essentials.get(ADMIN, path).await.status, 200);
        for instance in [Instance::Us1, Instance::Eu1] {
            essentials.set(|settings| settings.wrong_instance = WrongInstance::NotFound);
            check_error(
                &essentials.get_at(instance, ADMIN, path).await,
                404,
                "example.com",
            );
            essentials.set(|settings| settings.wrong_instance = WrongInstance::Forbidden);
            check_error(
                &essentials.get_at(instance, ADMIN, path).await,
                403,
                "example.com",
            );
            essentials.set(|settings| settings.wrong_instance = WrongInstance::Html);
            let page = essentials.get_at(instance, ADMIN, path).await;
            assert_eq!(page.status, 200);
            assert!(page.header("content-type").starts_with("text/html"));
            assert!(page.text.starts_with("<!DOCTYPE html>"));
        }
    }
}

/// A script that tries every stack finds an organisation on its own only.
#[tokio::test]
async fn another_host_of_the_vendor_has_no_organization() {
    let essentials = Essentials::start().await;
    for (host, status) in [
        ("usg1.proofpointessentials.com", 404),
        ("US-SIEM.proofpointessentials.com", 404),
        ("mail.brand.example", 200),
        ("proofpointessentials.com.brand.example", 200),
    ] {
        let request = essentials.request_as(ADMIN, "GET", "/orgs/example.com");
        let answer = answer(request.header("Host", host)).await;
        assert_eq!(answer.status, status, "{host}");
    }
}

#[tokio::test]
async fn a_partner_sees_the_customers_of_the_instance() {
    let essentials = Essentials::start().await;
    let domains = async |instance| -> Vec<String> {
        let answer = essentials
            .get_at(instance, PARTNER, "/orgs/msp.example/orgs")
            .await;
        let orgs = answer.json();
        let orgs = orgs.as_array().unwrap().iter();
        orgs.map(|org| org["primary_domain"].as_str().unwrap().to_owned())
            .collect()
    };
    let (us1, us3) = (domains(Instance::Us1).await, domains(Instance::Us3).await);
    assert_eq!(
        us1,
        [
            "msp.example",
            "bakery.example",
            "dental.example",
            "harbor.example",
            "school.example",
            "closed.example"
        ]
    );
    assert_eq!(
        us3,
        [
            "msp.example",
            "law.example",
            "clinic.example",
            "museum.example",
            "example.com"
        ]
    );
}

#[tokio::test]
async fn discovery_has_several_shapes() {
    let essentials = Essentials::start().await;
    let origin = "https://us3.proofpointessentials.com";
    let cases = [
        (Endpoints::Origins, json!([origin])),
        (Endpoints::Envelope, json!({ "endpoints": [origin] })),
        (Endpoints::Stacks, json!(["us3"])),
        (
            Endpoints::Several,
            json!([origin, "https://eu1.proofpointessentials.com"]),
        ),
    ];
    for (shape, expected) in cases {
        essentials.set(|settings| settings.endpoints = shape);
        assert_eq!(essentials.read(ADMIN, "/endpoints/example.com").await, expected);
    }
    essentials.set(|settings| settings.endpoint_values = vec!["https://evil.test".to_owned()]);
    assert_eq!(
        essentials.read(ADMIN, "/endpoints/example.com").await,
        json!(["https://evil.test"])
    );
}
