//! Rows 21, 24, 57 to 62: searching Entra ID, and importing from it.

use protegrity::{
    Alias, EntraGroup, EntraGroupImport, EntraUser, EntraUserImport, ErrorKind, ImportOutcome, RoleName,
};
use serde_json::{Value, json};

use super::assert_refused;
use crate::support::{Reply, Stub, TOKEN, reply};

const USERS: &str = "POST /pty/v1/auth/federation/entra/users/search";
const GROUPS: &str = "POST /pty/v1/auth/federation/entra/groups/search";
const MEMBERS: &str = "POST /pty/v1/auth/federation/entra/groups/members/search";
const IMPORT_USERS: &str = "POST /pty/v1/auth/federation/entra/users";
const IMPORT_GROUPS: &str = "POST /pty/v1/auth/federation/entra/groups";

const JOHN: &str = "john.doe@example.com";

fn john() -> EntraUser {
    EntraUser {
        user_principal_name: Some("John".to_owned()),
        email: Some(JOHN.to_owned()),
        first_name: Some("John".to_owned()),
        last_name: Some("Doe".to_owned()),
    }
}

fn john_row() -> Value {
    json!({"userPrincipalName": "John", "email": JOHN, "firstName": "John", "lastName": "Doe"})
}

#[tokio::test]
async fn row_57_each_search_has_its_path() {
    let stub = Stub::start([
        (
            USERS,
            reply(200, json!({"status": "success", "users": [john_row()]})),
        ),
        (
            GROUPS,
            reply(200, json!({"groups": [{"id": "1", "displayName": "admin"}]})),
        ),
        (
            MEMBERS,
            reply(
                200,
                json!({"groupId": "G", "groupName": "admin", "members": [john_row()]}),
            ),
        ),
    ])
    .await;
    let caller = stub.authorized();
    let group = EntraGroup {
        id: "1".to_owned(),
        display_name: Some("admin".to_owned()),
        description: None,
    };
    assert_eq!(
        caller.search_entra_users(Some("john"), 0, 100).await.unwrap(),
        [john()]
    );
    assert_eq!(
        caller.search_entra_groups(Some("admin"), 4, 101).await.unwrap(),
        [group]
    );
    assert_eq!(
        caller
            .search_entra_group_members("G-aB", Some("john"))
            .await
            .unwrap(),
        [john()]
    );
    stub.check([
        (
            &format!("{USERS}?max=100&first=0"),
            json!({"searchQuery": "john"}),
        ),
        (
            &format!("{GROUPS}?max=101&first=4"),
            json!({"searchQuery": "admin"}),
        ),
        (MEMBERS, json!({"groupId": "G-aB", "searchQuery": "john"})),
    ]);
}

#[tokio::test]
async fn row_58_59_no_query_is_null_or_left_out_and_members_come_all_at_once() {
    let nothing = || reply(200, json!([]));
    for query in [None, Some(""), Some("  ")] {
        let stub = Stub::start([(USERS, nothing()), (GROUPS, nothing()), (MEMBERS, nothing())]).await;
        let caller = stub.authorized();
        caller.search_entra_users(query, 0, 1).await.unwrap();
        caller.search_entra_groups(query, 0, 1).await.unwrap();
        caller.search_entra_group_members("G", query).await.unwrap();
        stub.check([
            (&format!("{USERS}?max=1&first=0"), json!({"searchQuery": null})),
            (&format!("{GROUPS}?max=1&first=0"), json!({"searchQuery": null})),
            (MEMBERS, json!({"groupId": "G"})),
        ]);
    }
}

#[tokio::test]
async fn row_60_rows_are_counted_and_the_total_is_not_believed() {
    let rows = json!([john_row(), {"email": 7, "firstName": {}}, null, "odd"]);
    for total in [json!(0), json!(99), json!(null)] {
        let answer = json!({"status": "success", "members": rows, "users": rows, "totalCount": total});
        let stub = Stub::start([(USERS, reply(200, &answer)), (MEMBERS, reply(200, &answer))]).await;
        let users = stub.authorized().search_entra_users(None, 0, 4).await.unwrap();
        let members = stub
            .authorized()
            .search_entra_group_members("G", None)
            .await
            .unwrap();
        assert_eq!(users, members);
        let keys: Vec<Option<&str>> = users.iter().map(EntraUser::key).collect();
        assert_eq!(keys, [Some("John"), Some("7"), None, None]);
    }
}

