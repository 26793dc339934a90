//! Policy management as a file: export, plan, import, and what is left after a failure.

use std::time::Duration;

use gate::{Action, Operation};
use operations::{
    Error,
    jobs::{self, Command, JobId, JobRecord, JobReport, RowState},
    policy::file::{self, PolicyFileForm, plan_import},
};
use simulator::{Fault, FaultRule, Options, Pim, PimAnswers, PimObjects, TokenMode};

use crate::support::{TestServices, in_time, options, status};

const DATA_ELEMENTS: &str = "/pty/v2/pim/dataelements";

async fn portal(pim: Pim) -> TestServices {
    let options = Options {
        pim,
        ..options(TokenMode::Claims, 0)
    };
    TestServices::with(options, gate::Clock::from).await
}

async fn export(portal: &TestServices) -> String {
    let operation = portal.operation("auditor", Action::ViewPolicy).await;
    file::export(&operation).await.expect("a file")
}

async fn importing(portal: &TestServices) -> Operation {
    portal.operation("officer", Action::ImportPolicy).await
}

async fn plan(operation: &Operation, text: &str) -> Result<Command, Error> {
    let file = text.to_owned();
    plan_import(operation, &PolicyFileForm { file }).await
}

async fn finished(portal: &TestServices, operation: &Operation, id: &JobId) -> JobRecord {
    let wait = async {
        loop {
            let job = jobs::find(&portal.services, operation, id)
                .await
                .expect("the job");
            let mut changes = job.changes();
            let record = job.record();
            if record.state.is_over() {
                return record;
            }
            // The job ends with a change.
            let _ = tokio::time::timeout(Duration::from_secs(1), changes.changed()).await;
        }
    };
    in_time(wait).await
}

/// The plan of this text as a job that is over.
async fn planned(portal: &TestServices, operation: &Operation, text: &str) -> (JobId, JobRecord) {
    let command = plan(operation, text).await.expect("a plan");
    let id = jobs::start(&portal.services, operation, command, Vec::new(), None)
        .await
        .expect("a job");
    let record = finished(portal, operation, &id).await;
    (id, record)
}

/// Goes on with a plan.
async fn apply(portal: &TestServices, operation: &Operation, plan: &JobId) -> (JobId, JobRecord) {
    let id = jobs::start_next(&portal.services, operation, plan, None)
        .await
        .expect("a job");
    let record = finished(portal, operation, &id).await;
    (id, record)
}

fn outcomes(record: &JobRecord, state: RowState) -> Vec<(&str, &str)> {
    let rows = record.rows.iter().filter(|row| row.state == state);
    rows.map(|row| (row.name.as_str(), &*row.text)).collect()
}

fn check_all_done(record: &JobRecord) {
    for row in &record.rows {
        assert_eq!(row.state, RowState::Done, "{}: {}", row.name, row.text);
    }
}

/// The creations among these calls, sorted.
fn writes(portal: &TestServices) -> Vec<String> {
    let lines = portal.lines();
    let mut writes: Vec<_> = lines
        .into_iter()
        .filter(|line| line.starts_with("POST /pty/v2/pim"))
        .collect();
    writes.sort();
    writes
}

#[tokio::test]
async fn an_import_into_an_empty_cluster_is_exported_as_the_same_document() {
    for (answers, objects) in [
        (PimAnswers::Plain, 0),
        (PimAnswers::Wrapped, 12),
        (PimAnswers::Silent, 0),
    ] {
        let source = portal(Pim::Seeded).await;
        source.simulator().add_pim_objects(PimObjects {
            roles: objects,
            data_elements: objects,
            data_stores: objects,
            rules: objects * 5,
        });
        let text = export(&source).await;
        assert!(
            text.contains("CUSTOMER_DATA") && text.contains("alphabet: German"),
            "{text}"
        );
        assert!(!text.contains("Uid") && !text.contains("PUBLIC KEY"), "{text}");
        assert_eq!(text, export(&source).await, "it is the same each time");

        let target = portal(Pim::Empty).await;
        target
            .simulator()
            .settings(|settings| settings.pim_answers = answers);
        let operation = importing(&target).await;
        let (id, record) = planned(&target, &operation, &text).await;
        check_all_done(&record);
        assert_eq!(record.rows[0].name, "Policy management");
        assert!(writes(&target).is_empty(), "a plan changes nothing");
        let (_, record) = apply(&target, &operation, &id).await;
        check_all_done(&record);
        assert_eq!(writes(&target).len(), record.rows.len(), "each step once");
        assert_eq!(export(&target).await, text, "{answers:?}");

        // A second time there is nothing to do.
        let (_, again) = planned(&target, &operation, &text).await;
        check_all_done(&again);
        assert!(again.next_step().is_none());
        assert!(
            again
                .rows
                .iter()
                .all(|row| row.text.contains("already") || row.text.contains("Already")),
            "{again:?}"
        );
    }
}

