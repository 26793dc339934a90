//! One run of an import, as a job: each step once, with the functions of the forms.

use std::collections::BTreeMap;

use gate::Operation;
use parking_lot::Mutex;
use protegrity::pim::{NewDataElement, Permission, PolicyUid, RoleUid};

use super::{
    super::{
        Saved,
        added_rules::{AddedRules, RulesReport},
        alphabets, applications, data_elements, data_stores, masks,
        policies::{self, new_policy},
        roles::{self, MembersForm},
        rule_creation, sources,
        workbench::initialize,
    },
    cluster::{Cluster, Name, named, rule_name},
    command::{ImportPolicy, MembersEntry, Plan, PlannedStep, Step},
    document::{DataElementEntry, PolicyEntry, RuleEntry},
    forms::{alphabet_form, application_form, mask_form, new_rule, role_form, source_form, store_form},
    kind::Kind,
    plan::plan,
};
use crate::{
    Error, Services,
    jobs::{RowFailure, RowOutcome},
    read_back::ReadBack,
    text::{counted, join_list},
    validation::Validation,
};

/// One run of an import, or of its plan.
pub(crate) struct PolicyFileRun {
    steps: Vec<PlannedStep>,
    /// What would happen with each step now; the plan itself in a dry run.
    plans: Vec<Plan>,
    dry_run: bool,
    known: Mutex<Known>,
    added: AddedRules,
}

/// What the cluster has, as far as this run has read or made it.
struct Known {
    is_ready: bool,
    uids: BTreeMap<Name, String>,
}

impl PolicyFileRun {
    /// # Errors
    /// The cluster's error when what it has now cannot be read.
    pub async fn new(operation: &Operation, import: &ImportPolicy) -> Result<Self, Error> {
        let cluster = if import.dry_run {
            Cluster::default()
        } else {
            Cluster::read(operation).await?
        };
        let steps: Vec<_> = import.steps.iter().map(|step| &step.step).collect();
        let plans = if import.dry_run {
            import.steps.iter().map(|step| step.plan.clone()).collect()
        } else {
            plan(&cluster, &steps, false)
        };
        let mut uids = BTreeMap::new();
        let needed = steps.iter().flat_map(|step| step.needs());
        for (_, kind, name) in needed {
            let uid = cluster.uid(kind, name);
            uids.extend(uid.map(|uid| (named(kind, name), uid)));
        }
        Ok(Self {
            steps: import.steps.clone(),
            plans,
            dry_run: import.dry_run,
            known: Mutex::new(Known {
                is_ready: cluster.is_ready,
                uids,
            }),
            added: AddedRules::default(),
        })
    }

    /// Does one step, unless the cluster has it already. What it needs is there by then, or the step is not sent: the
    /// steps go one after the other.
    pub async fn row(
        &self,
        services: &Services,
        operation: &Operation,
        place: usize,
    ) -> Result<RowOutcome, RowFailure> {
        let PlannedStep { step, replaces, .. } = &self.steps[place];
        match &self.plans[place] {
            Plan::Create(words) | Plan::There(words) if self.dry_run => Ok(RowOutcome::new(words)),
            Plan::There(words) => Ok(RowOutcome::new(words)),
            Plan::LeftOut(words) => Err(RowFailure::new(words)),
            Plan::Create(_) => self.create(services, operation, step, replaces.as_deref()).await,
        }
    }

    async fn create(
        &self,
        services: &Services,
        operation: &Operation,
        step: &Step,
        replaces: Option<&str>,
    ) -> Result<RowOutcome, RowFailure> {
        if *step != Step::Initialize {
            self.require(step)?;
        }
        let saved = match step {
            Step::Initialize => {
                initialize(operation).await?;
                self.known.lock().is_ready = true;
                return Ok(RowOutcome::new("Initialised."));
            }
            Step::Members(entry) => return self.add_members(operation, entry).await,
            Step::Rule { policy, rule } => return self.add_rule(services, operation, policy, rule).await,
            Step::Source(entry) => plain(sources::create(operation, &source_form(entry)).await?),
            Step::Role(entry) => plain(roles::create(operation, &role_form(entry)).await?),
            Step::Mask(entry) => plain(masks::create(operation, &mask_form(entry)).await?),
            Step::Alphabet(entry) => plain(alphabets::create(operation, &alphabet_form(entry)).await?),
            Step::DataElement(entry) => self.create_data_element(operation, entry).await?,
            Step::DataStore(entry) => {
                let mut form = store_form(entry);
                let now = super::super::data_stores(operation).await?;
                let now = data_stores::default_of(&now).map(|store| store.name.as_str());
                // The plan showed whose place it takes. Where another is the default by now, the form asks.
                if now == replaces {
                    form.confirm_default = true.to_string();
                }
                plain(data_stores::create(operation, &form).await?)
            }
            Step::Application(entry) => {
                plain(applications::create(operation, &application_form(entry)).await?)
            }
            Step::Policy(entry) => create_policy(services, operation, entry).await?,
        };
        if let (Some((kind, name)), Some(uid)) = (step.object(), saved.uid) {
            self.known.lock().uids.insert(named(kind, name), uid);
        }
        Ok(done("Created.", &saved.read_back))
    }