#[tokio::test]
async fn a_search_that_failed_is_not_an_empty_result() {
    for (answer, expected) in [
        (reply(200, json!({"status": "success", "users": []})), Ok(0)),
        (reply(200, json!({"users": null})), Ok(0)),
        (Reply::none(204), Ok(0)),
        (
            reply(200, json!({"status": "partial", "users": [john_row()]})),
            Ok(1),
        ),
        (
            reply(200, json!({"status": "error", "users": []})),
            Err(ErrorKind::Rejected),
        ),
        (
            reply(200, json!({"status": "error", "message": "x"})),
            Err(ErrorKind::Rejected),
        ),
        (
            reply(200, json!({"status": "success"})),
            Err(ErrorKind::Unreadable),
        ),
        (
            reply(404, json!({"detail": "not configured"})),
            Err(ErrorKind::NotFound),
        ),
    ] {
        let label = format!("{answer:?}");
        let stub = Stub::start([(USERS, answer)]).await;
        let users = stub.authorized().search_entra_users(None, 0, 1).await;
        let count = users.map(|users| users.len()).map_err(|error| error.kind());
        assert_eq!(count, expected, "{label}");
    }
    let words = json!({"status": "error", "message": format!("AADSTS70011 {TOKEN}"), "groups": []});
    let stub = Stub::start([(GROUPS, reply(200, words).with("x-correlation-id", "theirs"))]).await;
    let error = stub
        .authorized()
        .search_entra_groups(None, 0, 1)
        .await
        .unwrap_err();
    assert_eq!(error.upstream_message(), Some("AADSTS70011 [hidden]"));
    assert_eq!((error.status(), error.correlation_id()), (Some(200), "theirs"));
    assert_eq!(error.endpoint(), "POST /federation/entra/groups/search");
}

fn users() -> Vec<EntraUserImport> {
    vec![
        EntraUserImport {
            user: john(),
            roles: vec![RoleName::new("administrator"), RoleName::new("user")],
            identity_providers: vec![Alias::new("AWS-IDP")],
        },
        EntraUserImport {
            user: EntraUser {
                user_principal_name: Some(String::new()),
                email: Some(JOHN.to_owned()),
                ..EntraUser::default()
            },
            ..EntraUserImport::default()
        },
    ]
}

fn group() -> EntraGroupImport {
    EntraGroupImport {
        id: "12345678-aBcD".to_owned(),
        display_name: "Administrators".to_owned(),
        description: Some("Administrative users group".to_owned()),
        import_members: true,
        member_roles: vec![RoleName::new("user"), RoleName::new("member")],
        identity_providers: vec![Alias::new("AWS-IDP")],
    }
}

#[tokio::test]
async fn row_21_imports_name_identity_providers_by_alias_alone_and_always_say_whether_they_are_dry() {
    let stub = Stub::start([
        (IMPORT_USERS, Reply::none(201)),
        (IMPORT_GROUPS, Reply::none(201)),
    ])
    .await;
    let caller = stub.authorized();
    caller.import_entra_users(&users(), true).await.unwrap();
    caller.import_entra_users(&users()[1..], false).await.unwrap();
    caller.import_entra_groups(&[group()], true).await.unwrap();
    stub.check([
        (
            IMPORT_USERS,
            json!({"dryRun": true, "users": [
                {
                    "userPrincipalName": "John", "email": JOHN, "firstName": "John", "lastName": "Doe",
                    "roles": ["administrator", "user"], "identityProviders": ["AWS-IDP"],
                },
                {"email": JOHN, "roles": []},
            ]}),
        ),
        (
            IMPORT_USERS,
            json!({"dryRun": false, "users": [{"email": JOHN, "roles": []}]}),
        ),
        (
            IMPORT_GROUPS,
            json!({"dryRun": true, "groups": [{
                "id": "12345678-aBcD", "displayName": "Administrators",
                "description": "Administrative users group", "importMembers": true,
                "memberRoles": ["user", "member"], "identityProviders": ["AWS-IDP"],
            }]}),
        ),
    ]);
}

