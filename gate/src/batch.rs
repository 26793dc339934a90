//! Work on many things at once, begun by one request: "lock these 200 users".
//!
//! A [`Plan`] says what the rows are and what is done to each. [`Batches`] runs it on its own feet, a few
//! rows at a time, and keeps what became of each row for the person who began it, and for nobody else.
//! One row that fails does not stop the rest.

mod ledger;
mod report;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::future::BoxFuture;
use jiff::SignedDuration;
use protegrity::UserId;
use tracing::Instrument;

pub use self::{
    ledger::Batch,
    report::{Phase, PlannedRow, Progress, RowReport, RowState, Tally},
};
use crate::{clock::Clock, error::GateError, passage::Passage, vault::Visitor};

/// How long a finished batch is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

/// How many batches of one person are remembered.
const MOST_REMEMBERED: usize = 20;

/// What is done to a row: given the passage of the batch and the row's place in the plan, it returns what to say
/// of it. Calls for one row go through a passage of their own, `passage.on(target)`, so that the audit
/// trail names the target.
pub type Work = Arc<dyn Fn(Passage, usize) -> BoxFuture<'static, Result<String, RowFailure>> + Send + Sync>;

/// Why a row was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFailure {
    /// In words for the person.
    pub words: String,
    /// The session is over: nothing after this row can work, so nothing is tried.
    pub ends: bool,
}

impl From<GateError> for RowFailure {
    fn from(error: GateError) -> Self {
        Self {
            words: error.to_string(),
            ends: matches!(error, GateError::NotSignedIn | GateError::SignInAgain),
        }
    }
}

/// What is to be done, and to what.
pub struct Plan {
    /// What it is, as a heading: "Lock 200 users".
    pub title: String,
    /// What a row is, one and many: `("user", "users")`.
    pub noun: (&'static str, &'static str),
    /// The rows in order.
    pub rows: Vec<PlannedRow>,
    /// What is done to each. It may hold secrets: it is dropped when nothing is left to be tried.
    pub work: Work,
    /// What else to say beside the rows.
    pub note: Option<String>,
    /// What can be done next with the rows that were done: a dry run is followed by the real thing.
    pub follow: Option<Follow>,
}

/// Makes a plan for the rows at these places of another.
pub type NextPlan = Arc<dyn Fn(&[usize]) -> Plan + Send + Sync>;

/// What follows a batch when the person says so, once.
#[derive(Clone)]
pub struct Follow {
    /// The label of the button.
    pub label: String,
    /// The plan for the rows at these places of the plan before, which are those that were done. It may
    /// hold secrets: it is dropped when it is used.
    pub plan: NextPlan,
}

/// Why a batch was not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// A plan without rows.
    #[error("Nothing is selected.")]
    Empty,
    /// A plan with more rows than [`Batches::MOST_ROWS`].
    #[error("{rows} at once are too many: at most {most} are worked on together.", most = Batches::MOST_ROWS)]
    TooMany {
        /// How many rows the plan has.
        rows: usize,
    },
    /// The person has [`Batches::MOST_RUNNING`] under way.
    #[error("{most} of your batches are still running: wait until one of them has finished, or stop it.", most = Batches::MOST_RUNNING)]
    Busy,
    /// There is no such batch, or it is another person's.
    #[error("This batch is not known here any more.")]
    NotFound,
    /// Only what has finished can be tried again.
    #[error("This batch is still running.")]
    StillRunning,
    /// Every row was done, or is being tried again already.
    #[error("Nothing of this batch is left to be tried again.")]
    NothingLeft,
    /// The passage was opened for something else than the batch does.
    #[error("This batch does something else.")]
    OtherAction,
}

/// Names a batch: 128 random bits, as 32 characters that can stand in an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BatchId(String);

impl BatchId {
    fn random() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    /// As it stands in an address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose a batch is: the cluster's user, whichever session began it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Owner {
    Id(UserId),
    /// In lower case.
    Name(String),
}

impl Owner {
    fn of(visitor: &Visitor) -> Self {
        let profile = &visitor.profile;
        match &profile.user_id {
            Some(id) => Self::Id(id.clone()),
            None => Self::Name(profile.user_name.to_lowercase()),
        }
    }
}

/// Everybody's batches. Cheap to clone.
#[derive(Clone)]
pub struct Batches(Arc<Inner>);

struct Inner {
    clock: Clock,
    /// In the order in which they were begun.
    batches: Mutex<Vec<Arc<Batch>>>,
}

impl Batches {
    /// How many rows of one batch are worked on at a time.
    pub const AT_ONCE: usize = 4;

    /// How many rows a batch has at most.
    pub const MOST_ROWS: usize = 2000;

    /// How many batches of one person run at a time.
    pub const MOST_RUNNING: usize = 2;

