//! What would happen with each step of a file: what the cluster has, and how it differs.

use std::collections::{BTreeMap, BTreeSet};

use gate::Operation;
use protegrity::pim::{
    DataElement, DataElementUid, MaskUid, MemberType, NewRule, Object, Permission, RoleUid, SourceUid,
};
use serde_json::{Value, json};

use super::{
    super::{
        Configuration, Workbench,
        alphabets::AlphabetForm,
        applications::ApplicationForm,
        configuration,
        data_elements::sentence,
        data_stores::{DataStoreForm, default_of},
        masks::MaskForm,
        object::{MAX_DESCRIPTION, MAX_NAME},
        policies::new_policy,
        roles::{MAX_MEMBERS, RoleForm, is_member},
        rules::problems,
        sources::SourceForm,
        workbench,
    },
    command::{Kind, MembersEntry, Plan, PlannedStep, Step},
    document::{
        AlphabetEntry, ApplicationEntry, DataStoreEntry, Document, MaskEntry, RoleEntry, RuleEntry,
        SourceEntry,
    },
    read::{FileStep, Problems, quoted},
};
use crate::{
    Error, FieldError,
    characters::{folded, is_same_name},
    merge::listed,
    text::{counted, join_list, shortened},
    validation::Validation,
};

/// How many differences of one object are shown.
const MAX_DIFFERENCES: usize = 4;

/// The longest value that a difference quotes, in characters.
const MAX_VALUE: usize = 60;

/// What an object is known by: its kind, and its name in one spelling.
type Name = (Kind, String);

/// What a rule is known by: its policy, its role and its data element, in one spelling.
type RuleNames = (String, String, String);

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
    parts: BTreeMap<Name, Vec<String>>,
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
            let key = (Kind::Role, folded(&entry.role.name));
            cluster.parts.insert(key, members.collect());
            cluster.put(&Step::Role(entry.role));
        }
        for entry in document.policies {
            let policy = entry.policy.name.clone();
            let names = entry.rules.iter().map(rule_name);
            let key = (Kind::Policy, folded(&policy));
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
            self.objects.insert((kind, folded(name)), value(step));
        }
    }

    fn has(&self, kind: Kind, name: &str) -> bool {
        self.objects.contains_key(&(kind, folded(name)))
    }

    /// The uid of the object of this name, where the cluster gives it: as it is written, else in another spelling.
    pub fn uid(&self, kind: Kind, name: &str) -> Option<String> {
        let exact = self.uids.get(&(kind, name.to_owned()));
        exact.or_else(|| self.uids.get(&(kind, folded(name)))).cloned()
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

    /// What would happen with each of these steps, in their order. Where they are the whole file, what the cluster has
    /// besides is a difference.
    pub fn plan(&self, steps: &[&Step], is_whole: bool) -> Vec<Plan> {
        let mut planning = Planning::new(self, steps, is_whole);
        steps.iter().map(|step| planning.plan(step)).collect()
    }

    /// What the cluster has in the place of this step's object or rule.
    fn entry(&self, step: &Step) -> Option<&Value> {
        if let Step::Rule { policy, rule } = step {
            return self.rules.get(&rule_names(policy, rule));
        }
        let (kind, name) = step.object()?;
        self.objects.get(&(kind, folded(name)))
    }

    /// The members that a role lacks, and those that it has; `None` where there is no such role.
    fn divided<'a>(&self, entry: &'a MembersEntry) -> Option<(Vec<&'a String>, Vec<&'a String>)> {
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
            }) if !self.has(Kind::DataStore, name) => self.default_store(),
            _ => None,
        }
    }
}

/// One way through the steps of a file: each is planned after those that it builds on.
struct Planning<'a> {
    cluster: &'a Cluster,
    /// The members of each role and the rules of each policy; nothing where the steps are not the whole file.
    parts: Option<BTreeMap<Name, BTreeSet<String>>>,
    /// The data elements of the cluster and of the file, by their names in one spelling.
    elements: BTreeMap<String, DataElement>,
    /// What would be created.
    created: BTreeSet<Name>,
    /// What the cluster has otherwise than the file.
    different: BTreeSet<Name>,
}

