//! A provider's configuration in readable groups. See `operations::saml::labels`.

use islands::CopyButton;
use leptos::prelude::*;
use operations::saml::{
    certificate::shortened,
    labels::{GROUPS, label},
    plain,
};
use protegrity::SamlProvider;
use serde_json::Value;

use crate::ui::{DescriptionList, Icon};

/// Whether the value of this key must not be shown. No documented key is one.
fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["secret", "password", "privatekey"]
        .iter()
        .any(|word| key.contains(word))
}

/// The settings that there are, group by group; unknown ones come last.
fn groups(provider: &SamlProvider) -> Vec<(&'static str, Vec<(String, Value)>)> {
    let config = &provider.config;
    let of = |keys: &[(&str, &str)]| -> Vec<_> {
        let there = keys.iter().filter_map(|(key, _)| config.get_key_value(*key));
        there.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let known = GROUPS.iter().map(|(heading, keys)| (*heading, of(keys)));
    let is_known = |key: &str| {
        GROUPS
            .iter()
            .any(|(_, keys)| keys.iter().any(|(known, _)| *known == key))
    };
    let other = config.iter().filter(|(key, _)| !is_known(key));
    let other = other.map(|(key, value)| (key.clone(), value.clone())).collect();
    known
        .chain([("Other", other)])
        .filter(|(_, rows)| !rows.is_empty())
        .collect()
}

/// The configuration in its groups, and as the cluster gives it.
#[component]
pub(super) fn Configuration(provider: SamlProvider) -> impl IntoView {
    let raw = raw(&provider);
    let groups = groups(&provider).into_iter().map(|(heading, rows)| {
        let rows = rows.into_iter().map(row).collect_view();
        view! {
            <h3>{heading}</h3>
            <DescriptionList>{rows}</DescriptionList>
        }
    });
    view! {
        {groups.collect_view()}
        <details class="raw">
            <summary>"As the cluster gives it (JSON)"</summary>
            <pre tabindex="0" role="region" aria-label="The provider as JSON"><code>{raw}</code></pre>
        </details>
    }
    .into_any()
}

fn row((key, value): (String, Value)) -> impl IntoView {
    let shown = if is_secret(&key) {
        "Not shown".into_any()
    } else {
        shown(&value, label(&key))
    };
    view! {
        <div class="detail">
            <dt>{label(&key).to_owned()} " " <code>{key}</code></dt>
            <dd>{shown}</dd>
        </div>
    }
}

/// A value as a person reads it: true and false as Yes and No, a long text by its ends and whole to copy.
fn shown(value: &Value, label: &str) -> AnyView {
    let flag = match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        _ => None,
    };
    if let Some(flag) = flag {
        return if flag { "Yes" } else { "No" }.into_any();
    }
    let text = plain(value);
    match shortened(&text).filter(|_| !text.contains([':', ' '])) {
        Some(short) => view! {
            <span class="copyable">
                <code>{short}</code>
                <CopyButton text=text.clone() label=format!("Copy {label}")><Icon name="copy"/></CopyButton>
            </span>
            <span class="muted">{format!(" {} characters", text.chars().count())}</span>
        }
        .into_any(),
        None if text.is_empty() => view! { <span class="muted">"empty"</span> }.into_any(),
        None => view! { <bdi>{text}</bdi> }.into_any(),
    }
}

/// The provider as JSON, without secrets.
fn raw(provider: &SamlProvider) -> String {
    let mut provider = provider.clone();
    for (key, value) in &mut provider.config {
        if is_secret(key) {
            *value = Value::String("Not shown".to_owned());
        }
    }
    serde_json::to_string_pretty(&provider).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(keys: &[&str]) -> SamlProvider {
        let value = || Value::String("x".to_owned());
        SamlProvider {
            config: keys.iter().map(|key| ((*key).to_owned(), value())).collect(),
            ..SamlProvider::default()
        }
    }

    #[test]
    fn every_setting_is_shown_once_and_the_unknown_ones_last() {
        let provider = provider(&["entityId", "somethingNew", "syncMode"]);
        let shown: Vec<_> = groups(&provider)
            .into_iter()
            .map(|(heading, rows)| (heading, rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>()))
            .collect();
        let expected = [
            ("Identity provider", vec!["entityId".to_owned()]),
            ("Synchronisation", vec!["syncMode".to_owned()]),
            ("Other", vec!["somethingNew".to_owned()]),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn secrets_are_not_in_the_raw_text() {
        let mut provider = provider(&["clientSecret"]);
        provider
            .config
            .insert("clientSecret".to_owned(), Value::String("hush".to_owned()));
        assert!(!raw(&provider).contains("hush"));
    }
}
