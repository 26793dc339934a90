//! Organisations of Proofpoint Essentials: one with its parts, and those below a partner's.

use std::{collections::HashSet, fmt};

use futures::future::join_all;
use gate::{GateError, Operation};
use proofpoint::{
    BillingRow, Domain, DomainName, Features, Instance, Organization, Package, Report, ReportPeriod, Stack,
    StatsMetric, StatsScope,
};

use super::{domains, users::is_functional};
use crate::{Error, Services};

/// The most verification codes that are read for one page: each is a call of its own.
const MAX_CODES: usize = 10;

/// One organisation. Each part is read for itself: one that fails takes no other along.
#[derive(Debug)]
pub struct OrganizationParts {
    /// The organisation.
    pub organization: Result<Organization, Error>,
    /// The instance that it is on.
    pub instance: Result<Instance, Error>,
    /// What it is billed for; `None` where the answer has no row.
    pub billing: Result<Option<BillingRow>, Error>,
    /// The features of its package.
    pub features: Result<Features, Error>,
    /// Its domains.
    pub domains: Result<Vec<DomainState>, Error>,
    /// How much mail it had, by period.
    pub reports: Vec<(ReportPeriod, Result<Report, Error>)>,
    /// Users with mail in the last 30 days: another count than the organisation's active users (notes section 7).
    pub users_with_mail: Result<Option<i64>, Error>,
    /// How many of its users are functional accounts, which take no seat: counted in the list of users.
    pub functional: Result<usize, Error>,
}

/// A domain with what proves its ownership.
#[derive(Debug)]
pub struct DomainState {
    /// The domain.
    pub domain: Domain,
    /// The code to publish, of a domain that is not active. `None` of others, and of those after the first ten.
    pub code: Option<Result<String, Error>>,
}

/// An organisation with all its parts, read at once.
///
/// # Errors
/// Where there is nothing to show: no instance shows the organisation to this account, or the session has no account
/// that could read it.
pub async fn parts(
    services: &Services,
    operation: &Operation,
    domain: &DomainName,
) -> Result<OrganizationParts, Error> {
    let mail = &services.mail;
    // Where it is, is asked for once and not by each part.
    mail.instance(operation, domain).await?;
    let billing = mail.read(operation, domain, |proofpoint| async move {
        proofpoint.billing(domain).await
    });
    let features = mail.read(operation, domain, |proofpoint| async move {
        proofpoint.features(domain).await
    });
    let stats = mail.read(operation, domain, |proofpoint| async move {
        proofpoint.partner_stats(domain, StatsScope::Own).await
    });
    let report = |period| async move {
        let read = mail.read(operation, domain, |proofpoint| async move {
            proofpoint.report(domain, period, None).await
        });
        (period, read.await)
    };
    let (organization, billing, features, domains, reports, stats, users) = futures::join!(
        mail.organization(operation, domain),
        billing,
        features,
        domain_states(services, operation, domain),
        join_all(ReportPeriod::ALL.map(report)),
        stats,
        mail.users(operation, domain, false),
    );
    let organization = match organization {
        Err(error) if leaves_nothing(&error) => return Err(error),
        organization => organization,
    };
    let users_with_mail = stats.map(|rows| {
        let counts = rows.first()?.counts.get(&StatsMetric::ActiveUsers)?;
        counts.month
    });
    Ok(OrganizationParts {
        organization,
        // Of several, the one that shows it is known by now.
        instance: mail.instance(operation, domain).await,
        billing: billing.map(|rows| rows.into_iter().next()),
        features,
        domains,
        reports,
        users_with_mail,
        functional: users.map(|list| list.users.iter().filter(|user| is_functional(user)).count()),
    })
}

/// Whether the other parts cannot be shown without the organisation.
fn leaves_nothing(error: &Error) -> bool {
    let is_not_connected = matches!(error.gate(), Some(GateError::NotConnected));
    matches!(error, Error::NotFound(_)) || is_not_connected || error.ends_session()
}

/// The domains of an organisation, with the codes of those that are not active.
async fn domain_states(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
) -> Result<Vec<DomainState>, Error> {
    let domains = services
        .mail
        .read(operation, organization, |proofpoint| async move {
            proofpoint.domains(organization).await
        })
        .await?;
    let is_inactive = |domain: &&Domain| domain.is_active == Some(false);
    let inactive: Vec<_> = domains
        .iter()
        .filter(is_inactive)
        .take(MAX_CODES)
        .map(|domain| domain.name.clone())
        .collect();
    let codes = join_all(
        inactive
            .iter()
            .map(|name| domains::code(services, operation, organization, name)),
    )
    .await;
    let mut codes = codes.into_iter();
    Ok(domains
        .into_iter()
        .map(|domain| DomainState {
            code: is_inactive(&&domain).then(|| codes.next()).flatten(),
            domain,
        })
        .collect())
}