impl<'a> Planning<'a> {
    fn new(cluster: &'a Cluster, steps: &[&Step], is_whole: bool) -> Self {
        let of_cluster = cluster.configuration.data_elements.iter().cloned();
        let of_file = steps.iter().filter_map(|step| match step {
            Step::DataElement(entry) => Some(DataElement {
                name: entry.name.clone(),
                method: entry.protection_method(some_uid),
                ..DataElement::default()
            }),
            _ => None,
        });
        Self {
            cluster,
            parts: is_whole.then(|| parts(steps)),
            // What is there counts: it stays.
            elements: of_file
                .chain(of_cluster)
                .map(|element| (folded(&element.name), element))
                .collect(),
            created: BTreeSet::new(),
            different: BTreeSet::new(),
        }
    }

    /// What would happen with the next step.
    fn plan(&mut self, step: &Step) -> Plan {
        let plan = self.plan_of(step);
        if let Some((kind, name)) = step.object() {
            let name = (kind, folded(name));
            match plan {
                Plan::Create(_) => _ = self.created.insert(name),
                Plan::LeftOut(_) if self.cluster.objects.contains_key(&name) => {
                    self.different.insert(name);
                }
                _ => {}
            }
        }
        plan
    }

    fn plan_of(&self, step: &Step) -> Plan {
        if *step == Step::Initialize {
            return if self.cluster.is_ready {
                Plan::There("Policy management is initialised.".to_owned())
            } else {
                Plan::Create(
                    "Policy management would be initialised: it gets its keys and its repository.".to_owned(),
                )
            };
        }
        if let Some(present) = self.present(step) {
            return present;
        }
        if let Some(words) = not_creatable(step) {
            return Plan::LeftOut(words);
        }
        let mut notes = Vec::new();
        for (_, kind, name) in step.needs() {
            let (one, needed) = (kind.one(), (kind, folded(name)));
            if !self.cluster.objects.contains_key(&needed) && !self.created.contains(&needed) {
                return Plan::LeftOut(format!("It needs the {one} {name}, which is not there."));
            }
            if self.different.contains(&needed) {
                notes.push(format!(" The {one} {name} is not as in the file."));
            }
        }
        notes.extend(self.warnings(step));
        Plan::Create(format!("{}{}", self.creation(step), notes.concat()))
    }

    /// The plan for a step that the cluster has already, as in the file or otherwise.
    fn present(&self, step: &Step) -> Option<Plan> {
        if let Step::Members(entry) = step {
            let (missing, _) = self.cluster.divided(entry)?;
            let words = "The role has these members already.";
            return missing.is_empty().then(|| Plan::There(words.to_owned()));
        }
        let (mut different, unreported) = differences(&value(step), self.cluster.entry(step)?);
        different.extend(self.more_than(step));
        if different.is_empty() {
            let words = format!("Already there, as in the file.{}", unreported.concat());
            return Some(Plan::There(words));
        }
        let more = different.len().saturating_sub(MAX_DIFFERENCES);
        different.truncate(MAX_DIFFERENCES);
        if more > 0 {
            let more = counted(more, ("more difference", "more differences"));
            different.push(format!("And {more}."));
        }
        let different = different.join(" ");
        Some(Plan::LeftOut(format!(
            "It exists, but differs, and is not changed here. {different}"
        )))
    }

    /// The members or rules that the object has and the file lacks.
    fn more_than(&self, step: &Step) -> Option<String> {
        let (kind, name) = step.object()?;
        let name = (kind, folded(name));
        let of_file = self.parts.as_ref()?.get(&name);
        let is_new = |part: &&String| of_file.is_none_or(|parts| !parts.contains(&folded(part)));
        let more: Vec<_> = self.cluster.parts.get(&name)?.iter().filter(is_new).collect();
        let what = if kind == Kind::Role { "members" } else { "rules" };
        (!more.is_empty()).then(|| {
            format!(
                "The cluster has these {what} besides, which stay: {}.",
                listed(&more)
            )
        })
    }

