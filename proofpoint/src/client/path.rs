//! Names as parts of a path: checked, then encoded as one segment each (notes section 5.2, rule 8).

use upstream::{Endpoint, Error, encode_segment};

use crate::{DomainName, EmailAddress, NameError};

/// What identifies something in a path.
pub(super) trait Segment: AsRef<str> {
    /// Names it in a refusal.
    const WHAT: &str;

    fn problem(&self) -> Result<(), NameError>;
}

impl Segment for DomainName {
    const WHAT: &str = "domain";

    fn problem(&self) -> Result<(), NameError> {
        self.check()
    }
}

impl Segment for EmailAddress {
    const WHAT: &str = "e-mail address";

    fn problem(&self) -> Result<(), NameError> {
        self.check()
    }
}

/// One segment of a path.
///
/// # Errors
/// Where the name could make another path, which is refused before anything is sent.
pub(super) fn segment<S: Segment>(endpoint: Endpoint, name: &S) -> Result<String, Error> {
    name.problem()
        .map_err(|why| Error::refused(endpoint, format!("the {} {why}", S::WHAT)))?;
    encode_segment(endpoint, S::WHAT, name)
}

/// Below an organisation, with a rest that is encoded already.
pub(super) fn organization_path(
    endpoint: Endpoint,
    domain: &DomainName,
    rest: &str,
) -> Result<String, Error> {
    Ok(format!("/orgs/{}{rest}", segment(endpoint, domain)?))
}

/// Below a user of an organisation, with a rest that is encoded already.
pub(super) fn user_path(
    endpoint: Endpoint,
    domain: &DomainName,
    user: &EmailAddress,
    rest: &str,
) -> Result<String, Error> {
    let user = segment(endpoint, user)?;
    organization_path(endpoint, domain, &format!("/users/{user}{rest}"))
}
