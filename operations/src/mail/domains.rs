//! The domains of an organisation: adding, changing, deleting, and proving who they belong to.

use gate::{Operation, Target};
use proofpoint::{Domain, DomainDraft, DomainName, ErrorKind, VerificationMethod, VerificationOutcome};
use serde::{Deserialize, Serialize};

use super::{is_not_visible, write::locked};
use crate::{
    Error, Services,
    baseline::{self, merged},
    read_back::{ReadBack, settled},
    validation::Validation,
};

/// The longest name of a host, in characters.
pub const MAX_HOST: usize = 253;

/// The most failovers of a domain that a form takes.
const MAX_FAILOVERS: usize = 20;

/// The form that adds or changes a domain.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DomainForm {
    /// A domain of the organisation.
    pub organization: String,
    /// The domain's name.
    pub name: String,
    /// Whether it routes mail: `true`.
    pub relay: String,
    /// The server its mail goes to.
    pub destination: String,
    /// The servers its mail goes to when the first fails, one a line.
    pub failovers: String,
    /// Whether its mail is filtered: `true`.
    pub active: String,
    /// The [`DomainValues`] that the form showed, encoded; nothing for a new domain.
    pub baseline: String,
}

/// The form that deletes a domain.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteDomainForm {
    /// A domain of the organisation.
    pub organization: String,
    /// The domain's name.
    pub name: String,
    /// The name, typed out.
    pub typed: String,
}

/// The form that has a domain verified.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VerifyDomainForm {
    /// A domain of the organisation.
    pub organization: String,
    /// The domain's name.
    pub name: String,
    /// Where its code is published: `txt` or `meta`.
    pub method: String,
}

/// What the form of a domain shows. The names are those of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainValues {
    /// `true`, or nothing.
    pub relay: String,
    /// Empty for none.
    pub destination: String,
    /// One a line.
    pub failovers: String,
    /// `true`, or nothing.
    pub active: String,
}

/// A domain that was added, changed or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainOutcome {
    /// Its name.
    pub name: DomainName,
    /// The organisation's primary domain.
    pub organization: DomainName,
    /// The domain now, beside what was sent.
    pub read_back: ReadBack,
}

/// A box that is ticked sends this.
fn ticked(is_so: Option<bool>) -> String {
    if is_so == Some(true) {
        "true".to_owned()
    } else {
        String::new()
    }
}

impl From<&Domain> for DomainValues {
    fn from(domain: &Domain) -> Self {
        Self {
            relay: ticked(domain.is_relay),
            destination: domain.destination.clone().unwrap_or_default(),
            failovers: domain.failovers.clone().unwrap_or_default().join("\n"),
            active: ticked(domain.is_active),
        }
    }
}

impl From<&DomainForm> for DomainValues {
    fn from(form: &DomainForm) -> Self {
        let lines = form.failovers.lines().map(str::trim);
        let failovers: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
        Self {
            relay: form.relay.clone(),
            destination: form.destination.trim().to_owned(),
            failovers: failovers.join("\n"),
            active: form.active.clone(),
        }
    }
}

impl DomainValues {
    /// What is sent for these values, after the checks. Values that stay as Proofpoint has them are not checked.
    fn draft(&self, present: &Self, validation: &mut Validation) -> DomainDraft {
        let destination = if self.destination == present.destination {
            self.destination.clone()
        } else {
            host(validation, "destination", &self.destination)
        };
        let failovers: Vec<_> = self.failovers.lines().map(ToOwned::to_owned).collect();
        if self.failovers != present.failovers {
            validation.require(
                failovers.len() <= MAX_FAILOVERS,
                "failovers",
                format!("At most {MAX_FAILOVERS} can be given."),
            );
            for failover in &failovers {
                host(validation, "failovers", failover);
            }
        }
        let draft = DomainDraft {
            is_active: self.active == "true",
            is_relay: self.relay == "true",
            // Emptied, it is sent; one that was never there is left out.
            destination: (!destination.is_empty() || !present.destination.is_empty()).then_some(destination),
            failovers,
        };
        validation.require(
            !draft.is_relay
                || draft
                    .destination
                    .as_ref()
                    .is_some_and(|host| !host.trim().is_empty()),
            "destination",
            "A domain that routes mail needs the server that its mail goes to.",
        );
        validation.require(
            draft.is_relay || !draft.is_active,
            "active",
            "A domain that routes no mail is never active.",
        );
        draft
    }
}

