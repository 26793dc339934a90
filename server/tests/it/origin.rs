//! Whatever changes something has to come from a page of the portal.

use crate::support::{Browser, HTML, JSON, SIGN_IN, SIGN_OUT, World, password};
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

/// A request with these headers and no others that say where it comes from.
fn request(
    world: &World,
    browser: &Browser,
    (method, path): (Method, &str),
    headers: &[(&str, &str)],
) -> reqwest::RequestBuilder {
    let request = browser.bare(method, path);
    headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, value.replace("{ours}", &world.origin))
    })
}

#[tokio::test]
async fn a_foreign_post_is_refused_and_nothing_happens() {
    let world = World::new().await;
    let id = world.id_of("alpha").await;
    let form = |path: &str| match path {
        SIGN_IN => vec![("user_name", "auditor"), ("password", password())],
        SIGN_OUT => vec![],
        "/api/theme" => vec![("theme", "dark")],
        "/api/users/many" => vec![("deed", "lock"), ("users[]", "alpha")],
        _ => vec![
            ("id", id.as_str()),
            ("name", "x"),
            ("q", "x"),
            ("file", "username\nx\n"),
        ],
    };
    let browser = world.signed_in("helpdesk").await;
    for (path, _) in app::routes::FUNCTIONS {
        let fields = form(path);
        for headers in FOREIGN {
            for accept in [JSON, HTML] {
                let what = format!("{path} with {headers:?} for {accept}");
                let request = request(&world, &browser, (Method::POST, path), headers)
                    .header(header::ACCEPT, accept)
                    .form(&fields);
                let answer = browser.send(request).await;
                assert_eq!(answer.status, 403, "{what}");
                assert!(answer.cookies().is_empty(), "{what}: {:?}", answer.cookies());
                assert!(answer.shows("did not come from a page of the portal"), "{what}");
                world.assert_no_calls(&what);
            }
        }
    }
    let page = browser.get("/session").await;
    assert_eq!(page.status, 200, "the session stands");
    assert!(page.shows("helpdesk") && page.shows("data-theme=\"system\""));
    assert!(!world.is_locked("alpha").await);
}

#[tokio::test]
async fn other_methods_are_refused_as_well() {
    let world = World::new().await;
    let browser = world.signed_in("helpdesk").await;
    for method in [
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::from_bytes(b"PURGE").expect("a method"),
    ] {
        for path in ["/", "/users", SIGN_OUT, "/nowhere", "/pkg/x", "/healthz"] {
            let what = format!("{method} {path}");
            let foreign = request(&world, &browser, (method.clone(), path), FOREIGN[2]);
            assert_eq!(browser.send(foreign).await.status, 403, "{what}");
            let ours = request(&world, &browser, (method.clone(), path), &[("origin", "{ours}")]);
            let status = browser.send(ours).await.status;
            assert!([404, 405].contains(&status), "{what}: {status}");
        }
    }
}

#[tokio::test]
async fn our_own_pages_may_post() {
    let world = World::new().await;
    let port = world.origin.rsplit(':').next().expect("a port").to_owned();
    let localhost = format!("http://localhost:{port}");
    for headers in [
        &[("origin", "{ours}")][..],
        &[("sec-fetch-site", "same-origin")],
        &[("origin", "{ours}"), ("sec-fetch-site", "same-origin")],
        &[("origin", &localhost), ("sec-fetch-site", "same-origin")],
    ] {
        let browser = world.browser();
        let request = request(&world, &browser, (Method::POST, "/api/theme"), headers)
            .header(header::ACCEPT, JSON)
            .form(&[("theme", "dark")]);
        assert_eq!(browser.send(request).await.status, 204, "{headers:?}");
        assert_eq!(browser.cookie("theme").as_deref(), Some("dark"));
    }
}

/// A link in a mail leads to the page.
#[tokio::test]
async fn a_get_may_come_from_anywhere() {
    let world = World::new().await;
    let browser = world.signed_in("helpdesk").await;
    for headers in FOREIGN {
        for path in ["/users", "/session"] {
            let answer = browser
                .send(request(&world, &browser, (Method::GET, path), headers))
                .await;
            assert_eq!(answer.status, 200, "{path} with {headers:?}");
        }
    }
}
