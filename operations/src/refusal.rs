//! The cluster's refusals at the fields of the forms that they are about: one table for each form, read in one way.

use std::cmp::Reverse;

use gate::OperationError;
use protegrity::ErrorKind;

use crate::{Error, FieldError, password_policy::rules};

/// The words of the cluster's messages with the field that they are about, the more telling ones first. `first name`
/// stands for `firstName`, `first_name` and `First name` too.
pub(crate) type Words = [(&'static str, &'static str)];

/// A user.
pub(crate) const USER: &Words = &[
    ("password", "password"),
    ("same username", "username"),
    ("user name", "username"),
    ("username", "username"),
    ("email", "email"),
    ("e mail", "email"),
    ("first name", "first_name"),
    ("last name", "last_name"),
    ("role", "roles"),
    ("group", "groups"),
    ("identity provider", "links"),
    ("provider", "links"),
];

/// A group.
pub(crate) const GROUP: &Words = &[
    ("already exist", "name"),
    ("description", "description"),
    ("user", "names"),
    ("username", "names"),
    ("member", "names"),
    ("role", "roles"),
    ("group", "name"),
    ("name", "name"),
];

/// A role.
pub(crate) const ROLE: &Words = &[
    ("already exist", "name"),
    ("permission", "permissions"),
    ("description", "description"),
    ("role", "name"),
    ("name", "name"),
];

/// A password alone: whatever is refused is about it.
pub(crate) const PASSWORD: &Words = &[("", "password")];

/// A SAML provider.
pub(crate) const SAML: &Words = &[
    ("already exist", "alias"),
    ("metadata", "metadata_url"),
    ("url", "metadata_url"),
    ("uri", "metadata_url"),
    ("certificate", "signing_certificate"),
    ("signature algorithm", "signature_algorithm"),
    ("algorithm", "signature_algorithm"),
    ("name id", "name_id_format"),
    ("nameid", "name_id_format"),
    ("entity id", "entity_id"),
    ("attribute mapping", "attribute_mapping"),
    ("attribute", "attribute_mapping"),
    ("mapping", "attribute_mapping"),
    ("display name", "display_name"),
    ("alias", "alias"),
    ("identity provider", "alias"),
    ("provider", "alias"),
];

/// An attribute mapper.
pub(crate) const MAPPER: &Words = &[
    ("mapper type", "mapper_type"),
    ("sync mode", "sync_mode"),
    ("user attribute", "user_attribute"),
    ("attribute name", "attribute_name"),
    ("attribute", "attribute_name"),
    ("mapper", "name"),
    ("name", "name"),
];

/// The Entra ID configuration.
pub(crate) const ENTRA: &Words = &[
    ("client secret", "client_secret"),
    ("secret", "client_secret"),
    ("client id", "client_id"),
    ("application", "client_id"),
    ("client", "client_id"),
    ("tenant id", "tenant_id"),
    ("tenant", "tenant_id"),
];

/// An import from Entra ID.
pub(crate) const ENTRA_IMPORT: &Words = &[
    ("role", "roles"),
    ("identity provider", "identity_providers"),
    ("provider", "identity_providers"),
    ("member", "import_members"),
    ("user", "chosen"),
    ("group", "chosen"),
];

/// The lifespan of tokens: whatever is refused is about it.
pub(crate) const LIFESPAN: &Words = &[("", "lifespan")];

/// The password policy: each rule has its field. The longer names come first, because `length` is in `maxLength`.
pub(crate) fn password_policy() -> Vec<(&'static str, &'static str)> {
    let mut words: Vec<_> = rules::all().map(|rule| (rule.key, rule.field())).collect();
    words.sort_by_key(|(word, _)| Reverse(word.len()));
    words
}

/// A refusal by the cluster as problems with the fields that its words are about. Other failures, and words about no
/// field of the form, stay as they are.
pub(crate) fn at_field(error: OperationError, words: &Words) -> Error {
    let is_refusal = matches!(error.kind(), Some(ErrorKind::Rejected | ErrorKind::Conflict));
    let upstream = error.error.upstream();
    let message = upstream.and_then(protegrity::Error::upstream_message);
    let is_of_proofpoint = upstream.is_some_and(|error| error.system() == proofpoint::SYSTEM);
    let subject = if is_of_proofpoint {
        "Proofpoint"
    } else {
        "The cluster"
    };
    let problems = match message {
        Some(message) if is_refusal => problems(subject, message, words),
        _ => Vec::new(),
    };
    if problems.is_empty() {
        return error.into();
    }
    Error::Invalid(problems)
}

/// The problems that a message is about. Several, as FastAPI reports them, are taken apart where each has a field.
fn problems(subject: &str, message: &str, words: &Words) -> Vec<FieldError> {
    let problem = |message: &str| {
        Some(FieldError {
            field: field_of(message, words)?.to_owned(),
            message: format!("{subject} said: {message}"),
        })
    };
    let several: Option<Vec<FieldError>> = message.split("; ").map(problem).collect();
    match several {
        Some(several) if several.iter().any(|one| one.field != several[0].field) => several,
        // A field has one message.
        _ => problem(message).into_iter().collect(),
    }
}