    /// None so far.
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner {
            clock,
            batches: Mutex::default(),
        }))
    }

    /// Begins what is planned. It goes on whether or not anybody looks.
    ///
    /// # Errors
    /// When the plan is empty or too large, or too many batches of this person are running.
    pub fn start(&self, passage: &Passage, plan: Plan) -> Result<BatchId, BatchError> {
        match plan.rows.len() {
            0 => return Err(BatchError::Empty),
            rows if rows > Self::MOST_ROWS => return Err(BatchError::TooMany { rows }),
            _ => {}
        }
        let owner = Owner::of(passage.visitor());
        let mut batches = self.remembered();
        check_room(&batches, &owner)?;
        let batch = Batch::planned(BatchId::random(), owner, passage.action(), plan);
        Ok(self.begin(&mut batches, passage, batch))
    }

    /// Begins a new batch of the rows that failed or were stopped in this one. A batch can be tried again once;
    /// what fails again is left to be tried in the new one.
    ///
    /// # Errors
    /// When there is nothing to try, when the passage was opened for another action than that of the batch, and as
    /// for [`Self::start`].
    pub fn retry(&self, passage: &Passage, id: &str) -> Result<BatchId, BatchError> {
        self.after(passage, id, |before, _| before.rest(BatchId::random()))
    }

    /// Begins what follows this batch, with the rows of it that were done.
    ///
    /// # Errors
    /// When nothing does or it was begun already, and as for [`Self::retry`].
    pub fn follow(&self, passage: &Passage, id: &str) -> Result<BatchId, BatchError> {
        self.after(passage, id, |before, owner| {
            let plan = before.take_follow()?;
            Ok(Batch::planned(BatchId::random(), owner, passage.action(), plan))
        })
    }

    /// Begins what comes after a batch of this person, opened for the same action.
    fn after(
        &self,
        passage: &Passage,
        id: &str,
        make: impl FnOnce(&Batch, Owner) -> Result<Batch, BatchError>,
    ) -> Result<BatchId, BatchError> {
        let before = self.find(id, passage.visitor()).ok_or(BatchError::NotFound)?;
        if passage.action() != before.action() {
            return Err(BatchError::OtherAction);
        }
        let owner = Owner::of(passage.visitor());
        let mut batches = self.remembered();
        check_room(&batches, &owner)?;
        let batch = make(&before, owner)?;
        Ok(self.begin(&mut batches, passage, batch))
    }

    /// The batch of this id, if it is this person's.
    pub fn find(&self, id: &str, visitor: &Visitor) -> Option<Arc<Batch>> {
        let owner = Owner::of(visitor);
        let batches = self.remembered();
        let found = batches.iter().find(|batch| batch.id().as_str() == id);
        found.filter(|batch| batch.owner == owner).cloned()
    }

    /// This person's batches, the latest first.
    pub fn of(&self, visitor: &Visitor) -> Vec<Arc<Batch>> {
        let owner = Owner::of(visitor);
        let batches = self.remembered();
        let own = batches.iter().rev().filter(|batch| batch.owner == owner);
        own.cloned().collect()
    }

    /// Forgets what finished too long ago. Whatever else is asked of the batches does so too.
    pub fn sweep(&self) {
        drop(self.remembered());
    }

    /// The batches that are not too old.
    fn remembered(&self) -> MutexGuard<'_, Vec<Arc<Batch>>> {
        let mut batches = self.0.batches.lock().unwrap_or_else(PoisonError::into_inner);
        let since = self.0.clock.now() - REMEMBERED;
        batches.retain(|batch| batch.finished_at().is_none_or(|at| at > since));
        batches
    }

    fn begin(&self, batches: &mut Vec<Arc<Batch>>, passage: &Passage, batch: Batch) -> BatchId {
        let batch = Arc::new(batch);
        batches.push(Arc::clone(&batch));
        forget_oldest(batches, &batch.owner);
        let id = batch.id().clone();
        let run = ledger::run(batch, passage.clone(), self.0.clock.clone());
        tokio::spawn(run.in_current_span());
        id
    }
}

/// Whether this person may begin another.
fn check_room(batches: &[Arc<Batch>], owner: &Owner) -> Result<(), BatchError> {
    let own = batches.iter().filter(|batch| batch.owner == *owner);
    let running = own.filter(|batch| batch.finished_at().is_none());
    if running.count() < Batches::MOST_RUNNING {
        Ok(())
    } else {
        Err(BatchError::Busy)
    }
}

/// Leaves this person as many as are remembered. What still runs is not forgotten.
fn forget_oldest(batches: &mut Vec<Arc<Batch>>, owner: &Owner) {
    let own = batches.iter().filter(|batch| batch.owner == *owner).count();
    let mut surplus = own.saturating_sub(MOST_REMEMBERED);
    batches.retain(|batch| {
        let goes = surplus > 0 && batch.owner == *owner && batch.finished_at().is_some();
        surplus -= usize::from(goes);
        !goes
    });
}
