//! The outcome of each row of a 207. Its body is in no document: one client has the rows that were created, with those
//! that failed in `errors` (notes section 2.7). It is read in whatever shape it comes, and what it does not say is
//! unknown.

use http::StatusCode;
use serde_json::{Map, Value};
use upstream::{Answer, lenient};

use crate::EmailAddress;

/// Where a list of rows may stand.
const LISTS: [&str; 6] = ["responses", "results", "users", "data", "items", "response"];

/// Where the rows stand that failed.
const ERRORS: &str = "errors";

/// What a row may have for the address that it is about.
const EMAIL: [&str; 3] = ["primary_email", "email", "identifier"];

/// What a row may have for the answer inside it.
const INNER: [&str; 7] = [
    "body", "data", "response", "user", "content", "result", "resource",
];

/// What a row may have for its status.
const STATUS: [&str; 6] = [
    "status",
    "status_code",
    "statusCode",
    "code",
    "http_code",
    "http_status",
];

/// The outcome of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// It was created.
    Created,
    /// It was not created.
    Failed {
        /// The row's own HTTP status, where it has one.
        status: Option<u16>,
        /// The system's own words, as an error has them.
        message: Option<String>,
    },
    /// The answer does not say: read the list to see.
    Unknown,
}

/// One row of the answer, as far as it can be read.
struct Row {
    email: Option<EmailAddress>,
    outcome: RowOutcome,
}

impl Row {
    /// The row as one of those that failed, whatever else it says.
    fn into_failed(mut self) -> Self {
        if !matches!(self.outcome, RowOutcome::Failed { .. }) {
            self.outcome = RowOutcome::Failed {
                status: None,
                message: None,
            };
        }
        self
    }
}

/// Every row of an answer.
struct Rows {
    list: Vec<Row>,
    /// Whether a row without an address is about the user at its place: not where failures are listed apart.
    is_in_order: bool,
}

/// The outcome of each user that was sent, in their order. A row belongs to the user that it names, else to the one at
/// its place.
pub(super) fn outcomes(answer: &Answer, sent: &[&EmailAddress]) -> Vec<RowOutcome> {
    if answer.status() != StatusCode::MULTI_STATUS {
        return vec![RowOutcome::Created; sent.len()];
    }
    let rows = read(answer.value_or_null(), |part| answer.words_of(part));
    assign(&rows, sent)
}

fn assign(rows: &Rows, sent: &[&EmailAddress]) -> Vec<RowOutcome> {
    let outcome = |(place, email): (usize, &&EmailAddress)| {
        let is_of = |row: &&Row| row.email.as_ref() == Some(*email);
        let at_place = rows.list.get(place).filter(|row| {
            let is_anonymous = row.email.is_none() && rows.is_in_order && rows.list.len() == sent.len();
            is_anonymous || is_of(row)
        });
        // Where one was sent, every row is about it.
        let is_about_the_only = |row: &&Row| sent.len() == 1 && row.email.is_none();
        at_place
            .or_else(|| rows.list.iter().find(is_of))
            .or_else(|| rows.list.iter().find(is_about_the_only))
            .map_or(RowOutcome::Unknown, |row| row.outcome.clone())
    };
    let mut outcomes: Vec<_> = sent.iter().enumerate().map(outcome).collect();
    if !rows.is_in_order {
        by_elimination(rows, sent, &mut outcomes);
    }
    outcomes
}

/// Where failures are listed apart, one may name what is wrong with a user and not the user: an alias that another one
/// has. Where as many of these are left as users are without an outcome, they are theirs.
fn by_elimination(rows: &Rows, sent: &[&EmailAddress], outcomes: &mut [RowOutcome]) {
    let is_created = |email: &EmailAddress| {
        sent.iter()
            .zip(&*outcomes)
            .any(|(other, outcome)| *other == email && *outcome == RowOutcome::Created)
    };
    let is_sent = |email: &EmailAddress| sent.contains(&email);
    let failed = rows
        .list
        .iter()
        .filter(|row| matches!(row.outcome, RowOutcome::Failed { .. }));
    let left: Vec<_> = failed
        .filter(|row| {
            row.email
                .as_ref()
                .is_none_or(|email| is_created(email) || !is_sent(email))
        })
        .map(|row| row.outcome.clone())
        .collect();
    let untold: Vec<_> = outcomes
        .iter_mut()
        .filter(|outcome| **outcome == RowOutcome::Unknown)
        .collect();
    if untold.len() == left.len() {
        for (outcome, failure) in untold.into_iter().zip(left) {
            *outcome = failure;
        }
    }
}

