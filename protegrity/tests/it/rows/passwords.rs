//! Rows 30 and 33: resetting, changing, unlocking.

use protegrity::UserId;
use serde_json::json;

use super::ID;
use crate::support::{Reply, Stub, reply, secret};

fn id() -> UserId {
    UserId::new(ID)
}

const RESET: &str = "PUT /pty/v1/auth/users/password";
const CHANGE: &str = "PUT /pty/v1/auth/users/94070ecb-8639-41f4-b3e1-fda5cc7f8888/password";

#[tokio::test]
async fn row_30_a_reset_goes_to_the_sampled_path_and_tries_the_other_once() {
    let sampled = json!({"userId": ID, "newPassword": "New1!", "temporary": false});
    let listed = json!({"newPassword": "New1!"});
    let done = json!({"status": "password_updated", "userId": ID, "temporary": "true"});
    for (first, lines) in [
        (reply(200, done), 1),
        (Reply::none(404), 2),
        (Reply::none(405), 2),
        (reply(422, json!({"detail": []})), 2),
    ] {
        let stub = Stub::start([(RESET, first), (CHANGE, Reply::none(204))]).await;
        let outcome = stub
            .authorized()
            .reset_password(&id(), &secret("New1!"), false)
            .await
            .unwrap();
        assert_eq!(outcome.temporary, lines == 1, "the answer's word counts");
        assert_eq!(stub.lines(), &[RESET, CHANGE][..lines]);
        let seen = stub.seen();
        seen[0].check(RESET, &sampled);
        if let Some(second) = seen.get(1) {
            second.check(CHANGE, &listed);
        }
    }
}

#[tokio::test]
async fn row_30_a_temporary_password_is_not_tried_where_it_would_stay() {
    let sampled = json!({"userId": ID, "newPassword": "New1!", "temporary": true});
    for status in [404, 405, 422] {
        let stub = Stub::start([(RESET, Reply::none(status)), (CHANGE, Reply::none(204))]).await;
        let result = stub
            .authorized()
            .reset_password(&id(), &secret("New1!"), true)
            .await;
        assert_eq!(result.unwrap_err().status(), Some(status));
        stub.check([(RESET, sampled.clone())]);
    }
    let stub = Stub::start([(RESET, Reply::none(204))]).await;
    let outcome = stub
        .authorized()
        .reset_password(&id(), &secret("New1!"), true)
        .await
        .unwrap();
    assert!(outcome.temporary);
}

#[tokio::test]
async fn row_30_an_own_change_goes_to_the_listed_path_and_nowhere_else() {
    let listed = json!({"newPassword": "New1!", "oldPassword": "Old1!"});
    for (status, expected) in [
        (204, None),
        (404, Some(404)),
        (405, Some(405)),
        (422, Some(422)),
        (400, Some(400)),
    ] {
        let stub = Stub::start([(CHANGE, Reply::none(status)), (RESET, Reply::none(204))]).await;
        let result = stub
            .authorized()
            .change_own_password(&id(), &secret("Old1!"), &secret("New1!"))
            .await;
        assert_eq!(result.err().and_then(|error| error.status()), expected);
        stub.check([(CHANGE, listed.clone())]);
    }
}

#[tokio::test]
async fn no_error_repeats_a_password() {
    let echo = || reply(400, json!({"detail": "Old1! is not New1!, says 'New1!'"}));
    let stub = Stub::start([(RESET, echo()), (CHANGE, echo())]).await;
    let caller = stub.authorized();
    let (old, new) = (secret("Old1!"), secret("New1!"));
    let errors = [
        caller.change_own_password(&id(), &old, &new).await.unwrap_err(),
        caller.reset_password(&id(), &new, true).await.unwrap_err(),
    ];
    for error in errors {
        assert!(!format!("{error} {error:?}").contains("New1!"), "{error}");
    }
}

#[tokio::test]
async fn row_30_the_failure_that_says_more_is_returned_and_others_try_nothing_else() {
    let weak = || {
        reply(
            400,
            json!({"error_description": "Invalid password: minimum length 8."}),
        )
    };
    for (first, second, lines, status) in [
        (weak(), Reply::none(204), 1, 400),
        (Reply::none(403), Reply::none(204), 1, 403),
        (Reply::none(404), weak(), 2, 400),
        (reply(422, json!({"detail": "x"})), Reply::none(404), 2, 422),
    ] {
        let stub = Stub::start([(RESET, first), (CHANGE, second)]).await;
        let error = stub
            .authorized()
            .reset_password(&id(), &secret("New1!"), false)
            .await
            .unwrap_err();
        assert_eq!((error.status(), stub.lines().len()), (Some(status), lines));
    }
}

#[tokio::test]
async fn row_33_unlock_uses_the_unlock_path() {
    let path = "PUT /pty/v1/auth/users/94070ecb-8639-41f4-b3e1-fda5cc7f8888/unlock";
    for (answer, temporary) in [
        (
            json!({"status": "unlocked", "user_id": ID, "password_temporary": true}),
            true,
        ),
        (
            json!({"status": "unlocked", "password_temporary": "false"}),
            false,
        ),
        (json!({"status": "unlocked"}), true),
    ] {
        let stub = Stub::start([(path, reply(200, answer))]).await;
        let outcome = stub
            .authorized()
            .unlock_user(&id(), &secret("StrongPasword123!"))
            .await
            .unwrap();
        assert_eq!(outcome.temporary, temporary);
        assert_eq!(stub.only().json(), json!({"password": "StrongPasword123!"}));
    }
}
