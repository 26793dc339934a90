//! The calls against the simulator, which is written from the documents and not from this crate.

use std::time::Duration;

use proofpoint::{
    Authorized, Client, ClientConfig, Direction, DomainDraft, Error, ErrorKind, FeatureError, FeatureSetting,
    NewUser, NotVisible, OrganizationType, Package, PackageUpdate, ProductLabel, ReportPeriod, RowOutcome,
    SenderEntry, SenderKind, SenderListOwner, SenderLists, Stack, StatsMetric, StatsScope, UserType,
    UserUpdate, VerificationMethod, VerificationOutcome,
};
use simulator::{
    Endpoints, Fault, FaultRule, FeatureValues, ListNames, ListShape, PROOFPOINT_ACCOUNTS, ProofpointOptions,
    RunningProofpoint, Unknown, UserUpdate as Update, WrongInstance,
};

use crate::support::{client, config, domain, email, login};

const ORG: &str = "example.com";
const ADMIN: &str = "admin@example.com";
const READER: &str = "reader@example.com";
const EMPLOYEE: &str = "employee@example.com";
const PARTNER: &str = "partner@msp.example";

async fn start() -> RunningProofpoint {
    RunningProofpoint::start(ProofpointOptions { users: 20 }).await
}

/// The account, at the instance that is asked first.
fn caller(running: &RunningProofpoint, user: &str) -> Authorized {
    client(&running.url()).with_login(&login(user, PROOFPOINT_ACCOUNTS[0].password))
}

/// The account at the instance of example.com.
async fn at_home(running: &RunningProofpoint, user: &str) -> Authorized {
    let caller = caller(running, user);
    let instances = caller.endpoints(&domain(ORG)).await.unwrap();
    assert_eq!(instances, [Stack::Us3.into()]);
    caller.at(instances[0].clone())
}

#[tokio::test]
async fn discovery_in_every_shape() {
    let running = start().await;
    let caller = caller(&running, ADMIN);
    for (shape, expected) in [
        (Endpoints::Origins, vec![Stack::Us3]),
        (Endpoints::Envelope, vec![Stack::Us3]),
        (Endpoints::Stacks, vec![Stack::Us3]),
        (Endpoints::Several, vec![Stack::Us3, Stack::Eu1]),
    ] {
        running
            .simulator()
            .settings(|settings| settings.endpoints = shape);
        // Any domain of the organisation, and any case.
        for name in [ORG, "Example.ORG"] {
            let instances = caller.endpoints(&domain(name)).await.unwrap();
            let expected: Vec<_> = expected.iter().copied().map(Into::into).collect();
            assert_eq!(instances, expected, "{shape:?}");
        }
    }
    let hostile = [
        "https://us1.proofpointessentials.com.evil.test",
        "https://us1.proofpointessentials.com@evil.test",
        "http://us1.proofpointessentials.com",
        "https://us1.proofpointessentials.com:8443",
        "//evil.test",
        "https://127.0.0.1",
        "help.proofpointessentials.com",
        "us-siem.proofpointessentials.com",
    ];
    running.simulator().settings(|settings| {
        settings.endpoint_values = hostile.map(str::to_owned).to_vec();
    });
    let error = caller.endpoints(&domain(ORG)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UntrustedHost);
    let hosts = running.simulator().calls().into_iter().map(|call| call.host);
    assert!(
        hosts
            .into_iter()
            .all(|host| host == "us1.proofpointessentials.com")
    );
}