#[tokio::test]
async fn row_24_61_an_import_reports_what_the_answer_says() {
    let nothing = ImportOutcome {
        succeeded: true,
        ..ImportOutcome::default()
    };
    let words = |text: &str| Some(text.to_owned());
    for (answer, expected) in [
        (
            reply(
                201,
                json!({
                    "status": "success", "message": "Users imported successfully", "totalUsers": 10,
                    "successCount": "9", "failedCount": 1.0,
                }),
            ),
            ImportOutcome {
                message: words("Users imported successfully"),
                total: Some(10),
                success_count: Some(9),
                failed_count: Some(1),
                ..nothing.clone()
            },
        ),
        (
            reply(
                200,
                json!({"totalGroups": 5, "successCount": 5, "totalMembersImported": 25}),
            ),
            ImportOutcome {
                total: Some(5),
                success_count: Some(5),
                members_imported: Some(25),
                ..nothing.clone()
            },
        ),
        (
            reply(
                200,
                json!({"status": "partial", "failedCount": "many", "message": "a\nb"}),
            ),
            ImportOutcome {
                succeeded: false,
                message: words("a b"),
                ..nothing.clone()
            },
        ),
        (
            reply(200, json!("Imported.")),
            ImportOutcome {
                message: words("Imported."),
                ..nothing.clone()
            },
        ),
        (Reply::none(204), nothing),
    ] {
        let label = format!("{answer:?}");
        let stub = Stub::start([(IMPORT_USERS, answer.clone()), (IMPORT_GROUPS, answer)]).await;
        let of_users = stub
            .authorized()
            .import_entra_users(&users(), false)
            .await
            .unwrap();
        let of_groups = stub
            .authorized()
            .import_entra_groups(&[group()], false)
            .await
            .unwrap();
        assert_eq!((&of_users, &of_groups), (&expected, &expected), "{label}");
    }
}

#[tokio::test]
async fn row_62_a_group_needs_both_its_names() {
    let stub = Stub::start([(IMPORT_GROUPS, Reply::none(201))]).await;
    let caller = stub.authorized();
    let id_only = EntraGroupImport {
        display_name: " ".to_owned(),
        ..group()
    };
    let name_only = EntraGroupImport {
        id: String::new(),
        ..group()
    };
    for half in [id_only, name_only] {
        assert_refused(caller.import_entra_groups(&[group(), half], true).await);
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
    let least = EntraGroupImport {
        description: Some(String::new()),
        import_members: false,
        member_roles: Vec::new(),
        identity_providers: Vec::new(),
        ..group()
    };
    caller.import_entra_groups(&[least], false).await.unwrap();
    let row = json!({
        "id": "12345678-aBcD", "displayName": "Administrators", "importMembers": false, "memberRoles": [],
    });
    stub.check([(IMPORT_GROUPS, json!({"dryRun": false, "groups": [row]}))]);
}

#[tokio::test]
async fn nothing_half_named_reaches_the_wire() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    assert_refused(caller.search_entra_group_members(" ", None).await);
    assert_refused(caller.import_entra_users(&[], true).await);
    assert_refused(caller.import_entra_groups(&[], true).await);
    let row = || users().swap_remove(0);
    let half_named = [
        EntraUserImport {
            user: EntraUser {
                first_name: Some("John".to_owned()),
                ..EntraUser::default()
            },
            ..row()
        },
        EntraUserImport {
            roles: vec![RoleName::new("")],
            ..row()
        },
        EntraUserImport {
            identity_providers: vec![Alias::new(" ")],
            ..row()
        },
    ];
    for user in half_named {
        assert_refused(caller.import_entra_users(&[row(), user], true).await);
    }
    let no_role = EntraGroupImport {
        member_roles: vec![RoleName::new("")],
        ..group()
    };
    let no_alias = EntraGroupImport {
        identity_providers: vec![Alias::new("")],
        ..group()
    };
    assert_refused(caller.import_entra_groups(&[no_role], true).await);
    assert_refused(caller.import_entra_groups(&[no_alias], true).await);
    assert_eq!(stub.lines(), Vec::<String>::new());
}
