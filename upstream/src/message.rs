//! The system's own words, out of whatever shape an error answer has (Protegrity notes section 2).

use serde_json::Value;

/// Characters.
const MAX_LENGTH: usize = 300;

/// An error inside an error inside an error is as deep as we look.
const DEPTH: u8 = 4;

/// Stands where the answer repeated something that must not be shown.
const HIDDEN: &str = "[hidden]";

/// Shorter ones would take ordinary words to pieces.
const SHORTEST_SECRET: usize = 4;

/// The words of an error answer, normalized: one line, no control characters, no markup, nothing of `secrets`, at
/// most [`MAX_LENGTH`] characters.
pub(crate) fn of_answer(content_type: Option<&str>, body: &[u8], secrets: &[&str]) -> Option<String> {
    let words = match serde_json::from_slice(body) {
        Ok(value) => at_depth(&value, DEPTH),
        Err(_) if is_plain_text(content_type) => normalize(&String::from_utf8_lossy(body)),
        Err(_) => None,
    }?;
    Some(redact_and_truncate(words, secrets))
}

/// The words of a part of an answer, which may report a failure of its own.
pub(crate) fn of_value(value: &Value, secrets: &[&str]) -> Option<String> {
    at_depth(value, DEPTH).map(|words| redact_and_truncate(words, secrets))
}

/// The words of a successful answer, normalized like those of an error.
pub(crate) fn of_text(text: &str, secrets: &[&str]) -> Option<String> {
    normalize(text).map(|words| redact_and_truncate(words, secrets))
}

/// Whether an error answer has OAuth's code for a token that is refused, or Keycloak's words for it, in whatever shape
/// (Protegrity notes section 2).
pub(crate) fn says_invalid_grant(body: &[u8]) -> bool {
    const WORDS: [&str; 3] = ["invalid_grant", "token is not active", "session not active"];
    let body = String::from_utf8_lossy(body).to_lowercase();
    WORDS.iter().any(|words| body.contains(words))
}

fn redact_and_truncate(words: String, secrets: &[&str]) -> String {
    // Hidden before cut: a secret's beginning would no longer be recognised.
    hide(words, secrets).chars().take(MAX_LENGTH).collect()
}

/// The text without any of the secrets that is long enough to be one.
pub(crate) fn hide(text: String, secrets: &[&str]) -> String {
    let secrets = secrets.iter().filter(|secret| secret.len() >= SHORTEST_SECRET);
    secrets.fold(text, |text, secret| text.replace(secret, HIDDEN))
}

fn at_depth(value: &Value, depth: u8) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    if let Value::String(text) = value {
        return normalize(text);
    }
    let messages = match value.get("messages") {
        Some(Value::String(text)) => normalize(text),
        list => joined(list, "; ", text_of),
    };
    let detail = || match value.get("detail")? {
        Value::Array(_) => joined(value.get("detail"), "; ", validation_error),
        detail => at_depth(detail, depth),
    };
    let field = |name: &'static str| at_depth(value.get(name)?, depth);
    let errors = || joined(value.get("errors"), "; ", reported_error);
    messages.or_else(errors).or_else(detail).or_else(|| {
        [
            "error_description",
            "errorMessage",
            "error_message",
            "message",
            "error",
            "title",
        ]
        .into_iter()
        .find_map(field)
    })
}

fn joined(list: Option<&Value>, separator: &str, text: impl Fn(&Value) -> Option<String>) -> Option<String> {
    let texts: Vec<String> = list?.as_array()?.iter().filter_map(text).collect();
    normalize(&texts.join(separator))
}

/// An entry of `messages`: a string, or an object with the text in it.
fn text_of(entry: &Value) -> Option<String> {
    let text = entry.as_str().or_else(|| entry.get("message")?.as_str())?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// An entry of `errors`: a text, or a message with what it is about (Proofpoint notes section 2.7).
fn reported_error(entry: &Value) -> Option<String> {
    let field = |name: &str| entry.get(name)?.as_str().filter(|text| !text.trim().is_empty());
    let Some(message) = field("error_message") else {
        return text_of(entry);
    };
    Some(match field("identifier") {
        Some(identifier) => format!("{message} ({identifier})"),
        None => message.to_owned(),
    })
}

/// `FastAPI`'s `{"loc": ["body", "email"], "msg": "..."}`. Its `input` is left out: it repeats what was sent,
/// passwords too.
fn validation_error(entry: &Value) -> Option<String> {
    let Some(msg) = entry.get("msg").and_then(Value::as_str) else {
        return text_of(entry);
    };
    let loc = entry.get("loc").and_then(Value::as_array).map(|loc| {
        let parts = loc
            .iter()
            .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned));
        parts.collect::<Vec<_>>().join(".")
    });
    Some(match loc {
        Some(loc) if !loc.is_empty() => format!("{loc}: {msg}"),
        _ => msg.to_owned(),
    })
}

/// No content type at all counts as text: gateways leave it out, and [`normalize`] refuses what cannot be shown.
fn is_plain_text(content_type: Option<&str>) -> bool {
    content_type.is_none_or(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/plain"))
}

fn normalize(text: &str) -> Option<String> {
    let mut normalized = String::new();
    let shown = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| is_visible(*c));
    for c in shown {
        if c != ' ' || !normalized.is_empty() && !normalized.ends_with(' ') {
            normalized.push(c);
        }
    }
    if looks_like_markup(&normalized) {
        return None;
    }
    normalized.truncate(normalized.trim_end().len());
    (!normalized.is_empty()).then_some(normalized)
}

