//! What is in Microsoft Entra ID: searching it, and importing from it (reference lines 2598-2902).

use http::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use upstream::{Call, Endpoint, Error, check_all_filled, check_filled, non_empty, put};

use crate::{Alias, EntraGroup, EntraUser, ImportOutcome, RoleName};

use super::{Authorized, auth_path, endpoint};

/// One user to import. What the user has not is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntraUserImport {
    /// Needs a [`key`](EntraUser::key).
    pub user: EntraUser,
    /// Always sent.
    pub roles: Vec<RoleName>,
    /// Aliases alone, unlike those of `POST /users` (row 21); not sent when empty.
    pub identity_providers: Vec<Alias>,
}

/// One group to import. Both names are needed, though the reference says "or" in one place (row 62).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntraGroupImport {
    pub id: String,
    pub display_name: String,
    pub description: Option<String>,
    /// Whether the group's members become users. Always sent.
    pub import_members: bool,
    /// The roles of those members. Always sent.
    pub member_roles: Vec<RoleName>,
    /// Aliases alone (row 21); not sent when empty.
    pub identity_providers: Vec<Alias>,
}

impl EntraUserImport {
    fn row(&self, endpoint: Endpoint) -> Result<Value, Error> {
        if self.user.key().is_none() {
            return Err(Error::refused(
                endpoint,
                "a user has neither principal name nor email",
            ));
        }
        check_all_filled(endpoint, "name of a role", &self.roles)?;
        let mut row = json!({"roles": self.roles});
        put(
            &mut row,
            "userPrincipalName",
            non_empty(self.user.user_principal_name.as_ref()),
        );
        put(&mut row, "email", non_empty(self.user.email.as_ref()));
        put(&mut row, "firstName", non_empty(self.user.first_name.as_ref()));
        put(&mut row, "lastName", non_empty(self.user.last_name.as_ref()));
        put_providers(endpoint, &mut row, &self.identity_providers)?;
        Ok(row)
    }
}

impl EntraGroupImport {
    fn row(&self, endpoint: Endpoint) -> Result<Value, Error> {
        check_filled(endpoint, "id of a group", &self.id)?;
        check_filled(endpoint, "display name of a group", &self.display_name)?;
        check_all_filled(endpoint, "name of a role", &self.member_roles)?;
        let mut row = json!({
            "id": self.id, "displayName": self.display_name, "importMembers": self.import_members,
            "memberRoles": self.member_roles,
        });
        put(&mut row, "description", non_empty(self.description.as_ref()));
        put_providers(endpoint, &mut row, &self.identity_providers)?;
        Ok(row)
    }
}

