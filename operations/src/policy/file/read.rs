//! Reading the text of a file: its objects as steps, and every problem with its line.

use std::collections::{BTreeMap, BTreeSet};

use protegrity::pim::{MemberType, NoAccessOperation};
use serde_json::{Map, Value};

use super::{
    super::roles::MAX_MEMBERS,
    cluster::{Name, named},
    command::{MembersEntry, Step},
    document::{
        AlphabetEntry, ApplicationEntry, AuditEntry, DataElementEntry, DataStoreEntry, MaskEntry, NEEDED,
        OPERATIONS, PermissionEntry, PolicyEntry, REFERENCES, RoleEntry, RuleEntry, SourceEntry, VERSION,
    },
    kind::Kind,
    problems::{Problems, at_file, quoted},
    yaml::{Content, Node, parse},
};
use crate::{Error, characters::folded};

/// The longest text, in bytes: that of an upload.
const MAX_TEXT: usize = 2 * 1024 * 1024;

/// A step of the file, and where it stands.
#[derive(Debug)]
pub(super) struct FileStep {
    pub step: Step,
    pub line: usize,
    /// The lines of its keys.
    pub lines: BTreeMap<String, usize>,
}

impl FileStep {
    /// The line of this key, or of the step where it has no such key.
    pub fn line_of(&self, key: &str) -> usize {
        self.lines.get(key).copied().unwrap_or(self.line)
    }
}

/// The steps of a file in the order in which they build on each other, after all checks that need no cluster.
///
/// # Errors
/// At the field of the file, with the lines.
pub(super) fn read(text: &str) -> Result<Vec<FileStep>, Error> {
    if text.trim().is_empty() {
        return Err(at_file("Choose a file."));
    }
    if text.len() > MAX_TEXT {
        return Err(at_file("The file is larger than 2 MB."));
    }
    let document = parse(text)?;
    let mut reader = Reader::default();
    reader.document(&document);
    reader.problems.finish()?;
    Ok(reader.steps)
}

/// The fields of one mapping of the file, none of them null.
struct Fields<'a> {
    line: usize,
    values: BTreeMap<&'a str, &'a Node>,
}

impl Fields<'_> {
    fn lines(&self) -> BTreeMap<String, usize> {
        let values = self.values.iter();
        values.map(|(key, node)| ((*key).to_owned(), node.line)).collect()
    }

    fn line_of(&self, key: &str) -> usize {
        self.values.get(key).map_or(self.line, |node| node.line)
    }
}

#[derive(Default)]
struct Reader {
    problems: Problems,
    steps: Vec<FileStep>,
    /// The lines of the objects that are named.
    names: BTreeMap<Name, usize>,
}

impl Reader {
    fn document(&mut self, document: &Node) {
        let known = [
            "version",
            "sources",
            "roles",
            "masks",
            "alphabets",
            "dataElements",
            "dataStores",
            "applications",
            "policies",
        ];
        let Some(fields) = self.fields(document, &known) else {
            return;
        };
        match fields.values.get("version").map(|node| &node.content) {
            Some(Content::Number(version)) if version.as_u64() == Some(VERSION) => {}
            Some(_) => {
                let line = fields.line_of("version");
                self.problems
                    .add(line, "version", "This portal reads version 1 of the file.");
            }
            None => self.problems.add(
                fields.line,
                "version",
                "This is missing: the file begins with “version: 1”.",
            ),
        }
        self.each(
            &fields,
            "sources",
            &["name", "type", "userFile", "groupFile", "connection"],
            Self::source,
        );
        self.each(
            &fields,
            "roles",
            &["name", "description", "mode", "allowAll", "members"],
            Self::role,
        );
        self.each(
            &fields,
            "masks",
            &[
                "name",
                "description",
                "fromLeft",
                "fromRight",
                "masked",
                "character",
            ],
            Self::mask,
        );
        self.each(
            &fields,
            "alphabets",
            &["label", "codePoints", "ranges"],
            Self::alphabet,
        );
        self.each(
            &fields,
            "dataElements",
            &["name", "description", "method"],
            Self::data_element,
        );
        self.each(
            &fields,
            "dataStores",
            &["name", "description", "default"],
            Self::data_store,
        );
        self.each(
            &fields,
            "applications",
            &["name", "description", "applicationName", "applicationUser"],
            Self::application,
        );
        let first_policy = self.steps.len();
        self.each(
            &fields,
            "policies",
            &["name", "description", "template", "rules"],
            Self::policy,
        );
        // All policies come before all rules.
        self.steps[first_policy..].sort_by_key(|step| matches!(step.step, Step::Rule { .. }));
    }

