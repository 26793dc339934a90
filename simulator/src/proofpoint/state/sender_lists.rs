//! [`SenderLists`]: the allowed and blocked senders of an organisation, user or group.

use serde_json::{Value, json};

/// The two lists. A sender that is allowed is not blocked too: the document says that such an entry is ignored.
#[derive(Clone, Debug, Default)]
pub(in crate::proofpoint) struct SenderLists {
    pub(in crate::proofpoint) allowed: Vec<String>,
    pub(in crate::proofpoint) blocked: Vec<String>,
}

impl SenderLists {
    pub(in crate::proofpoint) fn new(allowed: &[&str], blocked: &[&str]) -> Self {
        let owned = |list: &[&str]| list.iter().map(|sender| (*sender).to_owned()).collect();
        Self {
            allowed: owned(allowed),
            blocked: owned(blocked),
        }
    }

    pub(in crate::proofpoint) fn json(&self) -> Value {
        json!({ "allow_list": self.allowed, "block_list": self.blocked })
    }

    /// Replaces the lists that are present.
    pub(in crate::proofpoint) fn replace(
        &mut self,
        allowed: Option<Vec<String>>,
        blocked: Option<Vec<String>>,
    ) {
        if let Some(allowed) = allowed {
            self.allowed = allowed;
        }
        if let Some(blocked) = blocked {
            self.blocked = blocked;
        }
        let Self { allowed, blocked } = self;
        blocked.retain(|sender| !has(allowed, sender));
    }

    /// Adds entries. Returns the first one that is there already, and then adds none.
    pub(in crate::proofpoint) fn add(
        &mut self,
        allowed: &[String],
        blocked: &[String],
    ) -> Result<(), String> {
        let mut added = self.clone();
        append(&mut added.allowed, allowed)?;
        append(&mut added.blocked, blocked)?;
        self.replace(Some(added.allowed), Some(added.blocked));
        Ok(())
    }

    /// Removes entries. Returns the first one that is absent, and then removes none.
    pub(in crate::proofpoint) fn remove(
        &mut self,
        allowed: &[String],
        blocked: &[String],
    ) -> Result<(), String> {
        let mut rest = self.clone();
        subtract(&mut rest.allowed, allowed)?;
        subtract(&mut rest.blocked, blocked)?;
        *self = rest;
        Ok(())
    }
}

fn has(list: &[String], sender: &str) -> bool {
    list.iter().any(|entry| entry.eq_ignore_ascii_case(sender))
}

fn append(list: &mut Vec<String>, senders: &[String]) -> Result<(), String> {
    for sender in senders {
        if has(list, sender) {
            return Err(sender.clone());
        }
        list.push(sender.clone());
    }
    Ok(())
}

fn subtract(list: &mut Vec<String>, senders: &[String]) -> Result<(), String> {
    for sender in senders {
        let position = list.iter().position(|entry| entry.eq_ignore_ascii_case(sender));
        list.remove(position.ok_or_else(|| sender.clone())?);
    }
    Ok(())
}

/// Whether a text can be an entry: an address, a domain, an IP address or network, each with wildcards.
pub(in crate::proofpoint) fn is_sender(text: &str) -> bool {
    let is_allowed = |c: char| c.is_alphanumeric() || "@.*-_+/:'=&%!~#".contains(c);
    !text.is_empty() && text.len() <= 254 && text.chars().all(is_allowed) && text.matches('@').count() < 2
}
