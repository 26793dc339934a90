//! The document: what is configured, with names in the place of uids. Its keys are those of the API.

use std::collections::{BTreeMap, BTreeSet};

use protegrity::pim::{
    Alphabet, Application, Audit, DataElement, DataStore, Mask, Member, Operations, Permission, Policy,
    ProtectionMethod, Role, RoleMode, Rule, Source, SourceType,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    super::{Configuration, name_of},
    kind::Kind,
};
use crate::{Error, text::shortened};

/// The version of the document's form.
pub(super) const VERSION: u64 = 1;

/// The comment at the beginning of the document. It has no date: the same configuration gives the same file.
const HEADING: &str = "\
# The configuration of policy management: names in the place of uids, sorted by name.
# Not in it: export keys, what is deployed, and how a member source connects that is not of the type FILE: that has
# credentials. Such a source says “connection: needed”, and is created on the cluster's own screens.
";

/// How the comment goes on where the cluster reports fields that the reference does not describe. They can be of any
/// kind, and credentials are one.
const UNDOCUMENTED: &str = "\
# Fields that the API's documents do not describe are not in it either. This cluster has:
";

/// The value of `connection` where a source has one that the document leaves out.
pub(super) const NEEDED: &str = "needed";

/// How many fields of one kind of object the comment names.
const MAX_FIELDS: usize = 20;

/// The longest name of a field in the comment, in characters.
const MAX_FIELD: usize = 40;

/// Everything that is configured and can be created again.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub version: u64,
    pub sources: Vec<SourceEntry>,
    pub roles: Vec<RoleWithMembers>,
    pub masks: Vec<MaskEntry>,
    pub alphabets: Vec<AlphabetEntry>,
    pub data_elements: Vec<DataElementEntry>,
    pub data_stores: Vec<DataStoreEntry>,
    pub applications: Vec<ApplicationEntry>,
    pub policies: Vec<PolicyWithRules>,
    /// The names of the fields that are left out, by the key of the objects that have them.
    #[serde(skip)]
    pub left_out: BTreeMap<&'static str, BTreeSet<String>>,
}

/// A member source. Of its connection only the paths of files are known here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceEntry {
    pub(super) name: String,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user_file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) group_file: Option<String>,
    /// [`NEEDED`] where the source has a connection that is not in the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) connection: Option<String>,
}

impl SourceEntry {
    /// Whether it is of the type `FILE`, the one whose connection the notes on the reference describe (section 3).
    pub(super) fn is_file(&self) -> bool {
        let kind = self.kind.as_deref().map(SourceType::from);
        kind.is_none_or(|kind| kind == SourceType::File)
    }
}

/// A role without its members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleEntry {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    /// Left out where members are added one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mode: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) allow_all: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct RoleWithMembers {
    #[serde(flatten)]
    pub role: RoleEntry,
    pub members: Vec<MemberEntry>,
}

/// A member of a role, in the order in which members are sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct MemberEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    pub name: String,
}

/// A mask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MaskEntry {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from_left: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from_right: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) masked: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) character: Option<String>,
}

/// An alphabet: hexadecimal code points, and ranges of them with a hyphen between the ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlphabetEntry {
    pub(super) label: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) code_points: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ranges: Vec<String>,
}

/// A data element with all options of its method, also those that are not documented.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataElementEntry {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    /// The options by the key of the method.
    pub(super) method: Map<String, Value>,
}

impl DataElementEntry {
    /// The objects that the options of its method name.
    pub(super) fn references(&self) -> Vec<(&'static str, Kind, &str)> {
        let options = self.method.values().filter_map(Value::as_object);
        let kinds = [(ALPHABET, Kind::Alphabet), (MASK, Kind::Mask)];
        let named = options.flat_map(|options| {
            kinds
                .into_iter()
                .filter_map(move |(key, kind)| Some((key, kind, options.get(key)?.as_str()?)))
        });
        named.collect()
    }

    /// Its method with the uids that these names have.
    pub(super) fn protection_method(
        &self,
        uid: impl Fn(Kind, &str) -> Option<String>,
    ) -> Option<ProtectionMethod> {
        let (key, options) = self.method.iter().next()?;
        let mut options = options.clone();
        if let Value::Object(options) = &mut options {
            for ((of_api, key), kind) in REFERENCES.into_iter().zip([Kind::Alphabet, Kind::Mask]) {
                if let Some(name) = options.remove(key) {
                    let uid = uid(kind, name.as_str()?)?;
                    options.insert(of_api.to_owned(), Value::String(uid));
                }
            }
        }
        Some(ProtectionMethod::new(key, options))
    }
}

