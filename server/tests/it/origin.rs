//! The origin check: a request that may change something must come from a page of the portal.

use crate::support::{Browser, HTML, JSON, SIGN_IN, SIGN_OUT, TestPortal, functions, password};
use http::{Method, header};

/// Headers of requests that did not come from a page of the portal.
const FOREIGN: &[&[(&str, &str)]] = &[
    &[],
    &[("origin", "null")],
    &[("origin", "https://evil.example")],
    &[
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "same-origin"),
    ],
    &[("origin", "http://127.0.0.1.evil.example")],
    &[("origin", "http://127.0.0.1:1")],
    &[("origin", "")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "none")],
    &[("sec-fetch-site", "")],
    &[("referer", "{ours}/users")],
    &[("origin", "{ours}"), ("sec-fetch-site", "cross-site")],
    &[("origin", "{ours}"), ("sec-fetch-site", "same-site")],
    &[("origin", "{ours}"), ("sec-fetch-site", "none")],
    &[("origin", "{ours}/")],
    &[("origin", "{ours}, https://evil.example")],
];

/// A request with these headers and no others that name its origin.
fn request(
    portal: &TestPortal,
    browser: &Browser,
    (method, path): (Method, &str),
    headers: &[(&str, &str)],
) -> reqwest::RequestBuilder {
    let request = browser.bare(method, path);
    headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, value.replace("{ours}", &portal.origin))
    })
}

#[tokio::test]
async fn a_post_from_another_origin_is_refused_without_effect() {
    let portal = TestPortal::new().await;
    let id = portal.id_of("alpha").await;
    let form = |path: &str| match path {
        SIGN_IN => vec![("user_name", "auditor"), ("password", password())],
        SIGN_OUT => vec![],
        "/api/theme" => vec![("theme", "dark")],
        "/api/users/many" => vec![("bulk_action", "lock"), ("users[]", "alpha")],
        _ => vec![
            ("id", id.as_str()),
            ("name", "x"),
            ("q", "x"),
            ("file", "username\nx\n"),
        ],
    };
    let browser = portal.signed_in("helpdesk").await;
    for path in functions() {
        let fields = form(path);
        for headers in FOREIGN {
            for accept in [JSON, HTML] {
                let what = format!("{path} with {headers:?} for {accept}");
                let request = request(&portal, &browser, (Method::POST, path), headers)
                    .header(header::ACCEPT, accept)
                    .form(&fields);
                let answer = browser.send(request).await;
                assert_eq!(answer.status, 403, "{what}");
                assert!(answer.cookies().is_empty(), "{what}: {:?}", answer.cookies());
                assert!(answer.shows("did not come from a page of the portal"), "{what}");
                portal.assert_no_calls(&what);
            }
        }
    }
    let page = browser.get("/session").await;
    assert_eq!(page.status, 200, "the session stays");
    assert!(page.shows("helpdesk") && page.shows("data-theme=\"system\""));
    assert!(!portal.is_locked("alpha").await);
}

#[tokio::test]
async fn other_methods_from_another_origin_are_refused() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    for method in [
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::from_bytes(b"PURGE").expect("a method"),
    ] {
        for path in ["/", "/users", SIGN_OUT, "/nowhere", "/pkg/x", "/healthz"] {
            let what = format!("{method} {path}");
            let foreign = request(&portal, &browser, (method.clone(), path), FOREIGN[2]);
            assert_eq!(browser.send(foreign).await.status, 403, "{what}");
            let ours = request(&portal, &browser, (method.clone(), path), &[("origin", "{ours}")]);
            let status = browser.send(ours).await.status;
            assert!([404, 405].contains(&status), "{what}: {status}");
        }
    }
}

#[tokio::test]
async fn a_post_from_a_page_of_the_portal_is_accepted() {
    let portal = TestPortal::new().await;
    let port = portal.origin.rsplit(':').next().expect("a port").to_owned();
    let localhost = format!("http://localhost:{port}");
    for headers in [
        &[("origin", "{ours}")][..],
        &[("sec-fetch-site", "same-origin")],
        &[("origin", "{ours}"), ("sec-fetch-site", "same-origin")],
        &[("origin", &localhost), ("sec-fetch-site", "same-origin")],
    ] {
        let browser = portal.browser();
        let request = request(&portal, &browser, (Method::POST, "/api/theme"), headers)
            .header(header::ACCEPT, JSON)
            .form(&[("theme", "dark")]);
        assert_eq!(browser.send(request).await.status, 204, "{headers:?}");
        assert_eq!(browser.cookie("theme").as_deref(), Some("dark"));
    }
}

/// A link in a mail opens the page.
#[tokio::test]
async fn a_get_from_another_origin_is_accepted() {
    let portal = TestPortal::new().await;
    let browser = portal.signed_in("helpdesk").await;
    for headers in FOREIGN {
        for path in ["/users", "/session"] {
            let answer = browser
                .send(request(&portal, &browser, (Method::GET, path), headers))
                .await;
            assert_eq!(answer.status, 200, "{path} with {headers:?}");
        }
    }
}
