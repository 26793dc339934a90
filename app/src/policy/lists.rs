//! The lists of policy management, one for each kind of object.

use gate::Action;
use leptos::prelude::*;
use operations::policy;
use protegrity::pim::{
    Alphabet, Application, DataElement, DataStore, DeploymentInfo, Mask, Policy, PolicyUid, ProtectionMethod,
    Role, RoleMode, Source, SourceType,
};

use super::{
    WORKBENCH, begin,
    object::{
        ALPHABETS, APPLICATIONS, DATA_ELEMENTS, DATA_STORES, Kind, MASKS, ROLES, SOURCES, names_in_cell,
    },
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    links,
    ui::{Badge, Column, EmptyState, LinkButton, List, Page, Tone},
};

/// The column that most kinds call their names.
const NAME: (&str, &str) = ("name", "Name");

/// A page with a list of objects.
fn page<T: Clone + Send + Sync + 'static>(
    context: &RequestContext,
    title: &str,
    lead: &str,
    list: List<T>,
    rows: Vec<T>,
) -> Page {
    let empty = format!("No {}", title.to_lowercase());
    let list = list.empty(view! {
        <EmptyState title=empty hint=lead.to_owned()>
            <LinkButton label="Back to policy" href=WORKBENCH/>
        </EmptyState>
    });
    let state = list.state(&context.query);
    let rows = list.page(rows, &state);
    Page::new(title, list.view(&state, &rows))
        .crumb("Policy", WORKBENCH)
        .lead(lead)
}

/// The same with the button that creates an object.
fn page_of<T: Clone + Send + Sync + 'static>(
    context: &RequestContext,
    (kind, create): (&Kind, Action),
    lead: &str,
    list: List<T>,
    rows: Vec<T>,
) -> Page {
    let (label, href, denied) = (kind.new_label(), kind.form(), context.denied(create));
    page(context, kind.title, lead, list, rows)
        .actions(view! { <LinkButton label href icon=Some("plus") primary=true denied/> })
}

/// The column of the names, which lead to the pages of the objects.
fn name_column<T: 'static>(
    kind: &'static Kind,
    (key, title): (&'static str, &'static str),
    uid: fn(&T) -> &str,
    name: fn(&T) -> &str,
) -> Column<T> {
    Column::text(key, title, name).cell(move |row| kind.link(uid(row), name(row)))
}

/// What is not said is a dash.
fn or_dash(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or("—").to_owned()
}

fn yes_or_no(answer: Option<bool>) -> String {
    let words = match answer {
        Some(true) => "Yes",
        Some(false) => "No",
        None => "—",
    };
    words.to_owned()
}

/// `/policy/sources`
pub async fn sources(context: RequestContext) -> PageResult {
    let rows = policy::sources(&begin(&context).await?).await?;
    let file = |source: &Source, of: fn(&protegrity::pim::FileConnection) -> &str| {
        or_dash(source.file.as_ref().map(of))
    };
    let columns = vec![
        name_column(
            &SOURCES,
            NAME,
            |source: &Source| source.uid.as_str(),
            |source| &source.name,
        ),
        Column::computed("type", "Type", |source: &Source| {
            or_dash(source.kind.as_ref().map(SourceType::as_str))
        }),
        Column::computed("users", "File with users", move |source| {
            file(source, |file| &file.user_file)
        }),
        Column::computed("groups", "File with groups", move |source| {
            file(source, |file| &file.group_file)
        }),
    ];
    let list = List::new("/policy/sources", ("member source", "member sources"), columns);
    let lead = "Where the members of roles come from.";
    let kind = (&SOURCES, Action::CreateMemberSource);
    Ok(page_of(&context, kind, lead, list, rows))
}

/// `/policy/roles`
pub async fn roles(context: RequestContext) -> PageResult {
    let rows = policy::roles(&begin(&context).await?).await?;
    let columns = vec![
        name_column(&ROLES, NAME, |role: &Role| role.uid.as_str(), |role| &role.name),
        Column::text("description", "Description", |role: &Role| {
            role.description.as_deref().unwrap_or_default()
        }),
        Column::computed("mode", "Mode", |role: &Role| {
            or_dash(role.mode.as_ref().map(RoleMode::as_str))
        }),
        Column::computed("all", "Every user", |role: &Role| yes_or_no(role.allow_all)).cell(|role: &Role| {
            match role.allow_all {
                Some(true) => view! { <Badge tone=Tone::Warning text="Yes"/> }.into_any(),
                answer => yes_or_no(answer).into_any(),
            }
        }),
    ];
    let list = List::new("/policy/roles", ("role", "roles"), columns);
    let lead =
        "Users and groups that get the same access to data. They are not the roles of the portal's accounts.";
    let kind = (&ROLES, Action::CreatePolicyRole);
    Ok(page_of(&context, kind, lead, list, rows))
}

