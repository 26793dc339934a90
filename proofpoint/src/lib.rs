//! Typed client of the Proofpoint Essentials API.
//!
//! Written from the vendor's reference and the document of its API; where they leave something open, the notes on the
//! reference rule, and the comments name their sections. What the system answers is read leniently (unknown or missing
//! fields, numbers and booleans as text, a list bare or in an envelope), what is sent is what the document says and
//! nothing else.
//!
//! Every call carries a reusable administrator's password, so it goes to a host of [`TrustedHosts`] and to no other:
//! the address is built from the crate's own constants, no redirect is followed, and no link of an answer is used.
//!
//! On purpose the crate has no call that mints a token for another user, deletes an organisation or creates a DKIM key
//! pair, and reads or sends no user's password, no directory key and nothing of LDAP (notes section 5.2).

#![warn(missing_docs)]

mod account;
mod authentication;
mod azure;
mod billing;
mod client;
mod date;
mod domain;
mod features;
mod ids;
mod licensing;
mod names;
mod organization;
mod product;
mod report;
mod senders;
mod stats;
mod trusted_hosts;
mod user;

pub use account::Account;
pub use authentication::{IdentityProvider, LoginSettings, MfaSettings};
pub use azure::{AzureRole, AzureSettings};
pub use billing::BillingRow;
pub use date::DateText;
pub use domain::{Domain, DomainDraft, VerificationMethod, VerificationOutcome};
pub use features::{FeatureError, FeatureSetting, Features};
pub use ids::{IdentityProviderId, OrganizationId, ProductLabel, UserId};
pub use licensing::{Licensing, Package, PackageUpdate};
pub use names::{DomainName, EmailAddress, NameError};
pub use organization::{Organization, OrganizationFamily, OrganizationType};
pub use product::{Product, ProductPurchase, ProductStatus, ProductVariant};
pub use report::{Direction, MailCategory, MailCount, MailCounts, Report, ReportPeriod};
pub use senders::{SenderEntry, SenderKind, SenderListOwner, SenderLists};
pub use stats::{PartnerStats, PeriodCounts, StatsMetric, StatsScope};
pub use trusted_hosts::{ExtraHost, HostError, Instance, Stack, TrustedHosts, UnknownStack};
pub use user::{NewUser, User, UserRecord, UserType, UserUpdate};

pub use client::{Authorized, Client, ClientConfig, Login, LoginError, NotVisible, RowOutcome, SYSTEM};
pub use upstream::{ConfigError, Error, ErrorKind, HeaderSource, SecretHeaders, TokenFailure};
