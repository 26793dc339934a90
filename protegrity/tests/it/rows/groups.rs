//! Rows 34 to 38: groups.

use protegrity::{
    Authorized, CreatedGroup, Error, ErrorKind, Group, GroupId, GroupMembers, GroupUpdate, NewGroup, RoleName,
};
use serde_json::{Value, json};

use super::{ID, assert_refused};
use crate::support::{Reply, Stub, reply};

const LIST: &str = "GET /pty/v1/auth/groups";
const CREATE: &str = "POST /pty/v1/auth/groups";
const UPDATE: &str = "PUT /pty/v1/auth/groups";
const ITEM: &str = "GET /pty/v1/auth/groups/94070ecb-8639-41f4-b3e1-fda5cc7f8888";
const DELETE: &str = "DELETE /pty/v1/auth/groups/94070ecb-8639-41f4-b3e1-fda5cc7f8888";

fn id() -> GroupId {
    GroupId::new(ID)
}

fn new_group() -> NewGroup {
    NewGroup {
        name: "developers".to_owned(),
        description: String::new(),
        members: vec!["testuser1".to_owned(), "testuser2".to_owned()],
        roles: vec![RoleName::new("service_admin"), RoleName::new("user_manager")],
    }
}

fn update() -> GroupUpdate {
    GroupUpdate {
        id: id(),
        members: vec!["testuser2".to_owned()],
        roles: vec![RoleName::new("service_admin")],
    }
}

#[tokio::test]
async fn row_24_34_a_creation_is_one_whatever_the_answer_looks_like() {
    let curly = "{ “group_id”: “aee4c370-4e97-4b55-a072-0840fe83a2aa”, “name”: “developers” }";
    for (answer, expected) in [
        (reply(200, curly), None),
        (reply(200, json!({"group_id": ID, "members_added": 2})), Some(ID)),
        (reply(201, json!({"groupId": 17})), Some("17")),
        (
            reply(200, json!({"status": 0, "data": {"group_id": null, "id": ID}})),
            Some(ID),
        ),
        (Reply::none(204), None),
        (reply(200, json!([1])), None),
    ] {
        let label = format!("{answer:?}");
        let stub = Stub::start([(CREATE, answer)]).await;
        let created = stub.authorized().create_group(&new_group()).await.unwrap();
        assert_eq!(
            created,
            CreatedGroup {
                id: expected.map(GroupId::new)
            },
            "{label}"
        );
    }
}

#[tokio::test]
async fn row_35_members_are_sent_by_name_and_the_id_is_in_the_body() {
    let stub = Stub::start([(CREATE, Reply::none(204)), (UPDATE, Reply::none(204))]).await;
    let caller = stub.authorized();
    caller.create_group(&new_group()).await.unwrap();
    caller.update_group(&update()).await.unwrap();
    stub.check([
        (
            CREATE,
            json!({
                "name": "developers", "description": "", "members": ["testuser1", "testuser2"],
                "roles": ["service_admin", "user_manager"],
            }),
        ),
        (
            UPDATE,
            json!({"group_id": ID, "members": ["testuser2"], "roles": ["service_admin"]}),
        ),
    ]);
}

#[tokio::test]
async fn row_36_both_lists_are_sent_when_they_are_empty() {
    let stub = Stub::start([(CREATE, Reply::none(204)), (UPDATE, Reply::none(204))]).await;
    let caller = stub.authorized();
    let least = NewGroup {
        name: "lonely".to_owned(),
        ..NewGroup::default()
    };
    let empty = GroupUpdate {
        id: id(),
        ..GroupUpdate::default()
    };
    caller.create_group(&least).await.unwrap();
    caller.update_group(&empty).await.unwrap();
    stub.check([
        (
            CREATE,
            json!({"name": "lonely", "description": "", "members": [], "roles": []}),
        ),
        (UPDATE, json!({"group_id": ID, "members": [], "roles": []})),
    ]);
}

#[tokio::test]
async fn row_37_an_updates_counts_are_not_needed_and_no_other_field_is_sent() {
    for answer in [
        json!({
            "status": "updated", "group_id": "another", "members_updated": 1, "roles_updated": 1,
            "identity_providers_updated": null,
        }),
        json!({"status": "updated", "identity_providers_updated": {"odd": true}}),
        json!("Group updated."),
    ] {
        let stub = Stub::start([(UPDATE, reply(200, answer))]).await;
        stub.authorized().update_group(&update()).await.unwrap();
        let keys: Vec<String> = stub.only().json().as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["group_id", "members", "roles"]);
    }
}

