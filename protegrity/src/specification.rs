//! The specification that an API gives of itself at `/doc`: which operations this cluster has (reference lines 35-85,
//! 148-174).

mod outline;

use http::Method;
use outline::Outline;

use crate::{
    Api,
    pim::{ItemCall, ItemKind},
};

/// An API's specification: the text as it came, and the operations that could be read in it.
///
/// A text that cannot be parsed lists nothing, so that no call is offered because of it. It can still be shown.
#[derive(Clone, Debug)]
pub struct Specification {
    api: Api,
    text: String,
    outline: Result<Outline, SpecificationProblem>,
}

/// Why the operations of a specification are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecificationProblem {
    #[error("the specification is longer than can be read")]
    TooLong,
    #[error("the specification is no OpenAPI document that can be read")]
    Unreadable,
    #[error("the specification lists no operation")]
    Empty,
}

/// One operation of a [`Specification`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecifiedOperation {
    pub method: Method,
    /// As the document writes it: `/roles/{roleUid}`.
    pub path: String,
    /// One line; cut where it is long.
    pub summary: Option<String>,
    /// What the document puts it under.
    pub tag: Option<String>,
    pub is_deprecated: bool,
}

impl Specification {
    /// Reads the text of an API's specification: YAML, or JSON, which is YAML too. A long text takes processor time (tens
    /// of milliseconds for a megabyte), so read it once and keep the result.
    pub fn new(api: Api, text: String) -> Self {
        let outline = Outline::read(&text);
        Self { api, text, outline }
    }

    pub fn api(&self) -> Api {
        self.api
    }

    /// The text as it came.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the document calls itself.
    pub fn title(&self) -> Option<&str> {
        self.outline.as_ref().ok()?.title.as_deref()
    }

    /// The version that the document gives the API.
    pub fn version(&self) -> Option<&str> {
        self.outline.as_ref().ok()?.version.as_deref()
    }

    /// In the document's order.
    pub fn operations(&self) -> &[SpecifiedOperation] {
        self.outline.as_ref().map_or(&[], |outline| &outline.operations)
    }

    /// Why no operations are known.
    pub fn problem(&self) -> Option<SpecificationProblem> {
        self.outline.as_ref().err().copied()
    }

    /// Whether the cluster has this operation. `path` is below the API's, like `/roles/{uid}`; the names of
    /// placeholders do not matter, and the document may write the API's own path before it (`/pim/roles/{roleUid}`).
    pub fn lists(&self, method: &Method, path: &str) -> bool {
        let path = segments(self.api, path);
        self.operations()
            .iter()
            .any(|operation| operation.method == *method && matches(self.api, &operation.path, &path))
    }

    /// Whether the cluster has this call for one object of policy management.
    pub fn lists_item(&self, call: ItemCall, kind: ItemKind) -> bool {
        self.api == Api::Pim && self.lists(&call.method(), kind.template())
    }
}

fn matches(api: Api, listed: &str, path: &[Segment<'_>]) -> bool {
    segments(api, listed) == path
}

/// A segment of a path; all placeholders are the same one.
#[derive(PartialEq, Eq)]
enum Segment<'a> {
    Placeholder,
    Literal(&'a str),
}

/// The path's segments without those that begin every path of the API: `pty`, the version, the API's name.
fn segments(api: Api, path: &str) -> Vec<Segment<'_>> {
    let mut rest = path.trim_matches('/');
    for prefix in api.path().trim_start_matches('/').split('/') {
        let (first, after) = rest.split_once('/').unwrap_or((rest, ""));
        if first == prefix {
            rest = after;
        }
    }
    let segments = rest.split('/').map(|segment| {
        if segment.starts_with('{') && segment.ends_with('}') {
            Segment::Placeholder
        } else {
            Segment::Literal(segment)
        }
    });
    segments.collect()
}
