//! What the pages of the objects of policy management have in common.

use leptos::prelude::*;
use operations::policy::Saved;

use super::WORKBENCH;
use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    form::Fields,
    links::child_path,
    params::id,
    ui::{Copyable, Page},
};

/// A kind of objects with its pages.
pub(super) struct Kind {
    /// The address of its list.
    pub list: &'static str,
    /// One of it, in a sentence.
    pub one: &'static str,
    /// The title of its list.
    pub title: &'static str,
}

pub(super) const SOURCES: Kind = kind("/policy/sources", "member source", "Member sources");
pub(super) const ROLES: Kind = kind("/policy/roles", "role", "Roles");
pub(super) const MASKS: Kind = kind("/policy/masks", "mask", "Masks");
pub(super) const ALPHABETS: Kind = kind("/policy/alphabets", "alphabet", "Alphabets");
pub(super) const DATA_ELEMENTS: Kind = kind("/policy/data-elements", "data element", "Data elements");
pub(super) const DATA_STORES: Kind = kind("/policy/data-stores", "data store", "Data stores");
pub(super) const POLICIES: Kind = kind("/policy/policies", "policy", "Policies");
pub(super) const APPLICATIONS: Kind = kind(
    "/policy/applications",
    "trusted application",
    "Trusted applications",
);

const fn kind(list: &'static str, one: &'static str, title: &'static str) -> Kind {
    Kind { list, one, title }
}

impl Kind {
    /// The address of an object's page.
    pub fn page(&self, uid: &str) -> String {
        child_path(self.list, uid)
    }

    /// The address of the form that creates one.
    pub fn form(&self) -> String {
        format!("{}/new", self.list)
    }

    /// The label of what leads there.
    pub fn new_label(&self) -> String {
        format!("New {}", self.one)
    }

    /// A page below the list.
    pub fn below(&self, title: impl Into<String>, content: impl IntoAny) -> Page {
        Page::new(title, content)
            .crumb("Policy", WORKBENCH)
            .crumb(self.title, self.list)
    }

    /// The uid in an address or a form.
    pub fn uid<U: From<String>>(&self, text: &str) -> Result<U, PortalError> {
        let uid = id(text).map(|uid| U::from(uid.to_owned()));
        uid.ok_or_else(|| {
            PortalError::new(ErrorKind::NotFound, format!("There is no such {}.", self.one))
                .with_detail("The address does not hold a uid.")
        })
    }

    /// That an object was created; its page follows, or the list where the cluster gives no uid.
    pub fn created<U: AsRef<str>>(&self, saved: &Saved<U>) -> Done {
        let uid = saved.uid.as_ref();
        let next = uid.map_or_else(|| self.list.to_owned(), |uid| self.page(uid.as_ref()));
        Done::new(format!("The {} {} is created.", self.one, saved.name))
            .with_next(next)
            .with_read_back(Some(&saved.read_back))
    }

    /// An object's name, which leads to its page where the cluster gives its uid.
    pub fn link(&self, uid: &str, name: &str) -> AnyView {
        let name = name.to_owned();
        if uid.is_empty() {
            return view! { <bdi>{name}</bdi> }.into_any();
        }
        view! { <a href=self.page(uid)><bdi>{name}</bdi></a> }.into_any()
    }

    /// The object of this uid by its name, where it is among these.
    pub fn named<'a>(&self, uid: &str, rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> AnyView {
        let row = rows.into_iter().find(|(of_row, _)| *of_row == uid);
        match row {
            Some((uid, name)) => self.link(uid, name),
            None => format!("uid {uid}").into_any(),
        }
    }
}

/// What a field holds: the value that was submitted, the one in the address, or this one.
pub(super) fn value(context: &RequestContext, fields: &Fields, name: &str, present: &str) -> String {
    let in_address = context.query_value(name);
    fields.text(name, in_address.as_deref().unwrap_or(present))
}

/// A text of the cluster; what it does not report is said so, and what is empty is a dash.
pub(super) fn reported(text: Option<&str>) -> AnyView {
    match text {
        None => view! { <span class="muted">"not known"</span> }.into_any(),
        Some("") => "—".into_any(),
        Some(text) => view! { <bdi>{text.to_owned()}</bdi> }.into_any(),
    }
}

/// The same of an answer.
pub(super) fn yes_or_no(answer: Option<bool>) -> AnyView {
    reported(answer.map(|answer| if answer { "Yes" } else { "No" }))
}

/// Names in one cell. Names that are not known are not shown as none.
pub(crate) fn names_in_cell(names: Option<&[String]>) -> String {
    match names {
        None => "Not known".to_owned(),
        Some([]) => "None".to_owned(),
        Some(names) => names.join(", "),
    }
}

/// The uid of an object.
pub(super) fn uid_of(uid: &str) -> AnyView {
    if uid.is_empty() {
        return reported(None);
    }
    view! { <Copyable text=uid label="the uid"/> }.into_any()
}

/// Shows what the typed values do, on the page of the form and without saving: the values go along in its address.
#[component]
pub(super) fn TryButton(
    /// Its label.
    label: &'static str,
    /// The form's page.
    page: String,
) -> impl IntoView {
    view! {
        <button type="submit" class="button" formmethod="get" formaction=page>{label}</button>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use operations::read_back::ReadBack;
    use protegrity::pim::MaskUid;

    use super::*;

    #[test]
    fn a_new_object_leads_to_its_page_or_to_the_list() {
        let check = |uid: Option<&str>, expected: &str| {
            let saved = Saved {
                name: "LAST_4".to_owned(),
                uid: uid.map(MaskUid::from),
                read_back: ReadBack::Unread,
            };
            let done = MASKS.created(&saved);
            assert_eq!(done.next.as_deref(), Some(expected));
            assert!(done.detail.is_some(), "it could not be read back");
        };
        check(Some("7"), "/policy/masks/7");
        check(Some("new"), "/policy/masks/%6Eew");
        check(None, "/policy/masks");
    }

    #[test]
    fn an_address_without_a_uid_is_not_found() {
        for text in ["", "a/b", ".."] {
            let error = MASKS.uid::<MaskUid>(text).expect_err(text);
            assert_eq!(error.kind, ErrorKind::NotFound);
        }
    }

    #[test]
    fn what_is_not_known_is_not_shown_as_nothing() {
        assert_eq!(names_in_cell(None), "Not known");
        assert_eq!(names_in_cell(Some(&[])), "None");
        let names = ["CARDS", "PEOPLE"].map(str::to_owned);
        assert_eq!(names_in_cell(Some(&names)), "CARDS, PEOPLE");
    }
}
