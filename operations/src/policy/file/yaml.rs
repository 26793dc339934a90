//! YAML within bounds, as a tree whose parts know their lines.

use std::{collections::BTreeSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Number, Value};
use serde_saphyr::{
    Spanned,
    budget::BudgetBreach,
    options::{DuplicateKeyPolicy, MergeKeyPolicy},
};

use super::problems::at_file;
use crate::Error;

/// Nodes of the YAML. A rule takes up to thirty.
pub(super) const MAX_NODES: usize = 200_000;

/// How deep the YAML may be nested. The document is eight deep; options of a method can be deeper.
const MAX_DEPTH: usize = 24;

/// A part of the YAML, and the line in which it begins.
#[derive(Debug)]
pub(super) struct Node {
    pub line: usize,
    pub content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Nothing,
    Flag(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

pub(super) fn parse(text: &str) -> Result<Node, Error> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_documents: 1,
            max_anchors: 0,
            max_aliases: 0,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| unreadable(&error))
}

/// Why a text is not YAML that is taken. The library's words are not shown: they can quote the file at any length.
fn unreadable(error: &serde_saphyr::Error) -> Error {
    use serde_saphyr::Error as Yaml;
    let words = match error.without_snippet() {
        Yaml::Budget { breach, .. } => match breach {
            BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } => {
                "Anchors and aliases (& and *) are not taken. Write each value where it belongs."
            }
            BudgetBreach::Depth { .. } => "The file is nested too deeply.",
            BudgetBreach::Documents { .. } => "The file holds several documents. Only one is taken.",
            _ => {
                "The file has more parts than are taken at once. Divide it: what a part needs can be in the cluster."
            }
        },
        Yaml::MultipleDocuments { .. } => "The file holds several documents. Only one is taken.",
        Yaml::DuplicateMappingKey { .. } => "A key is there twice.",
        _ => "The file is not YAML that can be read from here on.",
    };
    let line = error
        .location()
        .map(|location| location.line())
        .filter(|line| *line > 0);
    match line {
        Some(line) => at_file(format!("Line {line}: {words}")),
        None => at_file(words),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned {
            value, referenced, ..
        } = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self {
            line: usize::try_from(referenced.line()).unwrap_or_default(),
            content: value,
        })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML node")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Nothing)
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Content, E> {
        Ok(Content::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Content, E> {
        Ok(Content::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Content, E> {
        Ok(Content::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Content, E> {
        let number = Number::from_f64(number).ok_or_else(|| E::custom("not a finite number"))?;
        Ok(Content::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Content::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut keys = BTreeSet::new();
        while let Some((key, node)) = map.next_entry::<String, Node>()? {
            if !keys.insert(key.clone()) {
                return Err(A::Error::custom("a key is there twice"));
            }
            entries.push((key, node));
        }
        Ok(Content::Map(entries))
    }
}

impl Node {
    /// As an option of a method.
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Nothing => Value::Null,
            Content::Flag(flag) => Value::Bool(*flag),
            Content::Number(number) => Value::Number(number.clone()),
            Content::Text(text) => Value::String(text.clone()),
            Content::List(nodes) => nodes.iter().map(Self::to_json).collect(),
            Content::Map(entries) => {
                let entries = entries.iter().map(|(key, node)| (key.clone(), node.to_json()));
                Value::Object(entries.collect())
            }
        }
    }
}
