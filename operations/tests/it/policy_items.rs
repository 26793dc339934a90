//! Changing and deleting single objects of policy management, where the cluster's specification lists it.

use gate::Action;
use operations::{
    Error, baseline,
    policy::{
        self, ChangeRuleForm, RuleValues,
        items::{self, DescriptionForm},
    },
    read_back::ReadBack,
};
use protegrity::pim::{Item, ItemCall, ItemKind, NoAccessOperation, PolicyUid, Rule};
use simulator::{Fault, FaultRule, TokenMode};

use crate::support::{TestServices, count, status};

const DOC: &str = "/pty/v2/pim/doc";

async fn portal(is_listed: bool) -> TestServices {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    portal
        .simulator()
        .settings(|settings| settings.pim_items = is_listed);
    portal
}

/// The application that is on no data store.
fn unused() -> Item {
    Item::Application("2".into())
}

fn writes(lines: &[String]) -> Vec<&String> {
    lines.iter().filter(|line| !line.starts_with("GET")).collect()
}

#[tokio::test]
async fn nothing_is_sent_that_the_specification_does_not_list() {
    let portal = portal(false).await;
    let operation = portal.operation("officer", Action::DeletePolicyObject).await;
    let specification = &portal.services.pim_specification;
    for kind in ItemKind::ALL {
        for call in [ItemCall::Update, ItemCall::Delete] {
            assert!(!specification.offers(&operation, call, kind).await, "{kind:?}");
        }
    }
    let item = unused();
    let delete = items::delete(&portal.services, &operation, &item, "");
    let (deleted, lines) = portal.calls_of(delete).await;
    let refused = deleted.expect_err("it is not offered").to_string();
    assert!(refused.contains("does not offer"), "{refused}");
    assert!(lines.is_empty(), "{lines:?}");
}

#[tokio::test]
async fn the_specification_is_read_once_for_minutes() {
    let portal = portal(true).await;
    let officer = portal.operation("officer", Action::DeletePolicyObject).await;
    let auditor = portal.operation("auditor", Action::ViewPolicy).await;
    let specification = &portal.services.pim_specification;
    let offers = async {
        let mask = |operation| specification.offers(operation, ItemCall::Delete, ItemKind::Mask);
        let both = futures::join!(mask(&officer), mask(&auditor));
        (both, mask(&auditor).await)
    };
    let (offers, lines) = portal.calls_of(offers).await;
    assert_eq!(offers, ((true, true), true));
    assert_eq!(count(&lines, DOC), 1, "{lines:?}");
    portal.advance(11 * 60);
    let later = specification.offers(&auditor, ItemCall::Update, ItemKind::DataElement);
    let (later, lines) = portal.calls_of(later).await;
    assert!(later);
    assert_eq!(count(&lines, DOC), 1, "{lines:?}");
}

#[tokio::test]
async fn a_specification_that_cannot_be_read_offers_nothing() {
    let portal = portal(true).await;
    let operation = portal.operation("officer", Action::DeletePolicyObject).await;
    portal.fail_at(DOC, status(500));
    let specification = &portal.services.pim_specification;
    let offers = specification.offers(&operation, ItemCall::Delete, ItemKind::Mask);
    assert!(!offers.await);
}

#[tokio::test]
async fn an_object_that_nothing_uses_is_deleted() {
    let portal = portal(true).await;
    let operation = portal.operation("officer", Action::DeletePolicyObject).await;
    let deleted = items::delete(&portal.services, &operation, &unused(), "").await;
    let deleted = deleted.expect("it is deleted");
    assert_eq!(
        (deleted.name.as_str(), deleted.read_back),
        ("DATA_PLATFORM", ReadBack::AsSent)
    );
    let left = policy::applications(&operation).await.expect("a list");
    assert!(left.iter().all(|one| one.uid.as_str() != "2"), "{left:?}");
    assert_eq!(portal.audit.targets(), ["2"]);
    let again = items::delete(&portal.services, &operation, &unused(), "").await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
}