/// A data store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataStoreEntry {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    #[serde(rename = "default", default, skip_serializing_if = "Option::is_none")]
    pub(super) is_default: Option<bool>,
}

/// A trusted application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationEntry {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) application_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) application_user: Option<String>,
}

/// A policy without its rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyEntry {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) template: Option<PermissionEntry>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct PolicyWithRules {
    #[serde(flatten)]
    pub policy: PolicyEntry,
    pub rules: Vec<RuleEntry>,
}

/// A rule, known by its role and its data element.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleEntry {
    pub(super) role: String,
    pub(super) data_element: String,
    #[serde(flatten)]
    pub(super) permission: Option<PermissionEntry>,
    /// Left out for null, which is what a rule without it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) no_access_operation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mask: Option<String>,
}

/// The operations that are permitted, and those that are audited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PermissionEntry {
    pub access: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditEntry>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AuditEntry {
    pub success: Vec<String>,
    pub failed: Vec<String>,
}

/// The three operations by their names in the API.
pub(super) const OPERATIONS: [&str; 3] = ["protect", "reProtect", "unProtect"];

/// The option of a method that refers to another object: its key in the API, and its key in the document.
pub(super) const REFERENCES: [(&str, &str); 2] = [("alphabetUid", ALPHABET), ("maskUid", MASK)];
pub(super) const ALPHABET: &str = "alphabet";
pub(super) const MASK: &str = "mask";

impl Document {
    /// The document of what is configured.
    pub fn of(configuration: &Configuration) -> Self {
        let Configuration {
            sources,
            roles,
            members,
            masks,
            alphabets,
            data_elements,
            policies,
            rules,
            data_stores,
            applications,
            ..
        } = configuration;
        let role = |role: &Role| {
            let members = members.get(&role.uid).into_iter().flatten();
            RoleWithMembers {
                role: role.into(),
                members: sorted(members.map(|member| member_entry(member, sources)), Clone::clone),
            }
        };
        let policy = |policy: &Policy| {
            let rules = rules.get(&policy.uid).into_iter().flatten();
            PolicyWithRules {
                policy: policy.into(),
                rules: sorted(
                    rules.map(|rule| rule_entry(rule, configuration)),
                    |rule: &RuleEntry| (rule.role.clone(), rule.data_element.clone()),
                ),
            }
        };
        let element = |element| data_element_entry(element, alphabets, masks);
        Self {
            version: VERSION,
            sources: sorted(sources.iter().map(SourceEntry::from), |entry| entry.name.clone()),
            roles: sorted(roles.iter().map(role), |entry| entry.role.name.clone()),
            masks: sorted(masks.iter().map(MaskEntry::from), |entry| entry.name.clone()),
            alphabets: sorted(alphabets.iter().map(AlphabetEntry::from), |entry| {
                entry.label.clone()
            }),
            data_elements: sorted(data_elements.iter().map(element), |entry| entry.name.clone()),
            data_stores: sorted(data_stores.iter().map(DataStoreEntry::from), |entry| {
                entry.name.clone()
            }),
            applications: sorted(applications.iter().map(ApplicationEntry::from), |entry| {
                entry.name.clone()
            }),
            policies: sorted(policies.iter().map(policy), |entry| entry.policy.name.clone()),
            left_out: undocumented(configuration),
        }
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Where the library cannot write it.
    pub fn to_yaml(&self) -> Result<String, Error> {
        let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
        let text = serde_saphyr::to_string_with_options(self, options).map_err(|error| {
            tracing::error!(%error, "the configuration could not be written as YAML");
            Error::refused(
                "The configuration cannot be written as a file.",
                "Report this to your cluster administrator with the request id.",
            )
        })?;
        Ok(format!("{HEADING}{}{text}", self.left_out_in_words()))
    }

    /// The comment on the fields that are left out. Their names are the cluster's: no line break gets out of it.
    fn left_out_in_words(&self) -> String {
        if self.left_out.is_empty() {
            return String::new();
        }
        let line = |(key, fields): (&&str, &BTreeSet<String>)| {
            let plain = |field: &String| {
                let plain: String = field.chars().filter(char::is_ascii_graphic).collect();
                shortened(plain, MAX_FIELD)
            };
            let shown: Vec<_> = fields.iter().take(MAX_FIELDS).map(plain).collect();
            let more = match fields.len().saturating_sub(MAX_FIELDS) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("# - {key}: {}{more}\n", shown.join(", "))
        };
        let lines: String = self.left_out.iter().map(line).collect();
        format!("{UNDOCUMENTED}{lines}")
    }
}

/// The names of the fields of these objects that the reference does not describe.
fn undocumented(configuration: &Configuration) -> BTreeMap<&'static str, BTreeSet<String>> {
    type Rest = BTreeMap<String, Value>;
    fn names<'a>(rests: impl Iterator<Item = &'a Rest>) -> BTreeSet<String> {
        rests.flat_map(Rest::keys).cloned().collect()
    }
    let Configuration {
        roles,
        members,
        masks,
        alphabets,
        data_elements,
        policies,
        rules,
        data_stores,
        applications,
        ..
    } = configuration;
    // Where the method is not known, it is among the others and in the document.
    let elements = data_elements.iter().filter(|element| element.method.is_some());
    let mut found = BTreeMap::from([
        ("roles", names(roles.iter().map(|row| &row.rest))),
        ("members", names(members.values().flatten().map(|row| &row.rest))),
        ("masks", names(masks.iter().map(|row| &row.rest))),
        ("alphabets", names(alphabets.iter().map(|row| &row.rest))),
        ("dataElements", names(elements.map(|row| &row.rest))),
        ("dataStores", names(data_stores.iter().map(|row| &row.rest))),
        ("applications", names(applications.iter().map(|row| &row.rest))),
        ("policies", names(policies.iter().map(|row| &row.rest))),
        ("rules", names(rules.values().flatten().map(|row| &row.rest))),
    ]);
    found.retain(|_, fields| !fields.is_empty());
    found
}