    /// Reads the objects of one kind, which have these keys.
    fn each(&mut self, fields: &Fields<'_>, key: &str, known: &[&str], read: fn(&mut Self, &Fields<'_>)) {
        for node in self.list(fields, key) {
            if let Some(fields) = self.fields(node, known) {
                read(self, &fields);
            }
        }
    }

    fn push(&mut self, fields: &Fields<'_>, step: Step) {
        if let Some((kind, name)) = step.object() {
            let key = if kind == Kind::Alphabet { "label" } else { "name" };
            let line = fields.line_of(key);
            if name.is_empty() {
                let is_text = |node: &&Node| matches!(node.content, Content::Text(_));
                if fields.values.get(key).is_some_and(is_text) {
                    self.problems.add(line, key, "This must not be empty.");
                }
            } else if let Some(first) = self.names.insert(named(kind, name), line) {
                let one = kind.one();
                let message = format!("Line {first} has a {one} of the same name.");
                self.problems.add(line, key, message);
            }
        }
        self.steps.push(FileStep {
            step,
            line: fields.line,
            lines: fields.lines(),
        });
    }

    fn source(&mut self, fields: &Fields<'_>) {
        let mut entry = SourceEntry {
            name: self.required(fields, "name"),
            kind: self.text(fields, "type"),
            user_file: self.text(fields, "userFile"),
            group_file: self.text(fields, "groupFile"),
            connection: self.needed(fields, "connection"),
        };
        if !entry.is_file() {
            // So it is without the mark as well.
            entry.connection = Some(NEEDED.to_owned());
        } else if entry.connection.is_some() {
            let line = fields.line_of("connection");
            let message = "A source of the type FILE has the keys userFile and groupFile instead.";
            self.problems.add(line, "connection", message);
        }
        self.push(fields, Step::Source(entry));
    }

    fn role(&mut self, fields: &Fields<'_>) {
        let mode = self.text(fields, "mode");
        let entry = RoleEntry {
            name: self.required(fields, "name"),
            description: self.text(fields, "description").unwrap_or_default(),
            mode: mode.filter(|mode| !mode.eq_ignore_ascii_case("MANUAL")),
            allow_all: self.flag(fields, "allowAll"),
        };
        let role = entry.name.clone();
        self.push(fields, Step::Role(entry));
        self.members(fields, &role);
    }

    /// The members of a role, those of one source and type together.
    fn members(&mut self, role_fields: &Fields<'_>, role: &str) {
        let mut seen = BTreeSet::new();
        let mut grouped: BTreeMap<(String, String), Vec<(String, usize)>> = BTreeMap::new();
        for node in self.list(role_fields, "members") {
            let Some(fields) = self.fields(node, &["name", "source", "type"]) else {
                continue;
            };
            let name = self.required(&fields, "name");
            let source = self.required(&fields, "source");
            let kind = self.required(&fields, "type");
            let word = MemberType::KNOWN
                .iter()
                .find(|word| **word == MemberType::from(kind.as_str()));
            let line = fields.line_of("type");
            match word {
                None if kind.is_empty() => {}
                None => self.problems.add(line, "type", "This is not USER or GROUP."),
                Some(word) => {
                    let member = (folded(&source), word.clone(), folded(&name));
                    if !seen.insert(member) {
                        self.problems.add(
                            fields.line,
                            "members",
                            "The role has this member twice in the file.",
                        );
                    }
                    let group = grouped.entry((source, word.to_string())).or_default();
                    group.push((name, fields.line));
                }
            }
        }
        for ((source, kind), members) in grouped {
            for members in members.chunks(MAX_MEMBERS) {
                let step = Step::Members(MembersEntry {
                    role: role.to_owned(),
                    source: source.clone(),
                    kind: kind.clone(),
                    names: members.iter().map(|(name, _)| name.clone()).collect(),
                });
                self.steps.push(FileStep {
                    step,
                    line: members.first().map_or(role_fields.line, |(_, line)| *line),
                    lines: BTreeMap::new(),
                });
            }
        }
    }

    fn mask(&mut self, fields: &Fields<'_>) {
        let entry = MaskEntry {
            name: self.required(fields, "name"),
            description: self.text(fields, "description").unwrap_or_default(),
            from_left: self.count(fields, "fromLeft"),
            from_right: self.count(fields, "fromRight"),
            masked: self.flag(fields, "masked"),
            character: self.text(fields, "character"),
        };
        self.push(fields, Step::Mask(entry));
    }

    fn alphabet(&mut self, fields: &Fields<'_>) {
        let entry = AlphabetEntry {
            label: self.required(fields, "label"),
            code_points: self.texts(fields, "codePoints"),
            ranges: self.texts(fields, "ranges"),
        };
        self.push(fields, Step::Alphabet(entry));
    }

    fn data_element(&mut self, fields: &Fields<'_>) {
        let mut all = Fields {
            line: fields.line,
            values: fields.values.clone(),
        };
        let entry = DataElementEntry {
            name: self.required(fields, "name"),
            description: self.text(fields, "description").unwrap_or_default(),
            method: self.method(&mut all),
        };
        self.push(&all, Step::DataElement(entry));
    }

    /// The options of the method by its key. The lines of the options are among those of the data element.
    fn method(&mut self, fields: &mut Fields<'_>) -> Map<String, Value> {
        let (line, entries) = match fields.values.get("method").copied() {
            Some(Node {
                line,
                content: Content::Map(entries),
            }) => (*line, entries),
            Some(node) => {
                let message = "This must be a mapping with the key of the method.";
                self.problems.add(node.line, "method", message);
                return Map::new();
            }
            None => {
                self.problems.add(fields.line, "method", "This is missing.");
                return Map::new();
            }
        };
        if entries.len() != 1 {
            self.problems
                .add(line, "method", "A data element has exactly one method.");
        }
        let mut method = Map::new();
        for (key, options) in entries {
            match &options.content {
                Content::Map(options) => fields.values.extend(
                    options
                        .iter()
                        .filter(|(key, _)| !["name", "description", "method"].contains(&key.as_str()))
                        .map(|(key, node)| (key.as_str(), node)),
                ),
                Content::Nothing => {}
                _ => {
                    let message = "This must be a mapping of the method's options.";
                    self.problems.add(options.line, key, message);
                }
            }
            self.check_options(options);
            let options = match options.to_json() {
                Value::Null => Value::Object(Map::new()),
                options => options,
            };
            method.insert(key.clone(), options);
        }
        method
    }

    /// A uid names another object in another cluster.
    fn check_options(&mut self, options: &Node) {
        let Content::Map(options) = &options.content else {
            return;
        };
        for (key, node) in options {
            let reference = REFERENCES.iter().find(|(_, name)| name == key);
            if key.ends_with("Uid") {
                let message = match REFERENCES.iter().find(|(uid, _)| uid == key) {
                    Some((_, name)) => format!("A uid cannot be taken over. Give the name as “{name}”."),
                    None => "A uid cannot be taken over from another cluster.".to_owned(),
                };
                self.problems.add(node.line, key, message);
            } else if reference.is_some() && !matches!(node.content, Content::Text(_)) {
                self.problems.add(node.line, key, NOT_TEXT);
            }
        }
    }

    fn data_store(&mut self, fields: &Fields<'_>) {
        let entry = DataStoreEntry {
            name: self.required(fields, "name"),
            description: self.text(fields, "description").unwrap_or_default(),
            is_default: self.flag(fields, "default"),
        };
        let is_default =
            |step: &FileStep| matches!(&step.step, Step::DataStore(store) if store.is_default == Some(true));
        if entry.is_default == Some(true) && self.steps.iter().any(is_default) {
            let line = fields.line_of("default");
            self.problems.add(
                line,
                "default",
                "Another data store of the file is the default already.",
            );
        }
        self.push(fields, Step::DataStore(entry));
    }

    fn application(&mut self, fields: &Fields<'_>) {
        let entry = ApplicationEntry {
            name: self.required(fields, "name"),
            description: self.text(fields, "description").unwrap_or_default(),
            application_name: self.text(fields, "applicationName"),
            application_user: self.text(fields, "applicationUser"),
        };
        self.push(fields, Step::Application(entry));
    }

    fn policy(&mut self, fields: &Fields<'_>) {
        let template = fields.values.get("template").copied();
        let template = template.and_then(|node| {
            let fields = self.fields(node, &["access", "audit"])?;
            self.permission(&fields)
        });
        let entry = PolicyEntry {
            name: self.required(fields, "name"),
            description: self.text(fields, "description").unwrap_or_default(),
            template,
        };
        let policy = entry.name.clone();
        self.push(fields, Step::Policy(entry));
        let mut seen = BTreeMap::new();
        for node in self.list(fields, "rules") {
            self.rule(node, &policy, &mut seen);
        }
    }

    fn rule(&mut self, node: &Node, policy: &str, seen: &mut BTreeMap<(String, String), usize>) {
        let known = [
            "role",
            "dataElement",
            "access",
            "audit",
            "noAccessOperation",
            "mask",
        ];
        let Some(fields) = self.fields(node, &known) else {
            return;
        };
        let no_access = self
            .text(&fields, "noAccessOperation")
            .map(NoAccessOperation::from);
        if no_access
            .as_ref()
            .is_some_and(|word| !NoAccessOperation::KNOWN.contains(word))
        {
            let line = fields.line_of("noAccessOperation");
            let message = "This is not one of NULL_VALUE, PROTECTED_VALUE and EXCEPTION.";
            self.problems.add(line, "noAccessOperation", message);
        }
        let rule = RuleEntry {
            role: self.required(&fields, "role"),
            data_element: self.required(&fields, "dataElement"),
            permission: self.permission(&fields),
            no_access_operation: no_access
                .filter(|word| *word != NoAccessOperation::NullValue)
                .map(|word| word.to_string()),
            mask: self.text(&fields, "mask"),
        };
        let key = (folded(&rule.role), folded(&rule.data_element));
        if let Some(first) = seen.insert(key, fields.line) {
            let message = format!("Line {first} has a rule for the same role and data element.");
            self.problems.add(fields.line, "rules", message);
        }
        let policy = policy.to_owned();
        self.push(&fields, Step::Rule { policy, rule });
    }

    fn permission(&mut self, fields: &Fields<'_>) -> Option<PermissionEntry> {
        if !fields.values.contains_key("access") {
            let message = "This is missing: a list of protect, reProtect and unProtect, which can be empty.";
            self.problems.add(fields.line, "access", message);
            return None;
        }
        let access = self.operations(fields, "access");
        let audit = fields.values.get("audit").copied();
        let audit = audit.and_then(|node| {
            let fields = self.fields(node, &["success", "failed"])?;
            Some(AuditEntry {
                success: self.operations(&fields, "success"),
                failed: self.operations(&fields, "failed"),
            })
        });
        Some(PermissionEntry { access, audit })
    }

    /// Operations in the order of the API, none twice.
    fn operations(&mut self, fields: &Fields<'_>, key: &str) -> Vec<String> {
        let given = self.texts(fields, key);
        if let Some(unknown) = given.iter().find(|word| !OPERATIONS.contains(&word.as_str())) {
            let message = format!(
                "“{}” is not one of protect, reProtect and unProtect.",
                quoted(unknown)
            );
            self.problems.add(fields.line_of(key), key, message);
        }
        let known = OPERATIONS
            .into_iter()
            .filter(|word| given.iter().any(|given| given == word));
        known.map(str::to_owned).collect()
    }

    /// The fields of a mapping that has no other keys than these.
    fn fields<'a>(&mut self, node: &'a Node, known: &[&str]) -> Option<Fields<'a>> {
        let Content::Map(entries) = &node.content else {
            let message = format!("This must be a mapping with the keys {}.", known.join(", "));
            self.problems.add(node.line, "", message);
            return None;
        };
        let mut values = BTreeMap::new();
        for (key, value) in entries {
            if !known.contains(&key.as_str()) {
                let message = format!(
                    "This key is not known here. The known keys are {}.",
                    known.join(", ")
                );
                self.problems.add(value.line, key, message);
            } else if !matches!(value.content, Content::Nothing) {
                values.insert(key.as_str(), value);
            }
        }
        Some(Fields {
            line: node.line,
            values,
        })
    }

    fn list<'a>(&mut self, fields: &Fields<'a>, key: &str) -> &'a [Node] {
        match fields.values.get(key) {
            None => &[],
            Some(Node {
                content: Content::List(nodes),
                ..
            }) => nodes,
            Some(node) => {
                self.problems.add(node.line, key, "This must be a list.");
                &[]
            }
        }
    }

    fn text(&mut self, fields: &Fields<'_>, key: &str) -> Option<String> {
        let node = fields.values.get(key)?;
        if let Content::Text(text) = &node.content {
            return Some(text.clone());
        }
        self.problems.add(node.line, key, NOT_TEXT);
        None
    }

    /// The mark of what the file lacks. Anything else in its place can be a credential, and is not taken, nor quoted.
    fn needed(&mut self, fields: &Fields<'_>, key: &str) -> Option<String> {
        let node = fields.values.get(key)?;
        if matches!(&node.content, Content::Text(text) if text == NEEDED) {
            return Some(NEEDED.to_owned());
        }
        let message = "This can only be the word “needed”: a file has no credentials.";
        self.problems.add(node.line, key, message);
        None
    }

    fn required(&mut self, fields: &Fields<'_>, key: &str) -> String {
        if !fields.values.contains_key(key) {
            self.problems.add(fields.line, key, "This is missing.");
        }
        self.text(fields, key).unwrap_or_default()
    }

    fn texts(&mut self, fields: &Fields<'_>, key: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for node in self.list(fields, key) {
            match &node.content {
                Content::Text(text) => texts.push(text.clone()),
                _ => self.problems.add(node.line, key, NOT_TEXT),
            }
        }
        texts
    }

    fn flag(&mut self, fields: &Fields<'_>, key: &str) -> Option<bool> {
        let node = fields.values.get(key)?;
        if let Content::Flag(flag) = node.content {
            return Some(flag);
        }
        self.problems.add(node.line, key, "This must be true or false.");
        None
    }

    fn count(&mut self, fields: &Fields<'_>, key: &str) -> Option<u32> {
        let node = fields.values.get(key)?;
        let number = match &node.content {
            Content::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            _ => None,
        };
        if number.is_none() {
            self.problems
                .add(node.line, key, "This must be a whole number, 0 or more.");
        }
        number
    }
}