/// As large as the portal is made for: 2,000 rules, 300 data elements, 60 roles and 40 data stores.
#[tokio::test]
async fn a_large_configuration_is_one_file() {
    let source = portal(Pim::Seeded).await;
    source.simulator().add_pim_objects(PimObjects {
        roles: 54,
        data_elements: 285,
        data_stores: 38,
        rules: 2_000,
    });
    let text = export(&source).await;
    let target = portal(Pim::Empty).await;
    let operation = importing(&target).await;
    let (id, record) = planned(&target, &operation, &text).await;
    check_all_done(&record);
    assert!(record.rows.len() > 2_400, "{}", record.rows.len());

    let (id, record) = apply(&target, &operation, &id).await;
    check_all_done(&record);
    let writes = writes(&target);
    assert_eq!(writes.len(), record.rows.len(), "each step once");
    // One list of the rules of a policy before, and one after all of them.
    let lines = target.lines();
    let reads = lines
        .iter()
        .filter(|line| line.starts_with("GET") && line.contains("/rules"));
    let rules = writes.iter().filter(|line| line.contains("/rules")).count();
    assert_eq!(reads.count(), 4, "each policy is read back once");
    let report = match &record.report {
        Some(JobReport::Rules(report)) => report,
        other => panic!("{other:?}"),
    };
    assert_eq!((report.as_sent, report.others), (rules, 0), "{report:?}");
    assert!(record.retry().is_none());
    assert_eq!(export(&target).await, text, "{id}");
}

#[tokio::test]
async fn rules_that_the_cluster_has_otherwise_or_does_not_list_are_reported() {
    let source = portal(Pim::Seeded).await;
    let text = export(&source).await;
    let target = portal(Pim::Empty).await;
    let operation = importing(&target).await;
    let (plan, _) = planned(&target, &operation, &text).await;
    let mut listed = FaultRule::always("/pty/v2/pim/policies/2/rules", status(500));
    listed.method = Some("GET".to_owned());
    target.simulator().set_faults(vec![listed]);
    let (_, record) = apply(&target, &operation, &plan).await;
    check_all_done(&record);
    let of = |policy: &str| {
        let name = format!("Rule of {policy}:");
        record
            .rows
            .iter()
            .filter(|row| row.name.starts_with(&name))
            .count()
    };
    let report = match &record.report {
        Some(JobReport::Rules(report)) => report,
        other => panic!("{other:?}"),
    };
    assert_eq!(report.others, of("PAYMENTS"), "{report:?}");
    assert_eq!(
        report.as_sent,
        of("CUSTOMER_DATA") + of("RESEARCH_DATA"),
        "{report:?}"
    );
    assert_eq!(
        report.differences,
        ["The rules of PAYMENTS could not be read back from the cluster."]
    );
}

#[tokio::test]
async fn an_export_needs_a_cluster_that_is_initialised() {
    let portal = portal(Pim::Empty).await;
    let operation = portal.operation("auditor", Action::ViewPolicy).await;
    let refused = file::export(&operation).await.expect_err("nothing is there");
    assert!(refused.to_string().contains("not initialised"), "{refused}");
}