fn sorted<T, K: Ord>(entries: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_cached_key(key);
    entries
}

fn text(description: Option<&String>) -> String {
    description.cloned().unwrap_or_default()
}

impl From<&Source> for SourceEntry {
    fn from(source: &Source) -> Self {
        let path = |path: &String| (!path.is_empty()).then(|| path.clone());
        let mut entry = Self {
            name: source.name.clone(),
            kind: source.kind.as_ref().map(ToString::to_string),
            ..Self::default()
        };
        if entry.is_file() {
            entry.user_file = source.file.as_ref().and_then(|file| path(&file.user_file));
            entry.group_file = source.file.as_ref().and_then(|file| path(&file.group_file));
        } else {
            entry.connection = Some(NEEDED.to_owned());
        }
        entry
    }
}

impl From<&Role> for RoleEntry {
    fn from(role: &Role) -> Self {
        let mode = role.mode.as_ref().filter(|mode| **mode != RoleMode::Manual);
        Self {
            name: role.name.clone(),
            description: text(role.description.as_ref()),
            mode: mode.map(ToString::to_string),
            allow_all: role.allow_all,
        }
    }
}

fn member_entry(member: &Member, sources: &[Source]) -> MemberEntry {
    MemberEntry {
        source: member.source.as_ref().map(|uid| name_of(sources, uid.as_str())),
        kind: member.kind.as_ref().map(ToString::to_string),
        name: member.name.clone(),
    }
}

impl From<&Mask> for MaskEntry {
    fn from(mask: &Mask) -> Self {
        Self {
            name: mask.name.clone(),
            description: text(mask.description.as_ref()),
            from_left: mask.from_left,
            from_right: mask.from_right,
            masked: mask.masked,
            character: mask.character.clone(),
        }
    }
}

impl From<&Alphabet> for AlphabetEntry {
    fn from(alphabet: &Alphabet) -> Self {
        let points = alphabet.code_points.iter().flatten();
        let ranges = alphabet.ranges.iter().flatten();
        Self {
            label: alphabet.label.clone(),
            code_points: points.map(ToString::to_string).collect(),
            ranges: ranges
                .map(|range| format!("{}-{}", range.from, range.to))
                .collect(),
        }
    }
}

