//! What the objects of policy management have in common when one is created or looked for.

use gate::OperationError;
use protegrity::{
    Created,
    pim::{Object, already_exists, find_named},
};

use super::workbench::explained;
use crate::{
    Error,
    characters::is_same_name,
    read_back::{ReadBack, settle},
    refusal::{self, Words},
    validation::Validation,
};

/// The longest name of an object that has no limit of its own, in characters (notes on the reference, section 9).
pub const MAX_NAME: usize = 55;

/// The longest description, in characters. The reference has no limit; this one keeps forms small.
pub const MAX_DESCRIPTION: usize = 1000;

/// An object that was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved<U> {
    /// Its name.
    pub name: String,
    /// Its uid, where the cluster gave one.
    pub uid: Option<U>,
    /// The object now, beside what was sent.
    pub read_back: ReadBack,
}

/// Refuses a name that an object of the kind has already, in any spelling. Where the caller may not list the objects,
/// the cluster decides.
pub(super) fn require_free<T: Object>(
    validation: &mut Validation,
    field: &str,
    name: &str,
    rows: Result<Vec<T>, Error>,
) -> Result<(), Error> {
    match rows {
        Ok(rows) => {
            let is_free = rows.iter().all(|row| !is_same_name(row.name(), name));
            validation.require(is_free || name.is_empty(), field, TAKEN);
            Ok(())
        }
        Err(error @ Error::Refused { .. }) => Err(error),
        Err(error) if error.ends_session() => Err(error),
        Err(error) => {
            tracing::warn!(%error, "the name of a new object could not be looked up");
            Ok(())
        }
    }
}

const TAKEN: &str = "The cluster has an object of this name already.";

/// The outcome of a creation: an answer that did not come is looked for in the list, and what was created is read
/// again there. Which fields a creation's answer has is not documented (notes on the reference, section 4).
pub(super) async fn created<T, U, L>(
    written: Result<Created<U>, OperationError>,
    (field, name): (&str, &str),
    words: &Words,
    list: impl Fn() -> L,
    compare: impl Fn(&T) -> ReadBack,
) -> Result<Saved<U>, Error>
where
    T: Object,
    U: From<String>,
    L: Future<Output = Result<Vec<T>, Error>>,
{
    let uid_of = |row: &T| {
        let uid = Some(row.uid()).filter(|uid| !uid.is_empty());
        uid.map(|uid| U::from(uid.to_owned()))
    };
    let created = settle(written, || async {
        let rows = list().await.ok()?;
        let now = find_named(&rows, name).filter(|now| compare(now) == ReadBack::AsSent)?;
        Some(Created { uid: uid_of(now) })
    })
    .await
    .map_err(|error| match explained(error) {
        Error::Operation(error) => refused(error, field, words),
        explained => explained,
    })?;
    let rows = list().await;
    let rows = rows
        .inspect_err(|error| tracing::warn!(%error, "a new object could not be read again"))
        .unwrap_or_default();
    let now = find_named(&rows, name);
    Ok(Saved {
        name: name.to_owned(),
        uid: created.uid.or_else(|| uid_of(now?)),
        read_back: now.map_or(ReadBack::Unread, compare),
    })
}

/// The cluster's refusal at the field that it is about; that there is such an object, at the field of its name.
pub(super) fn refused(error: OperationError, name_field: &str, words: &Words) -> Error {
    if error.error.upstream().is_some_and(already_exists) {
        return Error::at(name_field, TAKEN);
    }
    refusal::at_field(error, words)
}

/// The object of this uid in its list: the reference has no call for one object (notes on the reference, section 3).
///
/// # Errors
/// Where there is none.
pub(super) fn the_one<T: Object>(rows: Vec<T>, uid: &str, what: &str) -> Result<T, Error> {
    let found = rows.into_iter().find(|row| !uid.is_empty() && row.uid() == uid);
    found.ok_or_else(|| Error::NotFound(format!("There is no such {what}.")))
}

/// One of the words of a list, as a form sends it; the empty text is none.
pub(super) fn chosen<T: Clone + AsRef<str>>(
    validation: &mut Validation,
    field: &str,
    text: &str,
    words: &[T],
) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let word = words.iter().find(|word| word.as_ref() == text);
    validation.require(word.is_some(), field, "Choose one of the list.");
    word.cloned()
}

/// How a value that was sent differs from the cluster's, in a sentence; nothing where the cluster does not report it.
pub(super) fn differs(what: &str, sent: &str, now: Option<&str>) -> Option<String> {
    let now = now.filter(|now| *now != sent)?;
    Some(format!("The cluster has “{now}” as {what}, not “{sent}”."))
}

#[cfg(test)]
mod tests {
    use protegrity::pim::Mask;

    use super::*;

    fn mask(uid: &str, name: &str) -> Mask {
        Mask {
            uid: uid.into(),
            name: name.to_owned(),
            ..Mask::default()
        }
    }

    #[test]
    fn a_name_that_is_there_in_another_spelling_is_refused_at_its_field() {
        let check = |name: &str, expected: &[&str]| {
            let mut validation = Validation::default();
            let rows = Ok(vec![mask("1", "LAST_4"), mask("2", "jos\u{e9}")]);
            require_free(&mut validation, "name", name, rows).expect("the list is there");
            assert_eq!(validation.fields(), expected, "{name}");
        };
        check("last_4", &["name"]);
        check("JOSE\u{301}", &["name"]);
        check("LAST_5", &[]);
        check("", &[]);
    }

    #[test]
    fn a_workbench_that_is_missing_is_told_before_anything_is_sent() {
        let mut validation = Validation::default();
        let refused = Err::<Vec<Mask>, _>(Error::refused("no workbench", ""));
        assert!(require_free(&mut validation, "name", "x", refused).is_err());
        let unlisted = Err::<Vec<Mask>, _>(Error::NotFound("x".to_owned()));
        assert!(require_free(&mut validation, "name", "x", unlisted).is_ok());
        assert!(validation.is_empty());
    }

    #[test]
    fn an_object_without_a_uid_is_not_found_by_the_empty_one() {
        let rows = || vec![mask("", "nameless"), mask("7", "seven")];
        let name = |uid| the_one(rows(), uid, "mask").map(|mask| mask.name);
        assert_eq!(name("7").ok().as_deref(), Some("seven"));
        assert!(name("").is_err());
        assert!(name("8").is_err());
    }

    #[test]
    fn what_the_cluster_does_not_report_is_no_difference() {
        assert_eq!(differs("the description", "a", None), None);
        assert_eq!(differs("the description", "a", Some("a")), None);
        assert!(differs("the description", "a", Some("b")).is_some());
    }
}