#[tokio::test]
async fn an_object_whose_deletion_got_no_answer_is_looked_for() {
    let portal = portal(true).await;
    let operation = portal.operation("officer", Action::DeletePolicyObject).await;
    let mut lost = FaultRule::always("/pty/v2/pim/applications/2", Fault::Lose);
    lost.method = Some("DELETE".to_owned());
    portal.simulator().set_faults(vec![lost]);
    let deleted = items::delete(&portal.services, &operation, &unused(), "").await;
    assert_eq!(deleted.expect("it is gone").read_back, ReadBack::AsSent);
}

#[tokio::test]
async fn what_is_used_is_not_deleted_and_nothing_is_sent() {
    let portal = portal(true).await;
    let operation = portal.operation("officer", Action::DeletePolicyObject).await;
    for (item, typed, user) in [
        (Item::DataElement("1".into()), "DE_SSN", "CUSTOMER_DATA"),
        (Item::Policy("1".into()), "", "PROD"),
        (Item::Application("1".into()), "", "PROD"),
        (Item::DataStore("2".into()), "", "PAYMENTS"),
        (Item::Source("1".into()), "", "ANALYST"),
        (Item::Mask("1".into()), "", "CUSTOMER_DATA"),
    ] {
        let delete = items::delete(&portal.services, &operation, &item, typed);
        let (refused, lines) = portal.calls_of(delete).await;
        let refused = refused.expect_err("it is used").to_string();
        assert!(
            refused.contains("is used by") && refused.contains(user),
            "{refused}"
        );
        assert!(writes(&lines).is_empty(), "{lines:?}");
    }
}

#[tokio::test]
async fn a_data_element_goes_with_its_typed_name_only() {
    let portal = portal(true).await;
    let operation = portal.operation("officer", Action::DeletePolicyObject).await;
    let elements = policy::data_elements(&operation).await.expect("a list");
    let mut unused = None;
    for element in elements {
        let item = Item::DataElement(element.uid.clone());
        let uses = policy::uses(&operation, &item).await.expect("its uses");
        if uses.known.is_empty() {
            unused = Some((item, element.name));
        }
    }
    let (item, name) = unused.expect("a data element that nothing uses");
    for typed in ["", "DE_OTHER", &name.to_lowercase()] {
        let delete = items::delete(&portal.services, &operation, &item, typed);
        let (refused, lines) = portal.calls_of(delete).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        assert!(writes(&lines).is_empty(), "{lines:?}");
    }
    let deleted = items::delete(&portal.services, &operation, &item, &name).await;
    assert_eq!(deleted.expect("it is deleted").name, name);
}