fn read(answer: Value, words: impl Fn(&Value) -> Option<String>) -> Rows {
    let mut failed = Vec::new();
    let rows = match answer {
        Value::Array(rows) => rows,
        Value::Object(mut fields) => {
            if let Some(Value::Array(rows)) = fields.remove(ERRORS) {
                failed = rows;
            }
            let list = LISTS
                .iter()
                .find(|key| fields.get(**key).is_some_and(Value::is_array));
            match list.and_then(|key| fields.remove(*key)) {
                Some(Value::Array(rows)) => rows,
                _ => by_address(fields),
            }
        }
        _ => Vec::new(),
    };
    let is_in_order = failed.is_empty();
    let rows = rows.iter().map(|row| read_row(row, &words));
    let failed = failed.iter().map(|row| read_row(row, &words).into_failed());
    Rows {
        list: rows.chain(failed).collect(),
        is_in_order,
    }
}

/// Rows under the addresses they are about; else the answer is one row itself.
fn by_address(fields: Map<String, Value>) -> Vec<Value> {
    if fields.is_empty() {
        return Vec::new();
    }
    let is_row = |(key, row): (&String, &Value)| key.contains('@') && row.is_object();
    if !fields.iter().all(is_row) {
        return vec![Value::Object(fields)];
    }
    let named = |(email, mut row): (String, Value)| {
        row["email"] = Value::String(email);
        row
    };
    fields.into_iter().map(named).collect()
}

