//! What the cluster has, by the names that a file uses.

use std::collections::BTreeMap;

use gate::Operation;
use protegrity::pim::{MemberType, Object, SourceUid};
use serde_json::{Value, json};

use super::{
    super::{Configuration, Workbench, configuration, data_stores::default_of, roles::is_member, workbench},
    command::{MembersEntry, Step},
    document::{DataStoreEntry, Document, RuleEntry},
    kind::Kind,
};
use crate::{
    Error,
    characters::{folded, is_same_name},
};

/// What an object is known by: its kind, and its name in one spelling.
pub(super) type Name = (Kind, String);

/// What a rule is known by: its policy, its role and its data element, in one spelling.
type RuleNames = (String, String, String);

pub(super) fn named(kind: Kind, name: &str) -> Name {
    (kind, folded(name))
}

/// What the cluster has, by names.
#[derive(Default)]
pub(super) struct Cluster {
    /// Whether policy management is initialised.
    pub is_ready: bool,
    pub configuration: Configuration,
    uids: BTreeMap<Name, String>,
    /// The objects as a file has them.
    objects: BTreeMap<Name, Value>,
    rules: BTreeMap<RuleNames, Value>,
    /// Members and rules that an object has, for those that a file lacks.
    pub parts: BTreeMap<Name, Vec<String>>,
}

impl Cluster {
    /// # Errors
    /// The cluster's error; a refusal in words where it has no policy management.
    pub async fn read(operation: &Operation) -> Result<Self, Error> {
        match workbench(operation).await? {
            Workbench::Missing => Err(Error::refused(
                "This cluster has no policy management.",
                "Its Policy Workbench is not installed, or does not run.",
            )),
            Workbench::Uninitialized => Ok(Self::default()),
            Workbench::Ready(_) => Ok(Self::of(configuration(operation).await?)),
        }
    }

    pub fn of(configuration: Configuration) -> Self {
        let document = Document::of(&configuration);
        let mut cluster = Self {
            is_ready: true,
            ..Self::default()
        };
        cluster.index(configuration);
        for entry in document.roles {
            let members = entry.members.iter().map(|member| member.name.clone());
            let key = named(Kind::Role, &entry.role.name);
            cluster.parts.insert(key, members.collect());
            cluster.put(&Step::Role(entry.role));
        }
        for entry in document.policies {
            let policy = entry.policy.name.clone();
            let names = entry.rules.iter().map(rule_name);
            let key = named(Kind::Policy, &policy);
            cluster.parts.insert(key, names.collect());
            cluster.put(&Step::Policy(entry.policy));
            for rule in &entry.rules {
                cluster.rules.insert(rule_names(&policy, rule), json!(rule));
            }
        }
        let objects = document.sources.into_iter().map(Step::Source);
        let objects = objects
            .chain(document.masks.into_iter().map(Step::Mask))
            .chain(document.alphabets.into_iter().map(Step::Alphabet))
            .chain(document.data_elements.into_iter().map(Step::DataElement))
            .chain(document.data_stores.into_iter().map(Step::DataStore))
            .chain(document.applications.into_iter().map(Step::Application));
        for step in objects {
            cluster.put(&step);
        }
        cluster
    }

    fn put(&mut self, step: &Step) {
        if let Some((kind, name)) = step.object() {
            self.objects.insert(named(kind, name), value(step));
        }
    }

    pub fn has(&self, name: &Name) -> bool {
        self.objects.contains_key(name)
    }

    /// The uid of the object of this name, where the cluster gives it: as it is written, else in another spelling.
    pub fn uid(&self, kind: Kind, name: &str) -> Option<String> {
        let exact = self.uids.get(&(kind, name.to_owned()));
        exact.or_else(|| self.uids.get(&named(kind, name))).cloned()
    }

    fn index(&mut self, configuration: Configuration) {
        add_uids(&mut self.uids, Kind::Source, &configuration.sources);
        add_uids(&mut self.uids, Kind::Role, &configuration.roles);
        add_uids(&mut self.uids, Kind::Mask, &configuration.masks);
        add_uids(&mut self.uids, Kind::Alphabet, &configuration.alphabets);
        add_uids(&mut self.uids, Kind::DataElement, &configuration.data_elements);
        add_uids(&mut self.uids, Kind::DataStore, &configuration.data_stores);
        add_uids(&mut self.uids, Kind::Application, &configuration.applications);
        add_uids(&mut self.uids, Kind::Policy, &configuration.policies);
        self.configuration = configuration;
    }

    fn default_store(&self) -> Option<&str> {
        default_of(&self.configuration.data_stores).map(|store| store.name.as_str())
    }

    /// What the cluster has in the place of this step's object or rule.
    pub fn entry(&self, step: &Step) -> Option<&Value> {
        if let Step::Rule { policy, rule } = step {
            return self.rules.get(&rule_names(policy, rule));
        }
        let (kind, name) = step.object()?;
        self.objects.get(&named(kind, name))
    }

    /// The members that a role lacks, and those that it has; `None` where there is no such role.
    pub fn divided<'a>(&self, entry: &'a MembersEntry) -> Option<(Vec<&'a String>, Vec<&'a String>)> {
        let roles = &self.configuration.roles;
        let role = roles.iter().find(|role| is_same_name(&role.name, &entry.role))?;
        let now = self.configuration.members.get(&role.uid)?;
        let source = SourceUid::from(self.uid(Kind::Source, &entry.source).unwrap_or_default());
        let kind = MemberType::from(entry.kind.as_str());
        Some(
            entry
                .names
                .iter()
                .partition(|name| !now.iter().any(|row| is_member(row, name, &source, &kind))),
        )
    }

    /// The default data store whose place this step's would take.
    pub fn replaced_by(&self, step: &Step) -> Option<&str> {
        match step {
            Step::DataStore(DataStoreEntry {
                name,
                is_default: Some(true),
                ..
            }) if !self.has(&named(Kind::DataStore, name)) => self.default_store(),
            _ => None,
        }
    }
}

/// Two names can differ in their spelling alone: each is found as it is written, and the first in any other.
fn add_uids<T: Object>(uids: &mut BTreeMap<Name, String>, kind: Kind, rows: &[T]) {
    let with_uid = || rows.iter().rev().filter(|row| !row.uid().is_empty());
    let folded = with_uid().map(|row| (named(kind, row.name()), row.uid().to_owned()));
    uids.extend(folded);
    uids.extend(with_uid().map(|row| ((kind, row.name().to_owned()), row.uid().to_owned())));
}

pub(super) fn rule_name(rule: &RuleEntry) -> String {
    format!("{} on {}", rule.role, rule.data_element)
}

fn rule_names(policy: &str, rule: &RuleEntry) -> RuleNames {
    (folded(policy), folded(&rule.role), folded(&rule.data_element))
}

/// The entry of a step.
pub(super) fn value(step: &Step) -> Value {
    match step {
        Step::Initialize => Value::Null,
        Step::Source(entry) => json!(entry),
        Step::Role(entry) => json!(entry),
        Step::Members(entry) => json!(entry),
        Step::Mask(entry) => json!(entry),
        Step::Alphabet(entry) => json!(entry),
        Step::DataElement(entry) => json!(entry),
        Step::DataStore(entry) => json!(entry),
        Step::Application(entry) => json!(entry),
        Step::Policy(entry) => json!(entry),
        Step::Rule { rule, .. } => json!(rule),
    }
}
