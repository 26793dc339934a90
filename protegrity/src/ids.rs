//! Newtypes of the names and identifiers that must not be mixed.

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The cluster left it out, or it was typed empty. Such a value is never sent.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self::new(value)
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self(value)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        /// A string, or a number taken as its text.
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                ::upstream::lenient::into_text(value).map(Self).ok_or_else(|| {
                    ::serde::de::Error::custom(concat!(stringify!($name), ": expected a text or a number"))
                })
            }
        }
    };
}

pub(crate) use name_type;

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