    /// That a step would be done.
    fn creation(&self, step: &Step) -> String {
        match step {
            Step::Members(entry) => {
                let divided = self.cluster.divided(entry);
                let (missing, present) =
                    divided.unwrap_or_else(|| (entry.names.iter().collect(), Vec::new()));
                let present = match present.len() {
                    0 => String::new(),
                    count => format!(" {} there already.", counted(count, ("is", "are"))),
                };
                format!("Would be added: {}.{present}", listed(&missing))
            }
            Step::DataStore(_) => match self.cluster.replaced_by(step) {
                Some(present) => {
                    format!("Would be created, and become the default in the place of {present}.")
                }
                None => CREATED.to_owned(),
            },
            Step::Rule { rule, .. } => format!("Would be added: {}.", in_words(rule)),
            _ => CREATED.to_owned(),
        }
    }

    /// What the vendor's pages have against a step. The cluster decides: it can have taken the same on another cluster.
    fn warnings(&self, step: &Step) -> Vec<String> {
        match step {
            Step::DataElement(entry) => {
                let method = entry.protection_method(some_uid);
                let problems = method.map(|method| method.problems()).unwrap_or_default();
                let problems = problems.into_iter();
                problems
                    .map(|problem| format!(" The vendor's pages say: {}", sentence(problem)))
                    .collect()
            }
            Step::Rule { rule, .. } => {
                let element = self.elements.get(&folded(&rule.data_element));
                let (Some(new), Some(element)) = (new_rule(rule, some_uid), element) else {
                    return Vec::new();
                };
                let problems = problems(&new, &[element]).into_iter();
                problems.map(|(_, message)| format!(" {message}")).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The members of each role and the rules of each policy of a file, in one spelling.
fn parts(steps: &[&Step]) -> BTreeMap<Name, BTreeSet<String>> {
    let mut parts: BTreeMap<Name, BTreeSet<String>> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Members(entry) => {
                let of_role = parts.entry((Kind::Role, folded(&entry.role))).or_default();
                of_role.extend(entry.names.iter().map(|name| folded(name)));
            }
            Step::Rule { policy, rule } => {
                let of_policy = parts.entry((Kind::Policy, folded(policy))).or_default();
                of_policy.insert(folded(&rule_name(rule)));
            }
            _ => {}
        }
    }
    parts
}

const CREATED: &str = "Would be created.";

fn in_words(rule: &RuleEntry) -> String {
    let access = rule
        .permission
        .as_ref()
        .map(|permission| permission.access.as_slice());
    match access.unwrap_or_default() {
        [] => "no operation is permitted".to_owned(),
        access => format!("{} permitted", access.join(", ")),
    }
}

/// Two names can differ in their spelling alone: each is found as it is written, and the first in any other.
fn add_uids<T: Object>(uids: &mut BTreeMap<Name, String>, kind: Kind, rows: &[T]) {
    let with_uid = || rows.iter().rev().filter(|row| !row.uid().is_empty());
    let folded = with_uid().map(|row| ((kind, folded(row.name())), row.uid().to_owned()));
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
fn value(step: &Step) -> Value {
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

/// How the file's entry and the cluster's differ, each in a sentence, and what the cluster does not report.
fn differences(file: &Value, cluster: &Value) -> (Vec<String>, Vec<String>) {
    let (file, cluster) = (leaves(file), leaves(cluster));
    let keys: BTreeSet<_> = file.keys().chain(cluster.keys()).collect();
    let (mut different, mut unreported) = (Vec::new(), Vec::new());
    let short = |text: &String| shortened(text.clone(), MAX_VALUE);
    for key in keys {
        match (file.get(key), cluster.get(key)) {
            (Some(file), Some(cluster)) if file != cluster => different.push(format!(
                "The cluster has “{}” as {key}, the file “{}”.",
                short(cluster),
                short(file)
            )),
            (Some(file), None) if is_default(file) => {
                unreported.push(format!(" The cluster does not report {key}."));
            }
            (Some(file), None) => different.push(format!(
                "The cluster reports no {key}, the file has “{}”.",
                short(file)
            )),
            (None, Some(cluster)) if !is_default(cluster) => different.push(format!(
                "The cluster has “{}” as {key}, the file nothing.",
                short(cluster)
            )),
            _ => {}
        }
    }
    (different, unreported)
}

/// What a file and a cluster mean that leave a value out.
fn is_default(text: &str) -> bool {
    ["", "false", NOTHING].contains(&text)
}

/// An empty list.
const NOTHING: &str = "none";

/// The values of an entry by their keys.
fn leaves(entry: &Value) -> BTreeMap<String, String> {
    fn add(value: &Value, path: &str, found: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(fields) => {
                // That there is such an object says something where its fields do not.
                if fields.is_empty() || path == "audit" || path == "template.audit" {
                    found.insert(path.to_owned(), "given".to_owned());
                }
                for (key, value) in fields {
                    let path = if path.is_empty() {
                        key.clone()
                    } else {
                        format!("{path}.{key}")
                    };
                    add(value, &path, found);
                }
            }
            Value::Array(values) if values.is_empty() => {
                found.insert(path.to_owned(), NOTHING.to_owned());
            }
            Value::Array(values) => {
                let texts: Vec<_> = values.iter().map(plain).collect();
                found.insert(path.to_owned(), texts.join(", "));
            }
            other => {
                found.insert(path.to_owned(), plain(other));
            }
        }
    }
    let mut found = BTreeMap::new();
    add(entry, "", &mut found);
    found
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Why an object that is not there cannot be created here.
fn not_creatable(step: &Step) -> Option<String> {
    match step {
        Step::Source(entry) if !entry.is_file() => Some(
            "Its connection is needed, which no file has: it holds credentials. Only member sources of the type FILE can \
             be created here. Create it on the cluster, and plan again."
                .to_owned(),
        ),
        Step::Role(entry) if entry.mode.is_some() => Some(
            "Only roles whose members are added one by one can be created here. Create it on the cluster, and plan again."
                .to_owned(),
        ),
        _ => None,
    }
}

/// The steps of a file with their plans, where neither the file nor the cluster has anything against them.
///
/// # Errors
/// At the field of the file, with the lines.
pub(super) fn planned(steps: Vec<FileStep>, cluster: &Cluster) -> Result<Vec<PlannedStep>, Error> {
    let mut problems = Problems::default();
    let all: Vec<_> = steps.iter().map(|step| &step.step).collect();
    let named: BTreeSet<_> = all
        .iter()
        .filter_map(|step| step.object())
        .map(|(kind, name)| (kind, folded(name)))
        .collect();
    let plans = cluster.plan(&all, true);
    for (step, plan) in steps.iter().zip(&plans) {
        for (key, kind, name) in step.step.needs() {
            if !name.is_empty() && !named.contains(&(kind, folded(name))) && !cluster.has(kind, name) {
                let one = kind.one();
                let message = format!("Neither the file nor the cluster has the {one} {}.", quoted(name));
                problems.add(step.line_of(key), key, message);
            }
        }
        if !matches!(plan, Plan::There(_)) && cluster.entry(&step.step).is_none() {
            check(step, &mut problems);
        }
    }
    problems.finish()?;
    let steps = steps.into_iter().zip(plans).map(|(step, plan)| PlannedStep {
        replaces: cluster.replaced_by(&step.step).map(ToOwned::to_owned),
        step: step.step,
        plan,
    });
    Ok(steps.collect())
}

/// Reports what the forms would refuse of an object that is to be created.
fn check(step: &FileStep, found: &mut Problems) {
    let validation = match &step.step {
        Step::Source(entry) if entry.is_file() => source_form(entry).read().0,
        Step::Source(SourceEntry { name, .. }) => {
            let mut validation = Validation::default();
            validation.required_line("name", name, MAX_NAME);
            validation
        }
        Step::Role(entry) => role_form(entry).read().0,
        Step::Mask(entry) => mask_form(entry).read().0,
        Step::Alphabet(entry) => alphabet_form(entry).read().0,
        Step::DataStore(entry) => store_form(entry).read().0,
        Step::Application(entry) => application_form(entry).read().0,
        Step::DataElement(entry) => {
            let mut validation = Validation::default();
            validation.required_line("name", &entry.name, protegrity::pim::MAX_DATA_ELEMENT_NAME);
            validation.lines("description", &entry.description, MAX_DESCRIPTION);
            validation
        }
        Step::Policy(entry) => {
            let mut validation = Validation::default();
            new_policy(
                &mut validation,
                &entry.name,
                &entry.description,
                Permission::default(),
            );
            validation
        }
        Step::Members(entry) => {
            let mut validation = Validation::default();
            validation.typed_names("members", &join_list(&entry.names, "\n"), MAX_MEMBERS);
            validation
        }
        Step::Rule { .. } | Step::Initialize => Validation::default(),
    };
    if let Err(Error::Invalid(problems)) = validation.finish() {
        for FieldError { field, message } in problems {
            let key = key_of(&field);
            found.add(step.line_of(&key), &key, message);
        }
    }
}

/// Stands for the uid of an object that is to be created before.
#[expect(clippy::unnecessary_wraps, reason = "one of several ways to find a uid")]
fn some_uid(_: Kind, _: &str) -> Option<String> {
    Some("1".to_owned())
}

/// The key of the document for the field of a form.
fn key_of(field: &str) -> String {
    let mut key = String::new();
    let mut is_next_upper = false;
    for c in field.chars() {
        match c {
            '_' => is_next_upper = true,
            c if is_next_upper => {
                key.extend(c.to_uppercase());
                is_next_upper = false;
            }
            c => key.push(c),
        }
    }
    key
}

/// The rule with the uids that these names have.
pub(super) fn new_rule(rule: &RuleEntry, uid: impl Fn(Kind, &str) -> Option<String>) -> Option<NewRule> {
    let mask = match &rule.mask {
        Some(name) => Some(MaskUid::from(uid(Kind::Mask, name)?)),
        None => None,
    };
    Some(NewRule {
        role: RoleUid::from(uid(Kind::Role, &rule.role)?),
        data_element: DataElementUid::from(uid(Kind::DataElement, &rule.data_element)?),
        no_access_operation: rule.no_access_operation.as_deref().map(Into::into),
        mask,
        permission: rule.permission.as_ref().map(Permission::from).unwrap_or_default(),
    })
}

pub(super) fn source_form(entry: &SourceEntry) -> SourceForm {
    SourceForm {
        name: entry.name.clone(),
        user_file: entry.user_file.clone().unwrap_or_default(),
        group_file: entry.group_file.clone().unwrap_or_default(),
    }
}

fn box_of(flag: Option<bool>) -> String {
    if flag == Some(true) {
        "true".to_owned()
    } else {
        String::new()
    }
}

pub(super) fn role_form(entry: &RoleEntry) -> RoleForm {
    RoleForm {
        name: entry.name.clone(),
        description: entry.description.clone(),
        allow_all: box_of(entry.allow_all),
    }
}

pub(super) fn mask_form(entry: &MaskEntry) -> MaskForm {
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    MaskForm {
        name: entry.name.clone(),
        description: entry.description.clone(),
        from_left: number(entry.from_left),
        from_right: number(entry.from_right),
        masked: entry.masked.map(|masked| masked.to_string()).unwrap_or_default(),
        character: entry.character.clone().unwrap_or_default(),
    }
}

pub(super) fn alphabet_form(entry: &AlphabetEntry) -> AlphabetForm {
    AlphabetForm {
        label: entry.label.clone(),
        ranges: entry.ranges.join("\n"),
        code_points: entry.code_points.join(" "),
    }
}

pub(super) fn store_form(entry: &DataStoreEntry) -> DataStoreForm {
    DataStoreForm {
        name: entry.name.clone(),
        description: entry.description.clone(),
        is_default: box_of(entry.is_default),
        ..DataStoreForm::default()
    }
}

pub(super) fn application_form(entry: &ApplicationEntry) -> ApplicationForm {
    ApplicationForm {
        name: entry.name.clone(),
        description: entry.description.clone(),
        application_name: entry.application_name.clone().unwrap_or_default(),
        application_user: entry.application_user.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protegrity::pim::{Alphabet, Application, DataStore, Mask, Member, Policy, Role, Rule, Source};

    use super::*;
    use crate::policy::file::{command::Plan, read::read};

    fn names() -> impl Strategy<Value = Vec<String>> {
        let word = prop_oneof![
            "\\PC{1,12}",
            "(yes|no|null|~|1|0x1f|1e3|true|- a|a: b|#c|&x|\\*y|!z|'|\"|@|`|%|\\|)"
        ];
        proptest::collection::vec(word, 1..6).prop_map(|words| {
            let mut seen = BTreeSet::new();
            let words = words.into_iter().filter(|word| seen.insert(folded(word)));
            words.collect()
        })
    }

    fn uids(names: &[String]) -> impl Iterator<Item = (String, &String)> {
        names
            .iter()
            .enumerate()
            .map(|(at, name)| ((at + 1).to_string(), name))
    }

    prop_compose! {
        fn operations()(protect: bool, re: bool, un: bool) -> Value {
            json!({"protect": protect, "reProtect": re, "unProtect": un})
        }
    }

    prop_compose! {
        fn rights()(access in operations(), audit in proptest::option::of((operations(), operations()))) -> Value {
            match audit {
                Some((success, failed)) => json!({"access": access, "audit": {"success": success, "failed": failed}}),
                None => json!({"access": access}),
            }
        }
    }

    prop_compose! {
        /// A configuration as a cluster can have it, with names and texts of any characters.
        fn configuration()(
            sources in names(), roles in names(), masks in names(), alphabets in names(), elements in names(),
            policies in names(), members in names(), text in "\\PC{0,30}(\n[a-z ]{0,9})?",
            all: bool, count in 0..20_u32, template in rights(), permission in rights(),
            no_access in proptest::option::of("NULL_VALUE|PROTECTED_VALUE|EXCEPTION"), option in "\\PC{0,9}",
        ) -> Configuration {
            let object = |(uid, name): (String, &String), more: Value| {
                let mut object = json!({"uid": uid, "name": name, "description": text});
                if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
                    object.extend(more);
                }
                object
            };
            let rule = |(at, (role, _)): (usize, (String, &String))| Rule::from(json!({
                "role": role, "dataElement": (at % elements.len() + 1).to_string(), "permission": permission,
                "noAccessOperation": no_access, "mask": if all { "1" } else { "0" },
            }));
            let member = |(uid, name): (String, &String)| Member::from(json!({
                "uid": uid, "name": name, "source": "1", "type": if all { "USER" } else { "GROUP" },
            }));
            Configuration {
                sources: uids(&sources).map(|row| Source::from(object(row, json!({
                    "type": "FILE", "connection": {"userFile": option, "groupFile": "/b"},
                })))).collect(),
                members: uids(&roles).map(|(uid, _)| (uid.into(), uids(&members).map(member).collect())).collect(),
                roles: uids(&roles).map(|row| Role::from(object(row, json!({"mode": "MANUAL", "allowAll": all})))).collect(),
                masks: uids(&masks).map(|row| Mask::from(object(row, json!({
                    "fromLeft": count, "fromRight": 1, "masked": all, "character": "*",
                })))).collect(),
                alphabets: uids(&alphabets).map(|(uid, name)| Alphabet::from(json!({
                    "uid": uid, "label": name, "codePoints": ["0041", "00E4"], "ranges": [{"from": "0030", "to": "0039"}],
                }))).collect(),
                data_elements: uids(&elements).map(|row| DataElement::from(object(row, json!({
                    "unicodeGen2Token": {"alphabetUid": "1", "fromLeft": count, "extra": option, "flag": all},
                })))).collect(),
                rules: uids(&policies).map(|(uid, _)| (uid.into(), uids(&roles).enumerate().map(rule).collect())).collect(),
                policies: uids(&policies).map(|row| Policy::from(object(row, json!({"template": template})))).collect(),
                data_stores: uids(&masks).map(|row| DataStore::from(object(row, json!({"default": false})))).collect(),
                applications: uids(&roles).map(|row| Application::from(object(row, json!({
                    "applicationName": option, "applicationUser": text,
                })))).collect(),
                ..Configuration::default()
            }
        }
    }

    proptest! {
        /// What a cluster exports is read back to the letter: planned against it, nothing differs.
        #[test]
        fn an_export_is_already_there_on_its_own_cluster(configuration in configuration()) {
            let text = Document::of(&configuration).to_yaml().expect("YAML");
            let steps = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            let steps: Vec<_> = steps.iter().map(|step| &step.step).collect();
            let cluster = Cluster::of(configuration);
            for (step, plan) in steps.iter().zip(cluster.plan(&steps, true)) {
                prop_assert!(matches!(plan, Plan::There(_)), "{step:?}: {plan:?}\n{text}");
            }
        }

        /// Whatever differs is never called the same.
        #[test]
        fn two_entries_are_the_same_only_where_they_are(one in configuration(), other in configuration()) {
            let entries = |configuration: &Configuration| {
                let document = Document::of(configuration);
                let masks = document.masks.into_iter().map(Step::Mask);
                let elements = document.data_elements.into_iter().map(Step::DataElement);
                masks.chain(elements).map(|step| value(&step)).collect::<Vec<_>>()
            };
            for (one, other) in entries(&one).iter().zip(entries(&other)) {
                let (different, _) = differences(one, &other);
                prop_assert_eq!(different.is_empty(), *one == other, "{} {}", one, other);
            }
        }
    }

    fn cluster(configuration: Configuration) -> Cluster {
        Cluster::of(configuration)
    }

    fn steps(text: &str) -> Vec<FileStep> {
        read(&format!("version: 1\n{text}")).unwrap_or_else(|error| panic!("{error}"))
    }

    fn plans(text: &str, cluster: &Cluster) -> Vec<Plan> {
        let planned = planned(steps(text), cluster).unwrap_or_else(|error| panic!("{error}"));
        planned.into_iter().map(|step| step.plan).collect()
    }

    fn words(plan: &Plan) -> (&'static str, &str) {
        match plan {
            Plan::Create(words) => ("create", words),
            Plan::There(words) => ("there", words),
            Plan::LeftOut(words) => ("left out", words),
        }
    }

    #[test]
    fn what_differs_is_told_and_left_out() {
        let mask = Mask::from(
            json!({"uid": "1", "name": "LAST_4", "fromLeft": 2, "fromRight": 4, "masked": false, "character": "*"}),
        );
        let role = Role::from(json!({"uid": "1", "name": "ANALYST"}));
        let member = Member::from(json!({"name": "bo", "source": "1", "type": "USER"}));
        let cluster = cluster(Configuration {
            sources: vec![Source::from(json!({"uid": "1", "name": "files", "type": "FILE"}))],
            masks: vec![mask],
            roles: vec![role],
            members: [("1".into(), vec![member])].into(),
            ..Configuration::default()
        });
        let plans = plans(
            "roles:\n- name: ANALYST\n  allowAll: false\n  members: [{name: ana, source: files, type: USER}]\n\
             masks:\n- {name: last_4, fromRight: 4, masked: false, character: '*'}\n\
             - {name: NEW, fromRight: 4, masked: true, character: '*'}\n",
            &cluster,
        );
        let check = |at: usize, kind: &str, expected: &[&str]| {
            let (found, words) = words(&plans[at]);
            assert_eq!(found, kind, "{words}");
            for part in expected {
                assert!(words.contains(part), "{part} in {words}");
            }
        };
        check(0, "left out", &["these members besides, which stay: bo"]);
        check(1, "create", &["Would be added: ana."]);
        check(
            2,
            "left out",
            &[
                "“LAST_4” as name, the file “last_4”",
                "“2” as fromLeft, the file nothing",
            ],
        );
        check(3, "create", &["Would be created."]);
    }

    #[test]
    fn what_cannot_be_created_takes_what_needs_it_along() {
        let plans = plans(
            "sources: [{name: directory, type: LDAP}]\n\
             roles:\n- {name: A, members: [{name: ana, source: directory, type: USER}]}\n- {name: B, mode: AUTOMATIC}\n\
             dataElements: [{name: D, method: {noEnc: {}}}]\n\
             policies:\n- name: P\n  rules: [{role: A, dataElement: D, access: []}, {role: B, dataElement: D, access: []}]\n",
            &cluster(Configuration::default()),
        );
        let kinds: Vec<_> = plans.iter().map(|plan| words(plan).0).collect();
        let expected = [
            "left out", "create", "left out", "left out", "create", "create", "create", "left out",
        ];
        assert_eq!(kinds, expected, "{plans:?}");
        assert!(
            words(&plans[2]).1.contains("needs the member source directory"),
            "{plans:?}"
        );
        assert!(words(&plans[7]).1.contains("needs the role B"), "{plans:?}");
    }

    #[test]
    fn a_source_with_a_connection_is_there_with_and_without_the_mark() {
        let source =
            json!({"uid": "1", "name": "directory", "type": "LDAP", "connection": {"password": "Hidden-1"}});
        let cluster = cluster(Configuration {
            sources: vec![Source::from(source)],
            ..Configuration::default()
        });
        for mark in ["", ", connection: needed"] {
            let plans = plans(
                &format!("sources: [{{name: directory, type: LDAP{mark}}}]\n"),
                &cluster,
            );
            assert_eq!(
                words(&plans[0]),
                ("there", "Already there, as in the file."),
                "{mark}"
            );
        }
    }

    #[test]
    fn a_problem_of_the_file_names_its_line() {
        let check = |text: &str, expected: &[&str]| {
            let cluster = Cluster::default();
            let error = planned(steps(text), &cluster).expect_err("a problem").to_string();
            for part in expected {
                assert!(error.contains(part), "{part} in {error}");
            }
        };
        check(
            "policies:\n- name: P\n  rules:\n  - role: NOBODY\n    dataElement: D\n    access: []\n    mask: M\n",
            &[
                "Line 5, role: Neither the file nor the cluster has the role NOBODY.",
                "Line 6, dataElement:",
                "Line 8, mask:",
            ],
        );
        let long = "x".repeat(56);
        check(
            &format!("roles:\n- description: y\n  name: {long}\n"),
            &["Line 4, name: This is longer than 55 characters."],
        );
        check(
            "masks:\n- {name: M, fromLeft: 1}\n",
            &["Line 3, masked", "Line 3, character"],
        );
        check(
            "alphabets:\n- label: A\n  ranges:\n  - 005A-0041\n",
            &["Line 5, ranges: Line 1: the range ends before it begins"],
        );
        check(
            "dataElements:\n- name: D\n  method:\n    unicodeGen2Token:\n      alphabet: Elvish\n",
            &["Line 6, alphabet: Neither the file nor the cluster has the alphabet Elvish."],
        );
        check(
            "roles:\n- name: R\n  members:\n  - {name: \"a\\u200Bb\", source: s, type: USER}\n",
            &[
                "Line 5, source:",
                "Line 5, members: One of these names holds invisible characters",
            ],
        );
    }

    #[test]
    fn a_second_default_and_what_the_vendor_advises_against_are_told() {
        let cluster = cluster(Configuration {
            data_stores: vec![DataStore::from(
                json!({"uid": "1", "name": "OLD", "default": true}),
            )],
            ..Configuration::default()
        });
        let plans = plans(
            "roles: [{name: R}]\n\
             dataElements:\n- {name: C, method: {aes256CbcEnc: {}}}\n- {name: D, method: {numericToken: {}}}\n\
             dataStores: [{name: NEW, default: true}]\n\
             policies:\n- name: P\n  rules: [{role: R, dataElement: C, access: [], noAccessOperation: PROTECTED_VALUE}]\n",
            &cluster,
        );
        let said: Vec<_> = plans.iter().map(|plan| words(plan).1).collect();
        assert!(
            said[2].contains("The vendor's pages say: This method needs a tokenizer."),
            "{said:?}"
        );
        assert!(said[3].contains("the default in the place of OLD"), "{said:?}");
        assert!(said[5].contains("cannot give its protected value"), "{said:?}");
    }
}