/// Who asks, and the organisations that they see.
async fn read_organizations(caller: &Authorized, partner: &Authorized) {
    let organization = domain(ORG);
    let me = caller.me().await.unwrap();
    assert_eq!(
        (me.primary_email, me.user_type),
        (email(ADMIN), Some(UserType::OrganizationAdmin))
    );
    assert_eq!(
        (me.is_admin, me.is_partner_admin, me.is_read_only),
        (Some(true), Some(false), Some(false))
    );
    assert_eq!(me.organization_domain, organization);

    let read = caller.organization(&domain("example.org")).await.unwrap();
    assert_eq!((read.name.as_str(), read.licenses), ("Example Company", Some(95)));
    assert_eq!(read.organization_type, Some(OrganizationType::Organization));
    assert_eq!(
        (read.package, read.id.clone()),
        (Some(Package::AdvancedPlus), me.organization_id)
    );
    assert!(read.renewal.unwrap().date().is_some());
    assert_eq!(read.admin_user.unwrap().primary_email, email(ADMIN));
    assert_eq!((read.domains.unwrap().len(), read.hierarchy.len()), (3, 4));
    // Under one name or both, each entry once.
    assert_eq!(read.senders.allow.unwrap().len(), 3);

    let family = partner.organization_family(&domain("msp.example")).await.unwrap();
    assert_eq!(
        family.own.unwrap().organization_type,
        Some(OrganizationType::Channel)
    );
    assert!(family.children.iter().any(|child| child.id == read.id));
    let rows = partner
        .billing_with_children(&domain("msp.example"))
        .await
        .unwrap();
    assert_eq!(rows.len(), family.children.len() + 1);
    let row = rows.into_iter().find(|row| row.id == read.id).unwrap();
    assert_eq!(
        (row.stack(), row.package),
        (Some(Stack::Us3), Some(Package::AdvancedPlus))
    );
    assert!(row.active_users.unwrap() > 40 && row.renewal.unwrap().date().is_some());
    assert_eq!(caller.billing(&organization).await.unwrap().len(), 1);
}

/// What there is in example.com.
async fn read_organization(caller: &Authorized) {
    let organization = domain(ORG);
    let users = caller.users(&organization).await.unwrap();
    assert!(
        users.len() > 60
            && users
                .iter()
                .all(|user| user.user_type.is_some() && user.is_active.is_some())
    );
    let zoe = users
        .iter()
        .find(|user| user.primary_email == email("zoe.strand@example.com"))
        .unwrap();
    assert_eq!((zoe.is_active, zoe.is_billable), (Some(false), Some(true)));
    let odd = caller
        .user(&organization, &email("D'Arcy+mail@example.com"))
        .await
        .unwrap();
    assert_eq!(odd.user.last_name.as_deref(), Some("D'Arcy"));

    let domains = caller.domains(&organization).await.unwrap();
    let first = caller.domain(&organization, &domains[0].name).await.unwrap();
    assert_eq!(
        (&first, first.is_relay, first.is_active),
        (&domains[0], Some(true), Some(true))
    );
    assert!(
        !caller
            .verification_code(&organization, &first.name)
            .await
            .unwrap()
            .is_empty()
    );

    let licensing = caller.licensing(&organization).await.unwrap();
    assert_eq!(
        (licensing.licenses, licensing.is_on_trial, licensing.package),
        (Some(95), Some(false), Some(Package::AdvancedPlus))
    );
    let features = caller.features(&organization).await.unwrap();
    assert!(
        matches!(features.get("url_defense"), Some(FeatureSetting::Switch(_))),
        "{features:?}"
    );
    assert!(
        matches!(features.get("instant_replay"), Some(FeatureSetting::Number(_))),
        "{features:?}"
    );

    let lists = caller
        .sender_lists(&organization, SenderListOwner::Organization)
        .await
        .unwrap();
    assert_eq!(lists.allow.unwrap()[0].kind(), SenderKind::DomainWildcard);
    let alpha = email("alpha@example.com");
    let lists = caller
        .sender_lists(&organization, SenderListOwner::User(&alpha))
        .await
        .unwrap();
    assert_eq!((lists.allow.unwrap().len(), lists.block.unwrap().len()), (2, 0));

    let azure = caller.azure_settings(&organization).await.unwrap().unwrap();
    assert_eq!((azure.sync_frequency, azure.update_users), (Some(24), Some(true)));
    assert!(
        azure.secret_expiry.unwrap().date().is_some() && azure.last_successful_sync.unwrap().date().is_some()
    );
    assert_eq!(
        caller.azure_exemptions(&organization).await.unwrap(),
        [email("info@example.com")]
    );
    assert_eq!(
        caller.mfa_settings(&organization).await.unwrap().admins_only,
        Some(true)
    );
    assert!(
        caller
            .login_settings(&organization)
            .await
            .unwrap()
            .allow_local_login
            .is_some()
    );
    let providers = caller.identity_providers(&organization).await.unwrap();
    assert_eq!(providers.len(), 2);
    assert!(providers.iter().all(|provider| {
        let expires = provider.service_certificate_expires.as_ref();
        provider.certificate.is_some() && expires.is_some_and(|expires| expires.date().is_some())
    }));
}

