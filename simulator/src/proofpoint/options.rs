//! [`ProofpointOptions`], fixed at the start, and [`ProofpointSettings`], which tests change while the simulator runs.

use serde::{Deserialize, Serialize};

/// The seeded state of a simulated Proofpoint Essentials.
#[derive(Clone, Debug, Default)]
pub struct ProofpointOptions {
    /// The number of generated users of example.com, in addition to those that every simulator has.
    pub users: u32,
}

/// What the documents leave open, and the odd answers that clients have to bear. `PUT /_simulator/settings` changes
/// any of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProofpointSettings {
    /// Delay before every response.
    pub latency_ms: u64,
    /// The shape of lists.
    pub lists: ListShape,
    /// The names of the sender lists in organisations and users.
    pub list_names: ListNames,
    /// Whether numbers and booleans are strings.
    pub scalars_as_text: bool,
    /// The type of a feature's value, in answers and in bodies.
    pub features: FeatureValues,
    /// Whether some users, packages and organisations have a type that no document has.
    pub unknown_values: bool,
    /// The answer for an organisation, user, domain, group, product or provider that does not exist, or that the
    /// account may not see.
    pub unknown: Unknown,
    /// The answer for an organisation of another instance.
    pub wrong_instance: WrongInstance,
    /// The shape of the answer of `/endpoints`.
    pub endpoints: Endpoints,
    /// The values in the answer of `/endpoints`, in place of the organisation's instances. Empty: the true ones.
    pub endpoint_values: Vec<String>,
    /// What `PUT` of a user does with the fields that the body lacks.
    pub user_update: UserUpdate,
}

/// The shape of lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListShape {
    /// As in the document: users and domains in an envelope, every other list a bare array.
    #[default]
    Document,
    /// Every list in an envelope: `{"orgs": […]}`.
    Envelope,
    /// Every list a bare array.
    Bare,
}

/// The names of the sender lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListNames {
    /// Both, as in the document.
    #[default]
    Both,
    /// `safe_list_senders` and `block_list_senders`.
    New,
    /// `white_list_senders` and `black_list_senders`.
    Old,
}

/// The type of a feature's value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureValues {
    /// `"true"` and `"30"`, as in the document.
    #[default]
    Text,
    /// `true` and `30`.
    Typed,
}

/// The answer for what does not exist. No document says which one it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// 404
    #[default]
    NotFound,
    /// 403
    Forbidden,
    /// 400
    BadRequest,
}

/// The answer for an organisation of another instance, which no document has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongInstance {
    /// 404
    #[default]
    NotFound,
    /// 403
    Forbidden,
    /// 200 with a page in HTML.
    Html,
}

/// The shape of the answer of `/endpoints`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoints {
    /// `["https://us3.proofpointessentials.com"]`
    #[default]
    Origins,
    /// `{"endpoints": ["https://us3.proofpointessentials.com"]}`
    Envelope,
    /// `["us3"]`
    Stacks,
    /// The organisation's instances and one more, which does not know it.
    Several,
}

/// What `PUT` of a user does with the fields that the body lacks, which no document says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserUpdate {
    /// They keep their values.
    #[default]
    Keep,
    /// They get their defaults.
    Clear,
}