/// Something about an organisation's seats or package that does not add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// More users are active than seats are bought: by how many.
    OverLicence(i64),
    /// The organisation has one number of seats, and its bill another.
    Seats {
        /// Of the organisation.
        own: i64,
        /// On its bill.
        billed: i64,
    },
    /// The organisation has one number of active users, and its bill another.
    Active {
        /// Of the organisation.
        own: i64,
        /// On its bill.
        billed: i64,
    },
    /// The organisation has one package and pays for another.
    Package {
        /// It has.
        own: Package,
        /// It pays for.
        billed: Package,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OverLicence(by) => write!(f, "{by} over the licence"),
            Self::Seats { own, billed } => write!(f, "{own} seats, {billed} on the bill"),
            Self::Active { own, billed } => write!(f, "{own} active users, {billed} on the bill"),
            Self::Package { own, billed } => {
                write!(
                    f,
                    "package {}, {} on the bill",
                    package_name(own),
                    package_name(billed)
                )
            }
        }
    }
}

/// A package as people write it: "Advanced Plus".
pub fn package_name(package: &Package) -> String {
    match package {
        Package::Other(word) => word.clone(),
        package => in_title_case(package.as_str()),
    }
}

/// A word of the API as people write it: `business_plus` is "Business Plus".
fn in_title_case(word: &str) -> String {
    let words = word.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What does not add up in one row of the bill.
pub fn mismatches_of_row(row: &BillingRow) -> Vec<Mismatch> {
    let over = over_licence(row.active_users, row.confirmed_users);
    let package = row.package.as_ref().zip(row.billable_package.as_ref());
    let package = package
        .filter(|(own, billed)| own != billed)
        .map(|(own, billed)| Mismatch::Package {
            own: own.clone(),
            billed: billed.clone(),
        });
    over.into_iter().chain(package).collect()
}

/// What does not add up between an organisation and its bill.
pub fn mismatches(organization: &Organization, billing: Option<&BillingRow>) -> Vec<Mismatch> {
    let mut found: Vec<_> = over_licence(organization.active_users, organization.licenses)
        .into_iter()
        .collect();
    let Some(billing) = billing else {
        return found;
    };
    let differ =
        |own: Option<i64>, billed: Option<i64>| own.zip(billed).filter(|(own, billed)| own != billed);
    let seats = differ(organization.licenses, billing.confirmed_users);
    let active = differ(organization.active_users, billing.active_users);
    found.extend(seats.map(|(own, billed)| Mismatch::Seats { own, billed }));
    found.extend(active.map(|(own, billed)| Mismatch::Active { own, billed }));
    let of_row = mismatches_of_row(billing).into_iter();
    found.extend(of_row.filter(|mismatch| matches!(mismatch, Mismatch::Package { .. })));
    found
}

fn over_licence(active: Option<i64>, bought: Option<i64>) -> Option<Mismatch> {
    let over = active?.checked_sub(bought?)?;
    (over > 0).then_some(Mismatch::OverLicence(over))
}

/// The organisations below a partner's, from one call to each instance that the partner is on.
#[derive(Clone, Debug, Default)]
pub struct Children {
    /// The partner's own row; `None` where no answer has one.
    pub own: Option<BillingRow>,
    /// All others.
    pub rows: Vec<BillingRow>,
    /// The instances that did not answer, whose organisations are missing.
    pub failed: Vec<(Instance, Error)>,
}

/// Sums over the organisations below a partner's. A number that Proofpoint left out counts as none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The organisations.
    pub organizations: usize,
    /// The seats that they bought.
    pub seats: i64,
    /// Their active users, by Proofpoint's own count.
    pub active: i64,
    /// Their users that take no licence.
    pub non_billable: i64,
    /// How many of them have more active users than seats.
    pub over_licence: usize,
}

impl Children {
    /// The lists, which have both (notes section 7), apart. The own row is known by its primary domain. An organisation
    /// that is on several instances is there once.
    fn of(answers: Vec<(Instance, Result<Vec<BillingRow>, Error>)>, own: &DomainName) -> Self {
        let mut children = Self::default();
        let mut seen = HashSet::new();
        for (instance, answer) in answers {
            let rows = match answer {
                Ok(rows) => rows,
                Err(error) => {
                    children.failed.push((instance, error));
                    continue;
                }
            };
            for row in rows {
                if row.primary_domain == *own {
                    children.own = Some(row);
                } else if row.id.is_empty() || seen.insert(row.id.clone()) {
                    children.rows.push(row);
                }
            }
        }
        children
    }

    /// The sums, without the partner itself.
    pub fn totals(&self) -> Totals {
        let sum = |number: fn(&BillingRow) -> Option<i64>| {
            let numbers = self.rows.iter().filter_map(number);
            numbers.fold(0_i64, i64::saturating_add)
        };
        let is_over = |row: &&BillingRow| over_licence(row.active_users, row.confirmed_users).is_some();
        Totals {
            organizations: self.rows.len(),
            seats: sum(|row| row.confirmed_users),
            active: sum(|row| row.active_users),
            non_billable: sum(|row| row.non_billable_users),
            over_licence: self.rows.iter().filter(is_over).count(),
        }
    }
}

