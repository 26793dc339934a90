//! `/proofpoint/orgs/{domain}`: one organisation of Proofpoint Essentials. Each section is there without the others.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    Error,
    mail::{
        features::feature_name,
        organizations::{self, Mismatch, OrganizationParts, mismatches, package_name},
    },
};
use proofpoint::{BillingRow, FeatureSetting, Features, Instance, Organization, OrganizationType};

use super::{PROOFPOINT, addressed, date, domains, failed_part, number, or_unknown, totals};
use crate::{
    answer::PageResult,
    context::RequestContext,
    links,
    ui::{Badge, Caution, DescriptionList, Detail, EmptyState, LinkButton, Page, Section, Table, Tone},
};

/// `/proofpoint/orgs/{domain}`
pub async fn organization(context: RequestContext) -> PageResult {
    let (domain, page) = addressed(&context)?;
    let operation = context
        .begin(
            Action::ViewMailOrganization,
            Target::of("mail_organization", &domain),
        )
        .await?;
    let OrganizationParts {
        organization,
        instance,
        billing,
        features,
        domains,
        reports,
        users_with_mail,
        functional,
    } = organizations::parts(&context.services, &operation, &domain).await?;
    let instance = instance.ok();
    let name = organization
        .as_ref()
        .map(|organization| organization.name.clone());
    let title = name
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| domain.to_string());
    let console = instance
        .as_ref()
        .zip(organization.as_ref().ok())
        .and_then(|(instance, organization)| links::proofpoint_console(instance, &organization.id));
    let console = console.map(|href| {
        view! { <a class="button" href=href target="_blank" rel="noopener noreferrer">"Open at Proofpoint"</a> }
    });
    let (licensing, denied) = (
        links::mail_licensing(&domain),
        context.denied(Action::AddMailDomain),
    );
    let new_domain = links::new_mail_domain(&domain);
    let (findings, users) = (links::mail_findings(&domain), links::mail_users(&domain));
    let actions = view! {
        <LinkButton label="Add a domain" href=new_domain denied/>
        <LinkButton label="Licensing" href=licensing/>
        <LinkButton label="Features" href=links::mail_features(&domain)/>
        <LinkButton label="Sender lists" href=links::mail_senders(&domain)/>
        <LinkButton label="Findings" href=findings/>
        <LinkButton label="Users" href=users primary=true/>
        {console}
    };
    let counts = Counts {
        with_mail: users_with_mail.ok().flatten(),
        functional: functional.ok().and_then(|count| count.try_into().ok()),
    };
    let (details, seats) = match organization {
        Ok(organization) => {
            let billed = billing.as_ref().ok().and_then(Option::as_ref);
            let seats = seats(&organization, billed, counts);
            let unread = billing.as_ref().err().cloned();
            let unread = unread.map(|error| failed_part(error, &page));
            (
                details(&organization, billed, instance.as_ref()),
                view! { {seats}{unread} }.into_any(),
            )
        }
        Err(error) => (
            failed_part(error, &page),
            seats(
                &Organization::default(),
                billing.as_ref().ok().and_then(Option::as_ref),
                counts,
            ),
        ),
    };
    let (domains, mail, features) = (
        domains::table(&context, &domain, domains, &page),
        totals::totals(reports, &page),
        feature_table(features, &page),
    );
    let content = view! {
        <Section title="Organisation">{details}</Section>
        <Section title="Seats">{seats}</Section>
        <Section title="Domains">{domains}</Section>
        <Section title="Mail">{mail}</Section>
        <Section title="Features">{features}</Section>
    };
    Ok(Page::new(title, content)
        .crumb("Proofpoint", PROOFPOINT)
        .lead(format!("The organisation of {domain} at Proofpoint."))
        .actions(actions))
}

fn details(
    organization: &Organization,
    billing: Option<&BillingRow>,
    instance: Option<&Instance>,
) -> AnyView {
    let domains = organization.domains.iter().flatten();
    let domains: Vec<_> = domains.map(|domain| domain.name.to_string()).collect();
    let (tone, state) = match organization.is_active {
        Some(true) => (Tone::Good, "Active"),
        Some(false) => (Tone::Warning, "Not active"),
        None => (Tone::Neutral, "Unknown"),
    };
    let kind = organization.organization_type.as_ref().map(kind);
    let trial_ends = date(billing.and_then(|billing| billing.trial_ends.as_ref()));
    let trial = match organization.is_on_trial {
        Some(true) if trial_ends.is_empty() => "Yes".to_owned(),
        Some(true) => format!("Until {trial_ends}"),
        Some(false) => "No".to_owned(),
        None => String::new(),
    };
    let package = organization.package.as_ref().map(package_name);
    let above: Vec<_> = organization
        .hierarchy
        .iter()
        .skip(1)
        .map(|entry| above(entry))
        .collect();
    let above = if above.is_empty() {
        "None that this account sees".to_owned()
    } else {
        above.join(", below ")
    };
    let billing_method = organization.billing_method.clone();
    let facts = [
        ("Primary domain", organization.primary_domain.to_string()),
        ("Domains", domains.join(", ")),
        ("Type", kind.unwrap_or_default()),
        ("Below", above),
        ("Instance", instance.map(ToString::to_string).unwrap_or_default()),
        ("Package", package.unwrap_or_default()),
        ("Trial", trial),
        ("Renewal", date(organization.renewal.as_ref())),
        ("Billing", billing_method.unwrap_or_default()),
    ];
    let facts = facts.map(|(label, text)| view! { <Detail label><bdi>{or_unknown(text)}</bdi></Detail> });
    let name = or_unknown(organization.name.clone());
    view! {
        <DescriptionList>
            <Detail label="Name"><bdi>{name}</bdi></Detail>
            <Detail label="State"><Badge tone text=state/></Detail>
            {facts.into_iter().collect_view()}
        </DescriptionList>
    }
    .into_any()
}