/// What is counted and sold.
async fn read_numbers(caller: &Authorized, partner: &Authorized) {
    let organization = domain(ORG);
    for period in ReportPeriod::ALL {
        let report = caller.report(&organization, period, None).await.unwrap();
        assert_eq!(report.period.as_deref(), Some(period.as_str()));
        let inbound = report.inbound.unwrap();
        assert!(
            report.outbound.is_some() && inbound.iter().count() >= 8,
            "{inbound:?}"
        );
        for (category, count) in inbound.iter() {
            assert_eq!(count.total, Some(count.over_time.values().sum()), "{category}");
        }
        let one = caller
            .report(&organization, period, Some(Direction::Inbound))
            .await
            .unwrap();
        assert_eq!((one.inbound, one.outbound), (Some(inbound), None));
    }
    let stats = caller
        .partner_stats(&organization, StatsScope::Own)
        .await
        .unwrap();
    assert_eq!(stats.len(), 1);
    assert!(stats[0].counts[&StatsMetric::InboundTotal].quarter.unwrap() > 0);
    let stats = partner
        .partner_stats(&domain("msp.example"), StatsScope::WithChildren)
        .await
        .unwrap();
    let family = partner.organization_family(&domain("msp.example")).await.unwrap();
    assert_eq!(stats.len(), family.children.len() + 1);

    let products = caller.products(&organization).await.unwrap();
    let product = caller.product(&organization, &products[0].label).await.unwrap();
    assert_eq!(product, products[0]);
}

#[tokio::test]
async fn everything_is_read_in_every_mode() {
    let running = start().await;
    let (caller, partner) = (at_home(&running, ADMIN).await, at_home(&running, PARTNER).await);
    for lists in [ListShape::Document, ListShape::Envelope, ListShape::Bare] {
        for list_names in [ListNames::Both, ListNames::New, ListNames::Old] {
            for scalars_as_text in [false, true] {
                running.simulator().settings(|settings| {
                    settings.lists = lists;
                    settings.list_names = list_names;
                    settings.scalars_as_text = scalars_as_text;
                    settings.features = if scalars_as_text {
                        FeatureValues::Text
                    } else {
                        FeatureValues::Typed
                    };
                });
                read_organizations(&caller, &partner).await;
                read_organization(&caller).await;
                read_numbers(&caller, &partner).await;
            }
        }
    }
    // Nothing was asked of another host than the two that were meant.
    let calls = running.simulator().calls();
    let asked = |host: &str| calls.iter().filter(|call| call.host == host).count();
    assert_eq!(asked("us1.proofpointessentials.com"), 2, "discovery");
    assert_eq!(asked("us3.proofpointessentials.com"), calls.len() - 2);
}

#[tokio::test]
async fn what_is_unknown_is_kept() {
    let running = start().await;
    running
        .simulator()
        .settings(|settings| settings.unknown_values = true);
    let caller = at_home(&running, ADMIN).await;
    let users = caller.users(&domain(ORG)).await.unwrap();
    let unknown = users
        .iter()
        .find(|user| matches!(user.user_type, Some(UserType::Other(_))))
        .unwrap();
    let record = caller.user(&domain(ORG), &unknown.primary_email).await.unwrap();
    let update = UserUpdate {
        first_name: Some("Changed".to_owned()),
        ..UserUpdate::default()
    };
    caller.update_user(&domain(ORG), &record, &update).await.unwrap();
    let after = caller
        .user(&domain(ORG), &unknown.primary_email)
        .await
        .unwrap()
        .user;
    assert_eq!(after.first_name.as_deref(), Some("Changed"));
    assert_eq!(after.user_type, unknown.user_type);
}

