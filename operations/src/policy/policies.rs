//! Policies: what new rules of each begin with, and creating one (reference lines 2993-3013).

use gate::{Operation, OperationError, Target};
use protegrity::pim::{
    Audit, MAX_POLICY_NAME, NewPolicy, Operations, Permission, Policy, PolicyUid, already_exists, find_named,
};
use serde::{Deserialize, Serialize};

use super::{configuration::policies, workbench::explained};
use crate::{
    Error, Services,
    read_back::{ReadBack, settle},
    refusal,
    validation::Validation,
};

/// The longest description, in characters. The reference has no limit; this one keeps forms small.
const MAX_DESCRIPTION_LENGTH: usize = 1000;

/// The words of the cluster's refusals of a policy, with the fields that they are about.
const POLICY: &refusal::Words = &[
    ("already exist", "name"),
    ("template", "access"),
    ("access", "access"),
    ("audit", "audit_failed"),
    ("description", "description"),
    ("policy", "name"),
    ("name", "name"),
];

/// The three operations on data: their names in forms, and in words.
pub const OPERATIONS: [(&str, &str); 3] = [
    ("protect", "Protect"),
    ("re_protect", "Re-protect"),
    ("un_protect", "Unprotect"),
];

/// The ticked boxes of a permission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionBoxes {
    /// The operations that are permitted.
    pub access: Vec<String>,
    /// The operations whose success is audited.
    pub audit_success: Vec<String>,
    /// The operations whose failure is audited.
    pub audit_failed: Vec<String>,
}

impl From<&Permission> for PermissionBoxes {
    fn from(permission: &Permission) -> Self {
        let audit = permission.audit.unwrap_or_default();
        Self {
            access: ticked(permission.access),
            audit_success: ticked(audit.success),
            audit_failed: ticked(audit.failed),
        }
    }
}

impl PermissionBoxes {
    /// The permission of these boxes. The audit is always sent: a person has seen what it is.
    pub fn permission(&self, validation: &mut Validation) -> Permission {
        Permission {
            access: operations(validation, "access", &self.access),
            audit: Some(Audit {
                success: operations(validation, "audit_success", &self.audit_success),
                failed: operations(validation, "audit_failed", &self.audit_failed),
            }),
        }
    }
}

/// The names of the operations that are on.
pub fn ticked(operations: Operations) -> Vec<String> {
    let flags = [operations.protect, operations.re_protect, operations.un_protect];
    let names = OPERATIONS.iter().zip(flags);
    let names = names.filter(|(_, is_on)| *is_on);
    names.map(|((name, _), _)| (*name).to_owned()).collect()
}

fn operations(validation: &mut Validation, field: &str, ticked: &[String]) -> Operations {
    let is_known = |name: &String| OPERATIONS.iter().any(|(known, _)| known == name);
    validation.require(ticked.iter().all(is_known), field, "There is no such operation.");
    let has = |name: &str| ticked.iter().any(|ticked| ticked == name);
    Operations {
        protect: has("protect"),
        re_protect: has("re_protect"),
        un_protect: has("un_protect"),
    }
}

/// The form that creates a policy.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewPolicyForm {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// What new rules of it begin with: the operations that they permit.
    pub access: Vec<String>,
    /// The operations whose success they audit.
    pub audit_success: Vec<String>,
    /// The operations whose failure they audit.
    pub audit_failed: Vec<String>,
}

/// A policy that was created.
#[derive(Clone, Debug)]
pub struct SavedPolicy {
    /// Its uid; `None` where the cluster did not say it and does not list the policy.
    pub uid: Option<PolicyUid>,
    /// Its name.
    pub name: String,
    /// The policy now beside what was sent.
    pub read_back: ReadBack,
}

/// The policy of this uid (`GET /pim/policies`; there is no documented call for one).
///
/// # Errors
/// When the cluster does not list it, or the cluster's error.
pub async fn policy(operation: &Operation, uid: &PolicyUid) -> Result<Policy, Error> {
    let found = policies(operation)
        .await?
        .into_iter()
        .find(|policy| policy.uid == *uid);
    found.ok_or_else(|| Error::NotFound("The cluster lists no policy of this uid.".to_owned()))
}

/// Creates a policy without rules (`POST /pim/policies`).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create_policy(
    services: &Services,
    operation: &Operation,
    form: &NewPolicyForm,
) -> Result<SavedPolicy, Error> {
    let mut validation = Validation::default();
    let boxes = PermissionBoxes {
        access: form.access.clone(),
        audit_success: form.audit_success.clone(),
        audit_failed: form.audit_failed.clone(),
    };
    let template = boxes.permission(&mut validation);
    let draft = new_policy(&mut validation, &form.name, &form.description, template);
    validation.finish()?;
    create_checked(services, operation, draft).await
}