/// A host name or an IP address, or nothing.
fn host(validation: &mut Validation, field: &str, text: &str) -> String {
    let text = validation.line(field, text, MAX_HOST);
    let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    validation.require(
        text.chars().all(is_host),
        field,
        format!("“{text}” is no name of a server: it must look like mail.example.com."),
    );
    text
}

/// One domain of an organisation.
///
/// # Errors
/// [`Error::NotFound`] where Proofpoint does not show it to this account, or Proofpoint's error.
pub async fn read(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    name: &DomainName,
) -> Result<Domain, Error> {
    let read = services
        .mail
        .read(operation, organization, |proofpoint| async move {
            proofpoint.domain(organization, name).await
        });
    read.await.map_err(|error| match error {
        Error::NotFound(_) => not_there(organization, name),
        error => error,
    })
}

/// The code to publish, which proves who a domain belongs to.
///
/// # Errors
/// [`Error::NotFound`] where Proofpoint does not show it to this account, or Proofpoint's error.
pub async fn code(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    name: &DomainName,
) -> Result<String, Error> {
    services
        .mail
        .read(operation, organization, |proofpoint| async move {
            proofpoint.verification_code(organization, name).await
        })
        .await
}

fn not_there(organization: &DomainName, name: &DomainName) -> Error {
    Error::NotFound(format!(
        "The organisation of {organization} has no domain {name} at Proofpoint, or it is not shown to this account."
    ))
}

fn target(name: &DomainName) -> Target {
    Target::of("mail_domain", name)
}

/// Adds a domain (`POST /orgs/{domain}/domains`), and reads it back.
///
/// # Errors
/// At the fields, or Proofpoint's error.
pub async fn add(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    form: &DomainForm,
) -> Result<DomainOutcome, Error> {
    let mut validation = Validation::default();
    let name = match form.name.parse::<DomainName>() {
        Ok(name) if name.as_str().contains('.') => name,
        Ok(name) => {
            validation.add("name", "A domain has a dot in it, like example.com.");
            name
        }
        Err(error) => {
            validation.add("name", format!("The domain {error}."));
            DomainName::default()
        }
    };
    let draft = DomainValues::from(form).draft(&DomainValues::default(), &mut validation);
    validation.finish()?;
    let locked = locked(services, operation, organization).await?;
    let organization = &locked.primary;
    let operation = &operation.on(target(&name));
    let (name, draft) = (&name, &draft);
    let written = services
        .mail
        .perform(operation, organization, |proofpoint| async move {
            proofpoint.create_domain(organization, name, draft).await
        })
        .await;
    let reads = || read(services, operation, organization, name);
    settled(written, || async {
        is_as_sent(draft, &reads().await.ok()?).then_some(())
    })
    .await
    .map_err(|error| taken(error, name))?;
    Ok(outcome(organization, name, compared(draft, reads().await)))
}

/// The refusal of a domain that is there already, at its field.
fn taken(error: Error, name: &DomainName) -> Error {
    let is_taken = matches!(&error, Error::Operation(failed) if failed.kind() == Some(ErrorKind::Conflict));
    if is_taken {
        Error::at(
            "name",
            format!("Proofpoint has the domain {name} already, of this organisation or of another one."),
        )
    } else {
        error
    }
}

/// Changes what the person has changed of a domain (`PUT /orgs/{domain}/domains/{name}`, which takes the whole), and reads
/// it back.
///
/// # Errors
/// At the fields, or Proofpoint's error.
pub async fn change(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    name: &DomainName,
    form: &DomainForm,
) -> Result<DomainOutcome, Error> {
    let shown: DomainValues = baseline::decode(&form.baseline)?;
    let locked = locked(services, operation, organization).await?;
    let organization = &locked.primary;
    let present = DomainValues::from(&read(services, operation, organization, name).await?);
    let mut validation = Validation::default();
    let values = merged(&mut validation, &shown, &DomainValues::from(form), &present);
    let draft = values.draft(&present, &mut validation);
    validation.finish()?;
    if values == present {
        return Err(Error::at("destination", "No changes to save."));
    }
    let operation = &operation.on(target(name));
    let draft = &draft;
    let written = services
        .mail
        .perform(operation, organization, |proofpoint| async move {
            proofpoint.update_domain(organization, name, draft).await
        })
        .await;
    let reads = || read(services, operation, organization, name);
    settled(written, || async {
        is_as_sent(draft, &reads().await.ok()?).then_some(())
    })
    .await?;
    Ok(outcome(organization, name, compared(draft, reads().await)))
}

