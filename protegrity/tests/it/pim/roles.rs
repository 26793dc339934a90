//! Roles, members and member sources.

use protegrity::{
    ErrorKind,
    pim::{FileConnection, MemberType, NewFileSource, NewMember, NewRole, RoleMode, RoleUid, SourceType},
};
use serde_json::{Value, json};

use super::{creations, lists};
use crate::{
    rows::assert_refused,
    support::{Reply, Stub, reply},
};

const LIST: &str = "GET /pty/v2/pim/roles";
const CREATE: &str = "POST /pty/v2/pim/roles";
const MEMBERS: &str = "GET /pty/v2/pim/roles/1/members";
const ADD: &str = "POST /pty/v2/pim/roles/1/members";
const SOURCES: &str = "GET /pty/v2/pim/sources";
const NEW_SOURCE: &str = "POST /pty/v2/pim/sources";

/// The reference's sample (line 2967).
fn role() -> NewRole {
    NewRole {
        name: "ROLE".to_owned(),
        description: String::new(),
        mode: RoleMode::Manual,
        allow_all: true,
    }
}

fn member() -> NewMember {
    NewMember {
        name: "jane".to_owned(),
        source: "2".into(),
        kind: MemberType::User,
    }
}

#[tokio::test]
async fn roles_are_read_in_every_shape() {
    let rows = json!([
        {"uid": 1, "name": "ROLE", "mode": "manual", "allowAll": "true", "description": null, "ofTomorrow": [1]},
        {"id": "2", "name": "other", "mode": "SEMIAUTOMATIC"}, "bare", {"description": "nameless"}, null,
    ]);
    for answer in lists("roles", &rows) {
        let stub = Stub::start([(LIST, answer)]).await;
        let roles = stub.authorized().pim().roles().await.unwrap();
        let names: Vec<_> = roles
            .iter()
            .map(|role| (role.uid.as_str(), role.name.as_str()))
            .collect();
        assert_eq!(names, [("1", "ROLE"), ("2", "other"), ("", "bare")]);
        assert_eq!(
            (&roles[0].mode, roles[0].allow_all),
            (&Some(RoleMode::Manual), Some(true))
        );
        assert_eq!(json!(roles[0].rest), json!({"ofTomorrow": [1]}));
        let other = RoleMode::Other("SEMIAUTOMATIC".to_owned());
        assert_eq!((&roles[1].mode, roles[1].allow_all), (&Some(other), None));
        stub.check([(LIST, Value::Null)]);
    }
    for empty in [Reply::none(204), reply(200, "null"), reply(200, "[]")] {
        let stub = Stub::start([(LIST, empty)]).await;
        assert_eq!(stub.authorized().pim().roles().await.unwrap(), []);
    }
    for (answer, kind) in [
        (reply(200, json!({"detail": "?"})), ErrorKind::Unreadable),
        (Reply::none(404), ErrorKind::NotFound),
        (Reply::none(403), ErrorKind::Forbidden),
    ] {
        let stub = Stub::start([(LIST, answer)]).await;
        let error = stub.authorized().pim().roles().await.unwrap_err();
        assert_eq!((error.kind(), error.endpoint()), (kind, "GET /pim/roles"));
    }
}

#[tokio::test]
async fn a_role_is_created_as_in_the_sample() {
    for (answer, uid) in creations() {
        let stub = Stub::start([(CREATE, answer)]).await;
        let created = stub.authorized().pim().create_role(&role()).await.unwrap();
        assert_eq!(created.uid, uid.map(RoleUid::from));
        stub.check([(
            CREATE,
            json!({"name": "ROLE", "mode": "MANUAL", "allowAll": true}),
        )]);
    }
    let stub = Stub::start([(CREATE, Reply::none(204))]).await;
    let described = NewRole {
        description: "All".to_owned(),
        mode: "SEMIAUTOMATIC".into(),
        ..role()
    };
    stub.authorized().pim().create_role(&described).await.unwrap();
    stub.check([(
        CREATE,
        json!({"name": "ROLE", "description": "All", "mode": "SEMIAUTOMATIC", "allowAll": true}),
    )]);
}

