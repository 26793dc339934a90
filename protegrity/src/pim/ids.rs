//! The `uid`s of policy management.
//!
//! Each is a text ("1", "2") that the cluster gives in order; a reset gives them anew to other objects (notes section
//! 3), so a uid is no lasting name.

use upstream::name_type;

name_type! {
    /// The uid of a role of policy management.
    RoleUid
}

name_type! {
    /// The uid of a member of a role.
    MemberUid
}

name_type! {
    /// The uid of a data element.
    DataElementUid
}

name_type! {
    /// The uid of a policy.
    PolicyUid
}

name_type! {
    /// The uid of a rule of a policy. The cluster's answers may have none: a rule is then known by its role and its
    /// data element (notes section 9).
    RuleUid
}

name_type! {
    /// The uid of a data store.
    DataStoreUid
}

name_type! {
    /// The uid of an export key of a data store.
    ExportKeyUid
}

name_type! {
    /// The uid of a trusted application.
    ApplicationUid
}

name_type! {
    /// The uid of a mask.
    MaskUid
}

name_type! {
    /// The uid of an alphabet.
    AlphabetUid
}

name_type! {
    /// The uid of a member source.
    SourceUid
}
