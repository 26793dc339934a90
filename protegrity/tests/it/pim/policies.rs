//! Policies and their rules.

use protegrity::pim::{
    Audit, MaskUid, NewPolicy, NewRule, NoAccessOperation, Operations, Permission, PolicyUid, RoleUid,
};
use serde_json::{Value, json};

use super::{creations, lists};
use crate::{
    rows::assert_refused,
    support::{Stub, reply},
};

const LIST: &str = "GET /pty/v2/pim/policies";
const CREATE: &str = "POST /pty/v2/pim/policies";
const RULES: &str = "GET /pty/v2/pim/policies/1/rules";
const NEW_RULE: &str = "POST /pty/v2/pim/policies/1/rules";

/// That of the reference's samples: everything is permitted, nothing is audited.
fn permission() -> Permission {
    Permission {
        access: Operations::ALL,
        audit: Some(Audit::default()),
    }
}

fn permission_json() -> Value {
    json!({
        "access": {"protect": true, "reProtect": true, "unProtect": true},
        "audit": {
            "success": {"protect": false, "reProtect": false, "unProtect": false},
            "failed": {"protect": false, "reProtect": false, "unProtect": false},
        },
    })
}

fn rule() -> NewRule {
    NewRule {
        role: "1".into(),
        data_element: "1".into(),
        no_access_operation: Some(NoAccessOperation::Exception),
        mask: None,
        permission: permission(),
    }
}

#[tokio::test]
async fn a_policy_is_created_as_in_the_sample() {
    let policy = NewPolicy {
        name: "POLICY".to_owned(),
        description: "POLICY".to_owned(),
        template: permission(),
    };
    let body = json!({"name": "POLICY", "description": "POLICY", "template": permission_json()});
    for (answer, uid) in creations() {
        let stub = Stub::start([(CREATE, answer)]).await;
        let created = stub.authorized().pim().create_policy(&policy).await.unwrap();
        assert_eq!(created.uid, uid.map(PolicyUid::from));
        stub.check([(CREATE, body.clone())]);
    }
}

#[tokio::test]
async fn policies_are_read_in_every_shape() {
    let rows = json!([
        {"uid": 1, "name": "a", "template": permission_json(), "state": "DEPLOYED"},
        {"uid": "2", "name": "b", "template": {"access": {"protect": "true"}}},
        {"uid": "3", "name": "c", "template": {}}, {"uid": "4", "name": "d", "template": null},
    ]);
    for answer in lists("policies", &rows) {
        let stub = Stub::start([(LIST, answer)]).await;
        let policies = stub.authorized().pim().policies().await.unwrap();
        let templates: Vec<_> = policies.iter().map(|policy| policy.template).collect();
        let partial = Permission {
            access: Operations {
                protect: true,
                ..Operations::NONE
            },
            audit: None,
        };
        assert_eq!(templates, [Some(permission()), Some(partial), None, None]);
        assert_eq!(json!(policies[0].rest), json!({"state": "DEPLOYED"}));
        stub.check([(LIST, Value::Null)]);
    }
}

#[tokio::test]
async fn a_rule_is_added_as_in_the_sample() {
    for (answer, uid) in creations() {
        let stub = Stub::start([(NEW_RULE, answer)]).await;
        let created = stub
            .authorized()
            .pim()
            .create_rule(&"1".into(), &rule())
            .await
            .unwrap();
        assert_eq!(created.uid.as_ref().map(AsRef::as_ref), uid);
        stub.check([(
            NEW_RULE,
            json!({
                "role": "1", "dataElement": "1", "noAccessOperation": "EXCEPTION", "permission": permission_json(),
            }),
        )]);
    }
    let stub = Stub::start([(NEW_RULE, reply(200, "{}"))]).await;
    let plain = NewRule {
        no_access_operation: None,
        mask: Some(MaskUid::from("3")),
        permission: Permission {
            audit: None,
            ..permission()
        },
        ..rule()
    };
    stub.authorized()
        .pim()
        .create_rule(&"1".into(), &plain)
        .await
        .unwrap();
    stub.check([(
        NEW_RULE,
        json!({
            "role": "1", "dataElement": "1", "mask": "3",
            "permission": {"access": {"protect": true, "reProtect": true, "unProtect": true}},
        }),
    )]);
}

/// The answer that is documented has `mask: "0"` and no uid, operation or audit (notes section 9).
#[tokio::test]
async fn rules_are_read_without_what_the_answer_leaves_out() {
    let rows = json!([
        {
            "role": "1", "mask": "0", "dataElement": "2",
            "permission": {"access": {"protect": true, "reProtect": false, "unProtect": true}},
        },
        {"uid": 7, "role": {"uid": 1}, "dataElement": 3, "mask": 4, "noAccessOperation": "PROTECTED_VALUE"},
        {"role": "2", "dataElement": "2", "noAccessOperation": "NULL_VALUE", "mask": null},
        {"role": "2", "dataElement": "3", "noAccessOperation": "OF_TOMORROW", "mask": 0},
        {"role": "2"}, {}, null,
    ]);
    for answer in lists("rules", &rows) {
        let stub = Stub::start([(RULES, answer)]).await;
        let rules = stub.authorized().pim().rules(&"1".into()).await.unwrap();
        assert_eq!(rules.len(), 5);
        assert_eq!(rules[0].key(), (&RoleUid::from("1"), &"2".into()));
        assert_eq!(
            (&rules[0].uid, &rules[0].mask, rules[0].no_access()),
            (&None, &None, NoAccessOperation::NullValue)
        );
        let permission = rules[0].permission.unwrap();
        assert!(permission.access.un_protect && !permission.access.re_protect && permission.audit.is_none());
        assert_eq!(
            (&rules[1].uid, &rules[1].mask),
            (&Some("7".into()), &Some("4".into()))
        );
        assert_eq!(rules[1].key(), (&RoleUid::from("1"), &"3".into()));
        // Unknown, not "no access".
        assert_eq!(rules[1].permission, None);
        let operations: Vec<_> = rules[1..4].iter().map(protegrity::pim::Rule::no_access).collect();
        assert_eq!(
            operations,
            [
                NoAccessOperation::ProtectedValue,
                NoAccessOperation::NullValue,
                NoAccessOperation::Other("OF_TOMORROW".to_owned())
            ]
        );
        assert!(rules[2].mask.is_none() && rules[3].mask.is_none());
        stub.check([(RULES, Value::Null)]);
    }
}

#[tokio::test]
async fn nothing_empty_reaches_the_wire() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    let pim = caller.pim();
    assert_refused(pim.create_policy(&NewPolicy::default()).await);
    assert_refused(pim.rules(&"".into()).await);
    assert_refused(pim.create_rule(&"..".into(), &rule()).await);
    let roleless = NewRule {
        role: "".into(),
        ..rule()
    };
    assert_refused(pim.create_rule(&"1".into(), &roleless).await);
    let elementless = NewRule {
        data_element: " ".into(),
        ..rule()
    };
    assert_refused(pim.create_rule(&"1".into(), &elementless).await);
    assert_eq!(stub.lines(), Vec::<String>::new());
}
