//! Changing and deleting one object, which only a cluster's own specification offers.

use http::Method;
use protegrity::{
    Api, Specification,
    pim::{
        Alphabet, Application, DataElement, DataStore, Item, ItemCall, ItemKind, Mask, Policy, Role, Rule,
    },
};
use serde_json::{Value, json};

use crate::{
    rows::assert_refused,
    support::{Reply, Stub},
};

/// Lists both calls of every kind of object.
fn generous() -> Specification {
    let paths: serde_json::Map<String, Value> = ItemKind::ALL
        .into_iter()
        .map(|kind| {
            let path = kind.template().replace("{uid}", "{itemUid}");
            (path, json!({"put": {}, "delete": {}}))
        })
        .collect();
    Specification::new(Api::Pim, json!({"openapi": "3.0.0", "paths": paths}).to_string())
}

/// What the reference has: nothing of one object.
fn strict() -> Specification {
    let paths = json!({"/roles": {"get": {}, "post": {}}, "/deploy": {"post": {}}});
    Specification::new(Api::Pim, json!({"paths": paths}).to_string())
}

fn items() -> Vec<(Item, &'static str)> {
    vec![
        (Item::Role("1".into()), "/roles/1"),
        (Item::Member("1".into(), "2".into()), "/roles/1/members/2"),
        (Item::DataElement("1".into()), "/dataelements/1"),
        (Item::Policy("1".into()), "/policies/1"),
        (Item::Rule("1".into(), "2".into()), "/policies/1/rules/2"),
        (Item::DataStore("1".into()), "/datastores/1"),
        (
            Item::ExportKey("1".into(), "2".into()),
            "/datastores/1/export/keys/2",
        ),
        (Item::Application("1".into()), "/applications/1"),
        (Item::Mask("1".into()), "/masks/1"),
        (Item::Alphabet("1".into()), "/alphabets/1"),
        (Item::Source("1".into()), "/sources/1"),
    ]
}

#[test]
fn every_kind_has_its_two_calls() {
    let (generous, strict) = (generous(), strict());
    for kind in ItemKind::ALL {
        for call in [ItemCall::Update, ItemCall::Delete] {
            assert!(generous.lists_item(call, kind), "{kind:?}");
            assert!(!strict.lists_item(call, kind), "{kind:?}");
        }
    }
    let auth = Specification::new(Api::Auth, generous.text().to_owned());
    assert!(auth.lists(&Method::DELETE, "/roles/{uid}"));
    assert!(!auth.lists_item(ItemCall::Delete, ItemKind::Role));
}

#[tokio::test]
async fn an_object_is_deleted_at_its_address() {
    let mut kinds: Vec<ItemKind> = Vec::new();
    for (item, path) in items() {
        let stub = Stub::start([]).await;
        let caller = stub.authorized();
        let line = format!("DELETE /pty/v2/pim{path}");
        let error = caller.pim().delete(&generous(), &item).await.unwrap_err();
        assert_eq!((error.status(), stub.lines()), (Some(404), vec![line]));
        assert_eq!(error.endpoint(), format!("DELETE /pim{}", item.kind().template()));
        kinds.push(item.kind());
        // As a job keeps it.
        assert_eq!(serde_json::from_value::<Item>(json!(item)).unwrap(), item);
    }
    assert_eq!(kinds, ItemKind::ALL);
    let stub = Stub::start([("DELETE /pty/v2/pim/masks/a%2Fb", Reply::none(204))]).await;
    let mask = Item::Mask("a/b".into());
    stub.authorized().pim().delete(&generous(), &mask).await.unwrap();
    stub.check([("DELETE /pty/v2/pim/masks/a%2Fb", Value::Null)]);
}

#[tokio::test]
async fn what_is_not_listed_is_not_sent() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    let pim = caller.pim();
    let unreadable = Specification::new(Api::Pim, "paths: [".to_owned());
    for specification in [strict(), unreadable] {
        for (item, _) in items() {
            assert_refused(pim.delete(&specification, &item).await);
        }
        let role = Role {
            uid: "1".into(),
            name: "a".to_owned(),
            ..Role::default()
        };
        assert_refused(pim.update_role(&specification, &role).await);
    }
    for empty in ["", " ", ".", ".."] {
        assert_refused(pim.delete(&generous(), &Item::Role(empty.into())).await);
        let member = Item::Member("1".into(), empty.into());
        assert_refused(pim.delete(&generous(), &member).await);
        let rule = Item::Rule(empty.into(), "1".into());
        assert_refused(pim.delete(&generous(), &rule).await);
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
}

