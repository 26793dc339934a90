//! The holders of a role, as far as the session may see them.

use gate::{Operation, OperationError, Permission};
use protegrity::{Group, RoleName, permissions as known};

use crate::{
    Error, Services,
    access::{AccessReview, KnownAccess, Person, known_access},
};

/// The holders of a role.
#[derive(Debug)]
pub struct Holders {
    /// The groups that give it to their members.
    pub groups: Result<Vec<Group>, Error>,
    /// The users who have it.
    pub users: UserHolders,
}

/// The users who have a role, as far as they are known.
#[derive(Debug)]
pub enum UserHolders {
    /// These.
    Read {
        /// The users, once for each path by which they have it: the group that gives it, or `None` where it is held
        /// directly.
        users: Vec<(Person, Option<String>)>,
        /// How many users could not be read and may have it too.
        unread: usize,
    },
    /// The users are being read.
    Scanning,
    /// The cluster has too many users to be read for this.
    TooMany,
    /// The users may not or cannot be read.
    Unknown,
}

impl Holders {
    /// Whether it is known that no group and no user has the role.
    pub fn are_none(&self) -> bool {
        let no_group = self.groups.as_ref().is_ok_and(Vec::is_empty);
        no_group && matches!(&self.users, UserHolders::Read { users, unread: 0 } if users.is_empty())
    }
}

/// The groups and users that have this role.
pub async fn holders(services: &Services, operation: &Operation, role: &RoleName) -> Holders {
    let (groups, users) = futures::join!(
        groups(services, operation, role),
        users(services, operation, role)
    );
    Holders {
        groups,
        users: users.unwrap_or_else(|error| {
            tracing::warn!(%error, "the holders of a role could not be read");
            UserHolders::Unknown
        }),
    }
}

async fn groups(services: &Services, operation: &Operation, role: &RoleName) -> Result<Vec<Group>, Error> {
    if operation.lacks(Permission::protegrity(known::GROUP_VIEWER)) {
        return Err(Error::refused(
            "The groups with this role are not shown.",
            format!("Needs the permission {}.", known::GROUP_VIEWER),
        ));
    }
    let listing = services.directory.groups(operation, false).await?;
    let has_role = |group: &&Group| group.roles.iter().flatten().any(|held| held == role);
    Ok(listing.groups.iter().filter(has_role).cloned().collect())
}

async fn users(
    services: &Services,
    operation: &Operation,
    role: &RoleName,
) -> Result<UserHolders, OperationError> {
    Ok(match known_access(services, operation, false).await? {
        KnownAccess::Read(review) => with_role(&review, role),
        KnownAccess::Scanning(_) => UserHolders::Scanning,
        KnownAccess::NotCounted => UserHolders::TooMany,
        KnownAccess::NotVisible => UserHolders::Unknown,
    })
}

fn with_role(review: &AccessReview, role: &RoleName) -> UserHolders {
    let users = review.with_role(role.as_str()).into_iter();
    UserHolders::Read {
        users: users.map(|(person, via)| (person.clone(), via)).collect(),
        unread: review.unread,
    }
}
