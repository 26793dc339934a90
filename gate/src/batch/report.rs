//! What a batch says of itself and of its rows.

/// One row of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRow {
    /// What it is called on the screen.
    pub name: String,
    /// Where its own page is.
    pub link: Option<String>,
}

/// How far a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// Its turn has not come.
    Waiting,
    /// It is being worked on.
    Running,
    /// It was done.
    Done,
    /// It was tried and not done.
    Failed,
    /// Its turn will not come: the batch was stopped, or the session ended.
    Stopped,
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Rows are waiting or being worked on.
    Running,
    /// No other row is begun; those under way are finished.
    Stopping,
    /// Nothing of it will change any more.
    Finished,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    /// What it is called on the screen.
    pub name: String,
    /// Where its own page is.
    pub link: Option<String>,
    /// How far it is.
    pub state: RowState,
    /// What to say of it: the outcome, or why there is none. Empty until then.
    pub words: String,
}

/// How many rows of a batch are how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Rows that were done.
    pub done: usize,
    /// Rows that were tried and not done.
    pub failed: usize,
    /// Rows whose turn will not come.
    pub stopped: usize,
    /// All rows.
    pub total: usize,
    /// How far the batch is.
    pub phase: Phase,
}

/// A batch at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The rows in order.
    pub rows: Vec<RowReport>,
    /// Rows that were done.
    pub done: usize,
    /// Rows that were tried and not done.
    pub failed: usize,
    /// Rows whose turn will not come.
    pub stopped: usize,
    /// All rows.
    pub total: usize,
    /// How far the batch is.
    pub phase: Phase,
    /// Which state this is, for asking what changed since.
    pub version: u64,
}
