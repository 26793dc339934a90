//! The connection of a session to Proofpoint Essentials. A person gives the credentials of an administrator's account
//! once; they are tried, kept in the session's row of the vault, and forgotten with it, at a disconnect, or when
//! Proofpoint refuses them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use jiff::Timestamp;
use proofpoint::{
    Account, Authorized, Client, Error, HeaderSource, Login, NotVisible, SYSTEM, SecretHeaders, TokenFailure,
    UserType,
};
use protegrity::PermissionName;

use crate::{
    clock::Clock,
    permissions::{Permissions, Source},
    proofpoint_account::{ProofpointAccount, ProofpointCredentials, permissions},
    system::System,
    vault::{Vault, VaultError},
    vault_key::VaultKey,
};

/// An account that Proofpoint has accepted.
pub(crate) struct Accepted {
    pub credentials: ProofpointCredentials,
    pub account: ProofpointAccount,
    /// What it may do; nothing where Proofpoint does not say what it is.
    pub permissions: Permissions,
}

/// Tries credentials: finds the instance of the account's domain, and asks it who they belong to.
///
/// # Errors
/// Proofpoint's error. Where the domain is on no instance, the one that is asked first decides.
pub(crate) async fn connect(client: &Client, login: Login, now: Timestamp) -> Result<Accepted, Error> {
    let first = client.with_login(&login);
    let instances = match first.endpoints(&login.domain()).await {
        // An account can have an address of a domain that is no organisation's.
        Err(error) if NotVisible::of(&error).is_some() => Vec::new(),
        found => found?,
    };
    let there = match instances.into_iter().next() {
        Some(instance) => first.at(instance),
        None => first,
    };
    let account = there.me().await?;
    Ok(Accepted {
        account: ProofpointAccount {
            email: account.primary_email.to_string(),
            account_type: account
                .user_type
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            is_read_only: account.is_read_only,
            domain: account.organization_domain.to_string(),
            instance: there.instance().host().to_owned(),
            connected_at: now,
        },
        permissions: permissions_of(&account),
        credentials: ProofpointCredentials {
            login,
            connected_at: now,
        },
    })
}

/// What an account may do. Unknown where its type is: nothing is hidden then, and Proofpoint decides.
fn permissions_of(account: &Account) -> Permissions {
    let is_partner = account.is_partner_admin == Some(true)
        || matches!(
            account.user_type,
            Some(UserType::ChannelAdmin | UserType::StrategicPartnerAdmin | UserType::OemPartnerAdmin)
        );
    let is_admin = is_partner
        || account.is_admin == Some(true)
        || account.user_type == Some(UserType::OrganizationAdmin);
    let is_known = account.is_admin.is_some() || is_documented(account.user_type.as_ref());
    if !is_known {
        return Permissions::unknown();
    }
    let changes = account.is_read_only != Some(true);
    let held = [
        (permissions::READ, is_admin),
        (permissions::CHANGE, is_admin && changes),
        (permissions::CHILDREN, is_partner),
        (permissions::LICENSING, is_partner && changes),
    ];
    let held = held.into_iter().filter(|(_, is_held)| *is_held);
    let held: BTreeMap<_, _> = held
        .map(|(name, _)| (PermissionName::new(name), BTreeSet::from([Source::Account])))
        .collect();
    Permissions::known(System::Proofpoint, held)
}

fn is_documented(user_type: Option<&UserType>) -> bool {
    user_type.is_some_and(|user_type| UserType::KNOWN.contains(user_type))
}

/// Has the credentials of a session, from its row in the vault, as long as they are those of this account: work that
/// began with one account never goes on with another that the session is connected with meanwhile.
struct SessionLogin {
    vault: Arc<dyn Vault>,
    clock: Clock,
    key: VaultKey,
    account: Option<String>,
}

impl SessionLogin {
    async fn stored(&self) -> Result<Option<ProofpointCredentials>, Error> {
        let row = self.vault.get(self.key, self.clock.now()).await.map_err(unread)?;
        let row = row.ok_or_else(|| Error::no_token(SYSTEM, TokenFailure::NoSession))?;
        let account = row.principal.proofpoint.as_ref().map(|account| &account.email);
        let is_same = account == self.account.as_ref();
        Ok(row.proofpoint.filter(|_| is_same))
    }
}

#[async_trait]
impl HeaderSource for SessionLogin {
    async fn headers(&self) -> Result<SecretHeaders, Error> {
        let stored = self.stored().await?;
        let stored = stored.ok_or_else(not_connected)?;
        Ok(stored.login.headers())
    }

    /// The account's password was changed, or the account was closed. What another request has connected with meanwhile
    /// stays.
    async fn rejected(&self, spent: &SecretHeaders, error: Error) -> Error {
        match self.stored().await {
            Ok(Some(stored)) if stored.login.headers() == *spent => {
                let removed = self.vault.remove_proofpoint(self.key, stored.connected_at).await;
                removed.map_or_else(unread, |_| not_connected())
            }
            Ok(Some(_)) => error,
            Ok(None) => not_connected(),
            Err(failure) => failure,
        }
    }
}

fn not_connected() -> Error {
    Error::no_token(SYSTEM, TokenFailure::SignInAgain)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of `map_err`")]
fn unread(error: VaultError) -> Error {
    Error::no_token(SYSTEM, TokenFailure::Store).with_cause(error.to_string())
}

/// A client with the credentials of a session while they are those of this account, at the instance that is asked
/// first.
pub(crate) fn of_session(
    client: &Client,
    vault: &Arc<dyn Vault>,
    clock: &Clock,
    key: VaultKey,
    account: Option<&ProofpointAccount>,
) -> Authorized {
    client.with_headers(Arc::new(SessionLogin {
        vault: Arc::clone(vault),
        clock: clock.clone(),
        key,
        account: account.map(|account| account.email.clone()),
    }))
}

#[cfg(test)]
mod tests {
    use proofpoint::UserType;

    use super::*;
    use crate::{permissions::Access, system::Permission};

    fn check(account: &Account, expected: [Access; 4]) {
        let permissions = permissions_of(account);
        let names = [
            permissions::READ,
            permissions::CHANGE,
            permissions::CHILDREN,
            permissions::LICENSING,
        ];
        let found = names.map(|name| permissions.check(Permission::proofpoint(name)));
        assert_eq!(found, expected, "{account:?}");
    }

    #[test]
    fn what_an_account_may_do_follows_from_its_type() {
        use Access::{Granted, Missing, Unknown};
        let account = |user_type: &str, is_read_only| Account {
            user_type: Some(UserType::from(user_type)),
            is_read_only: Some(is_read_only),
            ..Account::default()
        };
        check(
            &account("organization_admin", false),
            [Granted, Granted, Missing, Missing],
        );
        check(
            &account("organization_admin", true),
            [Granted, Missing, Missing, Missing],
        );
        check(&account("channel_admin", false), [Granted; 4]);
        check(
            &account("oem_partner_admin", true),
            [Granted, Missing, Granted, Missing],
        );
        check(&account("end_user", false), [Missing; 4]);
        check(&account("something_new", false), [Unknown; 4]);
        check(&Account::default(), [Unknown; 4]);
        let by_flags = Account {
            is_admin: Some(true),
            is_partner_admin: Some(true),
            ..Account::default()
        };
        check(&by_flags, [Granted; 4]);
    }
}
