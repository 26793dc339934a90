//! Objects of policy management: what each form sends, how it is read back, and what is refused before it is sent.

use gate::{Action, Operation};
use operations::{
    Error,
    policy::{
        self, Saved,
        alphabets::{self, AlphabetForm},
        applications::{self, ApplicationForm},
        data_elements::{self, DataElementForm},
        data_stores::{self, DataStoreForm},
        export_keys::{self, ExportKeyForm},
        masks::{self, MaskForm},
        roles::{self, MembersForm, RoleForm},
        sources::{self, SourceForm},
    },
    read_back::ReadBack,
};
use protegrity::pim::{DataStoreUid, RoleUid};
use simulator::{Fault, Options, Pim, PimAnswers, TokenMode};

use crate::support::{TestServices, count, options};

/// 2048 bits; the private key was thrown away.
const KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr76Vp/csdpog6p1PpRJk
5nxH8DUgwzr9bbUNCsTfz8A7CRuE8u+pFXaTzuJlpyldIVgi+c0TfjCodc5yUHZQ
P8n0y3bLp0fsZhxiWxezHugJGsiUhQvfkUvlgEIwNe5OdxHDk9JD/3t9Z8Y4E9u3
cA98nI4YIIuZXOzR+LBkLmWVZXyQKoZE2PzzLKEDxdyp4Gd22EUu/aG2+Q/275/9
j/kXLJRgkIKBS/qtXqDLiZ8rWZcHI2QK3r53RamZxk14VqB/qDBAaTgOzpQpVx86
NkQOfSgorV6CAXQ3HzUP6T4U86A+hXwhuGRITI2vOqBZPp9I+9pw8Min1NC36XR5
awIDAQAB
-----END PUBLIC KEY-----
";