fn kind(kind: &OrganizationType) -> String {
    match kind {
        OrganizationType::OemPartner => "OEM partner".to_owned(),
        OrganizationType::StrategicPartner => "Strategic partner".to_owned(),
        OrganizationType::Channel => "Channel".to_owned(),
        OrganizationType::Organization => "Customer".to_owned(),
        OrganizationType::Other(word) => word.clone(),
    }
}

/// The name in an entry of the hierarchy: `123 : 'Name'`. What is written otherwise is shown as it came.
fn above(entry: &str) -> String {
    let name = entry.split_once(" : ").map(|(_, name)| name.trim());
    let name = name.and_then(|name| name.strip_prefix('\'')?.strip_suffix('\''));
    name.unwrap_or(entry).to_owned()
}

/// Counts that neither the organisation nor its bill has.
#[derive(Clone, Copy)]
struct Counts {
    with_mail: Option<i64>,
    functional: Option<i64>,
}

/// The counts of seats and users, and what does not add up.
fn seats(organization: &Organization, billing: Option<&BillingRow>, counts: Counts) -> AnyView {
    let Counts {
        with_mail,
        functional,
    } = counts;
    let found = mismatches(organization, billing);
    let is_over = |mismatch: &&Mismatch| matches!(mismatch, Mismatch::OverLicence(_));
    let over = found.iter().find(is_over).map(|mismatch| {
        let title = format!("More users are active than seats are bought: {mismatch}.");
        view! { <Caution title detail="Buy more seats, or make mailboxes that nobody signs in to functional accounts."/> }
    });
    let others: Vec<_> = found
        .iter()
        .filter(|mismatch| !is_over(mismatch))
        .map(ToString::to_string)
        .collect();
    let differ = (!others.is_empty()).then(|| {
        let detail = format!("{}. The bill may lag behind by a day.", others.join("; "));
        view! { <Caution title="The organisation and its bill differ." detail/> }
    });
    let bought = organization.licenses.or_else(|| billing?.confirmed_users);
    let active = organization.active_users.or_else(|| billing?.active_users);
    let non_billable = billing.and_then(|billing| billing.non_billable_users);
    view! {
        {over}
        {differ}
        <DescriptionList>
            <Detail label="Seats bought">{or_unknown(number(bought))}</Detail>
            <Detail label="Active users, by Proofpoint's own count">{or_unknown(number(active))}</Detail>
            <Detail label="Non-billable users">{or_unknown(number(non_billable))}</Detail>
            <Detail label="Functional accounts">{or_unknown(number(functional))}</Detail>
            <Detail label="Users with mail in the last 30 days">{or_unknown(number(with_mail))}</Detail>
        </DescriptionList>
        <p class="muted">
            "Active users take a seat, whether or not they had mail; functional accounts take none. The last three counts are not compared with the seats."
        </p>
    }
    .into_any()
}

fn feature_table(features: Result<Features, Error>, page: &str) -> AnyView {
    let features = match features {
        Ok(features) => features,
        Err(error) => return failed_part(error, page),
    };
    let rows = features.iter().map(|(name, setting)| {
        let value = match setting {
            FeatureSetting::Switch(true) => view! { <Badge tone=Tone::Good text="On"/> }.into_any(),
            FeatureSetting::Switch(false) => view! { <Badge tone=Tone::Neutral text="Off"/> }.into_any(),
            other => view! { <bdi>{other.to_string()}</bdi> }.into_any(),
        };
        view! { <tr><th scope="row"><bdi>{feature_name(name)}</bdi></th><td>{value}</td></tr> }
    });
    let rows = rows.collect_view();
    if rows.is_empty() {
        return view! { <EmptyState title="No features" hint="Proofpoint lists no feature of this organisation."/> }
            .into_any();
    }
    view! { <Table label="Features" columns=&["Feature", "Setting"]>{rows}</Table> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_words_of_the_api() {
        assert_eq!(above("39 : 'Sample MSP'"), "Sample MSP");
        assert_eq!(above("39 : 'It's'"), "It's");
        assert_eq!(above("Sample MSP"), "Sample MSP");
        assert_eq!(above("39 : x"), "39 : x");
    }
}
