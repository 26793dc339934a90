//! The APIs of the cluster by their names.

/// The APIs. The reference's line 98 has their versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Api {
    Auth,
    Pim,
    Rps,
}

impl Api {
    pub(crate) const ALL: [Self; 3] = [Self::Auth, Self::Pim, Self::Rps];

    pub(crate) const fn base(self) -> &'static str {
        match self {
            Self::Auth => "/pty/v1/auth",
            Self::Pim => "/pty/v2/pim",
            Self::Rps => "/pty/v1/rps",
        }
    }

    pub(crate) const fn first_log_level(self) -> &'static str {
        match self {
            Self::Auth => "info",
            Self::Pim | Self::Rps => "INFO",
        }
    }

    /// Its specification as YAML.
    pub(crate) const fn specification(self) -> &'static str {
        match self {
            Self::Auth => include_str!("../openapi/auth.yaml"),
            Self::Pim => include_str!("../openapi/pim.yaml"),
            Self::Rps => include_str!("../openapi/rps.yaml"),
        }
    }

    /// The same where single objects of Policy Management can be changed and deleted.
    pub(crate) fn specification_with_items(self) -> String {
        let paths = concat!("paths:\n", include_str!("../openapi/pim-items.yaml"));
        match self {
            Self::Pim => self.specification().replacen("paths:\n", paths, 1),
            Self::Auth | Self::Rps => self.specification().to_owned(),
        }
    }
}
