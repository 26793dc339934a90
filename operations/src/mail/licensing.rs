//! The seats and the package of an organisation: each change is planned, reviewed, sent and read back.

use gate::{Operation, Target};
use proofpoint::{DomainName, Licensing, Package, PackageUpdate};
use serde::{Deserialize, Serialize};

use super::{
    organizations::package_name,
    write::{locked, read_back, with_primary},
};
use crate::{
    Error, Services,
    baseline::{self, changed},
    read_back::ReadBack,
    validation::Validation,
};

/// The most seats that a form takes. No document has a bound; this one catches a slip of the hand.
pub const MAX_SEATS: i64 = 1_000_000;

/// The form that changes the number of seats.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SeatsForm {
    /// A domain of the organisation.
    pub organization: String,
    /// How many seats there are to be.
    pub seats: String,
    /// How many the form showed.
    pub baseline: String,
    /// The [`LicensingChange::fingerprint`] of the change that was reviewed.
    pub reviewed: String,
}

/// The form that changes the package.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PackageForm {
    /// A domain of the organisation.
    pub organization: String,
    /// The package that there is to be, in the API's word.
    pub package: String,
    /// `true`: the licence agreement is accepted.
    pub eula: String,
    /// The package that the form showed.
    pub baseline: String,
    /// The [`LicensingChange::fingerprint`] of the change that was reviewed.
    pub reviewed: String,
}

/// A change of seats or package, as it would be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicensingChange {
    /// The organisation's primary domain.
    pub organization: DomainName,
    /// What it is a change of.
    pub what: Licensed,
    /// The value now, in words.
    pub from: String,
    /// The value after it, in words.
    pub to: String,
}

/// What of an organisation's licensing can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Licensed {
    /// The number of seats.
    Seats,
    /// The package.
    Package,
}

impl LicensingChange {
    /// Identifies the change: a review counts for exactly this one.
    pub fn fingerprint(&self) -> String {
        let Self {
            organization,
            what,
            from,
            to,
        } = self;
        let organization = organization.as_str().to_lowercase();
        baseline::digest(&(organization, format!("{what:?}"), from, to))
    }
}

/// The outcome of a form that changes seats or package.
#[derive(Clone, Debug)]
pub enum LicensingOutcome {
    /// It was changed.
    Saved(LicensingChange, ReadBack),
    /// It changes what is billed, and is shown first.
    NeedsReview,
}

/// The licensing of an organisation.
///
/// # Errors
/// [`Error::NotFound`] where no instance shows it to this account, or Proofpoint's error.
pub async fn read(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
) -> Result<Licensing, Error> {
    services
        .mail
        .read(operation, organization, |proofpoint| async move {
            proofpoint.licensing(organization).await
        })
        .await
}

/// The values that the forms show.
pub fn shown(licensing: &Licensing) -> (String, String) {
    let seats = licensing.licenses.map(|seats| seats.to_string());
    let package = licensing.package.as_ref().map(ToString::to_string);
    (seats.unwrap_or_default(), package.unwrap_or_default())
}

/// The packages that an organisation can be given. The smallest is no longer sold.
pub fn packages() -> impl Iterator<Item = &'static Package> {
    Package::KNOWN
        .iter()
        .filter(|package| **package != Package::Beginner)
}

/// A change with what is sent for it.
struct Planned<T> {
    change: LicensingChange,
    value: T,
}

/// What this form would change now.
///
/// # Errors
/// At the fields, or Proofpoint's error.
pub async fn plan_seats(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    form: &SeatsForm,
) -> Result<LicensingChange, Error> {
    let now = read(services, operation, organization);
    let (organization, now) = with_primary(services, operation, organization, now).await?;
    Ok(seats(&now, &organization, form)?.change)
}

/// What this form would change now.
///
/// # Errors
/// At the fields, or Proofpoint's error.
pub async fn plan_package(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    form: &PackageForm,
) -> Result<LicensingChange, Error> {
    let now = read(services, operation, organization);
    let (organization, now) = with_primary(services, operation, organization, now).await?;
    Ok(package(&now, &organization, form)?.change)
}

