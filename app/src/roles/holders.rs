//! Who has a role, as far as this person may see it.

use gate::{AccessReview, AccessState, Action, GateError, Passage, UserQuery};
use protegrity::{Group, RoleName, UserId, permissions as known};

use crate::{
    error::{ErrorKind, PortalError},
    ui::missing_permission,
    visit::Visit,
};

/// The most users of a cluster whose roles are read for the page of a role: the list of users tells no roles,
/// so each takes a call (notes on the reference, row 27). The access review has time for more.
const MOST_READ: usize = 500;

/// Who has a role.
pub(super) struct Holders {
    /// The groups that give it to their members.
    pub groups: Result<Vec<Group>, PortalError>,
    /// The users who have it.
    pub users: Users,
}

/// What is known of the users who have a role.
pub(super) enum Users {
    /// These have it, and perhaps some of so many who could not be read.
    Read(Vec<Holder>, usize),
    /// Everybody is being read.
    Reading,
    /// They are too many to be read for this.
    Many,
    /// They may not or cannot be read.
    Unknown,
}

/// A user who has a role.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub id: UserId,
    pub user_name: String,
    pub name: String,
    /// The group that it comes from; none when it is the user's own.
    pub via: Option<String>,
}

impl Holders {
    /// Whether it is known that nobody has it.
    pub(super) fn is_nobody(&self) -> bool {
        let no_group = self.groups.as_ref().is_ok_and(Vec::is_empty);
        no_group && matches!(&self.users, Users::Read(users, 0) if users.is_empty())
    }
}

/// Who has this role: groups and users, asked for at the same time.
pub(super) async fn holders(visit: &Visit, passage: &Passage, role: &RoleName) -> Holders {
    let (groups, users) = futures::join!(groups(visit, passage, role), users(passage, role));
    Holders { groups, users }
}

async fn groups(visit: &Visit, passage: &Passage, role: &RoleName) -> Result<Vec<Group>, PortalError> {
    if passage.lacks(known::GROUP_VIEWER) {
        return Err(
            PortalError::new(ErrorKind::Forbidden, "Which groups have this role is not shown.")
                .with_detail(missing_permission::<RoleName>(known::GROUP_VIEWER, &[])),
        );
    }
    let listing = passage.groups(false).await;
    let listing = listing.map_err(|error| visit.explain(Action::ListGroups, &error))?;
    let having = |group: &&Group| group.roles.iter().flatten().any(|held| held == role);
    Ok(listing.groups.iter().filter(having).cloned().collect())
}

async fn users(passage: &Passage, role: &RoleName) -> Users {
    if passage.lacks(known::USER_MANAGER_VIEWER) || passage.lacks(known::GROUP_VIEWER) {
        return Users::Unknown;
    }
    read(passage, role).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "who has a role could not be read");
        Users::Unknown
    })
}

async fn read(passage: &Passage, role: &RoleName) -> Result<Users, GateError> {
    if let Some(review) = passage.access_if_read().await? {
        return Ok(having(&review, role));
    }
    if passage.users(&UserQuery::default()).await?.total > MOST_READ {
        return Ok(Users::Many);
    }
    Ok(match passage.access(false).await? {
        AccessState::Ready(review) => having(&review, role),
        AccessState::Reading(_) => Users::Reading,
    })
}

fn having(review: &AccessReview, role: &RoleName) -> Users {
    let having = review.with_role(role.as_str()).into_iter();
    let holders = having.map(|(person, via)| Holder {
        id: person.id.clone(),
        user_name: person.user_name.clone(),
        name: person.name.clone(),
        via,
    });
    Users::Read(holders.collect(), review.unread)
}
