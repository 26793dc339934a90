//! Newtypes of the names and identifiers that must not be mixed.

use upstream::name_type;

name_type! {
    /// The cluster's own identifier of a user: a UUID in every sample, kept as the text it is.
    UserId
}

name_type! {
    /// The name of a role, which is also its identifier (reference lines 751-1000).
    RoleName
}

name_type! {
    /// The cluster's own identifier of a group: a UUID in the samples, kept as the text it is.
    GroupId
}

name_type! {
    /// The alias of a SAML provider, which is its identifier (reference lines 1735-2205).
    Alias
}

name_type! {
    /// The cluster's own identifier of an attribute mapper of a SAML provider.
    MapperId
}

name_type! {
    /// The name of a permission. Names we do not know are kept and shown; see [`crate::permissions`] for
    /// those we do.
    PermissionName
}
