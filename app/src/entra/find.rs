//! Finding users and groups of Entra ID for the picker, as one types.

use leptos::prelude::*;
use serde::Serialize;

use super::{
    chosen::{Item, What},
    search::{bounded, some_groups, some_users},
    trouble::Trouble,
};
use crate::{
    error::PortalError,
    flash::Done,
    ui::Pick,
    visit::{Visit, visit},
};

/// How many are shown; whoever wants another one types more.
const SHOWN: usize = 20;

/// How many are asked for, to say how many more there are. Nothing counts them all (notes, row 60).
const ASKED: u32 = 100;

/// What was found, for the picker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Offer {
    /// The first ones.
    pub found: Vec<Pick>,
    /// How many more came.
    pub more: usize,
}

impl Offer {
    /// What cannot be imported is not offered.
    fn of(items: impl Iterator<Item = Item>) -> Self {
        let importable = items.filter(|item| item.key().is_some());
        let mut found: Vec<Pick> = importable.map(|item| item.pick()).collect();
        let more = found.len().saturating_sub(SHOWN);
        found.truncate(SHOWN);
        Self { found, more }
    }
}

/// Users of Entra ID that match (`POST /federation/entra/users/search`).
#[server(prefix = "/api", endpoint = "entra/find/users")]
pub async fn find_entra_users(#[server(default)] q: String) -> Result<(), PortalError> {
    let visit = visit();
    let offer = offered(&visit, What::Users, &q).await;
    visit.done(Done::answer(&offer.map_err(Trouble::into_error)?));
    Ok(())
}

/// Groups of Entra ID that match (`POST /federation/entra/groups/search`).
#[server(prefix = "/api", endpoint = "entra/find/groups")]
pub async fn find_entra_groups(#[server(default)] q: String) -> Result<(), PortalError> {
    let visit = visit();
    let offer = offered(&visit, What::Groups, &q).await;
    visit.done(Done::answer(&offer.map_err(Trouble::into_error)?));
    Ok(())
}

/// What matches; an empty search matches all (notes, row 58).
pub(super) async fn offered(visit: &Visit, what: What, q: &str) -> Result<Offer, Trouble> {
    let q = bounded(q);
    Ok(match what {
        What::Users => Offer::of(some_users(visit, &q, 0, ASKED).await?.into_iter().map(Item::User)),
        What::Groups => Offer::of(
            some_groups(visit, &q, 0, ASKED)
                .await?
                .into_iter()
                .map(Item::Group),
        ),
    })
}

#[cfg(test)]
mod tests {
    use protegrity::EntraUser;

    use super::*;

    #[test]
    fn so_many_are_shown_and_the_others_counted() {
        let user = |at: usize| {
            Item::User(EntraUser {
                email: (at > 0).then(|| format!("{at}@example.com")),
                ..EntraUser::default()
            })
        };
        let offer = Offer::of((0..31).map(user));
        assert_eq!((offer.found.len(), offer.more), (20, 10), "one has no name");
        assert_eq!(offer.found[0].label, "1@example.com");
        assert_eq!(Offer::of((0..3).map(user)).more, 0);
    }
}
