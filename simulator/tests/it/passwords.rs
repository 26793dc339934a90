//! The password policy, and the endpoints that set a password.

use crate::helper::{AUTH, Answer, Cluster, PASSWORD, UNKNOWN_ID};
use serde_json::{Value, json};

/// The key and value of a rule, a password that violates it, and the code and text of the error.
const RULES: &[(&str, &str, &str, &str, &str)] = &[
    ("length", "8", "Short-1", "MinLength", "minimum length 8."),
    ("maxLength", "5", "Longer", "MaxLength", "maximum length 5."),
    (
        "digits",
        "2",
        "one1",
        "MinDigits",
        "must contain at least 2 numerical digits.",
    ),
    (
        "lowerCase",
        "1",
        "LOUD",
        "MinLowerCaseChars",
        "must contain at least 1 lower case characters.",
    ),
    (
        "upperCase",
        "1",
        "quiet",
        "MinUpperCaseChars",
        "must contain at least 1 upper case characters.",
    ),
    (
        "specialChars",
        "1",
        "plain1",
        "MinSpecialChars",
        "must contain at least 1 special characters.",
    ),
    (
        "notUsername",
        "true",
        "Alpha",
        "NotUsername",
        "must not be equal to the username.",
    ),
    (
        "notContainsUsername",
        "true",
        "xAlpha1",
        "NotContainsUsername",
        "Can not contain the username.",
    ),
    (
        "notEmail",
        "true",
        "Alpha@example.com",
        "NotEmail",
        "must not be equal to the email.",
    ),
    (
        "regexPattern",
        r#""(?=.*z)a+z""#,
        "aazb",
        "RegexPattern",
        "fails to match regex pattern(s).",
    ),
];

/// A cluster with an administrator's token and the id of a user whose password the tests reset.
struct Fixture {
    cluster: Cluster,
    admin: String,
    id: String,
}

impl Fixture {
    async fn start() -> Self {
        let cluster = Cluster::start().await;
        let admin = cluster.token("admin").await;
        let id = cluster.id_of(&admin, "alpha").await;
        Self { cluster, admin, id }
    }

    async fn only(&self, key: &str, value: &str) {
        let policy = self
            .cluster
            .call(&self.admin, "GET", "/passwordpolicy", Value::Null)
            .await
            .json();
        let mut rules = policy["policy"].as_object().unwrap().clone();
        rules.values_mut().for_each(|rule| *rule = Value::Null);
        rules.insert(key.to_owned(), value.parse().unwrap());
        let changed = self
            .cluster
            .call(&self.admin, "PUT", "/passwordpolicy", json!({ "policy": rules }))
            .await;
        assert_eq!(
            changed.json()["policy"].as_object().unwrap().len(),
            1,
            "{changed:?}"
        );
    }

    async fn policy(&self) -> Value {
        let policy = self
            .cluster
            .call(&self.admin, "GET", "/passwordpolicy", Value::Null)
            .await;
        policy.json()["policy"].clone()
    }

    async fn set(&self, mode: &str, policy: &Value) -> Value {
        let settings = json!({ "policy_update": mode });
        let set = self
            .cluster
            .call_at("", "PUT", "/_simulator/settings", settings)
            .await;
        assert_eq!(set.status, 200, "{set:?}");
        let body = json!({ "policy": policy });
        let answer = self
            .cluster
            .call(&self.admin, "PUT", "/passwordpolicy", body)
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    async fn reset(&self, password: &str) -> Answer {
        let body = json!({ "userId": self.id, "newPassword": password, "temporary": false });
        self.cluster
            .call(&self.admin, "PUT", "/users/password", body)
            .await
    }
}

#[tokio::test]
async fn every_rule_has_its_code() {
    let fixture = Fixture::start().await;
    for (key, value, password, code, text) in RULES {
        fixture.only(key, value).await;
        let expected = json!({
            "error": format!("invalidPassword{code}Message"),
            "error_description": format!("Invalid password: {text}")
        });
        fixture.reset(password).await.check(400, expected);
    }
    assert_eq!(
        fixture.reset("aaz").await.status,
        200,
        "the pattern matches the whole password"
    );
}

#[tokio::test]
async fn the_history_covers_the_configured_number_of_passwords() {
    let fixture = Fixture::start().await;
    fixture.only("passwordHistory", "2").await;
    for (password, status) in [
        ("one", 200),
        ("one", 400),
        ("two", 200),
        ("one", 400),
        ("three", 200),
        ("one", 200),
    ] {
        let answer = fixture.reset(password).await;
        assert_eq!(answer.status, status, "{password}");
        if status == 400 {
            assert_eq!(answer.json()["error"], "invalidPasswordHistoryMessage");
        }
    }
}

#[tokio::test]
async fn the_policy_merges() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let before = cluster
        .call(&admin, "GET", "/passwordpolicy", Value::Null)
        .await
        .json();
    assert_eq!(before["policy"].as_object().unwrap().len(), 17);
    assert_eq!(
        before["policy"]["regexPattern"],
        r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).*$"
    );
    let change = json!({ "policy": { "digits": 2, "passwordAge": null, "hashAlgorithm": "argon2" } });
    let after = cluster
        .call(&admin, "PUT", "/passwordpolicy", change)
        .await
        .json();
    let mut expected = before.clone();
    expected["policy"]["digits"] = json!(2);
    expected["policy"]["hashAlgorithm"] = json!("argon2");
    expected["policy"].as_object_mut().unwrap().remove("passwordAge");
    assert_eq!(after, expected);
    assert_eq!(
        cluster
            .call(&admin, "GET", "/passwordpolicy", Value::Null)
            .await
            .json(),
        expected
    );
    for (wrong, status) in [
        (json!({ "digits": -1 }), 422),
        (json!({ "digits": "2" }), 422),
        (json!({ "unheardOf": 1 }), 422),
        (json!({ "hashAlgorithm": "md5" }), 422),
        (json!({ "regexPattern": "(" }), 400),
    ] {
        let answer = cluster
            .call(&admin, "PUT", "/passwordpolicy", json!({ "policy": wrong }))
            .await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    assert_eq!(
        cluster
            .call(&admin, "GET", "/passwordpolicy", Value::Null)
            .await
            .json(),
        expected
    );
}

