//! What an organisation has bought and could buy.

use crate::{
    clock,
    proofpoint::{
        ProofpointSettings,
        answer::{Reply, list, ok},
        caller::Caller,
        state::{Organization, PACKAGES, title},
    },
};
use axum::extract::Path;
use serde_json::{Value, json};

pub(super) async fn list_all(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let settings = &access.state.settings;
    let products = products(access.organization(&domain)?, settings);
    Ok(ok(settings, list(settings, "products", products.into())))
}

pub(super) async fn read(caller: Caller, Path((domain, label)): Path<(String, String)>) -> Reply {
    let access = caller.reads()?;
    let settings = &access.state.settings;
    let products = products(access.organization(&domain)?, settings);
    let product = products
        .into_iter()
        .find(|product| product["label"] == label.as_str());
    let product = product.ok_or_else(|| access.unknown(&label))?;
    Ok(ok(settings, product))
}

fn products(organization: &Organization, settings: &ProofpointSettings) -> [Value; 2] {
    let variants = PACKAGES.iter().zip(1_u32..).map(|(package, index)| {
        json!({
            "name": title(package),
            "ref": format!("email_security_id_{package}"),
            "order_index": index * 10,
            "description": format!("The package {}", title(package)),
            "is_purchasable": *package != "beginner",
        })
    });
    let package = title(organization.shown_package(settings));
    let mail = json!({
        "status": "confirmed",
        "label": "EMAIL_SECURITY",
        "name": "Email Security",
        "description": "Filters the mail of the organisation.",
        "billing_method": organization.billing_method,
        "min_term": 12,
        "is_renewable": true,
        "min_licenses": 1,
        "help_url": "https://help.example.com/email-security",
        "variants": variants.collect::<Vec<_>>(),
        "purchase_info": {
            "when_added": clock::day(organization.renewal_days - 730, '/'),
            "variant": package,
            "when_renewal": clock::day(organization.renewal_days, '/'),
            "when_status_updated": clock::day(organization.renewal_days - 365, '/'),
            "auto_renew": true,
            "trial_variant": organization.trial.map_or("", |_| &package),
            "is_trial": organization.trial.is_some(),
            "trial_end_date": organization.trial.map_or_else(String::new, |trial| clock::day(trial.days, '/')),
        },
    });
    let bought = organization.has_training.then(|| {
        json!({
            "when_added": clock::day(-200, '/'),
            "variant": "Security Awareness",
            "when_renewal": clock::day(165, '/'),
            "when_status_updated": clock::day(-200, '/'),
            "auto_renew": false,
            "trial_variant": "",
            "is_trial": false,
            "trial_end_date": "",
        })
    });
    let training = json!({
        "status": if organization.has_training { "confirmed" } else { "available" },
        "label": "SECURITY_AWARENESS",
        "name": "Security Awareness",
        "description": "Trains the people of the organisation.",
        "billing_method": "Monthly",
        "min_term": 12,
        "is_renewable": true,
        "min_licenses": 50,
        "help_url": "https://help.example.com/security-awareness",
        "variants": [{
            "name": "Security Awareness",
            "ref": "security_awareness_id",
            "order_index": 10,
            "description": "All courses",
            "is_purchasable": true,
        }],
        "purchase_info": bought,
    });
    [mail, training]
}