fn seats(now: &Licensing, organization: &DomainName, form: &SeatsForm) -> Result<Planned<u32>, Error> {
    let shown: String = baseline::decode(&form.baseline)?;
    let (present, _) = self::shown(now);
    let mut validation = Validation::default();
    let wanted = validation.number("seats", &form.seats, 1..=MAX_SEATS);
    validation.require(
        !form.seats.trim().is_empty(),
        "seats",
        "Enter the number of seats.",
    );
    let is_change =
        validation.is_empty() && changed(&mut validation, "seats", &shown, &form.seats, &present).is_some();
    let is_refused = !validation.is_empty();
    validation.require(is_change || is_refused, "seats", "No changes to save.");
    validation.finish()?;
    let value = wanted
        .and_then(|seats| u32::try_from(seats).ok())
        .unwrap_or_default();
    Ok(Planned {
        change: LicensingChange {
            organization: organization.clone(),
            what: Licensed::Seats,
            from: present,
            to: value.to_string(),
        },
        value,
    })
}

fn package(
    now: &Licensing,
    organization: &DomainName,
    form: &PackageForm,
) -> Result<Planned<Package>, Error> {
    let shown: String = baseline::decode(&form.baseline)?;
    let (_, present) = self::shown(now);
    let mut validation = Validation::default();
    let is_change = changed(&mut validation, "package", &shown, &form.package, &present).is_some();
    let wanted = packages().find(|package| package.as_str() == form.package.trim());
    let is_refused = !validation.is_empty();
    if !is_change && !is_refused {
        validation.add("package", "No changes to save.");
    } else if !is_refused {
        validation.require(
            wanted.is_some(),
            "package",
            "Choose a package that Proofpoint sells.",
        );
    }
    validation.require(
        form.eula == "true",
        "eula",
        "Proofpoint changes a package only when its licence agreement is accepted.",
    );
    validation.finish()?;
    let value = wanted
        .cloned()
        .unwrap_or_else(|| Package::Other(form.package.clone()));
    let from = now.package.as_ref().map(package_name).unwrap_or_default();
    Ok(Planned {
        change: LicensingChange {
            organization: organization.clone(),
            what: Licensed::Package,
            from,
            to: package_name(&value),
        },
        value,
    })
}

/// Sets the number of seats (`PUT /orgs/{domain}/licensing`, which takes nothing else), after a review.
///
/// # Errors
/// At the field, or Proofpoint's error.
pub async fn set_seats(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    form: &SeatsForm,
) -> Result<LicensingOutcome, Error> {
    let locked = locked(services, operation, organization).await?;
    let organization = &locked.primary;
    let now = read(services, operation, organization).await?;
    let Planned { change, value } = seats(&now, organization, form)?;
    if form.reviewed != change.fingerprint() {
        return Ok(LicensingOutcome::NeedsReview);
    }
    let operation = &operation.on(Target::of("mail_organization", organization));
    let written = services
        .mail
        .perform(operation, organization, |proofpoint| async move {
            proofpoint.update_licensing(organization, value).await
        })
        .await;
    let wanted = Some(i64::from(value));
    let differing = |now: &Licensing| {
        let seats = now.licenses;
        let words = || seats.map_or_else(|| "no number".to_owned(), |seats| seats.to_string());
        (seats != wanted).then(|| format!("Proofpoint shows {} as the number of seats.", words()))
    };
    let reads = || read(services, operation, organization);
    let read_back = read_back(written, reads, differing).await?;
    Ok(LicensingOutcome::Saved(change, read_back))
}

