//! Searches in Entra ID with the stored configuration (reference, lines 2598-2654 and 2726-2836).

use super::{
    paging::{Page, Paging},
    users::READ,
};
use crate::{
    Simulator,
    auth::Caller,
    body::Fields,
    clock::timestamp,
    refusal::Refusal,
    state::{EntraGroup, EntraUser},
};
use axum::{Json, Router, body::Bytes, extract::Query, routing::post};
use serde::Serialize;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/federation/entra/users/search", post(users))
        .route("/federation/entra/groups/search", post(groups))
        .route("/federation/entra/groups/members/search", post(members))
}

/// A search text as sent, and in lower case. The empty text matches everything.
struct SearchQuery {
    sent: Option<String>,
    text: String,
}

impl SearchQuery {
    fn new(sent: Option<String>) -> Self {
        let text = sent.as_deref().unwrap_or_default().to_lowercase();
        Self { sent, text }
    }

    /// Reads the mandatory field `searchQuery`, in which null matches everything (reference, line 2609).
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        Fields::read(body, |fields| Self::new(fields.nullable("searchQuery")))
    }

    /// The message, as in the only sample that has one (reference, line 2642).
    fn message(&self, found: usize, what: &str) -> String {
        match &self.sent {
            Some(sent) => format!("Found {found} {what} matching '{sent}'"),
            None => format!("Found {found} {what}"),
        }
    }
}

/// The rows of a page. `totalCount` counts the rows of all pages.
fn page_of<T>(found: &[T], page: Page) -> impl Iterator<Item = &T> {
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
    caller: Caller,
    Query(paging): Query<Paging>,
    body: Bytes,
) -> Result<Json<UsersFound>, Refusal> {
    let state = caller.authorize(READ)?;
    let page = paging.page()?;
    let query = SearchQuery::read(&body)?;
    let all = state.entra.connected_tenant()?.users.iter();
    let found: Vec<_> = all.filter(|user| user.matches(&query.text)).collect();
    Ok(Json(UsersFound {
        status: "success",
        message: query.message(found.len(), "users"),
        users: page_of(&found, page).copied().cloned().collect(),
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
    caller: Caller,
    Query(paging): Query<Paging>,
    body: Bytes,
) -> Result<Json<GroupsFound>, Refusal> {
    let state = caller.authorize(READ)?;
    let page = paging.page()?;
    let query = SearchQuery::read(&body)?;
    let all = state.entra.connected_tenant()?.groups.iter();
    let found: Vec<_> = all.filter(|group| group.matches(&query.text)).collect();
    Ok(Json(GroupsFound {
        status: "success",
        message: query.message(found.len(), "groups"),
        groups: page_of(&found, page).copied().cloned().collect(),
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

/// Searches the members of a group. Without the query it finds all of them; null is an error (reference, line 2793).
/// There are no pages (notes, section 6, no. 59).
async fn members(caller: Caller, body: Bytes) -> Result<Json<MembersFound>, Refusal> {
    let state = caller.authorize(READ)?;
    let (group_id, query) = Fields::read(&body, |fields| {
        let group_id = fields.required("groupId");
        (group_id, SearchQuery::new(fields.absent_or_text("searchQuery")))
    })?;
    let tenant = state.entra.connected_tenant()?;
    let group = tenant.group(&group_id)?;
    let members = tenant.members(group).filter(|user| user.matches(&query.text));
    let members: Vec<_> = members.cloned().collect();
    Ok(Json(MembersFound {
        status: "success",
        message: query.message(members.len(), "members"),
        group_id,
        group_name: group.display_name.clone(),
        total_count: members.len(),
        members,
        search_timestamp: timestamp(),
    }))
}