#[tokio::test]
async fn the_settings_select_how_an_update_merges() {
    let fixture = Fixture::start().await;
    let change = json!({
        "digits": 2, "length": 4, "hashIterations": 600_000, "passwordHistory": 50, "upperCase": null
    });
    let rest = fixture.policy().await;
    for (mode, expected) in [
        (
            "replace",
            json!({ "digits": 2, "length": 4, "hashIterations": 600_000, "passwordHistory": 50 }),
        ),
        (
            "merge",
            with(
                &rest,
                &json!({ "digits": 2, "length": 4, "hashIterations": 600_000, "passwordHistory": 50 }),
            ),
        ),
        (
            "clamp",
            with(
                &rest,
                &json!({ "digits": 2, "length": 8, "hashIterations": 27_500, "passwordHistory": 24 }),
            ),
        ),
    ] {
        fixture.set("merge", &rest).await;
        let answer = fixture.set(mode, &change).await;
        assert_eq!(answer["policy"], expected, "{mode}");
        assert_eq!(fixture.policy().await, expected, "{mode}");
    }
}

/// The rules, extended by more, without the rule for upper case.
fn with(rules: &Value, more: &Value) -> Value {
    let mut rules = rules.clone();
    rules.as_object_mut().unwrap().remove("upperCase");
    rules
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    rules
}

#[tokio::test]
async fn users_change_their_own_password() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let officer = cluster.token("officer").await;
    let id = cluster.id_of(&admin, "officer").await;
    let own = format!("/users/{id}/password");
    let body = |old: &str, new: &str| json!({ "newPassword": new, "oldPassword": old });
    let new = "My-0wn-Choice";
    let wrong = cluster.call(&officer, "PUT", &own, body("wrong", new)).await;
    wrong.check(400, json!({ "detail": "Invalid old password" }));
    let weak = cluster.call(&officer, "PUT", &own, body(PASSWORD, "weak")).await;
    assert_eq!(
        (weak.status, &weak.json()["error"]),
        (400, &json!("invalidPasswordMinLengthMessage"))
    );
    assert_eq!(
        cluster
            .call(&officer, "PUT", &own, json!({ "newPassword": new }))
            .await
            .status,
        422
    );
    let done = json!({ "status": "password_updated", "userId": id, "temporary": false });
    cluster
        .call(&officer, "PUT", &own, body(PASSWORD, new))
        .await
        .check(200, done);
    assert_eq!(cluster.login(AUTH, "officer", new).await.status, 200);

    let others = format!("/users/{}/password", cluster.id_of(&admin, "auditor").await);
    assert_eq!(
        cluster
            .call(&officer, "PUT", &others, body(PASSWORD, new))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn a_reset_may_be_temporary() {
    let cluster = Cluster::start().await;
    let admin = cluster.token("admin").await;
    let id = cluster.id_of(&admin, "officer").await;
    let reset = json!({ "userId": id, "newPassword": "Temp0rary-One!", "temporary": true });
    let done = json!({ "status": "password_updated", "userId": id, "temporary": true });
    cluster
        .call(&admin, "PUT", "/users/password", reset)
        .await
        .check(200, done);
    let pending = cluster.login(AUTH, "officer", "Temp0rary-One!").await;
    assert_eq!(pending.json()["error_description"], "Account is not fully set up");
    let unknown = json!({ "userId": UNKNOWN_ID, "newPassword": "Temp0rary-One!" });
    assert_eq!(
        cluster
            .call(&admin, "PUT", "/users/password", unknown)
            .await
            .status,
        404
    );
}
