//! Groups (reference lines 1458-1733).

use http::Method;
use serde_json::json;
use upstream::{Call, Endpoint, Error, check_all_filled, check_filled, encode_segment};

use crate::{Group, GroupId, RoleName};

use super::{Authorized, auth_path, endpoint};

/// `POST /groups`. All of it is sent, as in the reference's sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewGroup {
    pub name: String,
    pub description: String,
    /// User names, not ids (row 35).
    pub members: Vec<String>,
    pub roles: Vec<RoleName>,
}

/// The outcome of a creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedGroup {
    /// `None` where the answer has none: look the group up by name.
    pub id: Option<GroupId>,
}

/// `PUT /groups`. Both lists are sent whole: whether the cluster adds to what is there or replaces it is not
/// documented (row 36). Name and description cannot be changed, nor the identity providers, though the answer
/// counts them (row 37).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupUpdate {
    pub id: GroupId,
    /// User names, not ids (row 35).
    pub members: Vec<String>,
    pub roles: Vec<RoleName>,
}

/// What the deletion of a group does with its members (row 38).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupMembers {
    /// They stay as users.
    #[default]
    Keep,
    /// Their accounts are deleted with the group, for good.
    Delete,
}

impl Authorized {
    /// At most `max` groups after the first `first`, `GET /groups` (reference lines 1462-1520). There is no
    /// total and no search: ask until a page is short (row 28).
    pub async fn groups(&self, first: u32, max: u32) -> Result<Vec<Group>, Error> {
        let query = vec![("max", max.to_string()), ("first", first.to_string())];
        let call = Call::get(endpoint("GET /groups"), auth_path("/groups")).query(query);
        self.send(call).await?.list("groups")
    }

    /// One group, `GET /groups/{group_id}` (reference lines 1630-1686).
    pub async fn group(&self, id: &GroupId) -> Result<Group, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /groups/{group_id}");
        let answer = self.get(ENDPOINT, &group_path(ENDPOINT, id)?).await?;
        let group: Group = answer.item("group")?;
        if group.id.is_empty() && group.name.is_empty() {
            return Err(answer.unreadable("the answer is no group"));
        }
        // It is the group asked for even where the answer does not repeat the id.
        Ok(if group.id.is_empty() {
            Group {
                id: id.clone(),
                ..group
            }
        } else {
            group
        })
    }

    /// Creates the group, `POST /groups` (reference lines 1522-1573). Any 2xx is success, whatever the answer
    /// says: the sample is no JSON (row 34).
    pub async fn create_group(&self, group: &NewGroup) -> Result<CreatedGroup, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /groups");
        check_filled(ENDPOINT, "group's name", &group.name)?;
        members_and_roles(ENDPOINT, &group.members, &group.roles)?;
        let call = Call::new(Method::POST, ENDPOINT, auth_path("/groups")).json(json!({
            "name": group.name, "description": group.description, "members": group.members,
            "roles": group.roles,
        }));
        let answer = self.send(call).await?;
        Ok(CreatedGroup {
            id: answer.identifier(&["group_id", "groupId", "id"]),
        })
    }

    /// Gives the group these members and roles, `PUT /groups` with the id in the body (reference lines
    /// 1575-1628; row 35). Read the group again to see whether they are all it has (row 36).
    pub async fn update_group(&self, update: &GroupUpdate) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("PUT /groups");
        encode_segment(ENDPOINT, "group id", &update.id)?;
        members_and_roles(ENDPOINT, &update.members, &update.roles)?;
        let call = Call::new(Method::PUT, ENDPOINT, auth_path("/groups")).json(json!({
            "group_id": update.id, "members": update.members, "roles": update.roles,
        }));
        self.send(call).await.map(drop)
    }

    /// Deletes the group, `DELETE /groups/{group_id}` (reference lines 1688-1733), and its members'
    /// accounts if so asked. The body is that of the sample, though the text says "no parameters" (row 38).
    pub async fn delete_group(&self, id: &GroupId, members: GroupMembers) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("DELETE /groups/{group_id}");
        let path = auth_path(&group_path(ENDPOINT, id)?);
        let call = Call::new(Method::DELETE, ENDPOINT, path)
            .json(json!({"deleteMembers": members == GroupMembers::Delete}));
        self.send(call).await.map(drop)
    }
}

fn group_path(endpoint: Endpoint, id: &GroupId) -> Result<String, Error> {
    Ok(format!("/groups/{}", encode_segment(endpoint, "group id", id)?))
}

fn members_and_roles(endpoint: Endpoint, members: &[String], roles: &[RoleName]) -> Result<(), Error> {
    check_all_filled(endpoint, "name of a member", members)?;
    check_all_filled(endpoint, "name of a role", roles)
}