fn read_row(row: &Value, words: impl Fn(&Value) -> Option<String>) -> Row {
    let inner = INNER.iter().find_map(|key| match row.get(*key)? {
        // An answer inside an answer may be written as a text.
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        value => Some(value.clone()).filter(Value::is_object),
    });
    let parts = || [Some(row), inner.as_ref()].into_iter().flatten();
    let email = parts().find_map(|part| {
        let address =
            |key: &&str| lenient::into_text(part.get(*key)?.clone()).filter(|text| text.contains('@'));
        EMAIL.iter().find_map(address).map(EmailAddress::from)
    });
    let status = parts().find_map(|part| {
        let status = STATUS
            .iter()
            .find_map(|key| lenient::as_integer(part.get(*key)?))?;
        u16::try_from(status)
            .ok()
            .filter(|status| (100..600).contains(status))
    });
    let has_id = parts().any(|part| part.get("uid").is_some_and(|id| !id.is_null()));
    let message = || parts().find_map(&words);
    let outcome = match status {
        Some(200..=299) => RowOutcome::Created,
        Some(status) => RowOutcome::Failed {
            status: Some(status),
            message: message(),
        },
        None if has_id => RowOutcome::Created,
        None => message().map_or(RowOutcome::Unknown, |message| RowOutcome::Failed {
            status: None,
            message: Some(message),
        }),
    };
    Row { email, outcome }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn words(part: &Value) -> Option<String> {
        part.get("message")?.as_str().map(str::to_owned)
    }

    fn failed(status: Option<u16>, message: Option<&str>) -> RowOutcome {
        RowOutcome::Failed {
            status,
            message: message.map(str::to_owned),
        }
    }

    #[allow(clippy::needless_pass_by_value, reason = "callers hand over a fresh `json!`")]
    #[track_caller]
    fn check(answer: Value, expected: [RowOutcome; 2]) {
        let sent = ["a@x.com", "b@x.com"].map(|email| EmailAddress::from(email.to_owned()));
        let rows = read(answer.clone(), words);
        assert_eq!(assign(&rows, &[&sent[0], &sent[1]]), expected, "{answer}");
    }

    #[test]
    fn rows_in_any_shape() {
        use RowOutcome::{Created, Unknown};
        let taken = || failed(Some(409), Some("taken"));
        let rows = json!([
            {"status": 201, "body": {"primary_email": "a@x.com", "uid": 1}},
            {"status": "409", "body": {"message": "taken"}},
        ]);
        check(rows.clone(), [Created, taken()]);
        for key in LISTS {
            check(json!({key: rows}), [Created, taken()]);
        }
        // By name, in another order, and fewer than were sent.
        check(
            json!([{"primary_email": "B@x.com", "code": 409, "message": "taken"}]),
            [Unknown, taken()],
        );
        check(
            json!({"b@x.com": {"status": 409, "message": "taken"}, "a@x.com": {"status": 201}}),
            [Created, taken()],
        );
        // What was created, and apart from it what was not.
        let error = json!({"status": 409, "message": "taken", "identifier": "a@x.com"});
        check(
            json!({"users": [{"primary_email": "b@x.com"}], "errors": [error]}),
            [taken(), Unknown],
        );
        check(
            json!({"users": [{"uid": 1, "primary_email": "b@x.com"}], "errors": [error]}),
            [taken(), Created],
        );
        // The failure names the alias that another user of the same call has: it is that of the one who is left.
        for identifier in ["a@x.com", "someone@else.example", "alias_emails"] {
            let error = json!({"status": 409, "message": "taken", "identifier": identifier});
            check(
                json!({"users": [{"uid": 1, "primary_email": "a@x.com"}], "errors": [error]}),
                [Created, taken()],
            );
        }
        check(
            json!({"users": [{"uid": 1}], "errors": [{"identifier": "type"}]}),
            [Unknown, Unknown],
        );
        check(
            json!({"errors": [{"identifier": "a@x.com", "uid": 1}, error]}),
            [failed(None, None), Unknown],
        );
        // Without any status.
        check(
            json!([{"uid": 7, "primary_email": "a@x.com"}, {"message": "taken"}]),
            [Created, failed(None, Some("taken"))],
        );
        // An answer in an answer.
        let inner = json!({"message": "taken"}).to_string();
        check(
            json!([{"status": 201, "body": ""}, {"status": 409, "body": inner}]),
            [Created, taken()],
        );
        for nothing in [json!(null), json!([]), json!({}), json!([1]), json!("created")] {
            check(nothing, [Unknown, Unknown]);
        }
    }

    #[test]
    fn a_failure_that_names_no_user_is_that_of_the_only_one() {
        let sent = EmailAddress::from("a@x.com".to_owned());
        let error = json!({"status": 422, "message": "no such type", "identifier": "type"});
        for answer in [
            json!({"users": [], "errors": [error]}),
            json!({"errors": [error]}),
            json!([error]),
            error.clone(),
        ] {
            let outcomes = assign(&read(answer.clone(), words), &[&sent]);
            assert_eq!(outcomes, [failed(Some(422), Some("no such type"))], "{answer}");
        }
    }

    proptest! {
        #[test]
        fn there_is_an_outcome_for_each_and_no_row_counts_for_another(
            rows in prop::collection::vec((0_usize..4, prop::sample::select(vec![201_u16, 409])), 0..5),
        ) {
            let address = |index: usize| EmailAddress::from(format!("{index}@x.com"));
            let row = |(index, status): &(usize, u16)| json!({"email": address(*index), "status": status});
            let answer: Vec<Value> = rows.iter().map(row).collect();
            let sent: Vec<EmailAddress> = (0..4).map(address).collect();
            let outcomes = assign(&read(Value::Array(answer), words), &sent.iter().collect::<Vec<_>>());
            prop_assert_eq!(outcomes.len(), sent.len());
            for (index, outcome) in outcomes.into_iter().enumerate() {
                let own = rows.iter().filter(|(of, _)| *of == index);
                let statuses: Vec<u16> = own.map(|(_, status)| *status).collect();
                prop_assert_eq!(outcome == RowOutcome::Unknown, statuses.is_empty());
                prop_assert!(outcome != RowOutcome::Created || statuses.contains(&201));
            }
        }
    }
}
