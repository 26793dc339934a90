//! Roles, their members, and the sources of members (notes section 3).

use serde_json::json;
use upstream::{Endpoint, Error, check_filled, encode_segment};

use crate::pim::{Member, NewFileSource, NewMember, NewRole, Role, RoleUid, Source, SourceType, SourceUid};

use super::{Created, Pim, endpoint};

impl Pim<'_> {
    /// All roles, `GET /pim/roles`. Rows that name nothing are left out.
    pub async fn roles(self) -> Result<Vec<Role>, Error> {
        self.objects(endpoint("GET /pim/roles"), "/roles", "roles").await
    }

    /// Creates a role, `POST /pim/roles` (reference lines 2949-2969).
    pub async fn create_role(self, role: &NewRole) -> Result<Created<RoleUid>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/roles");
        check_filled(ENDPOINT, "role's name", &role.name)?;
        check_filled(ENDPOINT, "role's mode", &role.mode)?;
        self.create(ENDPOINT, "/roles", role).await
    }

    /// The members of a role, `GET /pim/roles/{uid}/members`. Rows that name nothing are left out.
    pub async fn members(self, role: &RoleUid) -> Result<Vec<Member>, Error> {
        const ENDPOINT: Endpoint = endpoint("GET /pim/roles/{uid}/members");
        self.objects(ENDPOINT, &members_path(ENDPOINT, role)?, "members")
            .await
    }

    /// Adds members to a role, `POST /pim/roles/{uid}/members` with an array. The vendor's own client sends one member
    /// a call, which also says which one failed. A member that the role has already may be answered with 400: see
    /// [`already_exists`](crate::pim::already_exists).
    pub async fn add_members(self, role: &RoleUid, members: &[NewMember]) -> Result<(), Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/roles/{uid}/members");
        let path = members_path(ENDPOINT, role)?;
        if members.is_empty() {
            return Err(Error::refused(ENDPOINT, "there are no members to add"));
        }
        for member in members {
            check_filled(ENDPOINT, "member's name", &member.name)?;
            check_filled(ENDPOINT, "member's source", &member.source)?;
            check_filled(ENDPOINT, "member's type", &member.kind)?;
        }
        self.post(ENDPOINT, &path, json!(members)).await.map(drop)
    }

    /// All member sources, `GET /pim/sources`. Rows that name nothing are left out.
    pub async fn sources(self) -> Result<Vec<Source>, Error> {
        self.objects(endpoint("GET /pim/sources"), "/sources", "sources")
            .await
    }

    /// Creates a source of the type `FILE`, `POST /pim/sources`: the one type whose connection is known.
    pub async fn create_file_source(self, source: &NewFileSource) -> Result<Created<SourceUid>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /pim/sources");
        check_filled(ENDPOINT, "source's name", &source.name)?;
        check_filled(ENDPOINT, "file of users", &source.connection.user_file)?;
        check_filled(ENDPOINT, "file of groups", &source.connection.group_file)?;
        let body = json!({
            "name": source.name, "type": SourceType::File, "connection": source.connection,
        });
        self.create(ENDPOINT, "/sources", &body).await
    }
}

fn members_path(endpoint: Endpoint, role: &RoleUid) -> Result<String, Error> {
    let role = encode_segment(endpoint, "role's uid", role)?;
    Ok(format!("/roles/{role}/members"))
}
