//! What became of an import, row by row.

use gate::Action;

use super::{
    super::{
        chosen::{Item, What},
        full_name,
        plan::State,
    },
    order::{Order, Tally},
    there::{Place, There},
};
use crate::{
    error::{ErrorKind, PortalError},
    ui::{Tone, counted, csv_of},
    visit::Visit,
};

/// What became of one row, found out by asking who was there before and who is afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was not there, and is now.
    Created,
    /// It was there before.
    Before,
    /// It is not there.
    Missing,
    /// It is there; whether it was before could not be asked.
    There,
    /// Who is there could not be asked.
    Unknown,
}

impl Outcome {
    /// Of a row that was there before or not, and is now or is not; `None` where that could not be asked.
    fn of(before: Option<bool>, now: Option<bool>) -> Self {
        match (before, now) {
            (_, None) => Self::Unknown,
            (_, Some(false)) => Self::Missing,
            (Some(true), Some(true)) => Self::Before,
            (Some(false), Some(true)) => Self::Created,
            (None, Some(true)) => Self::There,
        }
    }

    /// As the screen and the file say it.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Before => "Already there before",
            Self::Missing => "Not found afterwards",
            Self::There => "There now",
            Self::Unknown => "Not known",
        }
    }

    /// How it is meant.
    pub(super) const fn tone(self) -> Tone {
        match self {
            Self::Created | Self::There => Tone::Good,
            Self::Before => Tone::Neutral,
            Self::Missing => Tone::Bad,
            Self::Unknown => Tone::Warning,
        }
    }
}

/// One row of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub item: Item,
    pub outcome: Outcome,
    /// Where it is now.
    pub place: Option<Place>,
}

/// A call that failed, with the rows that it carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FailedPortion {
    /// The numbers of its first and last row, from 1.
    pub rows: (usize, usize),
    pub error: PortalError,
}

/// What became of an import.
#[derive(Clone, Debug)]
pub(in crate::entra) struct Report {
    pub(super) rows: Vec<Row>,
    pub(super) tally: Tally,
    pub(super) failed: Vec<FailedPortion>,
    /// Why it could not be asked who is there now.
    pub(super) unread: Option<PortalError>,
}

impl Report {
    /// Puts together what was there, what the cluster counted, and what is there now.
    pub(super) fn of(
        order: &Order,
        before: There,
        tally: Tally,
        failed: Vec<FailedPortion>,
        now: Result<Vec<Option<Place>>, PortalError>,
    ) -> Self {
        let (now, unread) = match now {
            Ok(now) => (Some(now), None),
            Err(error) => (None, Some(error)),
        };
        let at = |there: &There, at: usize| there.as_ref().and_then(|there| there.get(at).cloned());
        let rows = order.items.iter().enumerate().map(|(row, item)| {
            let (before, now) = (at(&before, row), at(&now, row));
            Row {
                item: item.clone(),
                outcome: Outcome::of(
                    before.map(|place| place.is_some()),
                    now.as_ref().map(Option::is_some),
                ),
                place: now.flatten(),
            }
        });
        Self {
            rows: rows.collect(),
            tally,
            failed,
            unread,
        }
    }

    /// How many rows ended like this.
    pub(super) fn count(&self, outcome: Outcome) -> usize {
        self.rows.iter().filter(|row| row.outcome == outcome).count()
    }

    /// Whether every row is there now.
    pub(super) fn is_complete(&self) -> bool {
        self.count(Outcome::Missing) + self.count(Outcome::Unknown) == 0
    }

    /// In one sentence.
    pub(super) fn title(&self, what: What) -> String {
        let all = counted(self.rows.len(), what.noun());
        let there = self.rows.len() - self.count(Outcome::Missing) - self.count(Outcome::Unknown);
        match (there == self.rows.len(), self.unread.is_some()) {
            (_, true) => format!("It is not known which of {all} are there now."),
            (true, _) if there == 1 => format!("The {} is there now.", what.noun().0),
            (true, _) => format!("All {all} are there now."),
            (false, _) => format!("{there} of {all} are there now."),
        }
    }

    /// How the rows ended, each outcome with its number.
    pub(super) fn sum(&self) -> String {
        use Outcome::{Before, Created, Missing, There, Unknown};
        let parts = [
            (Created, "created"),
            (There, "there now, and perhaps before"),
            (Before, "already there before"),
            (Missing, "not found afterwards"),
            (Unknown, "not known"),
        ];
        let parts = parts
            .into_iter()
            .map(|(outcome, words)| (self.count(outcome), words));
        let parts: Vec<_> = parts
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| format!("{count} {words}"))
            .collect();
        format!("{}.", parts.join(", "))
    }

    /// Where the cluster's own numbers do not agree with what is there (notes, row 61).
    pub(super) fn disagreements(&self, what: What) -> Vec<String> {
        let mut all: Vec<String> = self.tally.oddity(what).into_iter().collect();
        let is_clear = self.failed.is_empty() && self.unread.is_none();
        if let Some(success) = self.tally.success.filter(|_| is_clear) {
            // Whether one that was there before counts as a success is not documented.
            let least = self.count(Outcome::Created);
            let most = least + self.count(Outcome::Before) + self.count(Outcome::There);
            let fits = usize::try_from(success).is_ok_and(|success| (least..=most).contains(&success));
            if !fits {
                all.push(format!("The cluster counted {success} as imported, which does not agree with what is there now: {}", self.sum()));
            }
        }
        all
    }

    /// The rows as CSV.
    fn csv(&self, what: What) -> String {
        let heads: &[&str] = match what {
            What::Users => &[
                "User principal name",
                "Name",
                "E-mail",
                "Outcome",
                "User name",
                "ID",
            ],
            What::Groups => &["Name", "Description", "Entra ID", "Outcome", "Group", "ID"],
        };
        let rows = self.rows.iter().map(|row| {
            let known = match &row.item {
                Item::User(user) => [
                    user.user_principal_name.clone().unwrap_or_default(),
                    full_name(user),
                    user.email.clone().unwrap_or_default(),
                ],
                Item::Group(group) => [
                    row.item.name().to_owned(),
                    group.description.clone().unwrap_or_default(),
                    group.id.clone(),
                ],
            };
            let place = row.place.as_ref();
            let name = place.map(|place| place.name.clone()).unwrap_or_default();
            let id = place.map(|place| place.id.clone()).unwrap_or_default();
            known
                .into_iter()
                .chain([row.outcome.words().to_owned(), name, id])
                .collect()
        });
        csv_of(heads.iter().map(|&head| head.to_owned()).collect(), rows)
    }
}