/// The field that a message is about: the one that it begins with, or else the first of the table that occurs.
fn field_of(message: &str, words: &Words) -> Option<&'static str> {
    let begins = message
        .split_once(": ")
        .map(|(path, _)| path)
        .filter(|path| !path.contains(' '))
        .and_then(|path| path.rsplit('.').find(|part| part.parse::<usize>().is_err()))
        .and_then(|name| first_of(name, words));
    begins.or_else(|| first_of(&without_values(message), words))
}

fn first_of(text: &str, words: &Words) -> Option<&'static str> {
    let text = format!(" {} ", in_single_words(text));
    let occurs = |word: &str| {
        let word = in_single_words(word);
        word.is_empty() || text.contains(&format!(" {word} ")) || text.contains(&format!(" {word}s "))
    };
    let found = words.iter().find(|(word, _)| occurs(word));
    found.map(|(_, field)| *field)
}

/// The message without what it quotes: a value can hold the name of any field. An apostrophe in a word quotes nothing.
fn without_values(message: &str) -> String {
    let mut kept = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(['\'', '"', '“', '`', '‘']) {
        let (before, quoted) = rest.split_at(at);
        kept.push_str(before);
        let opening = quoted.chars().next().unwrap_or_default();
        let closing = match opening {
            '“' => '”',
            '‘' => '’',
            same => same,
        };
        let inner = &quoted[opening.len_utf8()..];
        let is_in_word = before.ends_with(char::is_alphanumeric);
        rest = match inner.split_once(closing) {
            Some((_, after)) if !is_in_word => after,
            _ => inner,
        };
    }
    kept.push_str(rest);
    kept
}

/// `firstName`, `first_name` and `First name` as `first name`.
fn in_single_words(text: &str) -> String {
    let mut words = String::new();
    let mut was_lower = false;
    for c in text.chars() {
        if c.is_uppercase() && was_lower || !c.is_alphanumeric() {
            words.push(' ');
        }
        if c.is_alphanumeric() {
            words.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::own_account;

    fn check(words: &Words, message: &str, expected: &[&str]) {
        let problems = problems("The cluster", message, words);
        let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, expected, "{message}");
    }

    #[test]
    fn a_message_is_about_the_field_that_it_names() {
        check(USER, "User exists with same username", &["username"]);
        check(USER, "User exists with same email", &["email"]);
        check(USER, "Role 'group-admin' not found", &["roles"]);
        check(USER, "Group 'password-team' not found", &["groups"]);
        check(USER, "body.firstName: too long", &["first_name"]);
        check(USER, "last_name must not hold <", &["last_name"]);
        check(USER, "Identity provider \"x\" does not exist", &["links"]);
        check(
            USER,
            "Password policy not met: must not contain the username",
            &["password"],
        );
        check(GROUP, "Top level group named 'users' already exists.", &["name"]);
        check(GROUP, "User 'group' not found", &["names"]);
        check(GROUP, "body.members.0: unknown", &["names"]);
        check(ROLE, "Permission 'role_x' not found", &["permissions"]);
        check(ROLE, "Role with name permission already exists", &["name"]);
        check(ROLE, "body.name: too long", &["name"]);
        check(PASSWORD, "Invalid", &["password"]);
        check(own_account::REFUSED, "Invalid old password", &["old_password"]);
        check(
            own_account::REFUSED,
            "Invalid user credentials",
            &["old_password"],
        );
        check(
            own_account::REFUSED,
            "Password was used before",
            &["new_password"],
        );
        check(SAML, "Identity Provider metadata already exists", &["alias"]);
        check(SAML, "Could not fetch the metadata descriptor", &["metadata_url"]);
        check(SAML, "Invalid metadataUrl", &["metadata_url"]);
        check(
            SAML,
            "signingCertificate must be PEM without the headers",
            &["signing_certificate"],
        );
        check(
            SAML,
            "body.config.nameIdPolicyFormat: unknown",
            &["name_id_format"],
        );
        check(SAML, "Unknown signatureAlgorithm: MD5", &["signature_algorithm"]);
        check(MAPPER, "Unknown mapperType: x", &["mapper_type"]);
        check(MAPPER, "Unknown syncMode: x", &["sync_mode"]);
        check(
            MAPPER,
            "Failed to add mapper 'syncMode' to identity provider [saml].",
            &["name"],
        );
        check(&password_policy(), "Invalid value for maxLength", &["maxLength"]);
        check(
            &password_policy(),
            "body.passwordHistory: too many; body.length: too long",
            &["history", "length"],
        );
        check(
            ENTRA,
            "AADSTS7000215: Invalid client secret provided",
            &["client_secret"],
        );
        check(ENTRA, "AADSTS90002: Tenant 'client' not found", &["tenant_id"]);
        check(
            ENTRA,
            "AADSTS700016: Application with identifier 'tenant' was not found",
            &["client_id"],
        );
    }

    #[test]
    fn several_problems_are_taken_apart_and_unknown_ones_are_not_guessed() {
        check(
            USER,
            "body.email: not an address; body.roles.0: unknown",
            &["email", "roles"],
        );
        check(USER, "body.email: not an address; try again", &["email"]);
        check(USER, "No.", &[]);
        check(USER, "Passwordless is on", &[]);
        check(USER, "The cluster's quota is used up", &[]);
        check(ROLE, "The 'role' is too long", &[]);
    }
}