#[tokio::test]
async fn a_members_name_has_three_spellings() {
    let rows = json!([
        {"uid": "1", "memberName": "a", "name": "not this", "type": "USER", "source": "2"},
        {"name": "b", "type": "group", "source": 2}, {"username": "c", "source": {"uid": "2", "name": "f"}},
        "d", {"type": "USER"},
    ]);
    for answer in lists("members", &rows) {
        let stub = Stub::start([(MEMBERS, answer)]).await;
        let members = stub.authorized().pim().members(&"1".into()).await.unwrap();
        let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "d"]);
        assert!(
            members[..3]
                .iter()
                .all(|member| member.source == Some("2".into()))
        );
        assert_eq!(
            (&members[0].kind, &members[1].kind),
            (&Some(MemberType::User), &Some(MemberType::Group))
        );
        stub.check([(MEMBERS, Value::Null)]);
    }
}

#[tokio::test]
async fn members_are_added_in_an_array() {
    for (answer, _) in creations() {
        let stub = Stub::start([(ADD, answer)]).await;
        let role = RoleUid::from("1");
        stub.authorized()
            .pim()
            .add_members(&role, &[member()])
            .await
            .unwrap();
        stub.check([(ADD, json!([{"name": "jane", "source": "2", "type": "USER"}]))]);
    }
}

#[tokio::test]
async fn of_a_source_no_credential_is_read() {
    let rows = json!([
        {"uid": "1", "name": "file", "type": "FILE", "connection": {"userFile": "/u", "groupFile": "/g"}},
        {
            "uid": "2", "name": "ldap", "type": "LDAP", "password": "hush", "bind": {"secret": "hush"},
            "connection": {"host": "h", "bindPassword": "hush"},
        },
        {"uid": "3", "name": "odd", "connection": "hush"},
    ]);
    let stub = Stub::start([(SOURCES, reply(200, rows))]).await;
    let sources = stub.authorized().pim().sources().await.unwrap();
    assert_eq!(
        (&sources[0].kind, &sources[0].file),
        (
            &Some(SourceType::File),
            &Some(FileConnection {
                user_file: "/u".to_owned(),
                group_file: "/g".to_owned()
            })
        )
    );
    assert_eq!(sources[1].kind, Some(SourceType::Other("LDAP".to_owned())));
    let shown = format!("{sources:?} {}", json!(sources));
    assert!(sources.len() == 3 && !shown.contains("hush"), "{shown}");
}

#[tokio::test]
async fn a_file_source_is_created() {
    let source = NewFileSource {
        name: "file".to_owned(),
        connection: FileConnection {
            user_file: "/u".to_owned(),
            group_file: "/g".to_owned(),
        },
    };
    for (answer, uid) in creations() {
        let stub = Stub::start([(NEW_SOURCE, answer)]).await;
        let created = stub.authorized().pim().create_file_source(&source).await.unwrap();
        assert_eq!(created.uid.as_ref().map(AsRef::as_ref), uid);
        stub.check([(
            NEW_SOURCE,
            json!({"name": "file", "type": "FILE", "connection": {"userFile": "/u", "groupFile": "/g"}}),
        )]);
    }
    let stub = Stub::start([]).await;
    let (caller, nowhere) = (
        stub.authorized(),
        NewFileSource {
            connection: FileConnection::default(),
            ..source
        },
    );
    assert_refused(caller.pim().create_file_source(&nowhere).await);
    assert_eq!(stub.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_empty_reaches_the_wire() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    let (pim, uid) = (caller.pim(), RoleUid::from("1"));
    for empty in ["", " ", ".."] {
        assert_refused(pim.members(&empty.into()).await);
        assert_refused(pim.add_members(&empty.into(), &[member()]).await);
    }
    let nameless = NewRole {
        name: " ".to_owned(),
        ..role()
    };
    assert_refused(pim.create_role(&nameless).await);
    let modeless = NewRole {
        mode: "".into(),
        ..role()
    };
    assert_refused(pim.create_role(&modeless).await);
    assert_refused(pim.add_members(&uid, &[]).await);
    let sourceless = NewMember {
        source: "".into(),
        ..member()
    };
    assert_refused(pim.add_members(&uid, &[member(), sourceless]).await);
    let nameless = NewMember {
        name: String::new(),
        ..member()
    };
    assert_refused(pim.add_members(&uid, &[nameless]).await);
    assert_eq!(stub.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_uid_is_one_segment_of_the_path() {
    const ODD: &str = "GET /pty/v2/pim/roles/1%2Fmembers%3F/members";
    let stub = Stub::start([(ODD, reply(200, "[]"))]).await;
    stub.authorized()
        .pim()
        .members(&"1/members?".into())
        .await
        .unwrap();
    assert_eq!(stub.lines(), [ODD]);
}