/// A policy of this name and description, with the problems of these fields.
pub(super) fn new_policy(
    validation: &mut Validation,
    name: &str,
    description: &str,
    template: Permission,
) -> NewPolicy {
    NewPolicy {
        name: validation.required_line("name", name, MAX_POLICY_NAME),
        description: validation.lines("description", description, MAX_DESCRIPTION_LENGTH),
        template,
    }
}

/// The same for one that was checked.
pub(super) async fn create_checked(
    services: &Services,
    operation: &Operation,
    draft: NewPolicy,
) -> Result<SavedPolicy, Error> {
    let operation = operation.on(Target::of("policy", &draft.name));

    let _lock = services.locks.lock(("policy", draft.name.clone())).await;
    if find_named(&policies(&operation).await?, &draft.name).is_some() {
        return Err(exists());
    }
    let sent = &draft;
    let created = operation
        .perform(|cluster| async move {
            let created = cluster.pim().create_policy(sent).await?;
            Ok(created.uid)
        })
        .await;
    let created = settle(created, || async {
        let listed = policies(&operation).await.ok()?;
        let now = find_named(&listed, &draft.name)?;
        (compared(&draft, now) == ReadBack::AsSent).then(|| Some(now.uid.clone()))
    });
    let created = created.await.map_err(refused)?;
    Ok(read_again(&operation, draft, created).await)
}

/// The policy after it was created; its uid is looked for where the answer had none.
async fn read_again(operation: &Operation, draft: NewPolicy, created: Option<PolicyUid>) -> SavedPolicy {
    let (read_back, listed) = match policies(operation).await {
        Ok(listed) => match find_named(&listed, &draft.name) {
            Some(now) => (compared(&draft, now), Some(now.uid.clone())),
            None => (
                ReadBack::Differs("The cluster does not list it yet.".to_owned()),
                None,
            ),
        },
        Err(error) => {
            tracing::warn!(%error, "a new policy could not be read back");
            (ReadBack::Unread, None)
        }
    };
    SavedPolicy {
        uid: created.or(listed).filter(|uid| !uid.is_empty()),
        name: draft.name,
        read_back,
    }
}

fn compared(draft: &NewPolicy, now: &Policy) -> ReadBack {
    let description = now.description.as_deref().unwrap_or_default();
    // A cluster that lists no template says nothing of it.
    let has_other_template = now
        .template
        .is_some_and(|template| template.access != draft.template.access);
    ReadBack::of([
        (description != draft.description)
            .then(|| format!("The cluster has another description: “{description}”.")),
        has_other_template.then(|| "The cluster has another template for new rules.".to_owned()),
    ])
}

fn exists() -> Error {
    Error::at("name", "A policy of this name exists already.")
}

fn refused(error: OperationError) -> Error {
    if error.error.upstream().is_some_and(already_exists) {
        return exists();
    }
    in_fields(error, POLICY)
}

/// A refusal of a call to policy management: at the fields that it is about, or in words where the workbench is missing
/// or not initialised.
pub(super) fn in_fields(error: OperationError, words: &refusal::Words) -> Error {
    match refusal::at_field(error, words) {
        Error::Operation(error) => explained(error),
        at_fields => at_fields,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub fn any_operations() -> impl Strategy<Value = Operations> {
        any::<(bool, bool, bool)>().prop_map(|(protect, re_protect, un_protect)| Operations {
            protect,
            re_protect,
            un_protect,
        })
    }

    proptest! {
        #[test]
        fn boxes_are_read_as_the_permission_that_they_show(
            access in any_operations(), success in any_operations(), failed in any_operations(),
        ) {
            let permission = Permission { access, audit: Some(Audit { success, failed }) };
            let mut validation = Validation::default();
            let read = PermissionBoxes::from(&permission).permission(&mut validation);
            prop_assert_eq!(read, permission);
            prop_assert!(validation.is_empty());
        }
    }

    #[test]
    fn an_operation_that_does_not_exist_is_refused_at_its_field() {
        let mut validation = Validation::default();
        let boxes = PermissionBoxes {
            audit_failed: vec!["unprotect".to_owned()],
            ..PermissionBoxes::default()
        };
        boxes.permission(&mut validation);
        assert_eq!(validation.fields(), ["audit_failed"]);
    }
}