/// The organisations below that of the account that the session is connected with.
///
/// # Errors
/// Where it is not known which organisation that is, or Proofpoint's error.
pub async fn children(services: &Services, operation: &Operation) -> Result<Children, Error> {
    let own = own_domain(operation).ok_or_else(|| {
        Error::refused(
            "The organisations below your own cannot be listed.",
            "Proofpoint does not say which organisation your account there belongs to.",
        )
    })?;
    let own = &own;
    let answers = services
        .mail
        .read_at_all(operation, own, |proofpoint| async move {
            proofpoint.billing_with_children(own).await
        })
        .await?;
    Ok(Children::of(answers, own))
}

/// The domain of the organisation that the connected account belongs to, where Proofpoint says it.
fn own_domain(operation: &Operation) -> Option<DomainName> {
    let account = operation.principal().proofpoint.as_ref()?;
    account.domain.parse().ok()
}

/// The instance of a row, by its short name where it is a known one.
pub fn instance_name(row: &BillingRow) -> String {
    let known = row.stack().map(|stack: Stack| stack.name().to_owned());
    known.or_else(|| row.data_center.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(domain: &str, bought: Option<i64>, active: Option<i64>) -> BillingRow {
        BillingRow {
            primary_domain: DomainName::from(domain.to_owned()),
            confirmed_users: bought,
            active_users: active,
            ..BillingRow::default()
        }
    }

    #[test]
    fn packages_are_named_as_people_write_them() {
        assert_eq!(package_name(&Package::AdvancedPlus), "Advanced Plus");
        assert_eq!(package_name(&Package::Beginner), "Beginner");
        assert_eq!(package_name(&Package::Other("x_y".to_owned())), "x_y");
    }

    #[test]
    fn what_does_not_add_up_is_named() {
        let organization = Organization {
            licenses: Some(30),
            active_users: Some(34),
            ..Organization::default()
        };
        let billing = BillingRow {
            package: Some(Package::Advanced),
            billable_package: Some(Package::Business),
            ..row("harbor.example", Some(28), Some(33))
        };
        let words = |found: Vec<Mismatch>| found.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            words(mismatches(&organization, Some(&billing))),
            [
                "4 over the licence",
                "30 seats, 28 on the bill",
                "34 active users, 33 on the bill",
                "package Advanced, Business on the bill",
            ]
        );
        assert_eq!(words(mismatches(&organization, None)), ["4 over the licence"]);
        assert_eq!(
            words(mismatches_of_row(&billing)),
            ["5 over the licence", "package Advanced, Business on the bill"]
        );
        assert_eq!(
            mismatches(&Organization::default(), Some(&BillingRow::default())),
            []
        );
    }

    #[test]
    fn a_partner_is_not_counted_among_its_children() {
        let numbered = |id: &str, row: BillingRow| BillingRow { id: id.into(), ..row };
        let rows = vec![
            numbered("1", row("a.example", Some(5), Some(9))),
            row("MSP.example", Some(100), Some(1)),
            row("b.example", None, Some(i64::MAX)),
        ];
        let both = vec![
            numbered("1", row("a.example", Some(5), Some(9))),
            row("msp.example", None, None),
        ];
        let failure = Error::NotFound(String::new());
        let children = |own: &str| {
            let answers = vec![
                (Stack::Us1.into(), Ok(rows.clone())),
                (Stack::Us3.into(), Ok(both.clone())),
                (Stack::Eu1.into(), Err(failure.clone())),
            ];
            Children::of(answers, &DomainName::from(own.to_owned()))
        };
        let of_partner = children("msp.example");
        assert!(of_partner.own.is_some());
        assert_eq!(of_partner.failed.len(), 1);
        let totals = Totals {
            organizations: 2,
            seats: 5,
            active: i64::MAX,
            non_billable: 0,
            over_licence: 1,
        };
        assert_eq!(of_partner.totals(), totals);
        let of_other = children("other.example");
        assert_eq!((of_other.own, of_other.rows.len()), (None, 4));
    }

    proptest! {
        /// Numbers of an answer may be anything.
        #[test]
        fn any_numbers_can_be_compared_and_summed(
            numbers in proptest::collection::vec((any::<Option<i64>>(), any::<Option<i64>>()), 0..5)
        ) {
            let rows: Vec<_> = numbers.iter().map(|(bought, active)| row("a.example", *bought, *active)).collect();
            for row in &rows {
                let is_over = row.active_users.zip(row.confirmed_users).is_some_and(|(active, bought)| active > bought);
                prop_assert!(is_over || mismatches_of_row(row).is_empty());
            }
            let children = Children::of(vec![(Stack::Us1.into(), Ok(rows))], &DomainName::default());
            prop_assert_eq!(children.totals().organizations, numbers.len());
        }
    }
}