#[tokio::test]
async fn a_plan_tells_what_is_there_what_differs_and_what_is_missing() {
    let portal = portal(Pim::Seeded).await;
    let operation = importing(&portal).await;
    let text = "\
version: 1
roles:
- name: SUPPORT
  description: Customer support, first and second line
  allowAll: false
  members:
  - {source: corporate-directory, type: GROUP, name: support-first-line}
  - {source: corporate-directory, type: GROUP, name: support-second-line}
  - {source: corporate-directory, type: GROUP, name: support-third-line}
- name: NEW_ROLE
masks:
- {name: LAST_4, description: Shows the last four characters, fromLeft: 0, fromRight: 4, masked: false, character: '*'}
- {name: HIDE_FIRST_2, description: Hides the first two characters, fromLeft: 3, fromRight: 0, masked: true, character: '#'}
policies:
- name: RESEARCH_DATA
  description: 'Draft: values for research'
  template:
    access: []
    audit: {success: [unProtect], failed: [protect, reProtect, unProtect]}
  rules:
  - {role: NEW_ROLE, dataElement: DE_CITY, access: [unProtect], mask: LAST_4}
";
    let (id, record) = planned(&portal, &operation, text).await;
    let done = outcomes(&record, RowState::Done);
    let names: Vec<_> = done.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "Role SUPPORT",
            "Members of SUPPORT from corporate-directory, GROUP",
            "Role NEW_ROLE",
            "Mask LAST_4",
            "Rule of RESEARCH_DATA: NEW_ROLE on DE_CITY"
        ],
        "{record:?}"
    );
    assert!(done[1].1.contains("support-third-line") && done[1].1.contains("2 are there already"));
    assert!(done[4].1.contains("unProtect permitted"), "{done:?}");
    assert!(
        done[4]
            .1
            .contains("The policy RESEARCH_DATA is not as in the file"),
        "{done:?}"
    );
    let left_out = outcomes(&record, RowState::Failed);
    assert_eq!(left_out.len(), 2, "{left_out:?}");
    assert!(
        left_out[0].1.contains("“*” as character, the file “#”")
            && left_out[0].1.contains("“2” as fromLeft, the file “3”"),
        "{left_out:?}"
    );
    assert!(
        left_out[1].1.contains("these rules besides") && left_out[1].1.contains("RESEARCH on DE_CITY"),
        "{left_out:?}"
    );
    assert_eq!(
        record.command.title(),
        "Plan of a policy file: 3 to do, 2 already there, 2 left out"
    );

    portal.simulator().clear_calls();
    let (_, record) = apply(&portal, &operation, &id).await;
    check_all_done(&record);
    assert_eq!(writes(&portal).len(), 3, "{:?}", writes(&portal));
    let (_, again) = planned(&portal, &operation, text).await;
    assert!(again.next_step().is_none(), "{again:?}");
    assert_eq!(outcomes(&again, RowState::Failed).len(), 2);
}

#[tokio::test]
async fn what_a_failure_left_undone_is_done_by_the_next_try_and_nothing_twice() {
    let source = portal(Pim::Seeded).await;
    let text = export(&source).await;
    let target = portal(Pim::Empty).await;
    let operation = importing(&target).await;
    let (plan, _) = planned(&target, &operation, &text).await;
    let mut failing = FaultRule::always(DATA_ELEMENTS, status(400));
    failing.method = Some("POST".to_owned());
    target.simulator().set_faults(vec![failing]);
    let (id, record) = apply(&target, &operation, &plan).await;
    let failed = outcomes(&record, RowState::Failed);
    let elements = failed.iter().filter(|(name, _)| name.starts_with("Data element"));
    let rules = failed.iter().filter(|(name, _)| name.starts_with("Rule of"));
    assert!(
        elements.count() >= 10 && outcomes(&record, RowState::Unknown).is_empty(),
        "{failed:?}"
    );
    for (name, text) in rules.clone() {
        assert!(
            text.contains("Not sent: it needs the data element DE_"),
            "{name}: {text}"
        );
    }
    let all_rules = record.rows.iter().filter(|row| row.name.starts_with("Rule of"));
    assert_eq!(
        rules.count(),
        all_rules.count(),
        "no rule is sent without its data element"
    );
    assert!(
        !target
            .lines()
            .iter()
            .any(|line| line.contains("/rules") && line.starts_with("POST")),
        "{:?}",
        target.lines()
    );
    // Another person makes one of them meanwhile, in another way.
    target.simulator().set_faults(Vec::new());
    let by_hand = "version: 1\ndataElements:\n- {name: DE_SSN, description: By hand, method: {noEnc: {}}}\n";
    let (by_hand, _) = planned(&target, &operation, by_hand).await;
    check_all_done(&apply(&target, &operation, &by_hand).await.1);

    target.simulator().clear_calls();
    let id = jobs::retry(&target.services, &operation, &id, None)
        .await
        .expect("the rows that failed");
    let record = finished(&target, &operation, &id).await;
    let failed = outcomes(&record, RowState::Failed);
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(
        failed[0].0 == "Data element DE_SSN" && failed[0].1.contains("It exists, but differs"),
        "{failed:?}"
    );
    assert_eq!(writes(&target).len(), record.rows.len() - 1, "each step once");
    let policies = |text: &str| {
        text.split_once("\npolicies:\n")
            .map(|(_, policies)| policies.to_owned())
    };
    let now = export(&target).await;
    assert!(now.contains("By hand"), "{now}");
    assert_eq!(policies(&now), policies(&text));
}

