//! What a service writes into its log, and setting it.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::cluster;
use protegrity::Api;
use server_fn::ServerFn;

use super::name;
use crate::{
    context::RequestContext,
    error::PortalError,
    flash::Done,
    ui::{Choice, PostForm, Section, SelectField, SubmitButton},
};

/// Sets the log level of one service, until it is started again.
#[server(prefix = "/api", endpoint = "services/log-level")]
pub async fn set_log_level(
    #[server(default)] api: String,
    #[server(default)] level: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let api: Api = api
        .parse()
        .map_err(|_| PortalError::invalid("api", "Choose a service."))?;
    let operation = context
        .begin(Action::SetLogLevel, Target::of("service", api.name()))
        .await?;
    let now = cluster::set_log_level(&operation, api, &level).await?;
    Ok(match now {
        Some(now) if now.level.eq_ignore_ascii_case(level.trim()) => {
            Done::new(format!("The service {api} logs at the level {}.", now.level))
        }
        Some(now) => Done::new(format!("The service {api} took the call."))
            .with_detail(format!("It says that it logs at the level {}.", now.level)),
        None => Done::new(format!("The service {api} took the call."))
            .with_detail("Its level could not be read again."),
    }
    .with_next("/services"))
}

/// A form for each service.
#[component]
pub fn LogLevels(context: RequestContext) -> impl IntoView {
    let denied = context.denied(Action::SetLogLevel);
    let fields = context.fields(SetLogLevel::url());
    let (error, submitted) = (fields.error(), fields.text("api", ""));
    let level = fields.text("level", "");
    let forms = Api::ALL.map(|api| {
        let choices = api.log_levels().iter().map(|level| Choice::new(*level, *level));
        let choices: Vec<_> = std::iter::once(Choice::new("", "Choose …"))
            .chain(choices)
            .collect();
        let is_submitted = submitted == api.name();
        let error = error.clone().filter(|_| is_submitted);
        let value = if is_submitted {
            level.clone()
        } else {
            String::new()
        };
        let prefix = format!("{}-", api.name());
        let denied = denied.clone();
        let hidden = vec![("api", api.name().to_owned())];
        let label = format!("Log level of {}", name(api));
        let set = format!("Set the level of {api}");
        view! {
            <PostForm action=SetLogLevel::url() error=error.clone() class="form" hidden>
                <SelectField name="level" label choices value required=true error id_prefix=prefix/>
                <div class="form-actions"><SubmitButton label=set quiet=true denied/></div>
            </PostForm>
        }
    });
    view! {
        <Section title="Log levels">
            <p>"A level holds until the service is started again. Each service has its own names."</p>
            <div class="forms">{forms.collect_view()}</div>
        </Section>
    }
}
