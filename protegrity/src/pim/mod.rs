//! Policy management, `pim` v2 (reference section 5, lines 2904-3129; notes sections 3, 4 and 9).
//!
//! Types of rows read whatever the cluster answers, and keep in `rest` the fields that are not documented, so that a
//! row that is sent back loses nothing. Types called `New…` are what a creation sends. The calls are those of
//! [`Pim`](crate::Pim).

mod alphabet;
mod application;
mod conflict;
mod data_element;
mod data_store;
mod deployment;
mod ids;
mod item;
mod mask;
mod method;
mod method_rules;
mod object;
mod permission;
mod policy;
mod read;
mod role;
mod rule_rules;
mod source;

pub use alphabet::{Alphabet, CodePoint, CodePointRange, InvalidCodePoint, NewAlphabet};
pub use application::{Application, MAX_APPLICATION_NAME, MAX_APPLICATION_OBJECT_NAME, NewApplication};
pub use conflict::already_exists;
pub use data_element::{DataElement, MAX_DATA_ELEMENT_NAME, NewDataElement};
pub use data_store::{DataStore, ExportKey, KeyAlgorithm, MAX_DATA_STORE_NAME, NewDataStore, NewExportKey};
pub use deployment::{DeployedStore, Deployment, DeploymentInfo};
pub use ids::{
    AlphabetUid, ApplicationUid, DataElementUid, DataStoreUid, ExportKeyUid, MaskUid, MemberUid, PolicyUid,
    RoleUid, RuleUid, SourceUid,
};
pub use item::{Item, ItemCall, ItemKind};
pub use mask::{Mask, NewMask};
pub use method::{
    AllowShort, DateInClear, FpeKind, FpeOptions, IntegerSize, NoEncryption, ProtectionMethod, TokenKind,
    TokenOptions, Tokenizer, TweakMode,
};
pub use method_rules::{MAX_FPE_MIN_LENGTH, MIN_FPE_LENGTH, MethodProblem, TokenOption};
pub use object::{Object, find_named};
pub use permission::{Audit, Operations, Permission};
pub use policy::{MAX_POLICY_NAME, NewPolicy, NewRule, NoAccessOperation, Policy, Rule};
pub(crate) use read::UID;
pub use role::{MAX_ROLE_NAME, Member, MemberType, NewMember, NewRole, Role, RoleMode};
pub use rule_rules::RuleProblem;
pub use source::{FileConnection, NewFileSource, Source, SourceType};
