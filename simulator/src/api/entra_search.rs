//! Searches in Entra ID by the stored configuration (reference, lines 2598-2654 and 2726-2836).

use super::{
    paging::{Page, Paging},
    users::READ,
};
use crate::{
    Simulator,
    body::Fields,
    clock::timestamp,
    refusal::Refusal,
    world::{Caller, EntraGroup, EntraUser},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Query, State},
    routing::post,
};
use serde::Serialize;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/federation/entra/users/search", post(users))
        .route("/federation/entra/groups/search", post(groups))
        .route("/federation/entra/groups/members/search", post(members))
}

/// What was looked for, in lower case; the empty text is part of everything.
struct Wanted {
    said: Option<String>,
    text: String,
}

impl Wanted {
    fn new(said: Option<String>) -> Self {
        let text = said.as_deref().unwrap_or_default().to_lowercase();
        Self { said, text }
    }

    /// Null stands for everybody (reference, line 2609), so the field has to be there.
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Fields::parse(body)?;
        let said = fields.nullable("searchQuery");
        fields.finish()?;
        Ok(Self::new(said))
    }

    /// In the words of the one sample that has any (reference, line 2642).
    fn message(&self, found: usize, what: &str) -> String {
        match &self.said {
            Some(said) => format!("Found {found} {what} matching '{said}'"),
            None => format!("Found {found} {what}"),
        }
    }
}

/// The total counts all that match, the rows are those of the page.
fn cut<T>(found: &[T], page: Page) -> impl Iterator<Item = &T> {
    found.iter().skip(page.first).take(page.max)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UsersFound {
    status: &'static str,
    message: String,
    users: Vec<EntraUser>,
    total_count: usize,
    search_timestamp: String,
}

async fn users(
    State(simulator): State<Simulator>,
    caller: Caller,
    Query(paging): Query<Paging>,
    body: Bytes,
) -> Result<Json<UsersFound>, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    let page = paging.page()?;
    let wanted = Wanted::read(&body)?;
    let all = world.entra.reach()?.users.iter();
    let found: Vec<_> = all.filter(|user| user.matches(&wanted.text)).collect();
    Ok(Json(UsersFound {
        status: "success",
        message: wanted.message(found.len(), "users"),
        users: cut(&found, page).copied().cloned().collect(),
        total_count: found.len(),
        search_timestamp: timestamp(),
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupsFound {
    status: &'static str,
    message: String,
    groups: Vec<EntraGroup>,
    total_count: usize,
    search_timestamp: String,
}

async fn groups(
    State(simulator): State<Simulator>,
    caller: Caller,
    Query(paging): Query<Paging>,
    body: Bytes,
) -> Result<Json<GroupsFound>, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    let page = paging.page()?;
    let wanted = Wanted::read(&body)?;
    let all = world.entra.reach()?.groups.iter();
    let found: Vec<_> = all.filter(|group| group.matches(&wanted.text)).collect();
    Ok(Json(GroupsFound {
        status: "success",
        message: wanted.message(found.len(), "groups"),
        groups: cut(&found, page).copied().cloned().collect(),
        total_count: found.len(),
        search_timestamp: timestamp(),
    }))
}

/// The fields in the order of the sample (reference, line 2820).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MembersFound {
    status: &'static str,
    message: String,
    group_id: String,
    group_name: String,
    members: Vec<EntraUser>,
    total_count: usize,
    search_timestamp: String,
}

/// The query is left out for all of them, and never null (reference, line 2793); there are no pages (notes, section 6,
/// no. 59).
async fn members(
    State(simulator): State<Simulator>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<MembersFound>, Refusal> {
    let world = simulator.world();
    world.require(&caller, READ)?;
    let mut fields = Fields::parse(&body)?;
    let group_id = fields.required("groupId");
    let wanted = Wanted::new(fields.absent_or_text("searchQuery"));
    fields.finish()?;
    let tenant = world.entra.reach()?;
    let group = tenant.group(&group_id)?;
    let members = tenant.members(group).filter(|user| user.matches(&wanted.text));
    let members: Vec<_> = members.cloned().collect();
    Ok(Json(MembersFound {
        status: "success",
        message: wanted.message(members.len(), "members"),
        group_id,
        group_name: group.display_name.clone(),
        total_count: members.len(),
        members,
        search_timestamp: timestamp(),
    }))
}
