//! Microsoft Entra ID: the federation's configuration, what a search there finds, what an import did
//! (reference lines 2341-2902).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use upstream::lenient::{self, Fields};

/// `GET /federation/entra/config` (reference lines 2345-2387).
///
/// There is no place for the client secret: the cluster never sends it (row 55), and were one to do so all
/// the same it would end here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct EntraConfig {
    pub tenant_id: Option<String>,
    pub client_id: Option<String>,
    pub enabled: Option<bool>,
    /// Without a zone in the samples, so the text it is: UTC by all appearance, not by the reference (row
    /// 56).
    pub created_at: Option<String>,
    /// Like `created_at`.
    pub updated_at: Option<String>,
}

/// A user of Entra ID's, as the searches give it (reference lines 2644-2649).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct EntraUser {
    pub user_principal_name: Option<String>,
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
}

/// A group of Entra ID's, as the search gives it (reference lines 2772-2775).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct EntraGroup {
    /// Kept as written: it is matched by case (reference line 2792). Empty where the cluster left it out.
    pub id: String,
    pub display_name: Option<String>,
    pub description: Option<String>,
}

/// What `POST /federation/entra/config/test` found (reference lines 2589-2597).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct EntraTest {
    /// Whether the answer's `status` is `success`, or it has none. The HTTP status says only that the test
    /// was made.
    pub succeeded: bool,
    pub message: Option<String>,
    pub tenant_id: Option<String>,
    pub user_count: Option<i64>,
    /// Without a zone in the sample (row 56).
    pub tested_at: Option<String>,
}

/// What an import of users or groups did (reference lines 2718-2724, 2896-2902).
///
/// Nothing says which rows failed, and the groups' answer does not even count them (row 61): look at the
/// users and groups afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct ImportOutcome {
    /// Whether the answer's `status` is `success`, or it has none. Rows may have failed all the same.
    pub succeeded: bool,
    pub message: Option<String>,
    /// Users or groups. Not always as many as were sent (row 61).
    pub total: Option<i64>,
    pub success_count: Option<i64>,
    pub failed_count: Option<i64>,
    /// Users that came with their groups.
    pub members_imported: Option<i64>,
}

impl EntraUser {
    /// What names the user in an import: the principal name, else the email. One of the two is needed
    /// (reference line 2668).
    pub fn key(&self) -> Option<&str> {
        let filled = |text: &'_ Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        [&self.user_principal_name, &self.email]
            .into_iter()
            .find(|text| filled(text))?
            .as_deref()
    }
}

impl From<Value> for EntraConfig {
    fn from(value: Value) -> Self {
        let mut fields = Fields::of(value);
        Self {
            // Row 53: the reference's text spells them otherwise than its samples.
            tenant_id: fields.first_text(&["tenantId", "tenantID"]),
            client_id: fields.first_text(&["clientId", "clientID"]),
            enabled: fields.boolean("enabled"),
            created_at: fields.text("createdAt"),
            updated_at: fields.text("updatedAt"),
        }
    }
}

impl From<Value> for EntraUser {
    fn from(value: Value) -> Self {
        let mut fields = Fields::of(value);
        Self {
            user_principal_name: fields.text("userPrincipalName"),
            email: fields.text("email"),
            first_name: fields.text("firstName"),
            last_name: fields.text("lastName"),
        }
    }
}

impl From<Value> for EntraGroup {
    fn from(value: Value) -> Self {
        let mut fields = Fields::of(value);
        Self {
            // Row 53.
            id: fields.identity(&["id", "groupId", "groupID"]),
            display_name: fields.text("displayName"),
            description: fields.text("description"),
        }
    }
}

impl From<Value> for EntraTest {
    /// An object, or a bare sentence (as another call of this API answers, row 6).
    fn from(value: Value) -> Self {
        let mut fields = fields_or_sentence(value);
        Self {
            succeeded: succeeded(&mut fields),
            message: message(&mut fields),
            tenant_id: fields.first_text(&["tenantId", "tenantID"]),
            user_count: fields.integer("userCount"),
            tested_at: fields.first_text(&["testTimestamp", "testedAt"]),
        }
    }
}

impl From<Value> for ImportOutcome {
    /// An object, or a bare sentence (as another call of this API answers, row 6).
    fn from(value: Value) -> Self {
        let mut fields = fields_or_sentence(value);
        Self {
            succeeded: succeeded(&mut fields),
            message: message(&mut fields),
            total: ["totalUsers", "totalGroups", "total"]
                .into_iter()
                .find_map(|key| fields.integer(key)),
            success_count: fields.integer("successCount"),
            failed_count: fields.integer("failedCount"),
            members_imported: ["totalMembersImported", "membersImported"]
                .into_iter()
                .find_map(|key| fields.integer(key)),
        }
    }
}

fn fields_or_sentence(value: Value) -> Fields {
    match value {
        sentence @ Value::String(_) => Fields(Map::from_iter([("message".to_owned(), sentence)])),
        value => Fields::of(value),
    }
}

/// What the answer says of itself: in `status` from the cluster, in `succeeded` from our own server. An
/// answer that says nothing is the success its HTTP status was.
fn succeeded(fields: &mut Fields) -> bool {
    if let Some(succeeded) = fields.boolean("succeeded") {
        return succeeded;
    }
    match fields.0.remove("status") {
        None | Some(Value::Null) => true,
        Some(Value::String(word)) => word.trim().eq_ignore_ascii_case("success"),
        // An envelope's number: 0 is success (notes section 2).
        Some(other) => lenient::as_integer(&other) == Some(0),
    }
}

/// The words: `message` in the samples, the others in what the cluster's framework writes of a failure (notes
/// section 2).
fn message(fields: &mut Fields) -> Option<String> {
    fields.first_text(&["message", "detail", "error"])
}
