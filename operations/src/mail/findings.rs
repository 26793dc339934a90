//! What deserves attention in an organisation at Proofpoint: settings that let too much in, dates that are near, counts
//! that differ, and people who are in one system and not in the other.
//!
//! The rules are pure, one file an area. [`Findings`] reads what they need, each source by itself: what could not be
//! read is reported as not checked, and never as free of findings.

mod azure;
mod free_mail;
mod licensing;
mod people;
mod report;
mod senders;
mod sign_in;

use proofpoint::{DomainName, EmailAddress, Instance, Organization, OrganizationId};
use protegrity::UserId;

pub use self::report::Findings;

/// The days before a renewal from which on it is near.
pub const RENEWAL_DAYS: i64 = 60;

/// The days before the end of a secret or a certificate from which on it is near.
pub const EXPIRY_DAYS: i64 = 30;

/// How much harm a finding does or announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Attackers can use it now, or something has stopped working.
    High,
    /// It becomes harm soon, or under circumstances.
    Medium,
    /// Worth a look.
    Low,
}

impl Severity {
    /// Every severity, the highest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The name in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    /// The word on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::High => "High",
            Self::Medium => "Medium",
            Self::Low => "Low",
        }
    }

    /// The severity of what concerns one mailbox and not all of them.
    const fn of_one_mailbox(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}

/// Defines [`FindingKind`] from rows of name, name in an address and label.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $label:literal;)*) => {
        /// What a finding is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingKind {
            $($(#[$doc])* $kind,)*
        }

        impl FindingKind {
            /// Every kind, in the order of the screen.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The name in an address.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// The words on the screen.
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$kind => $label,)*
                }
            }
        }
    };
}

kinds! {
    /// A sender list lets in the organisation's own domain.
    OwnDomain "own-domain" "Own domain is let in";
    /// A sender list lets in more than the domain of one organisation.
    Wildcard "wildcard" "Wildcard is let in";
    /// A sender list lets in a public mail service.
    FreeMail "free-mail" "Public mail service is let in";
    /// A sender list lets in a network of servers.
    Network "network" "Network is let in";
    /// A sender list lets in all senders of another organisation.
    WholeDomain "whole-domain" "Whole domain is let in";
    /// The secret of the synchronisation with Azure.
    AzureSecret "azure-secret" "Azure secret";
    /// The last synchronisation with Azure.
    LastSync "last-sync" "Last synchronisation";
    /// The synchronisation with Azure is off.
    SyncOff "sync-off" "Synchronisation off";
    /// A certificate of single sign-on.
    Certificate "certificate" "Certificate";
    /// The second factor of administrators.
    SecondFactor "second-factor" "Second factor";
    /// Administrators sign in with a password.
    LocalSignIn "local-sign-in" "Local sign-in";
    /// The accounts of administrators.
    Administrators "administrators" "Administrators";
    /// More seats are used than were bought.
    Seats "seats" "Seats";
    /// Two counts that should be the same are not.
    Counts "counts" "Counts differ";
    /// The contract is renewed.
    Renewal "renewal" "Renewal";
    /// The package is on trial.
    Trial "trial" "Trial";
    /// People in the Protegrity cluster who have no mailbox at Proofpoint.
    OnlyProtegrity "only-protegrity" "Only in Protegrity";
    /// People at Proofpoint who have no account in the Protegrity cluster.
    OnlyProofpoint "only-proofpoint" "Only at Proofpoint";
}

/// What a finding is about: where it was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The organisation as a whole.
    Organization,
    /// A user of Proofpoint.
    MailUser(EmailAddress),
    /// A user of the Protegrity cluster.
    ClusterUser {
        /// The user's id there.
        id: UserId,
        /// The user name and the e-mail address.
        name: String,
    },
    /// An identity provider.
    Provider(String),
}

/// Where a finding is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The sender lists of the organisation.
    Senders,
    /// The user's page.
    User(EmailAddress),
    /// The list of the organisation's users.
    Users,
    /// The page of seats and package.
    Licensing,
    /// The vendor's console: the API does not change it.
    Console,
}