/// The outcome of the import that the address names, as CSV.
pub(crate) async fn export(visit: &Visit) -> Result<String, PortalError> {
    visit.permit(Action::ImportFromEntra)?;
    let id = visit.query_value("plan").unwrap_or_default();
    let visitor = visit.visitor.as_ref();
    let found = visitor.and_then(|visitor| visit.plans.look(visitor, &id, visit.gate.now()));
    match found {
        Some((plan, State::Done(report))) => Ok(report.csv(plan.order.what)),
        _ => Err(gone()),
    }
}

/// There is no such dry run or import any more.
pub(super) fn gone() -> PortalError {
    PortalError::new(ErrorKind::NotFound, "This dry run is no longer there.").with_detail(
        "A dry run is good for 15 minutes and for one import, by the person who made it. Make it again.",
    )
}

#[cfg(test)]
mod tests {
    use protegrity::EntraUser;

    use super::*;

    fn order(names: &[&str]) -> Order {
        let user = |name: &&str| {
            Item::User(EntraUser {
                user_principal_name: Some((*name).to_owned()),
                first_name: Some("=1+1".to_owned()),
                ..EntraUser::default()
            })
        };
        Order {
            items: names.iter().map(user).collect(),
            ..Order::default()
        }
    }

    fn place(name: &str) -> Place {
        Place {
            name: name.to_owned(),
            id: "7".to_owned(),
            href: "/users/7".to_owned(),
            members: None,
        }
    }

    fn tally(sent: usize, total: i64, success: i64) -> Tally {
        Tally {
            sent,
            total: Some(total),
            success: Some(success),
            ..Tally::default()
        }
    }

    fn report(before: There, now: Result<Vec<Option<Place>>, PortalError>, tally: Tally) -> Report {
        Report::of(&order(&["a", "b", "c"]), before, tally, Vec::new(), now)
    }

    #[test]
    fn each_row_ends_as_what_was_there_and_is_there_says() {
        let check = |before, now, expected| assert_eq!(Outcome::of(before, now), expected);
        check(Some(false), Some(true), Outcome::Created);
        check(Some(true), Some(true), Outcome::Before);
        check(Some(false), Some(false), Outcome::Missing);
        check(Some(true), Some(false), Outcome::Missing);
        check(None, Some(true), Outcome::There);
        check(None, Some(false), Outcome::Missing);
        check(Some(false), None, Outcome::Unknown);
    }

    #[test]
    fn numbers_that_agree_are_not_remarked_upon() {
        let before = Some(vec![None, Some(place("b")), None]);
        let now = || Ok(vec![Some(place("a")), Some(place("b")), None]);
        for success in [1, 2] {
            let report = report(before.clone(), now(), tally(3, 3, success));
            assert!(report.disagreements(What::Users).is_empty(), "{success}");
            assert_eq!(report.title(What::Users), "2 of 3 users are there now.");
            assert_eq!(
                report.sum(),
                "1 created, 1 already there before, 1 not found afterwards."
            );
        }
        for success in [0, 3] {
            let report = report(before.clone(), now(), tally(3, 3, success));
            assert_eq!(report.disagreements(What::Users).len(), 1, "{success}");
        }
        assert_eq!(
            report(before, now(), tally(3, 10, 9))
                .disagreements(What::Users)
                .len(),
            2
        );
    }

    #[test]
    fn what_could_not_be_asked_is_not_known() {
        let error = PortalError::new(ErrorKind::Unreachable, "Gone.");
        let blind = report(None, Err(error), tally(3, 3, 3));
        assert_eq!(blind.count(Outcome::Unknown), 3);
        assert!(!blind.is_complete() && blind.disagreements(What::Users).is_empty());
        assert_eq!(
            blind.title(What::Users),
            "It is not known which of 3 users are there now."
        );
        let seeing = report(
            None,
            Ok(vec![Some(place("a")), Some(place("b")), Some(place("c"))]),
            tally(3, 3, 3),
        );
        assert_eq!(seeing.count(Outcome::There), 3);
        assert!(seeing.is_complete());
        assert_eq!(seeing.title(What::Users), "All 3 users are there now.");
    }

    #[test]
    fn the_file_has_every_row_and_no_formula() {
        let before = Some(vec![None, None, None]);
        let file = report(before, Ok(vec![Some(place("a")), None, None]), tally(3, 3, 1)).csv(What::Users);
        let lines: Vec<_> = file.lines().collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[1], "a,'=1+1,,Created,a,7");
        assert_eq!(lines[2], "b,'=1+1,,Not found afterwards,,");
    }
}