    /// Refuses a step whose dependency is not there.
    fn require(&self, step: &Step) -> Result<(), RowFailure> {
        if !self.known.lock().is_ready {
            return Err(RowFailure::new("Not sent: policy management is not initialised."));
        }
        for (_, kind, name) in step.needs() {
            if self.uid(kind, name).is_none() {
                return Err(missing(kind, name));
            }
        }
        Ok(())
    }

    fn uid(&self, kind: Kind, name: &str) -> Option<String> {
        self.known.lock().uids.get(&named(kind, name)).cloned()
    }

    async fn create_data_element(
        &self,
        operation: &Operation,
        entry: &DataElementEntry,
    ) -> Result<Saved<String>, RowFailure> {
        let mut validation = Validation::default();
        let element = NewDataElement {
            name: validation.required_line("name", &entry.name, protegrity::pim::MAX_DATA_ELEMENT_NAME),
            description: validation.lines("description", &entry.description, super::super::MAX_DESCRIPTION),
            method: entry
                .protection_method(|kind, name| self.uid(kind, name))
                .ok_or_else(|| RowFailure::new("Not sent: its method cannot be read."))?,
        };
        validation.finish()?;
        Ok(plain(data_elements::create_checked(operation, &element).await?))
    }

    async fn add_members(
        &self,
        operation: &Operation,
        entry: &MembersEntry,
    ) -> Result<RowOutcome, RowFailure> {
        let uid = |kind, name: &str| self.uid(kind, name).ok_or_else(|| missing(kind, name));
        let role = uid(Kind::Role, &entry.role)?;
        let form = MembersForm {
            source: uid(Kind::Source, &entry.source)?,
            kind: entry.kind.clone(),
            names: join_list(&entry.names, "\n"),
            uid: role.clone(),
        };
        let added = roles::add_members(operation, &RoleUid::from(role), &form).await?;
        let present = match added.present.len() {
            0 => String::new(),
            count => format!(" {} there already.", counted(count, ("was", "were"))),
        };
        let words = format!(
            "Added {}.{present}",
            counted(added.added.len(), ("member", "members"))
        );
        Ok(done(&words, &added.read_back.unwrap_or(ReadBack::AsSent)))
    }

    async fn add_rule(
        &self,
        services: &Services,
        operation: &Operation,
        policy: &str,
        rule: &RuleEntry,
    ) -> Result<RowOutcome, RowFailure> {
        let uid = self
            .uid(Kind::Policy, policy)
            .ok_or_else(|| missing(Kind::Policy, policy))?;
        let sent = new_rule(rule, |kind, name| self.uid(kind, name))
            .ok_or_else(|| RowFailure::new("Not sent: what it names is not there."))?;
        let uid = PolicyUid::from(uid);
        let _lock = rule_creation::lock(services, &uid).await;
        rule_creation::send(operation, &uid, &sent).await?;
        let name = format!("{policy}, {}", rule_name(rule));
        self.added.add(&uid, policy, name, sent);
        Ok(RowOutcome::new("Added."))
    }

    /// The rules that were added, read back; nothing where none was.
    pub async fn report(&self, operation: &Operation) -> Option<RulesReport> {
        self.added.report(operation).await
    }
}

fn missing(kind: Kind, name: &str) -> RowFailure {
    let one = kind.one();
    RowFailure::new(format!(
        "Not sent: it needs the {one} {name}, which the cluster does not have yet."
    ))
}

fn done(words: &str, read_back: &ReadBack) -> RowOutcome {
    match read_back.detail() {
        None => RowOutcome::new(words),
        Some(detail) => RowOutcome::new(format!("{words} {detail}")),
    }
}

fn plain<U: AsRef<str>>(saved: Saved<U>) -> Saved<String> {
    Saved {
        uid: saved.uid.map(|uid| uid.as_ref().to_owned()),
        name: saved.name,
        read_back: saved.read_back,
    }
}

async fn create_policy(
    services: &Services,
    operation: &Operation,
    entry: &PolicyEntry,
) -> Result<Saved<String>, RowFailure> {
    let mut validation = Validation::default();
    let template = entry.template.as_ref().map(Permission::from).unwrap_or_default();
    let draft = new_policy(&mut validation, &entry.name, &entry.description, template);
    validation.finish()?;
    let saved = policies::create_checked(services, operation, draft).await?;
    Ok(Saved {
        uid: saved.uid.map(|uid| uid.to_string()),
        name: saved.name,
        read_back: saved.read_back,
    })
}
