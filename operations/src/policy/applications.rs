//! Trusted applications: which program of which system user may call a protector.

use gate::{Operation, Target};
use protegrity::pim::{
    Application, ApplicationUid, MAX_APPLICATION_NAME, MAX_APPLICATION_OBJECT_NAME, NewApplication,
};
use serde::{Deserialize, Serialize};

use super::{
    configuration::applications,
    object::{MAX_DESCRIPTION, Saved, created, differs, require_free, the_one},
};
use crate::{Error, read_back::ReadBack, refusal::Words, validation::Validation};

/// The longest name of a system user, in characters. The notes have no limit; this one keeps forms small.
pub const MAX_USER: usize = 255;

/// The words of the cluster's refusals.
const WORDS: &Words = &[
    ("application name", "application_name"),
    ("application user", "application_user"),
    ("description", "description"),
    ("application", "name"),
    ("name", "name"),
];

/// The form that creates a trusted application.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ApplicationForm {
    /// The name of the object.
    pub name: String,
    /// The description.
    pub description: String,
    /// The program.
    pub application_name: String,
    /// The system user that it runs as.
    pub application_user: String,
}

impl ApplicationForm {
    /// The application of this form, with the problems of its fields.
    pub(super) fn read(&self) -> (Validation, NewApplication) {
        let mut validation = Validation::default();
        let (program, user) = (&self.application_name, &self.application_user);
        let application = NewApplication {
            name: validation.required_line("name", &self.name, MAX_APPLICATION_OBJECT_NAME),
            description: validation.lines("description", &self.description, MAX_DESCRIPTION),
            application_name: validation.required_line("application_name", program, MAX_APPLICATION_NAME),
            application_user: validation.required_line("application_user", user, MAX_USER),
        };
        (validation, application)
    }
}

/// One trusted application, of `GET /pim/applications`.
///
/// # Errors
/// Where there is none of this uid, or the cluster's error.
pub async fn application(operation: &Operation, uid: &ApplicationUid) -> Result<Application, Error> {
    the_one(
        applications(operation).await?,
        uid.as_str(),
        "trusted application",
    )
}

/// Creates a trusted application (`POST /pim/applications`).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(operation: &Operation, form: &ApplicationForm) -> Result<Saved<ApplicationUid>, Error> {
    let (mut validation, application) = form.read();
    require_free(
        &mut validation,
        "name",
        &application.name,
        applications(operation).await,
    )?;
    validation.finish()?;
    let sent = &application;
    let operation = &operation.on(Target::of("trusted_application", &sent.name));
    let written = operation
        .perform(|cluster| async move { cluster.pim().create_application(sent).await })
        .await;
    let list = || applications(operation);
    created(written, ("name", &sent.name), WORDS, list, |now| {
        compared(sent, now)
    })
    .await
}

fn compared(sent: &NewApplication, now: &Application) -> ReadBack {
    ReadBack::of([
        differs("the description", &sent.description, now.description.as_deref()),
        differs(
            "the program",
            &sent.application_name,
            now.application_name.as_deref(),
        ),
        differs(
            "the system user",
            &sent.application_user,
            now.application_user.as_deref(),
        ),
    ])
}
