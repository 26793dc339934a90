//! Local paths: where a person may be sent after a form, and nowhere else.

use url::form_urlencoded::byte_serialize;

/// The longest address that is kept, in bytes.
const MAX_LENGTH: usize = 2000;

/// The path and query of this text when it is a page of the portal; the overview otherwise. An
/// address elsewhere, or one that a browser could take for one, is refused.
pub fn safe_local_path(next: &str) -> String {
    let is_local = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= MAX_LENGTH
        && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        && !is_within(next, "/sign-in")
        && !is_within(next, "/api")
        && !is_within(next, "/pkg");
    if is_local { next.to_owned() } else { "/".to_owned() }
}

/// The address of the sign-in page that leads back to this page.
pub fn sign_in(page: &str) -> String {
    format!(
        "/sign-in?next={}",
        byte_serialize(safe_local_path(page).as_bytes()).collect::<String>()
    )
}

/// The address of the page that connects the session with Proofpoint, and leads back to this page.
pub fn connect(page: &str) -> String {
    format!(
        "/proofpoint?next={}",
        byte_serialize(safe_local_path(page).as_bytes()).collect::<String>()
    )
}

/// Whether the path of this address is that one or below it.
fn is_within(address: &str, path: &str) -> bool {
    let rest = address.strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(next: &str, expected: &str) {
        assert_eq!(safe_local_path(next), expected, "for {next:?}");
    }

    #[test]
    fn pages_of_the_portal_are_kept() {
        for page in [
            "/",
            "/users",
            "/users?q=a%20b&page=2",
            "/users/7636708c",
            "/sign-inside",
        ] {
            check(page, page);
        }
    }

    #[test]
    fn everything_else_leads_to_the_overview() {
        for next in [
            "",
            "users",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/ /evil.example",
            "/\t/evil.example",
            "/\u{e9}",
            "/sign-in?next=/sign-in",
            "/api/sign-out",
        ] {
            check(next, "/");
        }
    }

    proptest! {
        /// Whatever comes in, what goes out stays here.
        #[test]
        fn what_comes_out_is_a_local_path(next in "\\PC{0,60}") {
            let out = safe_local_path(&next);
            prop_assert!(out.starts_with('/') && !out.starts_with("//") && !out.contains('\\'));
        }
    }
}