/// Deletes a domain (`DELETE /orgs/{domain}/domains/{name}`), once its name was typed out, and looks whether it is gone.
///
/// # Errors
/// At the field, or Proofpoint's error.
pub async fn delete(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    name: &DomainName,
    typed: &str,
) -> Result<DomainOutcome, Error> {
    let is_typed = typed.parse::<DomainName>().is_ok_and(|typed| typed == *name);
    if !is_typed {
        return Err(Error::at("typed", format!("Type {name} to delete the domain.")));
    }
    let locked = locked(services, operation, organization).await?;
    let organization = &locked.primary;
    if *name == *organization {
        return Err(Error::refused(
            format!("{name} stays: it is the organisation's primary domain."),
            "Another domain becomes the primary one in Proofpoint's own console.",
        ));
    }
    read(services, operation, organization, name).await?;
    let operation = &operation.on(target(name));
    let written = services
        .mail
        .perform(operation, organization, |proofpoint| async move {
            proofpoint.delete_domain(organization, name).await
        })
        .await;
    let is_gone = || async {
        match read(services, operation, organization, name).await {
            Err(Error::NotFound(_)) => Ok(true),
            read => read.map(|_| false),
        }
    };
    settled(written, || async { is_gone().await.ok()?.then_some(()) }).await?;
    let read_back = match is_gone().await {
        Ok(true) => ReadBack::AsSent,
        Ok(false) => ReadBack::Differs("Proofpoint still lists it.".to_owned()),
        Err(error) => unread(&error),
    };
    Ok(outcome(organization, name, read_back))
}

/// Has Proofpoint look for the published code of a domain now (`PUT /orgs/{domain}/domains/{name}/verify/{method}`).
///
/// # Errors
/// [`Error::Refused`] where it did not find the code, or Proofpoint's error.
pub async fn verify(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    name: &DomainName,
    method: &str,
) -> Result<DomainOutcome, Error> {
    let method = match method {
        "txt" => VerificationMethod::Txt,
        "meta" => VerificationMethod::Meta,
        _ => return Err(Error::at("method", "Choose where the code is published.")),
    };
    let locked = locked(services, operation, organization).await?;
    let organization = &locked.primary;
    let operation = &operation.on(target(name));
    let verified = services
        .mail
        .perform(operation, organization, |proofpoint| async move {
            proofpoint.verify_domain(organization, name, method).await
        })
        .await;
    // It is read back at once: the domain is active once it is verified, and only where it routes mail.
    let reads = || read(services, operation, organization, name);
    let verified = settled(verified, || async {
        (reads().await.ok()?.is_active == Some(true)).then_some(VerificationOutcome::Verified)
    });
    match verified.await {
        Ok(VerificationOutcome::Verified) => {}
        Ok(VerificationOutcome::NotVerified) => return Err(not_verified(name, method)),
        Err(error) if is_not_visible(&error) => return Err(not_there(organization, name)),
        Err(error) => return Err(error),
    }
    let read_back = match reads().await {
        Ok(now) if now.is_active == Some(false) && now.is_relay == Some(true) => {
            ReadBack::Differs("Proofpoint does not show it as active yet.".to_owned())
        }
        Ok(now) if now.is_active == Some(false) => {
            ReadBack::Differs("It is not active, because it routes no mail.".to_owned())
        }
        Ok(_) => ReadBack::AsSent,
        Err(error) => unread(&error),
    };
    Ok(outcome(organization, name, read_back))
}

fn not_verified(name: &DomainName, method: VerificationMethod) -> Error {
    let place = match method {
        VerificationMethod::Txt => "a TXT record of the domain",
        VerificationMethod::Meta => "a META tag of its web site",
    };
    Error::refused(
        format!("Proofpoint did not find the code of {name}."),
        format!(
            "It looked for {place}. Publish the code there; a new record can take hours to be seen everywhere. Then try \
             again."
        ),
    )
}

fn outcome(organization: &DomainName, name: &DomainName, read_back: ReadBack) -> DomainOutcome {
    DomainOutcome {
        name: name.clone(),
        organization: organization.clone(),
        read_back,
    }
}

fn is_as_sent(draft: &DomainDraft, now: &Domain) -> bool {
    differences(draft, now).is_empty()
}