/// `/policy/masks`
pub async fn masks(context: RequestContext) -> PageResult {
    let rows = policy::masks(&begin(&context).await?).await?;
    let columns = vec![
        name_column(&MASKS, NAME, |mask: &Mask| mask.uid.as_str(), |mask| &mask.name),
        Column::text("description", "Description", |mask: &Mask| {
            mask.description.as_deref().unwrap_or_default()
        }),
        Column::computed("hides", "Hides", hides),
        Column::computed("character", "Character", |mask: &Mask| {
            or_dash(mask.character.as_deref())
        }),
    ];
    let list = List::new("/policy/masks", ("mask", "masks"), columns);
    let lead = "A mask hides characters of a value when it is unprotected.";
    let kind = (&MASKS, Action::CreateMask);
    Ok(page_of(&context, kind, lead, list, rows))
}

/// The characters that a mask hides, in words.
pub(super) fn hides(mask: &Mask) -> String {
    let (Some(left), Some(right), Some(masked)) = (mask.from_left, mask.from_right, mask.masked) else {
        return "—".to_owned();
    };
    let ends = match (left, right) {
        (0, 0) if masked => return "no characters".to_owned(),
        (0, 0) => return "all characters".to_owned(),
        (left, 0) => format!("the first {left}"),
        (0, right) => format!("the last {right}"),
        (left, right) => format!("the first {left} and the last {right}"),
    };
    if !masked {
        return format!("all characters but {ends}");
    }
    // Of both ends, the one that is named last decides.
    let is_one = if right == 0 { left == 1 } else { right == 1 };
    format!("{ends} character{}", if is_one { "" } else { "s" })
}

/// `/policy/alphabets`
pub async fn alphabets(context: RequestContext) -> PageResult {
    let rows = policy::alphabets(&begin(&context).await?).await?;
    let columns = vec![
        name_column(
            &ALPHABETS,
            ("label", "Label"),
            |alphabet: &Alphabet| alphabet.uid.as_str(),
            |alphabet| &alphabet.label,
        ),
        Column::computed("ranges", "Ranges", |alphabet: &Alphabet| {
            let ranges = alphabet.ranges.as_ref();
            or_dash(
                ranges
                    .map(|ranges| {
                        let ranges = ranges.iter();
                        let words = ranges.map(|range| format!("{}–{}", range.from, range.to));
                        words.collect::<Vec<_>>().join(", ")
                    })
                    .as_deref(),
            )
        }),
        Column::computed("characters", "Single characters", |alphabet: &Alphabet| {
            let points = alphabet.code_points.as_ref();
            or_dash(
                points
                    .map(|points| {
                        let words = points.iter().map(ToString::to_string);
                        words.collect::<Vec<_>>().join(", ")
                    })
                    .as_deref(),
            )
        }),
    ];
    let list = List::new("/policy/alphabets", ("alphabet", "alphabets"), columns);
    let lead = "The characters that a Unicode token is made of, as hexadecimal code points.";
    let kind = (&ALPHABETS, Action::CreateAlphabet);
    Ok(page_of(&context, kind, lead, list, rows))
}

/// `/policy/data-elements`
pub async fn data_elements(context: RequestContext) -> PageResult {
    let rows = policy::data_elements(&begin(&context).await?).await?;
    let columns = vec![
        name_column(
            &DATA_ELEMENTS,
            NAME,
            |element: &DataElement| element.uid.as_str(),
            |element| &element.name,
        ),
        Column::text("description", "Description", |element: &DataElement| {
            element.description.as_deref().unwrap_or_default()
        }),
        Column::computed("method", "Method", |element: &DataElement| {
            or_dash(element.method.as_ref().map(ProtectionMethod::key))
        }),
        Column::computed("clear", "In clear", |_: &DataElement| "Who sees it".to_owned())
            .link(|element| links::who_sees(&element.uid))
            .unsorted(),
    ];
    let list = List::new(
        "/policy/data-elements",
        ("data element", "data elements"),
        columns,
    );
    let lead = "How each kind of value is protected. Once it is created, only its description can change.";
    let kind = (&DATA_ELEMENTS, Action::CreateDataElement);
    Ok(page_of(&context, kind, lead, list, rows))
}

/// `/policy/policies`
pub async fn policies(context: RequestContext) -> PageResult {
    let rows = policy::policies(&begin(&context).await?).await?;
    let columns = vec![
        Column::text("name", "Name", |policy: &Policy| policy.name.as_str())
            .link(|policy| links::policy(&policy.uid)),
        Column::text("description", "Description", |policy: &Policy| {
            policy.description.as_deref().unwrap_or_default()
        }),
    ];
    let list = List::new("/policy/policies", ("policy", "policies"), columns);
    let lead = "The rules that say which role may protect and unprotect which data element.";
    let denied = context.denied(Action::CreatePolicy);
    let new = view! { <LinkButton label="New policy" href="/policy/policies/new" icon=Some("plus") primary=true denied/> };
    Ok(page(&context, "Policies", lead, list, rows).actions(new))
}