#[tokio::test]
async fn row_38_a_deletion_says_what_becomes_of_the_members() {
    let done = reply(200, json!({"status": "deleted", "group_id": "another"}));
    let stub = Stub::start([(DELETE, done)]).await;
    let caller = stub.authorized();
    caller.delete_group(&id(), GroupMembers::default()).await.unwrap();
    caller.delete_group(&id(), GroupMembers::Keep).await.unwrap();
    caller.delete_group(&id(), GroupMembers::Delete).await.unwrap();
    stub.check([
        (DELETE, json!({"deleteMembers": false})),
        (DELETE, json!({"deleteMembers": false})),
        (DELETE, json!({"deleteMembers": true})),
    ]);
}

#[tokio::test]
async fn row_28_groups_are_asked_for_by_max_and_first_alone_and_rows_are_kept_as_they_come() {
    let page = json!([
        {"id": ID, "name": "a", "description": "", "attributes": {"groupType": ["local"]}, "members": ["m"], "roles": []},
        {"group_id": 2, "members": [{"username": "n"}, {"name": "o"}, 3], "roles": "one", "attributes": null},
        "bare",
        null,
    ]);
    for body in [
        page.clone(),
        json!({"groups": page.clone()}),
        json!({"data": page, "status": 0}),
    ] {
        let stub = Stub::start([(LIST, reply(200, body))]).await;
        let groups = stub.authorized().groups(4, 101).await.unwrap();
        stub.check([("GET /pty/v1/auth/groups?max=101&first=4", Value::Null)]);
        let ids: Vec<&str> = groups.iter().map(|group| group.id.as_str()).collect();
        assert_eq!(ids, [ID, "2", "", ""]);
        assert_eq!(
            groups[1].members,
            Some(["n", "o", "3"].map(str::to_owned).to_vec())
        );
        assert_eq!((groups[2].name.as_str(), &groups[3]), ("bare", &Group::default()));
    }
}

#[tokio::test]
async fn the_item_must_be_a_group() {
    for (answer, expected) in [
        (reply(200, json!({"id": ID, "name": "developers"})), Ok(ID)),
        (reply(200, json!({"name": "developers"})), Ok(ID)),
        (reply(200, json!({"group": {"id": 7}})), Ok("7")),
        (reply(200, json!({"detail": "odd"})), Err(ErrorKind::Unreadable)),
        (reply(200, json!({"group": null})), Err(ErrorKind::Unreadable)),
        (Reply::none(204), Err(ErrorKind::Unreadable)),
        (reply(404, json!({"detail": "no"})), Err(ErrorKind::NotFound)),
    ] {
        let label = format!("{answer:?}");
        let stub = Stub::start([(ITEM, answer)]).await;
        let group = stub.authorized().group(&id()).await;
        stub.check([(ITEM, Value::Null)]);
        assert_eq!(
            group.map(|group| group.id).map_err(|error| error.kind()),
            expected.map(GroupId::new),
            "{label}"
        );
    }
}

async fn every_call_with(caller: &Authorized, id: &GroupId) -> [Result<(), Error>; 3] {
    [
        caller.group(id).await.map(drop),
        caller.delete_group(id, GroupMembers::Delete).await,
        caller
            .update_group(&GroupUpdate {
                id: id.clone(),
                ..update()
            })
            .await,
    ]
}

#[tokio::test]
async fn no_empty_id_or_name_reaches_the_wire() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    for id in ["", "  ", ".", ".."] {
        for result in every_call_with(&caller, &GroupId::new(id)).await {
            assert_refused(result);
        }
    }
    let (no_member, no_role) = (vec!["a".to_owned(), " ".to_owned()], vec![RoleName::new("")]);
    assert_refused(caller.create_group(&NewGroup::default()).await);
    assert_refused(
        caller
            .create_group(&NewGroup {
                members: no_member.clone(),
                ..new_group()
            })
            .await,
    );
    assert_refused(
        caller
            .create_group(&NewGroup {
                roles: no_role.clone(),
                ..new_group()
            })
            .await,
    );
    assert_refused(
        caller
            .update_group(&GroupUpdate {
                members: no_member,
                ..update()
            })
            .await,
    );
    assert_refused(
        caller
            .update_group(&GroupUpdate {
                roles: no_role,
                ..update()
            })
            .await,
    );
    assert_eq!(stub.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn ids_are_one_segment_whatever_they_are() {
    let stub = Stub::start([]).await;
    let id = GroupId::new("../users/1?x#y");
    stub.authorized().group(&id).await.unwrap_err();
    assert_eq!(stub.lines(), ["GET /pty/v1/auth/groups/..%2Fusers%2F1%3Fx%23y"]);
}