/// Gives an organisation another package (`PUT /orgs/{domain}/package`), after a review.
///
/// # Errors
/// At the fields, or Proofpoint's error.
pub async fn set_package(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    form: &PackageForm,
) -> Result<LicensingOutcome, Error> {
    let locked = locked(services, operation, organization).await?;
    let organization = &locked.primary;
    let now = read(services, operation, organization).await?;
    let Planned { change, value } = package(&now, organization, form)?;
    if form.reviewed != change.fingerprint() {
        return Ok(LicensingOutcome::NeedsReview);
    }
    let operation = &operation.on(Target::of("mail_organization", organization));
    let update = PackageUpdate {
        package: value.clone(),
        is_eula_confirmed: true,
        is_activated: false,
        is_trial_extended: false,
    };
    let update = &update;
    let written = services
        .mail
        .perform(operation, organization, |proofpoint| async move {
            proofpoint.update_package(organization, update).await
        })
        .await;
    let wanted = Some(value);
    let differing = |now: &Licensing| {
        let package = &now.package;
        let words = || package.as_ref().map_or_else(|| "none".to_owned(), package_name);
        (*package != wanted).then(|| format!("Proofpoint shows {} as the package.", words()))
    };
    let reads = || read(services, operation, organization);
    let read_back = read_back(written, reads, differing).await?;
    Ok(LicensingOutcome::Saved(change, read_back))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now(seats: i64, package: &Package) -> Licensing {
        Licensing {
            licenses: Some(seats),
            package: Some(package.clone()),
            ..Licensing::default()
        }
    }

    fn seats_form(shown: &str, wanted: &str) -> SeatsForm {
        SeatsForm {
            seats: wanted.to_owned(),
            baseline: baseline::encode(&shown.to_owned()),
            ..SeatsForm::default()
        }
    }

    fn domain() -> DomainName {
        DomainName::from("example.com".to_owned())
    }

    fn check_seats(present: i64, shown: &str, wanted: &str, expected: Result<u32, &str>) {
        let planned = seats(
            &now(present, &Package::Business),
            &domain(),
            &seats_form(shown, wanted),
        );
        let planned = planned
            .map(|planned| planned.value)
            .map_err(|error| error.to_string());
        match expected {
            Ok(value) => assert_eq!(planned, Ok(value), "{wanted}"),
            Err(words) => assert!(
                planned.as_ref().is_err_and(|error| error.contains(words)),
                "{planned:?}"
            ),
        }
    }

    #[test]
    fn seats_are_a_number_that_changes_something() {
        check_seats(75, "75", "80", Ok(80));
        check_seats(75, "75", " 80 ", Ok(80));
        check_seats(75, "75", "75", Err("No changes"));
        check_seats(75, "75", "", Err("Enter the number"));
        check_seats(75, "75", "0", Err("whole number"));
        check_seats(75, "75", "many", Err("whole number"));
        check_seats(90, "75", "80", Err("changed meanwhile to “90”"));
        // Another person did the same.
        check_seats(80, "75", "80", Err("No changes"));
    }

    fn check_package(wanted: &str, eula: &str, expected: Result<Package, &str>) {
        let form = PackageForm {
            package: wanted.to_owned(),
            eula: eula.to_owned(),
            baseline: baseline::encode(&"advanced".to_owned()),
            ..PackageForm::default()
        };
        let planned = package(&now(75, &Package::Advanced), &domain(), &form);
        let planned = planned
            .map(|planned| planned.value)
            .map_err(|error| error.to_string());
        match expected {
            Ok(value) => assert_eq!(planned, Ok(value), "{wanted}"),
            Err(words) => assert!(
                planned.as_ref().is_err_and(|error| error.contains(words)),
                "{planned:?}"
            ),
        }
    }

    #[test]
    fn a_package_is_one_that_is_sold_and_its_agreement_accepted() {
        check_package("professional", "true", Ok(Package::Professional));
        check_package("professional", "", Err("licence agreement"));
        check_package("advanced", "true", Err("No changes"));
        check_package("beginner", "true", Err("Choose a package"));
        check_package("ultimate", "true", Err("Choose a package"));
    }

    proptest! {
        /// A review of one change is none of another.
        #[test]
        fn a_review_counts_for_its_change_alone(one in 1_u32..99, other in 1_u32..99, present in 100_i64..120) {
            let planned = |wanted: u32| {
                let form = seats_form(&present.to_string(), &wanted.to_string());
                seats(&now(present, &Package::Business), &domain(), &form)
            };
            let [one_change, other_change] = [planned(one)?, planned(other)?].map(|planned| planned.change);
            prop_assert_eq!(one == other, one_change.fingerprint() == other_change.fingerprint());
        }
    }
}