/// `/policy/applications`
pub async fn applications(context: RequestContext) -> PageResult {
    let rows = policy::applications(&begin(&context).await?).await?;
    let columns = vec![
        name_column(
            &APPLICATIONS,
            NAME,
            |application: &Application| application.uid.as_str(),
            |application| &application.name,
        ),
        Column::text("description", "Description", |application: &Application| {
            application.description.as_deref().unwrap_or_default()
        }),
        Column::computed("program", "Program", |application: &Application| {
            or_dash(application.application_name.as_deref())
        }),
        Column::computed("user", "System user", |application: &Application| {
            or_dash(application.application_user.as_deref())
        }),
    ];
    let list = List::new(
        "/policy/applications",
        ("trusted application", "trusted applications"),
        columns,
    );
    let lead = "Programs that may call a protector, each with the system user that it runs as.";
    let kind = (&APPLICATIONS, Action::CreateApplication);
    Ok(page_of(&context, kind, lead, list, rows))
}

/// A data store with the policies that are deployed on it.
#[derive(Clone)]
struct StoreRow {
    store: DataStore,
    /// `None` where it is not known.
    deployed: Option<Vec<String>>,
}

/// `/policy/data-stores`
pub async fn data_stores(context: RequestContext) -> PageResult {
    let operation = begin(&context).await?;
    let (stores, policies) =
        futures::try_join!(policy::data_stores(&operation), policy::policies(&operation))?;
    let deployed = policy::deployed_or_unknown(&operation).await?;
    let rows = stores.into_iter().map(|store| StoreRow {
        deployed: names_of_deployed(deployed.as_ref(), &store, &policies),
        store,
    });
    let columns = vec![
        name_column(
            &DATA_STORES,
            NAME,
            |row: &StoreRow| row.store.uid.as_str(),
            |row| &row.store.name,
        ),
        Column::text("description", "Description", |row: &StoreRow| {
            row.store.description.as_deref().unwrap_or_default()
        }),
        Column::computed("default", "Default", |row: &StoreRow| {
            yes_or_no(row.store.is_default)
        }),
        Column::computed("deployed", "Deployed policies", |row: &StoreRow| {
            names_in_cell(row.deployed.as_deref())
        }),
    ];
    let list = List::new("/policy/data-stores", ("data store", "data stores"), columns);
    let lead = "Groups of protectors. The default one serves the protectors that no other lists.";
    let kind = (&DATA_STORES, Action::CreateDataStore);
    Ok(page_of(&context, kind, lead, list, rows.collect()))
}

/// The names of the policies on a data store. A store that the cluster does not list has none; what cannot be read is
/// not known.
pub(super) fn names_of_deployed(
    deployed: Option<&DeploymentInfo>,
    store: &DataStore,
    policies: &[Policy],
) -> Option<Vec<String>> {
    let stores = deployed?.stores()?;
    let Some(store) = stores.iter().find(|row| row.data_store == store.uid) else {
        return Some(Vec::new());
    };
    let name = |uid: &PolicyUid| policy::name_of(policies, uid.as_str());
    Some(store.policies.as_ref()?.iter().map(name).collect())
}

#[cfg(test)]
mod tests {
    use protegrity::pim::DeployedStore;

    use super::*;

    #[test]
    fn what_is_not_known_is_not_told_as_nothing() {
        let store = DataStore {
            uid: "1".into(),
            ..DataStore::default()
        };
        let policies = [Policy {
            uid: "1".into(),
            name: "customers".to_owned(),
            ..Policy::default()
        }];
        let info = |policies: Option<&[&str]>| {
            DeploymentInfo::Stores(vec![DeployedStore {
                data_store: "1".into(),
                policies: policies.map(|uids| uids.iter().map(|uid| (*uid).into()).collect()),
                ..DeployedStore::default()
            }])
        };
        let names = |deployed: Option<&DeploymentInfo>| names_of_deployed(deployed, &store, &policies);
        assert_eq!(names(None), None);
        assert_eq!(names(Some(&info(None))), None);
        assert_eq!(names(Some(&info(Some(&[])))), Some(Vec::new()));
        let both = Some(vec!["customers".to_owned(), "uid 7".to_owned()]);
        assert_eq!(names(Some(&info(Some(&["1", "7"])))), both);
        let none = DeploymentInfo::Stores(Vec::new());
        assert_eq!(names(Some(&none)), Some(Vec::new()));
    }

    #[test]
    fn a_mask_says_what_it_hides() {
        let check = |left, right, masked, expected: &str| {
            let mask = Mask {
                from_left: Some(left),
                from_right: Some(right),
                masked,
                ..Mask::default()
            };
            assert_eq!(hides(&mask), expected);
        };
        check(2, 4, Some(true), "the first 2 and the last 4 characters");
        check(2, 0, Some(true), "the first 2 characters");
        check(2, 1, Some(true), "the first 2 and the last 1 character");
        check(0, 1, Some(true), "the last 1 character");
        check(0, 0, Some(true), "no characters");
        check(2, 4, Some(false), "all characters but the first 2 and the last 4");
        check(0, 4, Some(false), "all characters but the last 4");
        check(6, 0, Some(false), "all characters but the first 6");
        check(0, 0, Some(false), "all characters");
        check(2, 4, None, "—");
    }
}