/// One thing that deserves attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much harm it does.
    pub severity: Severity,
    /// What it is about.
    pub kind: FindingKind,
    /// What was found, in one sentence without a full stop.
    pub what: String,
    /// The entry or the value, as it was read.
    pub value: String,
    /// Why it matters, in sentences.
    pub why: String,
    /// Where it was found. At least one; many where the same was found many times.
    pub subjects: Vec<Subject>,
    /// Where to mend it.
    pub remedy: Remedy,
}

impl Finding {
    /// About the organisation as a whole, mended in the vendor's console.
    fn of_organization(severity: Severity, kind: FindingKind, what: impl Into<String>) -> Self {
        Self {
            severity,
            kind,
            what: what.into(),
            value: String::new(),
            why: String::new(),
            subjects: vec![Subject::Organization],
            remedy: Remedy::Console,
        }
    }
}

/// A source of findings, which is read by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// The organisation with its sender lists.
    Organization,
    /// Its users with their sender lists.
    Users,
    /// The licences.
    Licensing,
    /// The synchronisation with Azure.
    Azure,
    /// The second factor.
    SecondFactor,
    /// The ways to sign in.
    SignIn,
    /// The identity providers.
    Providers,
    /// The cluster's users.
    ClusterUsers,
}

impl Area {
    /// Every area, in the order of the screen.
    pub const ALL: [Self; 8] = [
        Self::Organization,
        Self::Users,
        Self::Licensing,
        Self::Azure,
        Self::SecondFactor,
        Self::SignIn,
        Self::Providers,
        Self::ClusterUsers,
    ];

    /// What is checked there.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Organization => "Sender lists of the organisation, seats, renewal and trial",
            Self::Users => "Sender lists of each user, and the accounts of administrators",
            Self::Licensing => "The number of licences",
            Self::Azure => "Secret and last run of the synchronisation with Azure",
            Self::SecondFactor => "The second factor of administrators",
            Self::SignIn => "The ways in which administrators sign in",
            Self::Providers => "Certificates of the identity providers",
            Self::ClusterUsers => "People who are in one system and not in the other",
        }
    }
}

/// Something that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unchecked {
    /// What was not checked, in words.
    pub what: String,
    /// Why, in sentences.
    pub why: String,
    /// Whether another try may succeed.
    pub is_passing: bool,
}

impl Unchecked {
    /// What the answer does not say.
    fn unsaid(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: why.into(),
            is_passing: false,
        }
    }
}

/// The findings of one area.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Checked {
    findings: Vec<Finding>,
    unchecked: Vec<Unchecked>,
}

impl Checked {
    fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.unchecked.extend(other.unchecked);
    }
}

/// All findings of an organisation at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingsReport {
    /// The primary domain, or the one that was asked for where it is not known.
    pub domain: DomainName,
    /// The organisation's name; empty where it is not known.
    pub name: String,
    /// The organisation's number; empty where it is not known.
    pub id: OrganizationId,
    /// The instance that it is on, where that is known.
    pub instance: Option<Instance>,
    /// The findings, the gravest first.
    pub findings: Vec<Finding>,
    /// What was checked, in the order of the screen.
    pub checked: Vec<Area>,
    /// What was not.
    pub unchecked: Vec<Unchecked>,
    /// When the reading began.
    pub as_of: jiff::Timestamp,
}

impl FindingsReport {
    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        let of_it = |finding: &&Finding| finding.severity == severity;
        self.findings.iter().filter(of_it).count()
    }
}

/// The domains of an organisation: those that it lists, its primary one, and the one that was asked for.
fn domains_of(organization: Option<&Organization>, asked: &DomainName) -> Vec<DomainName> {
    let listed = organization
        .and_then(|organization| organization.domains.as_ref())
        .into_iter()
        .flatten();
    let primary = organization.map(|organization| &organization.primary_domain);
    let mut domains: Vec<_> = listed
        .map(|domain| &domain.name)
        .chain(primary)
        .chain([asked])
        .filter(|domain| !domain.is_empty())
        .cloned()
        .collect();
    domains.sort();
    domains.dedup();
    domains
}
