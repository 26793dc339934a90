//! Newtypes of the identifiers that must not be mixed.

use upstream::name_type;

name_type! {
    /// An organisation's `eid`: a number in every sample, kept as the text it is.
    OrganizationId
}

name_type! {
    /// A user's `uid`: a number in every sample, kept as the text it is. No path takes it: a user is addressed by
    /// [`EmailAddress`](crate::EmailAddress).
    UserId
}

name_type! {
    /// An identity provider's UUID.
    IdentityProviderId
}

name_type! {
    /// A product's label, which is its identifier: `EMAIL_SECURITY`.
    ProductLabel
}
