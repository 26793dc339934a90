//! [`Account`]: the user behind the headers `X-User` and `X-Password`.

pub(super) const USER: &str = "x-user";
pub(super) const PASSWORD: &str = "x-password";

/// The user of a request, as of the time when it arrived.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) eid: u32,
    pub(super) email: String,
    pub(super) kind: &'static str,
    pub(super) is_read_only: bool,
}

impl Account {
    pub(super) fn is_admin(&self) -> bool {
        self.kind == "organization_admin" || self.is_partner()
    }

    /// Whether the account administers a channel or what is above.
    pub(super) fn is_partner(&self) -> bool {
        matches!(
            self.kind,
            "oem_partner_admin" | "strategic_partner_admin" | "channel_admin"
        )
    }
}