#[tokio::test]
async fn what_exists_by_now_counts_as_there() {
    let source = portal(Pim::Seeded).await;
    let text = export(&source).await;
    let target = portal(Pim::Empty).await;
    let operation = importing(&target).await;
    let (first, _) = planned(&target, &operation, &text).await;
    let (second, _) = planned(&target, &operation, &text).await;
    check_all_done(&apply(&target, &operation, &first).await.1);
    target.simulator().clear_calls();
    let (_, record) = apply(&target, &operation, &second).await;
    check_all_done(&record);
    assert!(writes(&target).is_empty(), "{:?}", writes(&target));
    assert_eq!(export(&target).await, text);
}

#[tokio::test]
async fn a_step_whose_answer_is_lost_is_looked_for_and_never_sent_again() {
    let source = portal(Pim::Seeded).await;
    let text = export(&source).await;
    let target = portal(Pim::Empty).await;
    let operation = importing(&target).await;
    let (plan, _) = planned(&target, &operation, &text).await;
    let rules = ["/pty/v2/pim/roles", "/pty/v2/pim/policies/1/rules", DATA_ELEMENTS].map(|path| {
        let mut rule = FaultRule::always(path, Fault::Lose);
        rule.method = Some("POST".to_owned());
        rule
    });
    target.simulator().set_faults(rules.to_vec());
    let (_, record) = apply(&target, &operation, &plan).await;
    check_all_done(&record);
    target.simulator().set_faults(Vec::new());
    assert_eq!(export(&target).await, text);
}

#[tokio::test]
async fn without_an_initialised_cluster_nothing_else_is_sent() {
    let target = portal(Pim::Empty).await;
    let operation = importing(&target).await;
    let text = "version: 1\nmasks:\n- {name: M, fromLeft: 1, masked: true, character: '*'}\n";
    let (plan, record) = planned(&target, &operation, text).await;
    assert!(record.rows[0].text.contains("would be initialised"), "{record:?}");
    target
        .simulator()
        .set_faults(vec![FaultRule::always("/pty/v2/pim/init", status(400))]);
    let (id, record) = apply(&target, &operation, &plan).await;
    let failed = outcomes(&record, RowState::Failed);
    assert_eq!(failed.len(), 2, "{failed:?}");
    assert!(
        failed[1].1.contains("policy management is not initialised"),
        "{failed:?}"
    );
    target.simulator().set_faults(Vec::new());
    let id = jobs::retry(&target.services, &operation, &id, None).await;
    check_all_done(&finished(&target, &operation, &id.expect("a job")).await);
}

#[tokio::test]
async fn a_file_with_problems_starts_no_job() {
    let portal = portal(Pim::Seeded).await;
    let operation = importing(&portal).await;
    let check = async |text: &str, expected: &str| {
        let refused = plan(&operation, text).await.expect_err("a problem");
        let Error::Invalid(problems) = &refused else {
            panic!("{refused:?}");
        };
        assert_eq!(problems[0].field, "file");
        assert!(problems[0].message.contains(expected), "{refused}");
    };
    check("version: 1\n", "The file has no objects.").await;
    check(
        "version: 1\npolicies:\n- name: X\n  rules:\n  - {role: NO_ONE, dataElement: DE_SSN, access: []}\n",
        "Line 5, role: Neither the file nor the cluster has the role NO_ONE.",
    )
    .await;
    let many: Vec<_> = (0..5001).map(|number| format!("- name: R{number}\n")).collect();
    check(&format!("version: 1\nroles:\n{}", many.concat()), "5,001 steps").await;
    let list = jobs::list(&portal.services, &operation).await.expect("the jobs");
    assert!(list.is_empty());
}