const NOT_TEXT: &str =
    "This must be a text. Put it in quotes where it looks like a number, true, false or null.";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::file::yaml::MAX_NODES;

    fn problem(text: &str) -> String {
        match read(text) {
            Err(Error::Invalid(problems)) => {
                assert_eq!(problems.len(), 1, "{problems:?}");
                assert_eq!(problems[0].field, "file");
                problems[0].message.clone()
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    fn check(text: &str, expected: &str) {
        let problem = problem(text);
        assert!(problem.contains(expected), "{expected} in {problem}");
        assert!(problem.len() < 4000, "{}", problem.len());
    }

    #[test]
    fn hostile_yaml_is_refused_within_bounds() {
        let bomb = (1..20)
            .map(|level| {
                format!(
                    "l{level}: &l{level} [{}]\n",
                    vec![format!("*l{}", level - 1); 9].join(",")
                )
            })
            .collect::<Vec<_>>()
            .concat();
        check(&format!("version: 1\nl0: &l0 [x]\n{bomb}"), "Anchors and aliases");
        check(
            "version: 1\nroles: &r [{name: a}]\n",
            "Line 2: Anchors and aliases",
        );
        check("version: 1\n<<: {roles: []}\n", "Line 2");
        let nested = |depth| format!("version: 1\nroles: {}{}\n", "[".repeat(depth), "]".repeat(depth));
        check(&nested(100), "Line 2: The file is nested too deeply.");
        // The scanner has a limit of its own.
        check(&nested(5000), "Line 2: The file is not YAML");
        let deep = (0..500)
            .map(|level| format!("{}a:\n", " ".repeat(level)))
            .collect::<Vec<_>>()
            .concat();
        check(&format!("version: 1\nroles:\n{deep}"), "nested too deeply");
        check(
            &format!("version: 1\nroles: [{}]\n", "a,".repeat(MAX_NODES)),
            "more parts than are taken",
        );
        check(&"#".repeat(MAX_TEXT + 1), "larger than 2 MB");
        check("version: 1\n---\nversion: 1\n", "several documents");
        check(
            "version: 1\nroles: []\nroles: []\n",
            "Line 3: A key is there twice",
        );
        check("version: 1\nroles: [", "not YAML");
        check("\u{0}", "not YAML");
        check(" \n", "Choose a file.");
        check(
            &format!("version: 1\nx{}: 1\n", "y".repeat(900)),
            "This key is not known",
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_is_told_with_its_line() {
        check(
            "hello",
            "Line 1: This must be a mapping with the keys version, sources",
        );
        check("roles: []", "Line 1, version: This is missing");
        check("version: 2", "Line 1, version: This portal reads version 1");
        check("version: '1'", "Line 1, version:");
        check("version: 1\nroles: {}", "Line 2, roles: This must be a list.");
        check("version: 1\nroles: [x]", "Line 2: This must be a mapping");
        check(
            "version: 1\nroles:\n- name: 12",
            "Line 3, name: This must be a text.",
        );
        check(
            "version: 1\nroles:\n- description: x",
            "Line 3, name: This is missing.",
        );
        check(
            "version: 1\nroles:\n- {name: ''}",
            "Line 3, name: This must not be empty.",
        );
        check(
            "version: 1\nroles:\n- {name: A, allowAll: yes}",
            "allowAll: This must be true or false.",
        );
        check(
            "version: 1\nmasks:\n- {name: A, fromLeft: -1}",
            "fromLeft: This must be a whole number",
        );
        check(
            "version: 1\nmasks:\n- {name: A, fromLeft: 1.5}",
            "fromLeft: This must be a whole number",
        );
        check(
            "version: 1\nalphabets:\n- {label: A, codePoints: [0041]}",
            "codePoints: This must be a text.",
        );
        check(
            "version: 1\nsources:\n- {name: A, type: LDAP, connection: {password: Hidden-1}}",
            "Line 3, connection: This can only be the word “needed”",
        );
        check(
            "version: 1\nsources:\n- {name: A, connection: needed}",
            "Line 3, connection: A source of the type FILE has",
        );
        check(
            "version: 1\ndataElements:\n- {name: A}",
            "method: This is missing.",
        );
        check(
            "version: 1\ndataElements:\n- {name: A, method: {a: {}, b: {}}}",
            "exactly one method",
        );
        check(
            "version: 1\ndataElements:\n- {name: A, method: {noEnc: 1}}",
            "noEnc: This must be a mapping",
        );
        check(
            "version: 1\ndataElements:\n- name: A\n  method:\n    noEnc:\n      maskUid: '1'",
            "Line 6, maskUid: A uid cannot be taken over. Give the name as “mask”.",
        );
        check(
            "version: 1\ndataElements:\n- {name: A, method: {hmac: {keyUid: '1'}}}",
            "keyUid: A uid cannot be taken over from another cluster.",
        );
    }

    #[test]
    fn what_is_there_twice_is_told_with_both_lines() {
        check(
            "version: 1\nroles:\n- name: Ana\n- name: ANA\n",
            "Line 4, name: Line 3 has a role of the same name.",
        );
        check(
            "version: 1\ndataStores:\n- {name: A, default: true}\n- {name: B, default: true}\n",
            "Line 4, default: Another data store of the file is the default already.",
        );
        let rule = "  - {role: R, dataElement: D, access: []}\n";
        check(
            &format!("version: 1\npolicies:\n- name: P\n  rules:\n{rule}{rule}"),
            "Line 6, rules: Line 5 has a rule for the same role and data element.",
        );
        let member = "  - {name: a, source: s, type: USER}\n";
        check(
            &format!("version: 1\nroles:\n- name: R\n  members:\n{member}{member}"),
            "Line 6, members: The role has this member twice",
        );
        check(
            "version: 1\npolicies:\n- name: P\n  rules:\n  - {role: R, dataElement: D, access: [unprotect]}\n",
            "Line 5, access: “unprotect” is not one of",
        );
        check(
            "version: 1\npolicies:\n- name: P\n  rules:\n  - {role: R, dataElement: D, access: [], noAccessOperation: X}\n",
            "Line 5, noAccessOperation:",
        );
        let many: String = (0..30).map(|_| "- {name: 1}\n").collect();
        check(&format!("version: 1\nroles:\n{many}"), "And 20 more problems.");
    }

    #[test]
    fn the_steps_are_in_the_order_in_which_they_build_on_each_other() {
        let steps = read(
            "policies:\n- name: P\n  rules: [{role: R, dataElement: D, access: [unProtect, protect]}]\n- name: Q\n\
             dataElements: [{name: D, method: {noEnc:}}]\nroles:\n- name: R\n  members: [{name: a, source: s, type: user}]\n\
             sources: [{name: s}]\nversion: 1\n",
        )
        .unwrap_or_else(|error| panic!("{error}"));
        let kinds: Vec<_> = steps
            .iter()
            .map(|step| match &step.step {
                Step::Members(_) => "members",
                Step::Rule { .. } => "rule",
                other => other.object().map_or("", |(kind, _)| kind.one()),
            })
            .collect();
        let expected = [
            "member source",
            "role",
            "members",
            "data element",
            "policy",
            "policy",
            "rule",
        ];
        assert_eq!(kinds, expected);
        let Step::Rule { rule, .. } = &steps[6].step else {
            panic!("a rule");
        };
        let access = rule
            .permission
            .as_ref()
            .map(|permission| permission.access.clone());
        assert_eq!(access.unwrap_or_default(), ["protect", "unProtect"]);
    }

    #[test]
    fn members_of_one_source_and_type_are_one_step_of_bounded_size() {
        let members = (0..=MAX_MEMBERS)
            .map(|number| format!("  - {{name: m{number}, source: s, type: USER}}\n"))
            .collect::<Vec<_>>()
            .concat();
        let steps = read(&format!("version: 1\nroles:\n- name: R\n  members:\n{members}"));
        let steps = steps.unwrap_or_else(|error| panic!("{error}"));
        let sizes: Vec<_> = steps
            .iter()
            .filter_map(|step| match &step.step {
                Step::Members(entry) => Some(entry.names.len()),
                _ => None,
            })
            .collect();
        assert_eq!(sizes, [MAX_MEMBERS, 1]);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(version: 1\n)?[a-z:\\- {}\\[\\]\"'&*!|>#\n]{0,200}") {
            if let Err(error) = read(&text) {
                let is_invalid = matches!(error, Error::Invalid(_));
                prop_assert!(is_invalid);
            }
        }
    }
}