fn data_element_entry(element: &DataElement, alphabets: &[Alphabet], masks: &[Mask]) -> DataElementEntry {
    let method = if let Some(method) = &element.method {
        let options = with_names(method, |key, uid| match key {
            ALPHABET => name_of(alphabets, uid),
            _ => name_of(masks, uid),
        });
        Map::from_iter([(method.key().to_owned(), options)])
    } else {
        // Which of several objects is the method is not known: none is lost.
        let objects = element.rest.iter().filter(|(_, value)| value.is_object());
        objects.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    DataElementEntry {
        name: element.name.clone(),
        description: text(element.description.as_ref()),
        method,
    }
}

/// The options of a method with names in the place of the uids that are known to be some.
fn with_names(method: &ProtectionMethod, name: impl Fn(&str, &str) -> String) -> Value {
    let mut options = method.options();
    if let Value::Object(options) = &mut options {
        for (uid, key) in REFERENCES {
            let named = match options.get(uid) {
                Some(Value::String(of_object)) if !options.contains_key(key) => name(key, of_object),
                _ => continue,
            };
            options.remove(uid);
            options.insert(key.to_owned(), Value::String(named));
        }
    }
    options
}

impl From<&DataStore> for DataStoreEntry {
    fn from(store: &DataStore) -> Self {
        Self {
            name: store.name.clone(),
            description: text(store.description.as_ref()),
            is_default: store.is_default,
        }
    }
}

impl From<&Application> for ApplicationEntry {
    fn from(application: &Application) -> Self {
        Self {
            name: application.name.clone(),
            description: text(application.description.as_ref()),
            application_name: application.application_name.clone(),
            application_user: application.application_user.clone(),
        }
    }
}

impl From<&Policy> for PolicyEntry {
    fn from(policy: &Policy) -> Self {
        Self {
            name: policy.name.clone(),
            description: text(policy.description.as_ref()),
            template: policy.template.as_ref().map(PermissionEntry::from),
        }
    }
}

fn rule_entry(rule: &Rule, configuration: &Configuration) -> RuleEntry {
    // The spelling of null that the documents lack is that of a rule without the field.
    let no_access = rule.no_access_operation.as_ref();
    let no_access = no_access.filter(|word| **word != protegrity::pim::NoAccessOperation::NullValue);
    RuleEntry {
        role: name_of(&configuration.roles, rule.role.as_str()),
        data_element: name_of(&configuration.data_elements, rule.data_element.as_str()),
        permission: rule.permission.as_ref().map(PermissionEntry::from),
        no_access_operation: no_access.map(ToString::to_string),
        mask: rule
            .mask
            .as_ref()
            .map(|uid| name_of(&configuration.masks, uid.as_str())),
    }
}

impl From<&Permission> for PermissionEntry {
    fn from(permission: &Permission) -> Self {
        Self {
            access: words(permission.access),
            audit: permission.audit.map(|audit| AuditEntry {
                success: words(audit.success),
                failed: words(audit.failed),
            }),
        }
    }
}

impl From<&PermissionEntry> for Permission {
    fn from(entry: &PermissionEntry) -> Self {
        Self {
            access: operations(&entry.access),
            audit: entry.audit.as_ref().map(|audit| Audit {
                success: operations(&audit.success),
                failed: operations(&audit.failed),
            }),
        }
    }
}

fn words(operations: Operations) -> Vec<String> {
    let flags = [operations.protect, operations.re_protect, operations.un_protect];
    let words = OPERATIONS.iter().zip(flags).filter(|(_, is_on)| *is_on);
    words.map(|(word, _)| (*word).to_owned()).collect()
}

fn operations(words: &[String]) -> Operations {
    let has = |word: &str| words.iter().any(|given| given == word);
    let [protect, re_protect, un_protect] = OPERATIONS.map(has);
    Operations {
        protect,
        re_protect,
        un_protect,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_document_is_sorted_and_has_names_and_no_uid() {
        let configuration = Configuration {
            sources: vec![Source::from(json!({
                "uid": "9", "name": "directory", "type": "LDAP", "connection": {"password": "Hidden-1", "userFile": "Hidden-2"},
            }))],
            roles: [("2", "B"), ("1", "A")]
                .map(|(uid, name)| Role::from(json!({"uid": uid, "name": name, "allowAll": uid == "1"})))
                .to_vec(),
            members: [(
                "1".into(),
                vec![Member::from(
                    json!({"name": "ana", "source": "9", "type": "USER"}),
                )],
            )]
            .into(),
            masks: vec![Mask::from(json!({"uid": "4", "name": "yes", "fromLeft": 2}))],
            data_elements: vec![DataElement::from(json!({
                "uid": "3", "name": "0041", "noEnc": {"maskUid": "4", "strength": 7},
            }))],
            policies: vec![Policy::from(json!({"uid": "5", "name": "P", "description": "a: b\n#c"}))],
            rules: [(
                "5".into(),
                vec![
                    Rule::from(json!({
                        "role": "8", "dataElement": "3", "mask": "4", "permission": {"access": {"unProtect": true}},
                        "noAccessOperation": "NULL_VALUE",
                    })),
                    Rule::from(json!({"role": "1", "dataElement": "3", "mask": "0"})),
                ],
            )]
            .into(),
            ..Configuration::default()
        };
        let text = Document::of(&configuration).to_yaml().expect("YAML");
        let expected = r#"version: 1
sources:
- name: directory
  type: LDAP
  connection: needed
roles:
- name: A
  allowAll: true
  members:
  - source: directory
    type: USER
    name: ana
- name: B
  allowAll: false
  members: []
masks:
- name: "yes"
  fromLeft: 2
alphabets: []
dataElements:
- name: "0041"
  method:
    noEnc:
      mask: "yes"
      strength: 7
dataStores: []
applications: []
policies:
- name: P
  description: "a: b\n#c"
  rules:
  - role: A
    dataElement: "0041"
  - role: uid 8
    dataElement: "0041"
    access:
    - unProtect
    mask: "yes"
"#;
        assert_eq!(text, format!("{HEADING}{expected}"));
    }

    #[test]
    fn fields_that_are_left_out_are_named_in_the_comment_without_their_values() {
        let field = format!("evil\n- name: x{}", "y".repeat(60));
        let configuration = Configuration {
            roles: vec![
                Role::from(json!({"uid": "1", "name": "R", "sync": "Hidden-1", field: 1})),
                Role::from(json!({"uid": "2", "name": "S", "sync": "Hidden-2"})),
            ],
            data_elements: vec![
                DataElement::from(json!({"uid": "1", "name": "D", "noEnc": {}, "keyId": 4})),
                DataElement::from(json!({"uid": "2", "name": "E", "one": {"a": 1}, "other": {}})),
            ],
            ..Configuration::default()
        };
        let text = Document::of(&configuration).to_yaml().expect("YAML");
        let comment: Vec<_> = text.lines().take_while(|line| line.starts_with('#')).collect();
        assert_eq!(comment.len(), HEADING.lines().count() + 3, "{text}");
        assert!(
            text.starts_with(&format!(
                "{HEADING}{UNDOCUMENTED}# - dataElements: keyId\n# - roles: evil-name:xyyy"
            )),
            "{text}"
        );
        assert!(text.contains("…, sync\nversion: 1\n"), "{text}");
        assert!(!text.contains("Hidden"), "{text}");
        let without = Document::of(&Configuration::default()).to_yaml().expect("YAML");
        assert!(!without.contains(UNDOCUMENTED), "{without}");
    }

    #[test]
    fn a_data_element_loses_no_option_whatever_its_method_is() {
        let check = |fields: Value, expected: Value| {
            let element = DataElement::from(fields);
            let alphabets = [Alphabet::from(json!({"uid": "1", "label": "German"}))];
            let entry = data_element_entry(&element, &alphabets, &[]);
            assert_eq!(json!(entry.method), expected);
        };
        check(
            json!({"name": "x", "unicodeGen2Token": {"alphabetUid": 1, "tokenizer": "SLT_X_1", "more": [1]}}),
            json!({"unicodeGen2Token": {"alphabet": "German", "tokenizer": "SLT_X_1", "more": [1]}}),
        );
        check(
            json!({"name": "x", "hmacSha256": {"keyUid": "4"}}),
            json!({"hmacSha256": {"keyUid": "4"}}),
        );
        check(
            json!({"name": "x", "one": {"a": 1}, "other": {}}),
            json!({"one": {"a": 1}, "other": {}}),
        );
        check(
            json!({"name": "x", "noEnc": {"maskUid": "7", "mask": true}}),
            json!({"noEnc": {"maskUid": "7", "mask": true}}),
        );
    }
}