impl Authorized {
    /// At most `max` of Entra ID's users after the first `first`, `POST /federation/entra/users/search`
    /// (reference lines 2598-2653). No query, or a blank one, is sent as null, which asks for all (row 58).
    /// The answer's total is not to be relied on: count the rows (row 60), all of which are given as they
    /// came, so that a short page is the last.
    pub async fn search_entra_users(
        &self,
        query: Option<&str>,
        first: u32,
        max: u32,
    ) -> Result<Vec<EntraUser>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /federation/entra/users/search");
        let call = search(ENDPOINT, "/federation/entra/users/search", query, first, max);
        self.found(call, "users").await
    }

    /// At most `max` of Entra ID's groups after the first `first`, `POST /federation/entra/groups/search`
    /// (reference lines 2726-2779). Query and rows are those of
    /// [`search_entra_users`](Self::search_entra_users).
    pub async fn search_entra_groups(
        &self,
        query: Option<&str>,
        first: u32,
        max: u32,
    ) -> Result<Vec<EntraGroup>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /federation/entra/groups/search");
        let call = search(ENDPOINT, "/federation/entra/groups/search", query, first, max);
        self.found(call, "groups").await
    }

    /// The members of one of Entra ID's groups, `POST /federation/entra/groups/members/search` (reference
    /// lines 2781-2835). The id is sent as it is written: it is matched by case. There is no paging (row
    /// 59), and no query, or a blank one, is left out, which asks for all (row 58).
    pub async fn search_entra_group_members(
        &self,
        group_id: &str,
        query: Option<&str>,
    ) -> Result<Vec<EntraUser>, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /federation/entra/groups/members/search");
        check_filled(ENDPOINT, "group id", group_id)?;
        let mut body = json!({"groupId": group_id});
        put(&mut body, "searchQuery", asked(query));
        let path = auth_path("/federation/entra/groups/members/search");
        let call = Call::new(Method::POST, ENDPOINT, path).json(body);
        self.found(call, "members").await
    }

    /// Imports users, or tries whether they could be, `POST /federation/entra/users` (reference lines
    /// 2655-2724).
    pub async fn import_entra_users(
        &self,
        users: &[EntraUserImport],
        dry_run: bool,
    ) -> Result<ImportOutcome, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /federation/entra/users");
        let rows: Vec<Value> = users
            .iter()
            .map(|user| user.row(ENDPOINT))
            .collect::<Result<_, _>>()?;
        self.import(ENDPOINT, "/federation/entra/users", "users", rows, dry_run)
            .await
    }

    /// Imports groups, with their members where so asked, or tries whether they could be, `POST
    /// /federation/entra/groups` (reference lines 2837-2902).
    pub async fn import_entra_groups(
        &self,
        groups: &[EntraGroupImport],
        dry_run: bool,
    ) -> Result<ImportOutcome, Error> {
        const ENDPOINT: Endpoint = endpoint("POST /federation/entra/groups");
        let rows: Vec<Value> = groups
            .iter()
            .map(|group| group.row(ENDPOINT))
            .collect::<Result<_, _>>()?;
        self.import(ENDPOINT, "/federation/entra/groups", "groups", rows, dry_run)
            .await
    }

    /// `dryRun` is always said: left out it means the real thing.
    async fn import(
        &self,
        endpoint: Endpoint,
        path: &str,
        key: &str,
        rows: Vec<Value>,
        dry_run: bool,
    ) -> Result<ImportOutcome, Error> {
        if rows.is_empty() {
            return Err(Error::refused(endpoint, "the list to import is empty"));
        }
        let mut body = json!({"dryRun": dry_run});
        put(&mut body, key, Some(rows));
        let call = Call::new(Method::POST, endpoint, auth_path(path)).json(body);
        let answer = self.send(call).await?;
        let outcome = ImportOutcome::from(answer.value_or_null());
        Ok(ImportOutcome {
            message: answer.redacted(outcome.message),
            ..outcome
        })
    }

    /// The rows of a search. No rows from an answer that says it failed are a failure: an empty result would
    /// be a lie.
    async fn found<T: DeserializeOwned>(&self, call: Call<'_>, key: &str) -> Result<Vec<T>, Error> {
        let answer = self.send(call).await?;
        let rows = answer.list(key);
        if rows.as_ref().is_ok_and(|rows| !rows.is_empty()) {
            return rows;
        }
        // Searches say how they went in the same two fields as imports.
        let said = ImportOutcome::from(answer.value_or_null());
        if said.succeeded {
            return rows;
        }
        Err(answer.rejected(said.message))
    }
}

fn search<'a>(endpoint: Endpoint, path: &str, query: Option<&str>, first: u32, max: u32) -> Call<'a> {
    Call::new(Method::POST, endpoint, auth_path(path))
        .query(vec![("max", max.to_string()), ("first", first.to_string())])
        .json(json!({"searchQuery": asked(query)}))
}

/// A query that asks for something.
fn asked(query: Option<&str>) -> Option<&str> {
    query.map(str::trim).filter(|query| !query.is_empty())
}

fn put_providers(endpoint: Endpoint, row: &mut Value, aliases: &[Alias]) -> Result<(), Error> {
    check_all_filled(endpoint, "alias of an identity provider", aliases)?;
    put(
        row,
        "identityProviders",
        Some(aliases).filter(|aliases| !aliases.is_empty()),
    );
    Ok(())
}
