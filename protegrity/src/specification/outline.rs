//! What is read of an `OpenAPI` document: its title, its version, and a line for each operation. The rest is passed over
//! and not kept.

use std::{fmt, marker::PhantomData};

use http::Method;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use serde_saphyr::options::DuplicateKeyPolicy;
use upstream::lenient;

use super::{SpecificationProblem, SpecifiedOperation};

/// Bytes. A longer text can be shown, but is not parsed.
const MAX_TEXT: usize = 4 * 1024 * 1024;

/// Nodes of the YAML.
const MAX_NODES: usize = 250_000;

/// What aliases may repeat, in all.
const MAX_REPLAYED: usize = 250_000;

/// How deep the YAML may be nested.
const MAX_DEPTH: usize = 64;

/// A document with more operations is no API's that we know.
const MAX_OPERATIONS: usize = 2_000;

/// Characters of a summary or another line of text.
const MAX_LINE: usize = 300;

#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    pub title: Option<String>,
    pub version: Option<String>,
    pub operations: Vec<SpecifiedOperation>,
}

impl Outline {
    pub fn read(text: &str) -> Result<Self, SpecificationProblem> {
        if text.len() > MAX_TEXT {
            return Err(SpecificationProblem::TooLong);
        }
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! {
                max_depth: MAX_DEPTH,
                max_nodes: MAX_NODES,
                max_documents: 1,
            },
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_REPLAYED },
            duplicate_keys: DuplicateKeyPolicy::LastWins,
            with_snippet: false,
        };
        let Node(document): Node<Document> = serde_saphyr::from_str_with_options(text, options)
            .map_err(|_| SpecificationProblem::Unreadable)?;
        let Node(Info { title, version }) = document.info;
        let Node(Paths(operations)) = document.paths;
        if operations.is_empty() {
            return Err(SpecificationProblem::Empty);
        }
        Ok(Self {
            title,
            version,
            operations,
        })
    }
}

#[derive(Default)]
struct Document {
    info: Node<Info>,
    paths: Node<Paths>,
}

#[derive(Default)]
struct Info {
    title: Option<String>,
    version: Option<String>,
}

#[derive(Default)]
struct Paths(Vec<SpecifiedOperation>);

/// The operations of one path, by their methods.
#[derive(Default)]
struct PathItem(Vec<(Method, Operation)>);

#[derive(Default)]
struct Operation {
    summary: Option<String>,
    tag: Option<String>,
    is_deprecated: bool,
}

/// Reads itself from the fields of a mapping.
trait FromMap: Default {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

impl FromMap for Document {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "info" => self.info = map.next_value()?,
            "paths" => self.paths = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl FromMap for Info {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "title" => self.title = line(map)?,
            "version" => self.version = line(map)?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl FromMap for Paths {
    fn take<'de, A: MapAccess<'de>>(&mut self, path: &str, map: &mut A) -> Result<(), A::Error> {
        let Node(PathItem(operations)) = map.next_value()?;
        let operations = operations
            .into_iter()
            .map(|(method, operation)| SpecifiedOperation {
                method,
                path: path.to_owned(),
                summary: operation.summary,
                tag: operation.tag,
                is_deprecated: operation.is_deprecated,
            });
        self.0.extend(operations);
        if self.0.len() > MAX_OPERATIONS {
            return Err(A::Error::custom("too many operations"));
        }
        Ok(())
    }
}

impl FromMap for PathItem {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let method = match key.to_ascii_lowercase().as_str() {
            "get" => Method::GET,
            "put" => Method::PUT,
            "post" => Method::POST,
            "delete" => Method::DELETE,
            "patch" => Method::PATCH,
            "head" => Method::HEAD,
            "options" => Method::OPTIONS,
            "trace" => Method::TRACE,
            _ => return skip(map),
        };
        let Node(operation) = map.next_value()?;
        self.0.push((method, operation));
        Ok(())
    }
}

impl FromMap for Operation {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "summary" => self.summary = line(map)?,
            "tags" => {
                let tags: Option<Vec<String>> = lenient::into_names(map.next_value()?);
                self.tag = tags.and_then(|tags| one_line(tags.first()?));
            }
            "deprecated" => {
                self.is_deprecated = lenient::as_boolean(&map.next_value()?).unwrap_or_default();
            }
            _ => skip(map)?,
        }
        Ok(())
    }
}

fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

fn line<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<String>, A::Error> {
    let text = lenient::into_text(map.next_value::<Value>()?);
    Ok(text.and_then(|text| one_line(&text)))
}

/// A text on one line, without control characters.
fn one_line(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let line: String = words.join(" ").chars().take(MAX_LINE).collect();
    (!line.is_empty()).then_some(line)
}

/// A mapping; anything else is one without fields.
#[derive(Default)]
struct Node<T>(T);

impl<'de, T: FromMap> Deserialize<'de> for Node<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor(PhantomData))
    }
}

struct NodeVisitor<T>(PhantomData<T>);

impl<'de, T: FromMap> Visitor<'de> for NodeVisitor<T> {
    type Value = Node<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML node")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<T>, A::Error> {
        let mut read = T::default();
        while let Some(key) = map.next_key::<String>()? {
            read.take(&key, &mut map)?;
        }
        Ok(Node(read))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Node<T>, A::Error> {
        while entries.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Node(T::default()))
    }

    fn visit_unit<E>(self) -> Result<Node<T>, E> {
        Ok(Node(T::default()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node<T>, E> {
        Ok(Node(T::default()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node<T>, E> {
        Ok(Node(T::default()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node<T>, E> {
        Ok(Node(T::default()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node<T>, E> {
        Ok(Node(T::default()))
    }

    fn visit_str<E>(self, _: &str) -> Result<Node<T>, E> {
        Ok(Node(T::default()))
    }
}
