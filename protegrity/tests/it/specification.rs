//! The specification that an API gives of itself.

use std::fmt::Write;

use http::Method;
use proptest::prelude::*;
use protegrity::{Api, Specification, SpecificationProblem};
use serde_json::json;

use crate::support::{Stub, reply};

const YAML: &str = r"---
openapi: 3.0.3
info:
  title: Policy Management
  version: '2.0'
servers:
  - url: /pty/v2/pim
paths:
  /roles:
    summary: not an operation
    parameters: []
    get:
      summary: >
        All
        roles
      tags: [Roles, More]
      responses:
        200: {description: OK}
    post: {summary: New role, deprecated: true}
  /pim/roles/{roleUid}:
    delete:
  /pty/v2/pim/policies/{policyUid}/rules/{ruleUid}/:
    PUT: {tags: Rules, summary: [odd]}
  /odd: null
components:
  schemas:
    Role: &role {type: object}
    Other: *role
";

fn pim(text: &str) -> Specification {
    Specification::new(Api::Pim, text.to_owned())
}

#[test]
fn operations_are_read_in_the_documents_order() {
    let specification = pim(YAML);
    assert_eq!(specification.problem(), None);
    assert_eq!(specification.text(), YAML);
    assert_eq!(specification.title(), Some("Policy Management"));
    assert_eq!(specification.version(), Some("2.0"));
    let read: Vec<_> = specification
        .operations()
        .iter()
        .map(|operation| {
            (
                operation.method.as_str(),
                operation.path.as_str(),
                operation.summary.as_deref(),
                operation.tag.as_deref(),
                operation.is_deprecated,
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            ("GET", "/roles", Some("All roles"), Some("Roles"), false),
            ("POST", "/roles", Some("New role"), None, true),
            ("DELETE", "/pim/roles/{roleUid}", None, None, false),
            (
                "PUT",
                "/pty/v2/pim/policies/{policyUid}/rules/{ruleUid}/",
                None,
                Some("Rules"),
                false
            ),
        ]
    );
}

#[test]
fn an_operation_is_listed_whatever_its_placeholders_are_called() {
    let specification = pim(YAML);
    for (method, path, expected) in [
        (Method::GET, "/roles", true),
        (Method::GET, "roles/", true),
        (Method::GET, "/pty/v2/pim/roles", true),
        (Method::PUT, "/roles", false),
        (Method::DELETE, "/roles/{uid}", true),
        (Method::DELETE, "/roles/{}", true),
        (Method::DELETE, "/roles/uid", false),
        (Method::DELETE, "/roles", false),
        (Method::DELETE, "/roles/{uid}/members", false),
        (Method::GET, "/roles/{uid}", false),
        (Method::PUT, "/policies/{uid}/rules/{uid}", true),
        (Method::PUT, "/policies/{uid}/rules", false),
        (Method::GET, "/odd", false),
    ] {
        assert_eq!(specification.lists(&method, path), expected, "{method} {path}");
    }
    // Another API's prefix is part of the path.
    let rps = Specification::new(Api::Rps, YAML.to_owned());
    assert!(rps.lists(&Method::GET, "/roles") && !rps.lists(&Method::DELETE, "/roles/{uid}"));
}

#[test]
fn json_is_read_too() {
    let specification =
        pim(r#"{"openapi": "3.0.0", "paths": {"/masks/{maskUid}": {"delete": {"summary": "x"}}}}"#);
    assert!(specification.lists(&Method::DELETE, "/masks/{uid}"));
    assert_eq!((specification.title(), specification.version()), (None, None));
}

#[test]
fn what_cannot_be_read_lists_nothing_and_can_be_shown() {
    let long = format!("{YAML}# {}\n", "x".repeat(5 * 1024 * 1024));
    let mut many = String::from("paths:\n");
    for number in 0..2_100 {
        writeln!(many, "  /p{number}: {{get: {{}}}}").unwrap();
    }
    let deep = format!("paths: {}{}", "[".repeat(1_000), "]".repeat(1_000));
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    bomb.push_str("paths: {/roles: {get: {}}}\n");
    for (text, problem) in [
        ("", SpecificationProblem::Empty),
        ("just a sentence", SpecificationProblem::Empty),
        ("[1, 2]", SpecificationProblem::Empty),
        ("openapi: 3.0.0\npaths: {}\n", SpecificationProblem::Empty),
        ("openapi: 3.0.0\npaths: none\n", SpecificationProblem::Empty),
        ("paths: [", SpecificationProblem::Unreadable),
        ("<html><body>Sorry</body></html>", SpecificationProblem::Empty),
        ("\tpaths: x: y", SpecificationProblem::Unreadable),
        (
            "paths: {/roles: {get: {}}}\n---\npaths: {}\n",
            SpecificationProblem::Unreadable,
        ),
        (&long, SpecificationProblem::TooLong),
        (&many, SpecificationProblem::Unreadable),
        (&deep, SpecificationProblem::Unreadable),
        (&bomb, SpecificationProblem::Unreadable),
    ] {
        let specification = pim(text);
        let start = &text[..text.len().min(40)];
        assert_eq!(specification.problem(), Some(problem), "{start}");
        assert!(specification.operations().is_empty());
        assert!(!specification.lists(&Method::GET, "/roles"));
        assert_eq!(specification.text(), text);
    }
}

#[tokio::test]
async fn it_is_asked_for_without_a_token() {
    const DOC: &str = "GET /pty/v2/pim/doc";
    let answer = reply(200, YAML).with("content-type", "application/x-yaml");
    let stub = Stub::start([(DOC, answer)]).await;
    let specification = stub.client().specification(Api::Pim).await.unwrap();
    assert!(specification.lists(&Method::POST, "/roles"));
    let seen = stub.only();
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(seen.header("accept"), Some("application/x-yaml"));
}

const METHODS: [Method; 4] = [Method::GET, Method::POST, Method::PUT, Method::DELETE];

fn any_path() -> impl Strategy<Value = Vec<Option<&'static str>>> {
    let segment = proptest::sample::select(vec![Some("roles"), Some("rules"), None]);
    proptest::collection::vec(segment, 1..4)
}

/// Like `/a/{uid}/b`, with this name for each placeholder.
fn path(segments: &[Option<&str>], placeholder: &str) -> String {
    let segments = segments.iter().map(|segment| match segment {
        Some(segment) => format!("/{segment}"),
        None => format!("/{{{placeholder}}}"),
    });
    segments.collect()
}

proptest! {
    /// Among so few paths that many of them are alike.
    #[test]
    fn those_operations_are_listed_that_the_document_has(
        listed in proptest::collection::btree_set((0..4_usize, any_path()), 1..6),
        asked in (0..4_usize, any_path()),
    ) {
        let mut paths = json!({});
        for (method, segments) in &listed {
            let method = METHODS[*method].as_str().to_ascii_lowercase();
            paths[path(segments, "itemUid")][method] = json!({"summary": "x"});
        }
        let specification = pim(&json!({"paths": paths}).to_string());
        prop_assert_eq!(specification.operations().len(), listed.len());
        let (method, segments) = &asked;
        for placeholder in ["", "uid", "itemUid"] {
            let lists = specification.lists(&METHODS[*method], &path(segments, placeholder));
            prop_assert_eq!(lists, listed.contains(&asked));
        }
    }

    #[test]
    fn any_text_is_read_or_not(text in "([a-z/{}: \\-&*!|>\\[\\],'\"#]|\n|\\PC){0,200}") {
        let specification = pim(&text);
        prop_assert_eq!(specification.text(), &text);
        prop_assert_eq!(specification.operations().is_empty(), specification.problem().is_some());
    }
}
