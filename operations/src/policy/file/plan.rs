//! What would happen with each step of a file.

use std::collections::{BTreeMap, BTreeSet};

use protegrity::pim::{DataElement, Permission};

use super::{
    super::{
        data_elements::sentence,
        object::{MAX_DESCRIPTION, MAX_NAME},
        policies::new_policy,
        roles::MAX_MEMBERS,
        rules::problems,
    },
    cluster::{Cluster, Name, named, rule_name, value},
    command::{Plan, PlannedStep, Step},
    differences::differences,
    document::{RuleEntry, SourceEntry},
    forms::{
        alphabet_form, application_form, mask_form, new_rule, role_form, some_uid, source_form, store_form,
    },
    kind::Kind,
    problems::{Problems, quoted},
    read::FileStep,
};
use crate::{
    Error, FieldError,
    characters::folded,
    merge::listed,
    text::{counted, join_list},
    validation::Validation,
};

/// How many differences of one object are shown.
const MAX_DIFFERENCES: usize = 4;

/// What would happen with each of these steps, in their order. Where they are the whole file, what the cluster has
/// besides is a difference.
pub(super) fn plan(cluster: &Cluster, steps: &[&Step], is_whole: bool) -> Vec<Plan> {
    let mut planning = Planning::new(cluster, steps, is_whole);
    steps.iter().map(|step| planning.plan(step)).collect()
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
            let name = named(kind, name);
            match plan {
                Plan::Create(_) => _ = self.created.insert(name),
                Plan::LeftOut(_) if self.cluster.has(&name) => {
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
            let (one, needed) = (kind.one(), named(kind, name));
            if !self.cluster.has(&needed) && !self.created.contains(&needed) {
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
        let name = named(kind, name);
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
                let of_role = parts.entry(named(Kind::Role, &entry.role)).or_default();
                of_role.extend(entry.names.iter().map(|name| folded(name)));
            }
            Step::Rule { policy, rule } => {
                let of_policy = parts.entry(named(Kind::Policy, policy)).or_default();
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
    let of_file: BTreeSet<_> = all
        .iter()
        .filter_map(|step| step.object())
        .map(|(kind, name)| named(kind, name))
        .collect();
    let plans = plan(cluster, &all, true);
    for (step, plan) in steps.iter().zip(&plans) {
        for (key, kind, name) in step.step.needs() {
            let needed = named(kind, name);
            if !name.is_empty() && !of_file.contains(&needed) && !cluster.has(&needed) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protegrity::pim::{Alphabet, Application, DataStore, Mask, Member, Policy, Role, Rule, Source};
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::{
        Configuration,
        file::{document::Document, read::read},
    };

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
            for (step, plan) in steps.iter().zip(plan(&cluster, &steps, true)) {
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
