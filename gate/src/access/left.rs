//! Who is left to manage users after a change: the question before a change that could lock everybody out.
//!
//! Somebody who cannot sign in cannot manage anything, so what counts is an open account with the permission to
//! manage users and the one to be given a token.

use std::{collections::HashSet, time::Duration};

use futures::{StreamExt, stream};
use protegrity::{ErrorKind, Group, Role, User, UserId, permissions as known};

use super::{
    Change, Person,
    change::Effect,
    review::Ways,
    scan::{AT_ONCE, read_one},
};
use crate::{directory::Index, error::GateError, passage::Passage, permissions::Verdict};

/// How many users are read at most.
const MOST_READS: usize = 500;

/// How long is read at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who could manage users after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// The person who makes the change, and perhaps others.
    Yourself,
    /// Not the person who makes it, but somebody else.
    Others,
    /// Nobody at all.
    Nobody,
    /// This could not be found out, or not soon enough.
    Unknown,
}

/// Everything after the change.
pub(super) struct After<'a> {
    change: &'a Change,
    effect: Effect<'a>,
    roles: Vec<Role>,
    groups: Vec<Group>,
    /// Whether the groups could be read.
    knows_groups: bool,
    /// The groups before the change.
    groups_before: Vec<Group>,
}

/// Whom to read, and what it means when none of them can manage users.
struct Candidates {
    ids: Vec<UserId>,
    /// They are all who could.
    are_all: bool,
}

/// Whether anybody could still manage users after this change.
pub(crate) async fn who_is_left(passage: &Passage, change: &Change) -> Result<Left, GateError> {
    // Afresh: what a copy of some minutes ago says is not enough to go by here.
    let (roles, groups, me) = futures::try_join!(
        async { readable(passage.roles(true).await) },
        async { readable(passage.groups(true).await) },
        myself(passage),
    )?;
    let Some(roles) = roles else {
        return Ok(Left::Unknown);
    };
    let groups = groups.map(|listing| Vec::clone(&listing.groups));
    let after = After::new(change, &roles, groups);
    let mine = me.as_ref().map_or(Verdict::Unknown, |me| after.verdict(me));
    if mine == Verdict::Granted {
        return Ok(Left::Yourself);
    }
    let Some(index) = readable(passage.directory().index(passage, false).await)? else {
        return Ok(Left::Unknown);
    };
    let candidates = after.candidates(passage, &index);
    let searched = tokio::time::timeout(PATIENCE, after.search(passage, &candidates.ids)).await;
    Ok(match searched {
        Ok(Ok(Verdict::Granted)) => Left::Others,
        Ok(Ok(Verdict::Missing)) if candidates.are_all && mine == Verdict::Missing => Left::Nobody,
        Ok(Err(error)) => return Err(error),
        Ok(Ok(_)) | Err(_) => Left::Unknown,
    })
}

/// What was read; `None` where this person may not read it.
pub(super) fn readable<T>(read: Result<T, GateError>) -> Result<Option<T>, GateError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(GateError::Cluster(error))
            if matches!(error.kind(), ErrorKind::Forbidden | ErrorKind::NotFound) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The signed-in person as the cluster has them now; `None` where that is not told.
async fn myself(passage: &Passage) -> Result<Option<Person>, GateError> {
    let profile = &passage.visitor().profile;
    let id = match &profile.user_id {
        Some(id) => Some(id.clone()),
        None => readable(passage.user_named(&profile.user_name).await)?
            .flatten()
            .map(|user| user.id),
    };
    let Some(id) = id else { return Ok(None) };
    Ok(readable(read_one(passage.clone(), id).await)?.flatten())
}

/// What it takes to manage users: each of the two may come another way.
struct Needed<'a> {
    managing: Ways<'a>,
    signing_in: Ways<'a>,
}

impl<'a> Needed<'a> {
    fn new(roles: &'a [Role], groups: &'a [Group]) -> Self {
        let to = |permission| {
            Ways::new(roles, groups, move |name| {
                known::implies(name.as_str(), permission)
            })
        };
        Self {
            managing: to(known::USER_MANAGER_ADMIN),
            signing_in: to(known::CAN_CREATE_TOKEN),
        }
    }

    /// Whether this person has both.
    fn verdict(&self, person: &Person) -> Verdict {
        match [self.managing.verdict(person), self.signing_in.verdict(person)] {
            [Verdict::Granted, Verdict::Granted] => Verdict::Granted,
            [Verdict::Missing, _] | [_, Verdict::Missing] => Verdict::Missing,
            _ => Verdict::Unknown,
        }
    }
}

