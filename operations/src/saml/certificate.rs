//! Certificates in a form and on a page: the reference wants PEM without its first and last line (line 1878).

/// The longest certificate that is accepted, in characters: several of 4096 bits fit.
pub const MAX_LENGTH: usize = 20_000;

/// Above this a value is shown by its two ends.
const MAX_SHOWN: usize = 48;

/// The certificate as it is sent: without the lines `-----BEGIN CERTIFICATE-----` and `-----END …`, and
/// without the white space between its lines. Several become one text with commas between them, which is
/// how Keycloak keeps them (notes section 7).
///
/// # Errors
/// The problem, for the field.
pub fn bare(typed: &str) -> Result<String, &'static str> {
    if typed.contains("PRIVATE KEY") {
        return Err("This is a private key. Only the certificate belongs here: nothing of this was sent.");
    }
    if typed.chars().count() > MAX_LENGTH {
        return Err("This is longer than 20000 characters.");
    }
    let bodies = typed
        .lines()
        .map(str::trim)
        .fold(vec![String::new()], |mut bodies, line| {
            if line.starts_with("-----") {
                bodies.push(String::new());
            } else if let Some(body) = bodies.last_mut() {
                body.extend(line.chars().filter(|c| !c.is_whitespace()));
            }
            bodies
        });
    let bare = bodies
        .into_iter()
        .filter(|body| !body.is_empty())
        .collect::<Vec<_>>()
        .join(",");
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=,".contains(c);
    if bare.chars().all(is_base64) {
        Ok(bare)
    } else {
        Err(
            "This is not a certificate in PEM: between its first and last line there are only letters, digits, +, / and =.",
        )
    }
}

/// The two ends of a value that is too long to be read: `MIIC8DCCAdig…hiQcoVX`.
pub fn shortened(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    (chars.len() > MAX_SHOWN).then(|| {
        let (start, end) = (&chars[..16], &chars[chars.len() - 16..]);
        let whole = |part: &[char]| part.iter().collect::<String>();
        format!("{}…{}", whole(start), whole(end))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn headers_and_line_breaks_are_taken_off() {
        let check = |typed: &str, expected: &str| assert_eq!(bare(typed).as_deref(), Ok(expected), "{typed}");
        check("", "");
        check(" MIIC8DCC ", "MIIC8DCC");
        check(
            "-----BEGIN CERTIFICATE-----\r\nMIIC\r\n8DCC\r\n-----END CERTIFICATE-----\r\n",
            "MIIC8DCC",
        );
        let two = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".repeat(2);
        check(&two, "AA==,AA==");
        check("AA==,BB==", "AA==,BB==");
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for typed in [
            "<script>",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIC\n-----END RSA PRIVATE KEY-----",
            "ليلى",
            &"A".repeat(MAX_LENGTH + 1),
        ] {
            assert!(bare(typed).is_err(), "{typed:?} passed");
        }
    }

    #[test]
    fn a_long_value_is_shown_by_its_ends() {
        assert_eq!(shortened("short"), None);
        let long = format!("{}{}", "A".repeat(40), "B".repeat(40));
        assert_eq!(
            shortened(&long),
            Some(format!("{}…{}", "A".repeat(16), "B".repeat(16)))
        );
    }

    proptest! {
        /// What is taken is taken again as it is, and never holds a header.
        #[test]
        fn taking_off_is_done_once(typed in "(-{5}[A-Z ]{0,12}-{5}\n)?[A-Za-z0-9+/=\n ]{0,60}(\n-{5}[A-Z ]{0,12}-{5})?") {
            if let Ok(once) = bare(&typed) {
                prop_assert!(!once.contains("--"));
                prop_assert_eq!(bare(&once), Ok(once.clone()));
            }
        }
    }
}
