//! Member sources: where the members of roles come from.

use gate::{Operation, Target};
use protegrity::pim::{FileConnection, NewFileSource, Source, SourceUid};
use serde::{Deserialize, Serialize};

use super::{
    configuration::sources,
    object::{MAX_NAME, Saved, created, differs, require_free, the_one},
};
use crate::{Error, read_back::ReadBack, refusal::Words, validation::Validation};

/// The longest path of a file, in characters. The notes have no limit; a Linux path has at most this many bytes.
pub const MAX_PATH: usize = 4096;

/// The words of the cluster's refusals.
const WORDS: &Words = &[
    ("user file", "user_file"),
    ("group file", "group_file"),
    ("source", "name"),
    ("name", "name"),
];

/// The form that creates a member source of the type `FILE`, the one type whose connection is known (notes on the
/// reference, section 3).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceForm {
    /// The name.
    pub name: String,
    /// The file with the users, as a path on the cluster.
    pub user_file: String,
    /// The file with the groups, as a path on the cluster.
    pub group_file: String,
}

impl SourceForm {
    /// The source of this form, with the problems of its fields.
    pub(super) fn read(&self) -> (Validation, NewFileSource) {
        let mut validation = Validation::default();
        let source = NewFileSource {
            name: validation.required_line("name", &self.name, MAX_NAME),
            connection: FileConnection {
                user_file: validation.required_line("user_file", &self.user_file, MAX_PATH),
                group_file: validation.required_line("group_file", &self.group_file, MAX_PATH),
            },
        };
        (validation, source)
    }
}

/// One member source, of `GET /pim/sources`.
///
/// # Errors
/// Where there is none of this uid, or the cluster's error.
pub async fn source(operation: &Operation, uid: &SourceUid) -> Result<Source, Error> {
    the_one(sources(operation).await?, uid.as_str(), "member source")
}

/// Creates a member source (`POST /pim/sources`).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(operation: &Operation, form: &SourceForm) -> Result<Saved<SourceUid>, Error> {
    let (mut validation, source) = form.read();
    require_free(&mut validation, "name", &source.name, sources(operation).await)?;
    validation.finish()?;
    let sent = &source;
    let operation = &operation.on(Target::of("member_source", &sent.name));
    let written = operation
        .perform(|cluster| async move { cluster.pim().create_file_source(sent).await })
        .await;
    let list = || sources(operation);
    created(written, ("name", &sent.name), WORDS, list, |now| {
        compared(sent, now)
    })
    .await
}

fn compared(sent: &NewFileSource, now: &Source) -> ReadBack {
    let file = |of: fn(&FileConnection) -> &str| now.file.as_ref().map(of);
    ReadBack::of([
        differs(
            "the file with users",
            &sent.connection.user_file,
            file(|file| &file.user_file),
        ),
        differs(
            "the file with groups",
            &sent.connection.group_file,
            file(|file| &file.group_file),
        ),
    ])
}