impl<'a> After<'a> {
    /// The groups are `None` where they may not be read.
    pub fn new(change: &'a Change, roles: &[Role], groups: Option<Vec<Group>>) -> Self {
        let knows_groups = groups.is_some();
        let groups_before = groups.unwrap_or_default();
        Self {
            change,
            effect: Effect::of(change),
            roles: change.roles(roles),
            groups: change.groups(&groups_before, None),
            knows_groups,
            groups_before,
        }
    }

    /// What gives the right to manage users, and to sign in for it.
    fn needed<'s>(&'s self, groups: &'s [Group]) -> Needed<'s> {
        Needed::new(&self.roles, groups)
    }

    /// Whether this person, as they are before the change, can manage users after it.
    pub fn verdict(&self, before: &Person) -> Verdict {
        // The groups know whom the change is about by name, which is known only now.
        if self.change.user() == Some(&before.id) {
            let groups = self.change.groups(&self.groups_before, Some(&before.user_name));
            return self.verdict_of(&self.needed(&groups), before);
        }
        self.verdict_of(&self.needed(&self.groups), before)
    }

    fn verdict_of(&self, needed: &Needed<'_>, before: &Person) -> Verdict {
        let mut person = before.clone();
        if !self.effect.alter(&mut person) || !person.enabled {
            return Verdict::Missing;
        }
        match needed.verdict(&person) {
            Verdict::Missing if !self.knows_groups => Verdict::Unknown,
            verdict => verdict,
        }
    }

    /// Whom to read: those who could at the last reading of everybody, if that was lately, or else all whose
    /// account is open, first those whose groups would do.
    fn candidates(&self, passage: &Passage, index: &Index) -> Candidates {
        let needed = self.needed(&self.groups);
        if let Some(read) = passage.access_desk().read() {
            let profile = &passage.visitor().profile;
            let others = read.people.iter();
            let others = others.filter(|person| !profile.is_of(&person.id, &person.user_name));
            let verdicts: Vec<_> = others
                .map(|person| (self.verdict_of(&needed, person), &person.id))
                .collect();
            let is = |wanted| verdicts.iter().filter(move |(verdict, _)| *verdict == wanted);
            let ids: Vec<_> = is(Verdict::Granted).map(|(_, id)| UserId::clone(id)).collect();
            let is_told = read.unread == 0 && is(Verdict::Unknown).next().is_none();
            return Candidates {
                are_all: is_told && ids.len() <= MOST_READS,
                ids,
            };
        }
        let likely: HashSet<_> = needed.managing.members_who_have().collect();
        let others = index.users().filter(|user| user.enabled.unwrap_or(true));
        let others = others.filter(|user: &User| !passage.is_self(user));
        let (mut first, rest): (Vec<_>, Vec<_>) =
            others.partition(|user| likely.contains(user.username.to_lowercase().as_str()));
        first.extend(rest);
        Candidates {
            are_all: first.len() <= MOST_READS,
            ids: first.into_iter().map(|user| user.id).collect(),
        }
    }

    /// Reads these users until one can manage users after the change. It is unknown where some could not
    /// be read, or nothing is known of what they hold.
    async fn search(&self, passage: &Passage, ids: &[UserId]) -> Result<Verdict, GateError> {
        let needed = self.needed(&self.groups);
        let reads = ids.iter().take(MOST_READS).cloned();
        let reads = reads.map(|id| read_one(passage.clone(), id));
        let mut reads = stream::iter(reads).buffer_unordered(AT_ONCE);
        let mut verdict = Verdict::Missing;
        while let Some(read) = reads.next().await {
            let of_one = match read {
                Ok(Some(person)) if self.change.user() == Some(&person.id) => self.verdict(&person),
                Ok(Some(person)) => self.verdict_of(&needed, &person),
                Err(GateError::Cluster(error)) if error.kind() == ErrorKind::NotFound => Verdict::Missing,
                Ok(None) | Err(GateError::Cluster(_)) => Verdict::Unknown,
                Err(error) => return Err(error),
            };
            match of_one {
                Verdict::Granted => return Ok(Verdict::Granted),
                Verdict::Unknown => verdict = Verdict::Unknown,
                Verdict::Missing => {}
            }
        }
        Ok(verdict)
    }
}