fn row<T: From<Value>>(value: Value) -> T {
    T::from(value)
}

#[tokio::test]
async fn a_change_sends_the_whole_row_back() {
    let stub = Stub::start([
        ("PUT /pty/v2/pim/roles/1", Reply::none(204)),
        ("PUT /pty/v2/pim/dataelements/2", Reply::none(204)),
        ("PUT /pty/v2/pim/policies/3", Reply::none(204)),
        ("PUT /pty/v2/pim/policies/3/rules/4", Reply::none(204)),
        ("PUT /pty/v2/pim/datastores/5", Reply::none(204)),
        ("PUT /pty/v2/pim/applications/6", Reply::none(204)),
        ("PUT /pty/v2/pim/masks/7", Reply::none(204)),
        ("PUT /pty/v2/pim/alphabets/8", Reply::none(204)),
    ])
    .await;
    let (caller, offered) = (stub.authorized(), generous());
    let pim = caller.pim();
    let users: Role = row(json!({"uid": 1, "name": "r", "mode": "AUTOMATIC", "new": {"a": 1}}));
    let renamed = Role {
        name: "renamed".to_owned(),
        ..users
    };
    pim.update_role(&offered, &renamed).await.unwrap();
    let element: DataElement =
        row(json!({"uid": "2", "name": "e", "numericToken": {"tokenizer": "SLT_2_6"}}));
    pim.describe_data_element(&offered, &element, "d").await.unwrap();
    let policy: Policy = row(json!({"uid": "3", "name": "p", "template": {"access": {"protect": true}}}));
    pim.update_policy(&offered, &policy).await.unwrap();
    let rule: Rule = row(json!({"uid": 4, "role": "1", "dataElement": "2", "mask": "0"}));
    pim.update_rule(&offered, &"3".into(), &rule).await.unwrap();
    let store: DataStore = row(json!({"uid": "5", "name": "s", "default": false, "nodes": ["10.0.0.1"]}));
    pim.update_data_store(&offered, &store).await.unwrap();
    let application: Application = row(json!({"uid": "6", "name": "a", "applicationName": "x"}));
    pim.update_application(&offered, &application).await.unwrap();
    let mask: Mask = row(json!({"uid": "7", "name": "m", "fromLeft": "2"}));
    pim.update_mask(&offered, &mask).await.unwrap();
    let alphabet: Alphabet = row(json!({"uid": "8", "label": "l", "ranges": [{"from": "41"}]}));
    pim.update_alphabet(&offered, &alphabet).await.unwrap();
    stub.check([
        (
            "PUT /pty/v2/pim/roles/1",
            json!({"name": "renamed", "mode": "AUTOMATIC", "new": {"a": 1}}),
        ),
        (
            "PUT /pty/v2/pim/dataelements/2",
            json!({"name": "e", "description": "d", "numericToken": {"tokenizer": "SLT_2_6"}}),
        ),
        (
            "PUT /pty/v2/pim/policies/3",
            json!({
                "name": "p",
                "template": {"access": {"protect": true, "reProtect": false, "unProtect": false}},
            }),
        ),
        (
            "PUT /pty/v2/pim/policies/3/rules/4",
            json!({"role": "1", "dataElement": "2", "mask": "0"}),
        ),
        (
            "PUT /pty/v2/pim/datastores/5",
            json!({"name": "s", "default": false, "nodes": ["10.0.0.1"]}),
        ),
        (
            "PUT /pty/v2/pim/applications/6",
            json!({"name": "a", "applicationName": "x"}),
        ),
        ("PUT /pty/v2/pim/masks/7", json!({"name": "m", "fromLeft": 2})),
        (
            "PUT /pty/v2/pim/alphabets/8",
            json!({"label": "l", "ranges": [{"from": "41"}]}),
        ),
    ]);
}

#[tokio::test]
async fn a_change_of_nothing_that_has_a_name_is_refused() {
    let stub = Stub::start([]).await;
    let (caller, offered) = (stub.authorized(), generous());
    let pim = caller.pim();
    assert_refused(pim.update_role(&offered, &row(json!({"uid": "1"}))).await);
    assert_refused(pim.update_mask(&offered, &row(json!({"name": "m"}))).await);
    let rule = row(json!({"role": "1", "dataElement": "2"}));
    assert_refused(pim.update_rule(&offered, &"3".into(), &rule).await);
    assert_eq!(stub.lines(), Vec::<String>::new());
}