#[tokio::test]
async fn a_data_element_gets_another_description_over_the_one_that_was_shown() {
    let portal = portal(true).await;
    let operation = portal.operation("officer", Action::DescribeDataElement).await;
    let uid = "1".into();
    let element = async || {
        let elements = policy::data_elements(&operation).await.expect("a list");
        let element = elements.into_iter().find(|element| element.uid == uid);
        element.expect("the data element")
    };
    let before = element().await;
    let shown = before.description.clone().unwrap_or_default();
    let form = |shown: &str, description: &str| DescriptionForm {
        uid: "1".to_owned(),
        shown: shown.to_owned(),
        description: description.to_owned(),
    };
    let describe =
        async |form: DescriptionForm| items::describe(&portal.services, &operation, &uid, &form).await;
    let described = describe(form(&shown, " Numbers of citizens ")).await;
    assert_eq!(described.expect("it is saved").read_back, ReadBack::AsSent);
    let now = element().await;
    assert_eq!(now.description.as_deref(), Some("Numbers of citizens"));
    assert_eq!((now.name, now.method), (before.name, before.method));
    for form in [
        form(&shown, "Later"),
        form("Numbers of citizens", "Numbers of citizens"),
        form("Numbers of citizens", &"x".repeat(1001)),
    ] {
        let (refused, lines) = portal.calls_of(describe(form)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        assert!(writes(&lines).is_empty(), "{lines:?}");
    }
}

/// The rule of the role ETL and the data element `DE_SSN`: it protects and re-protects.
const RULE: &str = "30001";

fn customers() -> PolicyUid {
    "1".into()
}

async fn rule(portal: &TestServices) -> Option<Rule> {
    let operation = portal.operation("officer", Action::ViewPolicy).await;
    let rules = policy::rules(&operation, &customers()).await.expect("the rules");
    let has_uid = |rule: &Rule| rule.uid.as_ref().is_some_and(|uid| uid.as_str() == RULE);
    rules.into_iter().find(has_uid)
}

/// The form as it shows this rule.
fn shown(rule: &Rule) -> ChangeRuleForm {
    let values = RuleValues::from(rule);
    let boxes = values.boxes.clone();
    ChangeRuleForm {
        policy: "1".to_owned(),
        rule: RULE.to_owned(),
        access: boxes.access,
        audit_success: boxes.audit_success,
        audit_failed: boxes.audit_failed,
        no_access: values.no_access.clone(),
        mask: values.mask.clone(),
        baseline: baseline::encode(&values),
    }
}

#[tokio::test]
async fn a_rule_is_changed_over_what_another_person_changed_meanwhile() {
    let portal = portal(true).await;
    let operation = portal.operation("officer", Action::ChangeRule).await;
    let change = async |form: ChangeRuleForm| {
        policy::change_rule(&portal.services, &operation, &customers(), &form).await
    };
    let form = shown(&rule(&portal).await.expect("the rule"));
    let unchanged = portal.calls_of(change(form.clone())).await;
    assert!(matches!(unchanged.0, Err(Error::Invalid(_))), "{unchanged:?}");
    assert!(writes(&unchanged.1).is_empty(), "{unchanged:?}");

    let no_error = ChangeRuleForm {
        no_access: String::new(),
        ..form.clone()
    };
    let changed = change(no_error.clone()).await.expect("it is changed");
    assert_eq!(changed.read_back, ReadBack::AsSent);
    assert_eq!(
        (changed.role.as_str(), changed.element.as_str()),
        ("ETL", "DE_SSN")
    );
    assert_eq!(portal.audit.targets(), ["policy 1, role 3, data element 1"]);

    // Another person still has the form of before: what both changed is refused, the rest is kept.
    let other = ChangeRuleForm {
        no_access: "PROTECTED_VALUE".to_owned(),
        ..form.clone()
    };
    assert!(matches!(change(other).await, Err(Error::Invalid(_))));
    let other = ChangeRuleForm {
        access: vec!["protect".to_owned()],
        ..form
    };
    assert_eq!(
        change(other).await.expect("it is changed").read_back,
        ReadBack::AsSent
    );
    let now = rule(&portal).await.expect("the rule");
    assert_eq!(now.no_access(), NoAccessOperation::NullValue);
    let access = now.permission.expect("a permission").access;
    assert!(access.protect && !access.re_protect, "{now:?}");
}

#[tokio::test]
async fn a_rule_is_deleted_and_looked_for_where_no_answer_came() {
    let portal = portal(true).await;
    let operation = portal.operation("officer", Action::DeleteRule).await;
    let mut lost = FaultRule::always("/pty/v2/pim/policies/1/rules/30001", Fault::Lose);
    lost.method = Some("DELETE".to_owned());
    portal.simulator().set_faults(vec![lost]);
    let delete = async || policy::delete_rule(&portal.services, &operation, &customers(), RULE).await;
    let deleted = delete().await.expect("it is gone");
    assert_eq!(deleted.read_back, ReadBack::AsSent);
    assert_eq!(rule(&portal).await, None);
    assert!(matches!(delete().await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_rule_stays_where_the_specification_lists_no_call() {
    let portal = portal(false).await;
    let operation = portal.operation("officer", Action::ChangeRule).await;
    let form = ChangeRuleForm {
        rule: RULE.to_owned(),
        ..ChangeRuleForm::default()
    };
    let policy = customers();
    let change = policy::change_rule(&portal.services, &operation, &policy, &form);
    let (changed, lines) = portal.calls_of(change).await;
    assert!(matches!(changed, Err(Error::Refused { .. })), "{changed:?}");
    let delete = policy::delete_rule(&portal.services, &operation, &customers(), RULE).await;
    assert!(matches!(delete, Err(Error::Refused { .. })), "{delete:?}");
    assert!(writes(&lines).is_empty(), "{lines:?}");
}
