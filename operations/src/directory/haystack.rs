//! The text of all users of either system laid out for one search: next to each other in a few large blocks, because a
//! hundred thousand texts that lie apart cost more to reach than to read.

use std::{iter::repeat_n, sync::Arc};

use memchr::memmem::Finder;

/// A user who is searched for.
pub(crate) trait Searched {
    /// Appends the text that is searched, folded. It holds a line break at most between two texts, so that no word
    /// matches across them.
    fn push_folded(&self, text: &mut String);

    /// Whether the account is open.
    fn is_open(&self) -> bool;
}

/// Users of one block. A change of one user makes its block anew. Few in the tests, so that these meet its edges.
const BLOCK: usize = if cfg!(test) { 3 } else { 1_024 };

/// The searched text of every user, in the order of the users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Haystack {
    /// All but the last hold [`BLOCK`] users.
    blocks: Vec<Arc<Block>>,
}

/// Some users after one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Block {
    /// Their text, folded. No word holds a line break, so none matches across two users.
    text: String,
    /// Where the text of each user ends, in bytes.
    ends: Vec<usize>,
    /// Whether the account of each is open.
    open: Vec<bool>,
}

impl Haystack {
    pub fn new<T: Searched>(users: &[Arc<T>]) -> Self {
        let blocks = users.chunks(BLOCK).map(Block::new).map(Arc::new);
        Self {
            blocks: blocks.collect(),
        }
    }

    /// The same texts after this user was changed, or added at the end.
    pub fn with<T: Searched>(&self, users: &[Arc<T>], changed: usize) -> Self {
        let mut blocks = self.blocks.clone();
        let block = changed / BLOCK;
        let start = block * BLOCK;
        let made = Arc::new(Block::new(&users[start..users.len().min(start + BLOCK)]));
        match blocks.get_mut(block) {
            Some(old) => *old = made,
            None => blocks.push(made),
        }
        Self { blocks }
    }

    /// The same texts after users from this place on have moved: one was taken out or put in there.
    pub fn moved<T: Searched>(&self, users: &[Arc<T>], from: usize) -> Self {
        let unchanged = from / BLOCK;
        let mut blocks = self.blocks[..unchanged].to_vec();
        blocks.extend(Self::new(&users[unchanged * BLOCK..]).blocks);
        Self { blocks }
    }

    /// For each user, whether all these folded words occur in the text and the account is as asked.
    pub fn fitting(&self, words: &[&str], enabled: Option<bool>) -> Vec<bool> {
        // The longest word is the rarest, as a rule: the others are only looked for where it is.
        let rarest = (0..words.len()).max_by_key(|at| words[*at].len());
        let mut finders: Vec<Finder<'_>> = words.iter().map(Finder::new).collect();
        let rarest = rarest.map(|at| finders.swap_remove(at));
        let mut fitting = Vec::with_capacity(self.blocks.len() * BLOCK);
        for block in &self.blocks {
            let start = fitting.len();
            match &rarest {
                Some(rarest) => block.find(rarest, &finders, &mut fitting),
                None => fitting.extend(repeat_n(true, block.ends.len())),
            }
            if let Some(enabled) = enabled {
                for (fits, open) in fitting[start..].iter_mut().zip(&block.open) {
                    *fits &= *open == enabled;
                }
            }
        }
        fitting
    }
}

impl Block {
    fn new<T: Searched>(users: &[Arc<T>]) -> Self {
        let mut block = Self::default();
        for user in users {
            user.push_folded(&mut block.text);
            block.text.push('\n');
            block.ends.push(block.text.len());
            block.open.push(user.is_open());
        }
        block.text.shrink_to_fit();
        block
    }

    /// Appends for each user whether this word and the others occur in the text.
    fn find(&self, word: &Finder<'_>, others: &[Finder<'_>], fitting: &mut Vec<bool>) {
        let text = self.text.as_bytes();
        let first = fitting.len();
        fitting.resize(first + self.ends.len(), false);
        let mut start = 0;
        let mut user = 0;
        while let Some(found) = word.find(&text[start..]) {
            let at = start + found;
            user += self.ends[user..].partition_point(|end| *end <= at);
            let line = &text[start_of(&self.ends, user)..self.ends[user]];
            fitting[first + user] = others.iter().all(|other| other.find(line).is_some());
            start = self.ends[user];
        }
    }
}

/// Where the text of this user starts.
fn start_of(ends: &[usize], user: usize) -> usize {
    user.checked_sub(1).map_or(0, |before| ends[before])
}