#[tokio::test]
async fn a_users_life() {
    for (update, scalars_as_text) in [
        (Update::Keep, false),
        (Update::Clear, false),
        (Update::Clear, true),
    ] {
        let running = start().await;
        running.simulator().settings(|settings| {
            settings.user_update = update;
            settings.scalars_as_text = scalars_as_text;
        });
        let (caller, organization) = (at_home(&running, ADMIN).await, domain(ORG));
        let address = email("New.O'Person+x@example.com");
        let new = NewUser {
            first_name: Some("New".to_owned()),
            last_name: Some("Person".to_owned()),
            alias_emails: vec![email("np@example.com")],
            ..NewUser::new(address.clone())
        };
        caller.create_user(&organization, &new).await.unwrap();
        let error = caller.create_user(&organization, &new).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(
            error.upstream_message().unwrap().contains("already exists"),
            "{error}"
        );
        let owner = SenderListOwner::User(&address);
        let lists = SenderLists {
            allow: Some(vec!["friend@home.example".into()]),
            block: None,
        };
        caller.add_senders(&organization, owner, &lists).await.unwrap();

        let before = caller.user(&organization, &address).await.unwrap();
        let update = UserUpdate {
            user_type: Some(UserType::FunctionalAccount),
            ..UserUpdate::default()
        };
        caller.update_user(&organization, &before, &update).await.unwrap();
        let after = caller.user(&organization, &address).await.unwrap();
        // That, and nothing else: also where the system clears what is not sent.
        let mut expected = before.user.clone();
        expected.user_type = Some(UserType::FunctionalAccount);
        assert_eq!(after.user, expected);
        assert_eq!(after.user.senders.allow, lists.allow);

        let renamed = UserUpdate {
            primary_email: Some(email("renamed@example.com")),
            is_active: Some(false),
            alias_emails: Some(Vec::new()),
            ..UserUpdate::default()
        };
        caller.update_user(&organization, &after, &renamed).await.unwrap();
        let user = caller
            .user(&organization, &email("renamed@example.com"))
            .await
            .unwrap()
            .user;
        assert_eq!(
            (user.is_active, user.alias_emails),
            (Some(false), Some(Vec::new()))
        );
        let gone = caller.user(&organization, &address).await.unwrap_err();
        assert_eq!(NotVisible::of(&gone), Some(NotVisible));
        caller
            .delete_user(&organization, &email("renamed@example.com"))
            .await
            .unwrap();
        let gone = caller
            .delete_user(&organization, &email("renamed@example.com"))
            .await
            .unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn many_users_at_once() {
    let running = start().await;
    let (caller, organization) = (at_home(&running, ADMIN).await, domain(ORG));
    let new = |name: &str| NewUser::new(email(&format!("{name}@example.com")));
    let outcomes = caller
        .create_users(&organization, &[new("one"), new("two")])
        .await
        .unwrap();
    assert_eq!(outcomes, [RowOutcome::Created, RowOutcome::Created]);
    let mixed = [new("three"), new("one"), new("four"), new("admin")];
    let outcomes = caller.create_users(&organization, &mixed).await.unwrap();
    for (outcome, is_created) in outcomes.iter().zip([true, false, true, false]) {
        match outcome {
            RowOutcome::Created => assert!(is_created),
            RowOutcome::Failed { status, message } => {
                assert!(!is_created && message.is_some());
                assert_eq!(*status, Some(409));
            }
            RowOutcome::Unknown => panic!("every row says what happened: {outcomes:?}"),
        }
    }
    assert!(
        caller
            .user(&organization, &email("four@example.com"))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_domains_life() {
    let running = start().await;
    let (caller, organization, name) = (at_home(&running, ADMIN).await, domain(ORG), domain("new.example"));
    let draft = DomainDraft {
        is_relay: true,
        destination: Some("mx.example.com".to_owned()),
        ..DomainDraft::default()
    };
    caller.create_domain(&organization, &name, &draft).await.unwrap();
    let error = caller
        .create_domain(&organization, &name, &draft)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let verify = async |name, method| caller.verify_domain(&organization, name, method).await.unwrap();
    assert_eq!(
        verify(&name, VerificationMethod::Txt).await,
        VerificationOutcome::Verified
    );
    let pending = domain("pending.example.org");
    assert_eq!(
        verify(&pending, VerificationMethod::Meta).await,
        VerificationOutcome::NotVerified
    );
    let read = caller.domain(&organization, &name).await.unwrap();
    assert_eq!(read.is_active, Some(true));
    let changed = DomainDraft {
        failovers: vec!["192.0.2.1".to_owned()],
        ..DomainDraft::of(&read)
    };
    caller
        .update_domain(&organization, &name, &changed)
        .await
        .unwrap();
    let after = caller.domain(&organization, &name).await.unwrap();
    assert_eq!(DomainDraft::of(&after), changed);
    caller.delete_domain(&organization, &name).await.unwrap();
    let gone = caller.domain(&organization, &name).await.unwrap_err();
    assert_eq!(NotVisible::of(&gone), Some(NotVisible));
}

#[tokio::test]
async fn licensing_package_and_features() {
    for typed in [FeatureValues::Text, FeatureValues::Typed] {
        let running = start().await;
        running.simulator().settings(|settings| settings.features = typed);
        let (admin, partner) = (at_home(&running, ADMIN).await, at_home(&running, PARTNER).await);
        let organization = domain(ORG);
        let error = admin.update_licensing(&organization, 120).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden);
        partner.update_licensing(&organization, 120).await.unwrap();
        assert_eq!(
            partner.licensing(&organization).await.unwrap().licenses,
            Some(120)
        );

        let mut features = admin.features(&organization).await.unwrap();
        features
            .set("url_defense", &FeatureSetting::Switch(false))
            .unwrap();
        features
            .set("instant_replay", &FeatureSetting::Number(7))
            .unwrap();
        admin.update_features(&organization, &features).await.unwrap();
        assert_eq!(admin.features(&organization).await.unwrap(), features);

        let update = PackageUpdate {
            package: Package::Business,
            is_eula_confirmed: true,
            is_activated: false,
            is_trial_extended: false,
        };
        partner.update_package(&organization, &update).await.unwrap();
        let package = partner.organization(&organization).await.unwrap().package;
        assert_eq!(package, Some(Package::Business));
        let unconfirmed = PackageUpdate {
            is_eula_confirmed: false,
            ..update
        };
        let error = partner
            .update_package(&organization, &unconfirmed)
            .await
            .unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(422)));
        let mut features = admin.features(&organization).await.unwrap();
        assert_eq!(
            features.set("no_such_feature", &FeatureSetting::Switch(true)),
            Err(FeatureError::NotInPackage)
        );
    }
}

#[tokio::test]
async fn sender_lists_and_azure() {
    let running = start().await;
    let (caller, organization) = (at_home(&running, ADMIN).await, domain(ORG));
    let owner = SenderListOwner::Organization;
    let one = SenderLists {
        allow: None,
        block: Some(vec![SenderEntry::new("*@spam.example")]),
    };
    caller.add_senders(&organization, owner, &one).await.unwrap();
    let again = caller.add_senders(&organization, owner, &one).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    caller.remove_senders(&organization, owner, &one).await.unwrap();
    let again = caller
        .remove_senders(&organization, owner, &one)
        .await
        .unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotFound);
    let before = caller.sender_lists(&organization, owner).await.unwrap();
    caller.replace_senders(&organization, owner, &one).await.unwrap();
    let after = caller.sender_lists(&organization, owner).await.unwrap();
    assert_eq!((after.allow, after.block), (before.allow, one.block));

    let key = running.simulator().azure_key(ORG);
    let mut settings = caller.azure_settings(&organization).await.unwrap().unwrap();
    settings.sync_frequency = Some(0);
    settings.update_users = Some(false);
    caller
        .update_azure_settings(&organization, &settings)
        .await
        .unwrap();
    assert_eq!(
        caller.azure_settings(&organization).await.unwrap(),
        Some(settings)
    );
    assert_eq!(running.simulator().azure_key(ORG), key, "the key is untouched");

    let sales = email("sales@example.com");
    caller
        .add_azure_exemptions(&organization, std::slice::from_ref(&sales))
        .await
        .unwrap();
    assert!(
        caller
            .azure_exemptions(&organization)
            .await
            .unwrap()
            .contains(&sales)
    );
    caller
        .remove_azure_exemption(&organization, &sales)
        .await
        .unwrap();
    assert_eq!(
        caller.azure_exemptions(&organization).await.unwrap(),
        [email("info@example.com")]
    );
    let partner = at_home(&running, PARTNER).await;
    assert_eq!(
        partner.azure_settings(&domain("msp.example")).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn what_is_elsewhere_or_unknown_is_not_visible() {
    let running = start().await;
    let (first, home) = (caller(&running, ADMIN), at_home(&running, ADMIN).await);
    for (mode, status) in [(WrongInstance::NotFound, 404), (WrongInstance::Forbidden, 403)] {
        running
            .simulator()
            .settings(|settings| settings.wrong_instance = mode);
        let error = first.organization(&domain(ORG)).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert_eq!(NotVisible::of(&error), Some(NotVisible));
    }
    running
        .simulator()
        .settings(|settings| settings.wrong_instance = WrongInstance::Html);
    let error = first.organization(&domain(ORG)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.cause()),
        (ErrorKind::Unreadable, Some("the answer is a web page"))
    );

    for mode in [Unknown::NotFound, Unknown::Forbidden, Unknown::BadRequest] {
        running.simulator().settings(|settings| settings.unknown = mode);
        let errors: [Error; 4] = [
            home.organization(&domain("nowhere.example")).await.unwrap_err(),
            // Another partner's.
            home.organization(&domain("other.example")).await.unwrap_err(),
            home.user(&domain(ORG), &email("nobody@example.com"))
                .await
                .unwrap_err(),
            home.product(&domain(ORG), &ProductLabel::new("NOTHING"))
                .await
                .unwrap_err(),
        ];
        for error in errors {
            assert_eq!(NotVisible::of(&error), Some(NotVisible), "{mode:?}: {error}");
        }
    }
}

#[tokio::test]
async fn accounts_that_may_not() {
    let running = start().await;
    let organization = domain(ORG);
    let wrong = client(&running.url()).with_login(&login(ADMIN, "Wrong-Horse-7"));
    assert_eq!(wrong.me().await.unwrap_err().kind(), ErrorKind::Unauthorized);

    let reader = at_home(&running, READER).await;
    assert_eq!(reader.me().await.unwrap().is_read_only, Some(true));
    reader.users(&organization).await.unwrap();
    let record = reader
        .user(&organization, &email("alpha@example.com"))
        .await
        .unwrap();
    let update = UserUpdate {
        is_active: Some(false),
        ..UserUpdate::default()
    };
    let refused = [
        reader
            .update_user(&organization, &record, &update)
            .await
            .unwrap_err(),
        reader
            .delete_user(&organization, &email("alpha@example.com"))
            .await
            .unwrap_err(),
        reader
            .update_features(&organization, &reader.features(&organization).await.unwrap())
            .await
            .unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
        assert!(
            error
                .to_string()
                .starts_with("Proofpoint Essentials does not permit this"),
            "{error}"
        );
        assert!(!error.to_string().contains(READER), "{error}");
    }

    let employee = caller(&running, EMPLOYEE);
    assert_eq!(employee.me().await.unwrap().user_type, Some(UserType::EndUser));
    assert_eq!(
        employee.endpoints(&organization).await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );
}

#[tokio::test]
async fn faults() {
    let running = start().await;
    let (caller, organization) = (at_home(&running, ADMIN).await, domain(ORG));
    let fault = |method: &str, fault, times| {
        running.simulator().set_faults(vec![FaultRule {
            method: Some(method.to_owned()),
            path: "/api/v1/orgs".to_owned(),
            fault,
            times,
        }]);
    };
    fault("GET", Fault::Drop, Some(1));
    caller.users(&organization).await.unwrap();
    for (kind, broken) in [
        (ErrorKind::Unreachable, Fault::Drop),
        (ErrorKind::Unreadable, Fault::Truncate),
        (ErrorKind::Unreadable, Fault::NotJson),
        (ErrorKind::Upstream, Fault::Html),
    ] {
        fault("GET", broken, None);
        assert_eq!(caller.users(&organization).await.unwrap_err().kind(), kind);
    }

    // The answer is lost after the write took effect: only another read can tell.
    fault("POST", Fault::Lose, Some(1));
    let new = NewUser::new(email("lost@example.com"));
    let error = caller.create_user(&organization, &new).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.was_sent()),
        (ErrorKind::Unreachable, None, true)
    );
    assert!(caller.user(&organization, &new.primary_email).await.is_ok());

    fault("GET", Fault::Busy(60), Some(1));
    let busy = caller.users(&organization).await.unwrap_err();
    assert_eq!((busy.kind(), busy.was_sent()), (ErrorKind::TooManyRequests, true));
    let calls = running.simulator().calls().len();
    let waiting = caller.users(&organization).await.unwrap_err();
    assert_eq!(
        (waiting.kind(), waiting.was_sent()),
        (ErrorKind::TooManyRequests, false)
    );
    assert_eq!(running.simulator().calls().len(), calls);
    // The pause is this instance's.
    caller.at(Stack::Us1).me().await.unwrap();
}

#[tokio::test]
async fn many_users_in_one_answer() {
    let running = RunningProofpoint::start(ProofpointOptions { users: 50_000 }).await;
    // However slow the machine is.
    let patient = ClientConfig {
        timeout: Duration::from_mins(10),
        read_timeout: Duration::from_mins(10),
        ..config(&running.url())
    };
    let account = login(ADMIN, PROOFPOINT_ACCOUNTS[0].password);
    let caller = Client::new(patient).unwrap().with_login(&account).at(Stack::Us3);
    let users = caller.users(&domain(ORG)).await.unwrap();
    assert!(users.len() > 50_000);
}
