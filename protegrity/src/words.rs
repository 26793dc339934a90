//! Enumerations of the cluster's own words, of which the documents name some and the cluster may have more.

/// An enum of the words that are known, with `Other` for those that are not: they are kept and sent back as they came.
/// Known ones are recognised however they are capitalised.
macro_rules! word_type {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$word_doc])* $variant,)+
            /// A word that is not documented, as the cluster wrote it.
            Other(String),
        }

        impl $name {
            /// The words that are documented or seen in use.
            pub const KNOWN: &[Self] = &[$(Self::$variant),+];

            /// As it is sent.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                $(if word.trim().eq_ignore_ascii_case($word) {
                    return Self::$variant;
                })+
                Self::Other(word)
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                Self::from(word.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.as_str().to_owned()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use word_type;