async fn officer(portal: &TestServices, action: Action) -> Operation {
    let (_, principal) = portal.sign_in("officer").await;
    portal.begin(&principal, action).await
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn mask(name: &str) -> MaskForm {
    MaskForm {
        name: text(name),
        from_right: text("4"),
        masked: text("false"),
        character: text("#"),
        ..MaskForm::default()
    }
}

fn store(name: &str, is_default: &str) -> DataStoreForm {
    DataStoreForm {
        name: text(name),
        is_default: text(is_default),
        ..DataStoreForm::default()
    }
}

/// The fields with a problem, and their messages.
fn problems<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, String)> {
    match result {
        Err(Error::Invalid(problems)) => problems
            .into_iter()
            .map(|problem| (problem.field, problem.message))
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn check_saved<U: AsRef<str>>(saved: Result<Saved<U>, Error>, name: &str, uid: &str) {
    let saved = saved.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let of_cluster = saved.uid.as_ref().map(AsRef::as_ref);
    assert_eq!((saved.name.as_str(), of_cluster), (name, Some(uid)));
    assert_eq!(saved.read_back, ReadBack::AsSent, "{name}");
}

/// One of each kind, in the order in which they build on each other. The uids are the next of the seeded ones.
async fn create_each(portal: &TestServices) {
    let operation = officer(portal, Action::CreateMemberSource).await;
    let form = SourceForm {
        name: text("contractors"),
        user_file: text("/opt/example/users.csv"),
        group_file: text("/opt/example/groups.csv"),
    };
    check_saved(sources::create(&operation, &form).await, "contractors", "3");
    let operation = officer(portal, Action::CreatePolicyRole).await;
    let form = RoleForm {
        name: text("CONTRACTOR"),
        description: text("People of another company"),
        allow_all: String::new(),
    };
    check_saved(roles::create(&operation, &form).await, "CONTRACTOR", "8");
    let operation = officer(portal, Action::CreateMask).await;
    check_saved(masks::create(&operation, &mask("ONLY_4")).await, "ONLY_4", "4");
    let operation = officer(portal, Action::CreateAlphabet).await;
    let form = AlphabetForm {
        label: text("Danish"),
        ranges: text("0041-005A\n0061-007A"),
        code_points: text("00C6 00D8 00C5"),
    };
    check_saved(alphabets::create(&operation, &form).await, "Danish", "3");
    let operation = officer(portal, Action::CreateDataElement).await;
    let before = policy::data_elements(&operation).await.expect("a list").len();
    let form = DataElementForm {
        name: text("DE_NOTE"),
        method: text("unicodeGen2Token"),
        tokenizer: text("SLT_X_1"),
        alphabet: text("3"),
        length_preserving: text("true"),
        from_left: text("1"),
        ..DataElementForm::default()
    };
    let uid = (before + 1).to_string();
    check_saved(data_elements::create(&operation, &form).await, "DE_NOTE", &uid);
    let operation = officer(portal, Action::CreateDataStore).await;
    check_saved(
        data_stores::create(&operation, &store("EDGE", "")).await,
        "EDGE",
        "4",
    );
    let operation = officer(portal, Action::CreateApplication).await;
    let form = ApplicationForm {
        name: text("REPORTS"),
        application_name: text("reports-??"),
        application_user: text("reports"),
        ..ApplicationForm::default()
    };
    check_saved(applications::create(&operation, &form).await, "REPORTS", "3");
}

#[tokio::test]
async fn each_kind_is_created_and_read_back_whatever_the_answer_says() {
    for answers in [PimAnswers::Plain, PimAnswers::Wrapped, PimAnswers::Silent] {
        let portal = TestServices::in_mode(TokenMode::Claims).await;
        portal
            .simulator()
            .settings(|settings| settings.pim_answers = answers);
        create_each(&portal).await;
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_at_its_field_and_nothing_is_sent() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = officer(&portal, Action::CreateMask).await;
    let (result, lines) = portal.calls_of(masks::create(&operation, &mask("last_4"))).await;
    assert_eq!(problems(result)[0].0, "name");
    assert!(lines.iter().all(|line| line.starts_with("GET ")), "{lines:?}");
    // Somebody else took it in the meantime: the cluster says so.
    let taken = Fault::Status {
        status: 400,
        body: r#"{"detail":"name must be unique"}"#.to_owned(),
    };
    fail_writes(&portal, "/pty/v2/pim/masks", taken);
    let found = problems(masks::create(&operation, &mask("ONLY_4")).await);
    assert_eq!(found[0].0, "name");
    assert!(found[0].1.contains("already"), "{found:?}");
}

fn fail_writes(portal: &TestServices, path: &str, fault: Fault) {
    let mut rule = simulator::FaultRule::always(path, fault);
    rule.method = Some("POST".to_owned());
    portal.simulator().set_faults(vec![rule]);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_looked_for_in_the_list() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    for path in ["masks", "roles/2/members", "datastores/1/export/keys"] {
        fail_writes(&portal, &format!("/pty/v2/pim/{path}"), Fault::Lose);
        match path {
            "masks" => {
                let operation = officer(&portal, Action::CreateMask).await;
                check_saved(masks::create(&operation, &mask("ONLY_4")).await, "ONLY_4", "4");
            }
            "roles/2/members" => {
                let added = add(&portal, "new.one@example.com", "USER")
                    .await
                    .expect("they are added");
                assert_eq!(added.read_back, Some(ReadBack::AsSent));
            }
            _ => {
                let added = add_key(&portal, "1", KEY).await.expect("it is added");
                assert_eq!(added.read_back, ReadBack::AsSent);
                assert!(
                    added
                        .fingerprint
                        .is_some_and(|fingerprint| fingerprint.is_sha256())
                );
            }
        }
    }
    // Nothing was done: the error stays, because it may still come.
    fail_writes(&portal, "/pty/v2/pim/masks", Fault::Drop);
    let operation = officer(&portal, Action::CreateMask).await;
    let failed = masks::create(&operation, &mask("ONLY_5"))
        .await
        .expect_err("it failed");
    assert!(
        failed.gate().is_some_and(gate::GateError::is_unknown_outcome),
        "{failed:?}"
    );
}

async fn add(portal: &TestServices, names: &str, kind: &str) -> Result<roles::Added, Error> {
    let operation = officer(portal, Action::AddPolicyRoleMembers).await;
    let form = MembersForm {
        uid: text("2"),
        source: text("1"),
        kind: text(kind),
        names: text(names),
    };
    roles::add_members(&operation, &RoleUid::from("2"), &form).await
}

#[tokio::test]
async fn members_that_a_role_has_are_left_out_of_the_call() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let added = add(&portal, "support-first-line, support-third-line", "GROUP").await;
    let added = added.expect("one is added");
    assert_eq!(added.added, ["support-third-line"]);
    assert_eq!(added.present, ["support-first-line"]);
    assert_eq!(added.read_back, Some(ReadBack::AsSent));
    let (again, lines) = portal.calls_of(add(&portal, "support-third-line", "GROUP")).await;
    assert_eq!(again.expect("nothing to do").read_back, None);
    assert!(
        !lines.iter().any(|line| line.starts_with("POST /pty/v2/pim")),
        "{lines:?}"
    );
    assert_eq!(problems(add(&portal, " ", "USER").await)[0].0, "names");
    assert_eq!(problems(add(&portal, "ana", "ROBOT").await)[0].0, "kind");
}

#[tokio::test]
async fn a_second_default_data_store_is_confirmed_first_and_the_clusters_refusal_stands_at_the_box() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = officer(&portal, Action::CreateDataStore).await;
    let (result, lines) = portal
        .calls_of(data_stores::create(&operation, &store("EDGE", "true")))
        .await;
    let found = problems(result);
    assert_eq!(found[0].0, "confirm_default");
    assert!(
        found[0].1.contains("DEFAULT"),
        "it names the present one: {found:?}"
    );
    assert!(lines.iter().all(|line| line.starts_with("GET ")), "{lines:?}");
    let confirmed = DataStoreForm {
        confirm_default: text("true"),
        ..store("EDGE", "true")
    };
    let found = problems(data_stores::create(&operation, &confirmed).await);
    assert_eq!(found[0].0, "is_default", "{found:?}");
}

async fn add_key(portal: &TestServices, uid: &str, pem: &str) -> Result<export_keys::AddedKey, Error> {
    let operation = officer(portal, Action::AddExportKey).await;
    let form = ExportKeyForm {
        uid: text(uid),
        algorithm: text("RSA-OAEP-256"),
        pem: text(pem),
        description: text("Edge"),
    };
    export_keys::add(&operation, &DataStoreUid::from(uid), &form).await
}

#[tokio::test]
async fn an_export_key_is_judged_before_it_is_sent() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let private = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
    for pem in [private, "", "ssh-rsa AAAA"] {
        let (result, lines) = portal.calls_of(add_key(&portal, "1", pem)).await;
        assert_eq!(problems(result)[0].0, "pem", "{pem}");
        assert_eq!(count(&lines, "/pty/v2/pim/datastores/1/export/keys"), 0, "{pem}");
    }
    let added = add_key(&portal, "1", KEY).await.expect("it is added");
    assert_eq!((added.bits, added.store.as_str()), (2048, "DEFAULT"));
    assert_eq!(added.read_back, ReadBack::AsSent);
    let judged = export_keys::RsaKey::of(KEY).expect("a key").fingerprint;
    assert_eq!(added.fingerprint, Some(judged), "the digest of the simulator");
    let found = problems(add_key(&portal, "2", KEY).await);
    assert_eq!(found[0].0, "pem");
    assert!(found[0].1.contains("already"), "{found:?}");
}

#[tokio::test]
async fn an_object_that_is_not_there_and_a_cluster_that_is_not_ready_are_told() {
    let portal = TestServices::in_mode(TokenMode::Claims).await;
    let operation = officer(&portal, Action::ViewPolicy).await;
    let found = roles::role(&operation, &RoleUid::from("1"))
        .await
        .expect("a role");
    assert_eq!(found.name, "ANALYST");
    let missing = roles::role(&operation, &RoleUid::from("99")).await;
    assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
    let empty = Options {
        pim: Pim::Empty,
        ..options(TokenMode::Claims, 0)
    };
    let portal = TestServices::with(empty, gate::Clock::from).await;
    let operation = officer(&portal, Action::CreateMask).await;
    let refused = masks::create(&operation, &mask("ONLY_4")).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
}