/// No control characters, and none of the invisible ones that turn the direction of what follows.
fn is_visible(c: char) -> bool {
    let invisible =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    !c.is_control() && !invisible && c != char::REPLACEMENT_CHARACTER
}

fn looks_like_markup(text: &str) -> bool {
    const MARKUP: [&str; 12] = [
        "<html",
        "<!doctype",
        "<head",
        "<body",
        "<script",
        "<title",
        "<style",
        "<div",
        "<meta",
        "<h1",
        "</",
        "<?xml",
    ];
    let text = text.to_ascii_lowercase();
    MARKUP.iter().any(|tag| text.contains(tag))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of_json(value: &Value) -> Option<String> {
        of_answer(Some("application/json"), value.to_string().as_bytes(), &[])
    }

    #[test]
    fn what_was_sent_is_hidden_also_at_the_cut() {
        let secret = "s".repeat(400);
        let body = format!("{} {secret}", "x".repeat(200));
        let words = of_answer(None, body.as_bytes(), &[&secret, "xxx"]).expect("a message");
        assert!(words.ends_with("x [hidden]"), "{words}");
    }

    #[test]
    fn the_words_come_in_the_order_of_the_notes() {
        let all = json!({
            "messages": ["first", "second"], "detail": "detail", "error_description": "description",
            "errorMessage": "errorMessage", "message": "message", "error": "error", "title": "title",
        });
        let order = [
            ("messages", "first; second"),
            ("detail", "detail"),
            ("error_description", "description"),
            ("errorMessage", "errorMessage"),
            ("message", "message"),
            ("error", "error"),
            ("title", "title"),
        ];
        let mut body = all;
        for (key, expected) in order {
            assert_eq!(of_json(&body).as_deref(), Some(expected), "{key}");
            body.as_object_mut().expect("an object").remove(key);
        }
        assert_eq!(of_json(&body), None);
    }

    #[test]
    fn odd_shapes() {
        let cases = [
            (json!({"messages": [], "detail": "d"}), Some("d")),
            (json!({"messages": [{"message": "m"}, 1, "n"]}), Some("m; n")),
            (
                json!({"detail": [{"loc": ["body", "email"], "msg": "not an address", "input": "x"}]}),
                Some("body.email: not an address"),
            ),
            (
                json!({"detail": [{"loc": ["body", 0], "msg": "a"}, {"msg": "b"}]}),
                Some("body.0: a; b"),
            ),
            (
                json!({"detail": {"error": "invalid_grant", "error_description": "Account disabled"}}),
                Some("Account disabled"),
            ),
            (json!({"error": {"message": "inside"}}), Some("inside")),
            (
                json!({"error": "<html>no</html>", "title": "plain"}),
                Some("plain"),
            ),
            (
                json!({"message": "two\nlines\tand\u{1b}[31m colour\u{202e}"}),
                Some("two lines and[31m colour"),
            ),
            (json!({"messages": "one"}), Some("one")),
            (
                json!({"errors": [
                    {"status": 409, "error_message": "exists", "identifier": "a@example.com"}, {"message": "m"}, "n",
                    {"error_message": "bad", "identifier": ""}, 1,
                ]}),
                Some("exists (a@example.com); m; n; bad"),
            ),
            (json!({"error_message": "one"}), Some("one")),
            (json!("bare text"), Some("bare text")),
            (json!([1, 2]), None),
            (json!(null), None),
            (json!({"status": 400}), None),
        ];
        for (body, expected) in cases {
            assert_eq!(of_json(&body).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn bodies_that_are_not_json() {
        let cases = [
            (
                Some("text/plain; charset=utf-8"),
                "upstream connect error",
                Some("upstream connect error"),
            ),
            (None, "no healthy upstream", Some("no healthy upstream")),
            (Some("text/html"), "Sorry", None),
            (Some("text/plain"), "<HTML><body>Sorry", None),
            (None, "", None),
        ];
        for (content_type, body, expected) in cases {
            assert_eq!(
                of_answer(content_type, body.as_bytes(), &[]).as_deref(),
                expected,
                "{body}"
            );
        }
    }

    fn can_be_shown(message: Option<&str>) -> bool {
        message.is_none_or(|message| {
            message.chars().count() <= MAX_LENGTH
                && !message.is_empty()
                && !message.chars().any(char::is_control)
                && !message.to_ascii_lowercase().contains("<html")
        })
    }

    proptest! {
        #[test]
        fn any_bytes_give_words_that_can_be_shown(body in proptest::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert!(can_be_shown(of_answer(None, &body, &[]).as_deref()));
        }

        #[test]
        fn any_text_gives_words_that_can_be_shown(text in "(<[\\x00-\\x20]?[hH][tT]mL>|\\PC|\\x00|\n){0,700}") {
            for key in ["detail", "error", "message"] {
                let words = of_json(&json!({key: text}));
                prop_assert!(can_be_shown(words.as_deref()));
            }
            prop_assert!(can_be_shown(of_answer(Some("text/plain"), text.as_bytes(), &[]).as_deref()));
        }
    }
}