/// The domain now, beside what was sent.
fn compared(draft: &DomainDraft, now: Result<Domain, Error>) -> ReadBack {
    match now {
        Ok(now) => ReadBack::of(differences(draft, &now).into_iter().map(Some)),
        Err(error) => unread(&error),
    }
}

fn unread(error: &Error) -> ReadBack {
    tracing::warn!(%error, "a domain could not be read back");
    ReadBack::Unread
}

/// Where Proofpoint has other values than those that were sent, in sentences.
fn differences(draft: &DomainDraft, now: &Domain) -> Vec<String> {
    let (sent, now) = (draft, DomainDraft::of(now));
    let mut found = Vec::new();
    let word = |is_so: bool| if is_so { "yes" } else { "no" };
    if sent.is_active != now.is_active {
        found.push(format!(
            "Proofpoint shows “{}” for “Active”.",
            word(now.is_active)
        ));
    }
    if sent.is_relay != now.is_relay {
        found.push(format!(
            "Proofpoint shows “{}” for “Routes mail”.",
            word(now.is_relay)
        ));
    }
    let host = |host: &Option<String>| host.clone().unwrap_or_default();
    if host(&sent.destination) != host(&now.destination) {
        found.push(format!(
            "Proofpoint shows the destination “{}”.",
            host(&now.destination)
        ));
    }
    if sent.failovers != now.failovers {
        found.push(format!(
            "Proofpoint shows the failovers “{}”.",
            now.failovers.join(", ")
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problems(values: &DomainValues, present: &DomainValues) -> Vec<String> {
        let mut validation = Validation::default();
        values.draft(present, &mut validation);
        validation.fields().into_iter().map(ToOwned::to_owned).collect()
    }

    fn values(relay: &str, destination: &str, failovers: &str, active: &str) -> DomainValues {
        let [relay, destination, failovers, active] =
            [relay, destination, failovers, active].map(str::to_owned);
        DomainValues {
            relay,
            destination,
            failovers,
            active,
        }
    }

    #[test]
    fn a_domain_is_checked_before_it_is_sent() {
        let none = DomainValues::default();
        let check = |values: DomainValues, expected: &[&str]| assert_eq!(problems(&values, &none), expected);
        check(
            values("true", "mail.example.com", "a.example\n192.0.2.1", "true"),
            &[],
        );
        check(values("", "", "", ""), &[]);
        check(values("true", " ", "", ""), &["destination"]);
        check(values("", "mail.example.com", "", "true"), &["active"]);
        check(
            values("true", "mail example", "a b", ""),
            &["destination", "failovers"],
        );
        check(values("", "", &"a.example\n".repeat(21), ""), &["failovers"]);
        // What Proofpoint has stays, whatever it is.
        let odd = values("true", "mail example", "a b", "true");
        assert_eq!(
            problems(&values("true", "mail example", "a b", ""), &odd),
            [""; 0]
        );
    }

    #[test]
    fn what_differs_is_said() {
        let mut validation = Validation::default();
        let draft =
            values("true", "a.example", "b.example", "true").draft(&DomainValues::default(), &mut validation);
        let now = Domain {
            is_relay: Some(true),
            is_active: Some(false),
            destination: Some("c.example".to_owned()),
            ..Domain::default()
        };
        let words = differences(&draft, &now).join(" ");
        for expected in ["“no” for “Active”", "destination “c.example”", "failovers “”"] {
            assert!(words.contains(expected), "{words}");
        }
        assert!(!words.contains("Routes mail"), "{words}");
    }

    proptest! {
        /// A form that comes back as it was shown asks for the domain that is there.
        #[test]
        fn values_lead_back_to_the_domain(
            is_relay: bool, is_active: bool, destination in "[a-z.]{0,9}", failovers in proptest::collection::vec("[a-z.]{1,9}", 0..4)
        ) {
            let domain = Domain {
                is_relay: Some(is_relay),
                is_active: Some(is_active),
                destination: Some(destination),
                failovers: Some(failovers),
                ..Domain::default()
            };
            let shown = DomainValues::from(&domain);
            let DomainValues { relay, destination, failovers, active } = shown.clone();
            let form = DomainForm { relay, destination, failovers, active, ..DomainForm::default() };
            prop_assert_eq!(&DomainValues::from(&form), &shown);
            let draft = shown.draft(&shown, &mut Validation::default());
            prop_assert!(is_as_sent(&draft, &domain));
        }
    }
}
