//! The map of the portal's pages, made from the table of addresses: the navigation, and where an action is carried out.

use gate::Action;

/// A place in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NavigationItem {
    /// The heading that it stands under; empty for none.
    pub section: &'static str,
    /// Its words.
    pub label: &'static str,
    /// Its icon.
    pub icon: &'static str,
}

/// One address of the map.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The address, with `{name}` for a segment.
    pub path: &'static str,
    /// The action that it is.
    pub action: Action,
    /// Whether it is a page.
    pub is_page: bool,
    /// Its place in the navigation, where it has one.
    pub navigation: Option<NavigationItem>,
}

/// The map.
#[derive(Debug)]
pub struct SiteMap(Vec<Place>);

impl SiteMap {
    /// The map of these addresses.
    pub fn new(places: Vec<Place>) -> Self {
        Self(places)
    }

    /// The areas of the navigation, in their order.
    pub fn areas(&self) -> impl Iterator<Item = (&Place, NavigationItem)> {
        self.0.iter().filter_map(|place| Some((place, place.navigation?)))
    }

    /// The area of the navigation that this path lies in.
    pub fn area_of(&self, path: &str) -> Option<&'static str> {
        let holds = |area: &&'static str| {
            let rest = path.strip_prefix(*area);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.areas()
            .map(|(place, _)| place.path)
            .filter(holds)
            .max_by_key(|area| area.len())
    }

    /// The action that the address of a function is.
    pub fn action_of(&self, path: &str) -> Option<Action> {
        let place = self.0.iter().find(|place| place.path == path);
        place.map(|place| place.action)
    }

    /// The page where this action is carried out: its own, or for an action on one object the list of its area.
    pub fn page_of(&self, action: Action) -> Option<&'static str> {
        let places = || self.0.iter().filter(move |place| place.action == action);
        if let Some(whole) = places().find(|place| place.is_page && !place.path.contains('{')) {
            return Some(whole.path);
        }
        let area = places()
            .next()?
            .path
            .trim_start_matches("/api")
            .split('/')
            .nth(1)?;
        let paths = self.areas().map(|(place, _)| place.path);
        paths
            .into_iter()
            .find(|path| path.trim_start_matches('/') == area)
    }
}
