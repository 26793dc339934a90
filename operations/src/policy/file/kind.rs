//! The kinds of objects in a policy file.

/// A kind of objects that others name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Source,
    Role,
    Mask,
    Alphabet,
    DataElement,
    DataStore,
    Application,
    Policy,
}

impl Kind {
    /// One of it, in a sentence.
    pub const fn one(self) -> &'static str {
        match self {
            Self::Source => "member source",
            Self::Role => "role",
            Self::Mask => "mask",
            Self::Alphabet => "alphabet",
            Self::DataElement => "data element",
            Self::DataStore => "data store",
            Self::Application => "trusted application",
            Self::Policy => "policy",
        }
    }

    /// The same at the beginning of a row's name.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Source => "Member source",
            Self::Role => "Role",
            Self::Mask => "Mask",
            Self::Alphabet => "Alphabet",
            Self::DataElement => "Data element",
            Self::DataStore => "Data store",
            Self::Application => "Trusted application",
            Self::Policy => "Policy",
        }
    }
}
