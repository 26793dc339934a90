//! `/entra/groups/{id}`: the members of one group in Entra ID.

use gate::Action;
use leptos::prelude::*;
use protegrity::{EntraGroup, EntraUser};

use super::{
    GROUPS, IMPORT, Tabs,
    browse::{ImportForm, SearchForm, user_columns, user_rows},
    chosen::{Item, What},
    search::{bounded, members, some_groups},
    trouble::{Trouble, TroubleView},
};
use crate::{
    act::below,
    error::{ErrorKind, PortalError},
    shell::{Frame, param},
    ui::{Copyable, DescriptionList, Detail, EmptyState, LinkButton, PageHeader, Section, Table, counted},
    visit::{Visit, visit},
};

/// How many members are shown. There are no pages of them (notes, row 59); whoever wants another one searches.
const SHOWN: usize = 100;

/// How many groups of the same name are looked through.
const NAMESAKES: u32 = 100;

/// The longest id that is looked at, in characters. Entra ID's are UUIDs of 36.
const LONGEST_ID: usize = 128;

/// What the page shows.
struct Shown {
    id: String,
    /// The group, where its name led to it.
    group: Option<EntraGroup>,
    members: Vec<EntraUser>,
    q: String,
}

/// `/entra/groups/{id}`
#[component]
pub fn EntraGroupPage() -> impl IntoView {
    let visit = visit();
    let id = param("id");
    view! {
        <Frame area="/entra">
            <p class="back"><a href=GROUPS>"Groups in Entra ID"</a></p>
            {Suspend::new(async move {
                match load(&visit, &id).await {
                    Ok(shown) => view! { <GroupView visit shown/> }.into_any(),
                    Err(trouble) => {
                        view! { <PageHeader title="Group in Entra ID"/><Tabs here=GROUPS/><TroubleView visit trouble/> }
                            .into_any()
                    }
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The members, and the group itself, which is found by the name in the address and recognised by its id.
async fn load(visit: &Visit, id: &str) -> Result<Shown, Trouble> {
    let id = group_id(id).map_err(Trouble::Failed)?;
    let q = bounded(&visit.query_value("q").unwrap_or_default());
    let name = bounded(&visit.query_value("name").unwrap_or_default());
    let group = async {
        if name.is_empty() {
            return None;
        }
        let namesakes = some_groups(visit, &name, 0, NAMESAKES).await.ok()?;
        namesakes.into_iter().find(|group| group.id == id)
    };
    let (group, members) = futures::join!(group, members(visit, &id, &q));
    Ok(Shown {
        members: members?,
        id,
        group,
        q,
    })
}

/// A group's id, as an address gives it.
fn group_id(text: &str) -> Result<String, PortalError> {
    let is_id =
        !text.trim().is_empty() && text.chars().count() <= LONGEST_ID && !text.chars().any(char::is_control);
    if is_id {
        return Ok(text.to_owned());
    }
    Err(
        PortalError::new(ErrorKind::NotFound, "There is no such group in Entra ID.")
            .with_detail("The address does not hold a group's id."),
    )
}

#[component]
fn GroupView(visit: Visit, shown: Shown) -> impl IntoView {
    let Shown {
        id,
        group,
        members,
        q,
    } = shown;
    let name = group.as_ref().and_then(|group| group.display_name.clone());
    let import = group.clone().map(|group| import_href(&Item::Group(group)));
    let denied = visit.denied(Action::ImportFromEntra);
    let shown_id = id.clone();
    let about = group
        .and_then(|group| group.description)
        .filter(|about| !about.is_empty());
    view! {
        <PageHeader title=name.clone().unwrap_or_else(|| "Group in Entra ID".to_owned())>
            {import.map(|href| view! { <LinkButton label="Import group" href denied/> })}
        </PageHeader>
        <Tabs here=GROUPS/>
        <DescriptionList>
            <Detail label="ID"><Copyable text=shown_id label="the id"/></Detail>
            {about.map(|about| view! { <Detail label="Description"><bdi>{about}</bdi></Detail> })}
        </DescriptionList>
        <Members visit id name members q/>
    }
    .into_any()
}

#[component]
fn Members(
    visit: Visit,
    id: String,
    name: Option<String>,
    members: Vec<EntraUser>,
    q: String,
) -> impl IntoView {
    let action = below(GROUPS, &id);
    let hidden: Vec<_> = name.map(|name| ("name", name)).into_iter().collect();
    let may_import = visit.denied(Action::ImportFromEntra).is_none();
    let count = members.len();
    let shown = &members[..count.min(SHOWN)];
    let content = if shown.is_empty() {
        let (title, hint) = if q.is_empty() {
            ("No members".to_owned(), "The cluster finds none in this group.")
        } else {
            (format!("No member matches “{q}”"), "Try fewer or other words.")
        };
        view! { <EmptyState title hint/> }.into_any()
    } else {
        let rows = user_rows(shown, may_import);
        view! {
            <ImportForm visit what=What::Users>
                <Table label="Members" columns=user_columns(may_import)>{rows}</Table>
            </ImportForm>
            <p class="list-summary">{summary(count)}</p>
        }
        .into_any()
    };
    view! {
        <Section title="Members">
            <SearchForm action label="Search members" q hidden/>
            {content}
        </Section>
    }
    .into_any()
}

fn summary(count: usize) -> String {
    let all = counted(count, ("member", "members"));
    if count > SHOWN {
        format!("The first {SHOWN} of {all}: search to find the others")
    } else {
        all
    }
}

/// The import with this one chosen.
fn import_href(item: &Item) -> String {
    let what = match item {
        Item::User(_) => What::Users,
        Item::Group(_) => What::Groups,
    };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("what", what.name())
        .append_pair("pick", &item.value());
    format!("{IMPORT}?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_are_not_shown_are_told_of() {
        assert_eq!(summary(1), "1 member");
        assert_eq!(summary(100), "100 members");
        assert_eq!(
            summary(1260),
            "The first 100 of 1,260 members: search to find the others"
        );
    }

    #[test]
    fn what_is_no_id_is_not_asked_for() {
        assert!(group_id("12345678-1234").is_ok());
        for text in ["", " ", "a\nb", &"x".repeat(129)] {
            assert!(group_id(text).is_err(), "{text:?}");
        }
    }
}
