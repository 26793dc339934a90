//! Rows 14, 16 to 19, 22 and 76: permissions and roles.

use protegrity::{PermissionName, RoleDraft, RoleName, UserId};
use serde_json::{Value, json};

use super::{ID, assert_refused};
use crate::support::{Reply, Stub, reply};

const CREATE: &str = "POST /pty/v1/auth/roles";
const UPDATE: &str = "PUT /pty/v1/auth/roles";
const DELETE: &str = "DELETE /pty/v1/auth/roles";

#[tokio::test]
async fn row_14_permissions_and_roles_are_read_as_given() {
    let stub = Stub::start([
        (
            "GET /pty/v1/auth/permissions",
            reply(200, json!([{"name": "of_tomorrow", "description": null}])),
        ),
        (
            "GET /pty/v1/auth/roles",
            reply(
                200,
                json!([{"name": "only_one", "composite": true, "permissions": ["x"]}]),
            ),
        ),
    ])
    .await;
    let permissions = stub.authorized().permissions().await.unwrap();
    let roles = stub.authorized().roles().await.unwrap();
    assert_eq!(
        (permissions[0].name.as_str(), permissions.len()),
        ("of_tomorrow", 1)
    );
    assert_eq!((roles[0].permissions[0].as_str(), roles.len()), ("x", 1));
}

#[tokio::test]
async fn row_14_rows_that_name_nothing_are_left_out_and_odd_ones_read() {
    let rows = json!(["bare", {"name": 7, "permissions": "one"}, {"description": "nameless"}, null, []]);
    let stub = Stub::start([("GET /pty/v1/auth/roles", reply(200, json!({"roles": rows})))]).await;
    let roles = stub.authorized().roles().await.unwrap();
    let read: Vec<_> = roles
        .iter()
        .map(|role| (role.name.as_str(), role.permissions.len()))
        .collect();
    assert_eq!(read, [("bare", 0), ("7", 1)]);
}

fn draft(permissions: &[&str]) -> RoleDraft {
    RoleDraft {
        name: RoleName::new("admin"),
        description: "Administrator role".to_owned(),
        permissions: permissions.iter().copied().map(PermissionName::new).collect(),
    }
}

#[tokio::test]
async fn row_16_unknown_names_are_sent_unchanged() {
    let stub = Stub::start([(CREATE, Reply::none(204)), (UPDATE, Reply::none(204))]).await;
    let role = draft(&["perm1", "perm2"]);
    let body =
        json!({"name": "admin", "description": "Administrator role", "permissions": ["perm1", "perm2"]});
    stub.authorized().create_role(&role).await.unwrap();
    stub.authorized().update_role(&role).await.unwrap();
    stub.check([(CREATE, body.clone()), (UPDATE, body)]);
}

#[tokio::test]
async fn row_17_the_answers_other_name_for_the_name_is_as_good() {
    let answers = [
        reply(200, json!({"role_name": "admin", "status": "created"})),
        reply(201, json!({"name": "another"})),
        reply(200, json!("Role created.")),
        Reply::text(200, "ok"),
        Reply::none(204),
    ];
    for answer in answers {
        let stub = Stub::start([
            (CREATE, answer.clone()),
            (UPDATE, answer.clone()),
            (DELETE, answer),
        ])
        .await;
        let caller = stub.authorized();
        caller.create_role(&draft(&["a"])).await.unwrap();
        caller.update_role(&draft(&["a"])).await.unwrap();
        caller.delete_role(&RoleName::new("admin")).await.unwrap();
    }
}

#[tokio::test]
async fn row_18_all_three_fields_are_sent_when_there_is_nothing_in_them() {
    let stub = Stub::start([(CREATE, Reply::none(204)), (UPDATE, Reply::none(204))]).await;
    let role = RoleDraft {
        name: RoleName::new("empty"),
        ..RoleDraft::default()
    };
    let body = json!({"name": "empty", "description": "", "permissions": []});
    stub.authorized().create_role(&role).await.unwrap();
    stub.authorized().update_role(&role).await.unwrap();
    stub.check([(CREATE, body.clone()), (UPDATE, body)]);
}

#[tokio::test]
async fn row_19_a_role_is_deleted_by_delete_with_a_body_and_never_by_post() {
    let stub = Stub::start([(
        DELETE,
        reply(200, json!({"role_name": "admin", "status": "deleted"})),
    )])
    .await;
    stub.authorized()
        .delete_role(&RoleName::new("admin"))
        .await
        .unwrap();
    stub.check([(DELETE, json!({"name": "admin"}))]);
    for status in [400, 404, 405, 411, 415, 422, 501] {
        let stub = Stub::start([(DELETE, Reply::none(status)), (CREATE, Reply::none(204))]).await;
        let result = stub.authorized().delete_role(&RoleName::new("admin")).await;
        assert_eq!(result.unwrap_err().status(), Some(status));
        assert_eq!(stub.lines(), [DELETE]);
    }
}

#[tokio::test]
async fn row_22_unlisted_role_names_are_kept() {
    let roles = ["directory_admin", "service_admin", "user_manager"];
    let stub = Stub::start([(
        "GET /pty/v1/auth/users/94070ecb-8639-41f4-b3e1-fda5cc7f8888",
        reply(200, json!({"id": ID, "roles": roles})),
    )])
    .await;
    let user = stub.authorized().user(&UserId::new(ID)).await.unwrap();
    assert_eq!(user.roles, Some(roles.map(RoleName::new).to_vec()));
}

#[tokio::test]
async fn row_76_permissions_are_read_and_that_is_all() {
    let rows = json!([{"name": "cli_access", "description": "d"}, {"name": ""}, "web_admin"]);
    let stub = Stub::start([("GET /pty/v1/auth/permissions", reply(200, rows))]).await;
    let names: Vec<String> = stub
        .authorized()
        .permissions()
        .await
        .unwrap()
        .into_iter()
        .map(|permission| permission.name.into())
        .collect();
    assert_eq!(names, ["cli_access", "web_admin"]);
    stub.check([("GET /pty/v1/auth/permissions", Value::Null)]);
}

#[tokio::test]
async fn no_empty_name_reaches_the_wire() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    for name in ["", " "] {
        let nameless = RoleDraft {
            name: RoleName::new(name),
            ..draft(&["a"])
        };
        assert_refused(caller.create_role(&nameless).await);
        assert_refused(caller.update_role(&nameless).await);
        assert_refused(caller.create_role(&draft(&["a", name])).await);
        assert_refused(caller.update_role(&draft(&[name])).await);
        assert_refused(caller.delete_role(&RoleName::new(name)).await);
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
}
