//! [`TestPortal`]: the portal in front of a simulated cluster, called over HTTP as a browser calls it.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::marking;
use app::{
    context::DemoAccount,
    routes::{Handler, table},
};
use gate::{
    Clock, Gate, GateConfig, MemoryFlashes, MemorySessions, MemoryVault, SessionRules, Sessions, System,
    TracingAuditLog,
};
use http::{HeaderMap, Method, header};
use operations::Services;
use protegrity::{Authorized, Client, ClientConfig, Group, LoginFailure, User};
use reqwest::{RequestBuilder, redirect::Policy};
use server::http::{self as portal_http, Limits, Portal, PortalConfig, TrustedProxies};
use simulator::{
    DEMO_ACCOUNTS, Fault, FaultRule, HeldRequest, Options, ProofpointOptions, ProofpointSimulator,
    RunningProofpoint, Simulator, TokenMode,
};
use testkit::TestCluster;
pub use testkit::password;
use tokio::{net::TcpListener, time::timeout};
use url::Url;

pub const HTML: &str = "text/html,application/xhtml+xml";
pub const JSON: &str = "application/json";
pub const LOCK: &str = "/api/users/lock";
pub const UNLOCK: &str = "/api/users/unlock";
pub const MANY: &str = "/api/users/many";
pub const IMPORT: &str = "/api/users/import";
pub const DEPLOY: &str = "/api/deployments/deploy";
pub const SIGN_IN: &str = "/api/sign-in";
pub const CONNECT: &str = "/api/proofpoint/connect";
pub const SIGN_OUT: &str = "/api/sign-out";

/// The stream that goes on as long as its page is open.
pub const ENDLESS: &str = "/services/events";

/// The end of each step of that stream.
pub const STEP: &str = "event: count";

/// How long a test waits for an event before it fails.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// How a [`TestPortal`] starts.
#[derive(Default)]
pub struct Setup {
    pub users: u32,
    pub token_mode: TokenMode,
    /// The origin that browsers use, where it is not the address of the listener.
    pub public_url: Option<&'static str>,
    pub demo: bool,
    /// Whether the portal listens, as far as it knows, at an address that other machines can reach.
    pub is_reachable: bool,
    /// How long the portal waits for an answer of the cluster.
    pub timeout: Option<Duration>,
    /// Bounds on connections and bodies, where they are not the default ones.
    pub limits: Limits,
    /// What is appended to every text of the cluster.
    pub mark: Option<&'static str>,
    /// The networks of trusted proxies.
    pub proxies: &'static [&'static str],
}

pub struct TestPortal {
    pub address: String,
    pub origin: String,
    sessions: MemorySessions,
    cluster: TestCluster,
    proofpoint: RunningProofpoint,
    http: reqwest::Client,
}

impl TestPortal {
    pub async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let cluster = TestCluster::start(Options {
            users: setup.users,
            token_mode: setup.token_mode,
            ..Options::default()
        })
        .await;
        let mut config = cluster.client_config();
        let proofpoint = RunningProofpoint::start(ProofpointOptions::default()).await;
        let mut mail = proofpoint.url();
        if let Some(mark) = setup.mark {
            let proxy = marking::start(System::Protegrity, config.transport.url.as_str(), mark).await;
            mail = marking::start(System::Proofpoint, &mail, mark).await;
            config = ClientConfig::new(Url::parse(&proxy).expect("an address"));
        }
        config.transport.timeout = setup.timeout.unwrap_or(config.transport.timeout);
        let gate = Gate::new(GateConfig {
            cluster: Client::new(config).expect("a client"),
            proofpoint: testkit::proofpoint_client_at(&mail),
            vault: Arc::new(MemoryVault::default()),
            audit: Arc::new(TracingAuditLog),
            rules: SessionRules::default(),
            clock: Clock::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let socket = listener.local_addr().expect("an address");
        let address = format!("http://{socket}");
        let origin = setup.public_url.unwrap_or(&address).to_owned();
        let public_url = Url::parse(&origin).expect("an address");
        let sessions = MemorySessions::default();
        let networks = setup
            .proxies
            .iter()
            .map(|network| network.parse().expect("a network"));
        let proxies = TrustedProxies::new(networks.collect());
        let portal = Portal::new(PortalConfig {
            services: Services::new(gate.clock()),
            gate,
            sessions: Sessions::new(sessions.clone()),
            flashes: Arc::new(MemoryFlashes::default()),
            public_url,
            demo_accounts: setup.demo.then(accounts),
            has_ops_listener: false,
            limits: setup.limits,
            proxies: proxies.clone(),
        });
        let listening = if setup.is_reachable {
            SocketAddr::from(([192, 0, 2, 1], 443))
        } else {
            socket
        };
        let router = portal.router(listening);
        tokio::spawn(portal_http::serve(
            listener,
            router,
            setup.limits,
            proxies,
            std::future::pending(),
        ));
        Self {
            address,
            origin,
            sessions,
            cluster,
            proofpoint,
            http: client(setup.limits.idle_timeout),
        }
    }

    pub fn simulator(&self) -> &Simulator {
        self.cluster.simulator()
    }

    /// The administrator, past the portal. Clears the log of calls.
    pub async fn as_admin_directly(&self) -> Authorized {
        self.cluster.as_admin_directly().await
    }

    /// The number of session records.
    pub fn session_count(&self) -> usize {
        self.sessions.len()
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser {
            http: self.http.clone(),
            address: self.address.clone(),
            origin: self.origin.clone(),
            cookies: Mutex::default(),
        }
    }

    /// A browser that is signed in with this demo account; the calls of the sign-in are removed from the log. With
    /// `admin + reader@example.com` it is connected with that account at Proofpoint too.
    pub async fn signed_in(&self, name: &str) -> Browser {
        let browser = self.browser();
        let (user, _) = name.split_once(" + ").unwrap_or((name, ""));
        let answer = browser.sign_in(user).await;
        assert_eq!(answer.status, 204, "{name}: {}", answer.body);
        if name != user {
            browser.connect(name).await;
            self.proofpoint().clear_calls();
        }
        self.simulator().clear_calls();
        browser
    }

    /// Simulated Proofpoint Essentials.
    pub fn proofpoint(&self) -> &ProofpointSimulator {
        self.proofpoint.simulator()
    }

    /// The calls that reached the cluster, as `GET /path?query 200`.
    pub fn calls(&self) -> Vec<String> {
        self.cluster.lines()
    }

    /// Fails when `what` made a call to the cluster.
    pub fn assert_no_calls(&self, what: &str) {
        let calls = self.calls();
        assert!(calls.is_empty(), "{what} reached the cluster: {calls:?}");
    }

    /// Replaces the fault rules: the calls of these paths get this fault.
    pub fn fail(&self, paths: &[&str], fault: &Fault) {
        let rules = paths.iter().map(|path| FaultRule::always(*path, fault.clone()));
        self.simulator().set_faults(rules.collect());
    }

    /// Waits until at least `count` calls are held, and returns all of them.
    pub async fn wait_for_held(&self, count: usize) -> Vec<HeldRequest> {
        let held = timeout(TIMEOUT, self.simulator().wait_for_held(count)).await;
        held.unwrap_or_else(|_| panic!("{count} calls are not held: {:?}", self.simulator().held()))
    }

    /// Waits until at least `count` calls are held, and releases the oldest `count`.
    pub async fn release(&self, count: usize) {
        self.wait_for_held(count).await;
        self.simulator().release(count).await;
    }

    /// Why the cluster refuses a login without the portal; `None` when it accepts it.
    pub async fn login_failure(&self, name: &str, password: &str) -> Option<LoginFailure> {
        let login = self.cluster.log_in(name, password).await;
        login.err().map(|error| LoginFailure::of(&error))
    }

    /// A user as the cluster has it now. Clears the log of calls.
    pub async fn user(&self, name: &str) -> User {
        self.cluster.user(name).await
    }

    pub async fn id_of(&self, name: &str) -> String {
        self.user(name).await.id.to_string()
    }

    /// The names of `count` open accounts that are not demo accounts. Clears the log of calls.
    pub async fn open_users(&self, count: usize) -> Vec<String> {
        let is_demo = |name: &str| DEMO_ACCOUNTS.iter().any(|account| account.user_name == name);
        let users = self.cluster.users().await.into_iter();
        let open = users.filter(|user| user.enabled == Some(true) && !is_demo(&user.username));
        let names: Vec<_> = open.map(|user| user.username).take(count).collect();
        assert_eq!(names.len(), count, "there are enough users");
        names
    }

    /// A group as the cluster has it now. Clears the log of calls.
    pub async fn group(&self, name: &str) -> Group {
        self.cluster.group(name).await
    }

    /// The fingerprint of an export key whose data store is deployed.
    pub async fn export_key(&self) -> String {
        let admin = self.as_admin_directly().await;
        let mut found = None;
        for store in admin.pim().data_stores().await.expect("the data stores") {
            let keys = admin.pim().export_keys(&store.uid).await.expect("its keys");
            found = found.or(keys.into_iter().find_map(|key| key.fingerprint));
        }
        self.simulator().clear_calls();
        found.expect("an export key").to_string()
    }

    pub async fn is_locked(&self, name: &str) -> bool {
        self.user(name).await.enabled == Some(false)
    }
}

/// An HTTP client without cookies and redirects.
pub fn http_client() -> reqwest::Client {
    client(Limits::default().idle_timeout)
}

/// The same for a server that closes connections after this time. Where that is short, a connection is used once: it
/// could be closed while the next request is on its way.
fn client(idle_timeout: Duration) -> reqwest::Client {
    let connections = if idle_timeout < TIMEOUT { 0 } else { usize::MAX };
    // It fails when a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(connections)
        .redirect(Policy::none())
        .tls_certs_only([])
        .build()
        .expect("a client")
}

/// The addresses of the server functions.
pub fn functions() -> impl Iterator<Item = &'static str> {
    let forms = table()
        .iter()
        .filter(|route| matches!(route.handler, Handler::Form(_)));
    forms.map(|route| route.path)
}

fn accounts() -> &'static [DemoAccount] {
    let account = |account: &simulator::DemoAccount| DemoAccount {
        system: System::Protegrity,
        user_name: account.user_name,
        password: account.password,
        about: account.description,
    };
    DEMO_ACCOUNTS.iter().map(account).collect::<Vec<_>>().leak()
}

/// A browser: it keeps cookies and sends the headers that name the origin of a request.
pub struct Browser {
    http: reqwest::Client,
    address: String,
    origin: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.jar().insert(name.to_owned(), value.to_owned());
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(name).cloned()
    }

    /// Puts the cookies of these names into another jar.
    pub fn copy_cookies_to(&self, other: &Self, is_meant: impl Fn(&str) -> bool) {
        let cookies = self.jar().clone();
        for (name, value) in cookies.iter().filter(|(name, _)| is_meant(name)) {
            other.set_cookie(name, value);
        }
    }

    fn jar(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The origin of its pages.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// A request with the cookies and no other headers.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address));
        let jar = self.jar();
        if jar.is_empty() {
            return request;
        }
        let cookies: Vec<_> = jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        request.header(header::COOKIE, cookies.join("; "))
    }

    /// A POST from a page of the portal.
    pub fn request(&self, path: &str, accept: &str) -> RequestBuilder {
        self.bare(Method::POST, path)
            .header(header::ORIGIN, &self.origin)
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT, accept)
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let answer = request.send().await.expect("the portal answers");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let goes_on = answer.url().path() == ENDLESS && status == 200;
        let body = if goes_on {
            first_events(answer).await
        } else {
            answer.text().await.expect("the answer is whole")
        };
        let answer = Answer {
            status,
            headers,
            body,
        };
        self.keep_cookies(&answer);
        answer
    }

    fn keep_cookies(&self, answer: &Answer) {
        for cookie in answer.cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((&cookie, ""));
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            if attributes.to_lowercase().contains("max-age=0") {
                self.jar().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.bare(Method::GET, path).header(header::ACCEPT, HTML))
            .await
    }

    /// Sends a form of this page without script.
    pub async fn submit(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .request(path, HTML)
            .header(header::REFERER, format!("{}{page}", self.origin));
        self.send(request.form(fields)).await
    }

    /// Sends a form without script, and follows the redirect.
    pub async fn submit_and_follow(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.submit(page, path, fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        self.get(answer.location()).await
    }

    /// Sends a form as a script does.
    pub async fn call(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request(path, JSON).form(fields)).await
    }

    /// The `baseline` of a form on this page: the values that the form shows, which an edit form sends back.
    pub async fn baseline(&self, page: &str, action: &str) -> String {
        let inputs = self.get(page).await.inputs_of(action);
        let baseline = inputs.into_iter().find(|(name, _)| name == "baseline");
        baseline
            .unwrap_or_else(|| panic!("the form {action} has no baseline"))
            .1
    }

    /// Signs a demo account in as a script does.
    pub async fn sign_in(&self, name: &str) -> Answer {
        self.call(SIGN_IN, &[("user_name", name), ("password", password())])
            .await
    }

    /// Signs a demo account in on the sign-in page, without script.
    /// Connects with the account at Proofpoint of `admin + reader@example.com`.
    pub async fn connect(&self, name: &str) {
        let (_, email) = name.split_once(" + ").expect("an account at Proofpoint");
        let fields = [("email", email), ("password", password())];
        let answer = self.call(CONNECT, &fields).await;
        assert_eq!(answer.status, 204, "{name}: {}", answer.body);
    }

    pub async fn sign_in_on(&self, page: &str, name: &str) -> Answer {
        let (name, _) = name.split_once(" + ").unwrap_or((name, ""));
        let fields = [("user_name", name), ("password", password()), ("next", "/")];
        self.submit(page, SIGN_IN, &fields).await
    }
}

/// The first step of a stream that goes on.
async fn first_events(mut answer: reqwest::Response) -> String {
    let mut body = String::new();
    while !(body.contains(STEP) && body.ends_with("\n\n")) {
        let part = timeout(TIMEOUT, answer.chunk())
            .await
            .expect("the stream goes on");
        let part = part
            .expect("the stream is whole")
            .expect("the stream has not ended");
        body.push_str(std::str::from_utf8(&part).expect("text"));
    }
    body
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a header in ASCII"))
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    pub fn cookies(&self) -> Vec<String> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter();
        cookies
            .map(|value| value.to_str().expect("a header in ASCII").to_owned())
            .collect()
    }

    pub fn shows(&self, words: &str) -> bool {
        self.body.contains(words)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    /// The message at a field, as escaped in the page: the first one, where several forms have the field.
    pub fn message_at(&self, field: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("data-error-for=\"{field}\""))?;
        rest.split_once('>')?.1.split('<').next()
    }

    /// The inputs of the form with this action, as a browser would send them.
    pub fn inputs_of(&self, action: &str) -> Vec<(String, String)> {
        let form = self.between(&format!("action=\"{action}\""), "</form>");
        let form = form.unwrap_or_else(|| panic!("no form {action}: {}", self.content()));
        let inputs = form.split("<input ").skip(1);
        let inputs = inputs.filter_map(|input| {
            let tag = format!(" {}", input.split('>').next().unwrap_or_default());
            let attribute = |name: &str| {
                let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
                Some(unescaped(rest.split_once('"')?.0))
            };
            let is_box = matches!(attribute("type").as_deref(), Some("checkbox" | "radio"));
            if is_box && !tag.contains(" checked") {
                return None;
            }
            Some((attribute("name")?, attribute("value").unwrap_or_default()))
        });
        inputs.collect()
    }

    /// The beginning of the content, for the message of a test that fails.
    pub fn content(&self) -> &str {
        let start = self.body.find("<main").unwrap_or_default();
        let rest = &self.body[start..];
        let end = rest.char_indices().nth(3_000).map_or(rest.len(), |(at, _)| at);
        &rest[..end]
    }

    /// Fails unless this is a whole HTML page.
    pub fn assert_page(&self, what: &str) {
        let body = self.body.trim();
        // Leptos appends scripts of its own to the document.
        let end = body
            .rfind("</html>")
            .map_or("no end", |at| &body[at + "</html>".len()..]);
        assert!(
            body.starts_with("<!DOCTYPE html>") && (end.is_empty() || end.starts_with("<script")),
            "{what} ({}) is cut: {}",
            self.status,
            &body[body.len().saturating_sub(200)..]
        );
        for part in ["<html", "<title>", "<main", "<h1>", "</main>", "</body>"] {
            let content = self.content();
            assert!(
                body.contains(part),
                "{what} ({}) has no {part}: {content}",
                self.status
            );
        }
    }

    /// Fails unless this is a whole page with the navigation around it.
    pub fn assert_framed(&self, what: &str) {
        self.assert_page(what);
        for part in ["aria-label=\"Areas\"", "Sign out"] {
            assert!(
                self.shows(part),
                "{what} has no frame ({part}): {}",
                self.content()
            );
        }
    }

    /// The text between the first `start` and the `end` after it.
    pub fn between(&self, start: &str, end: &str) -> Option<&str> {
        let rest = &self.body[self.body.find(start)? + start.len()..];
        Some(&rest[..rest.find(end)?])
    }
}

/// Starts a bulk job as a script does, and returns its id.
pub async fn start_job(browser: &Browser, bulk_action: &str, users: &[&str], target: &str) -> String {
    let mut fields = vec![("bulk_action", bulk_action), ("target", target)];
    fields.extend(users.iter().map(|user| ("users[]", *user)));
    job_of(&browser.call(MANY, &fields).await)
}

/// Starts the dry run of a file as a script does, and returns the job's id.
pub async fn start_dry_run(browser: &Browser, file: &str) -> String {
    job_of(&browser.call(IMPORT, &[("file", file)]).await)
}

/// A deployment of another policy to the data store TEST, with the value of its field `approval`; the answer to its
/// reviewed form.
async fn reviewed_deployment(browser: &Browser, approval: &str) -> Answer {
    let fields = [
        ("stores[]", "3"),
        ("policies[]", r#"["3","2"]"#),
        ("reason", "A test"),
    ];
    let answer = browser.call(DEPLOY, &fields).await;
    assert_eq!(answer.status, 204, "{}", answer.content());
    let review = browser.get(answer.header("x-postern-next")).await;
    let mut inputs = review.inputs_of(DEPLOY);
    inputs.push(("approval".to_owned(), approval.to_owned()));
    let inputs: Vec<_> = inputs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.call(DEPLOY, &inputs).await
}

/// Starts a deployment, and returns the id of its job.
pub async fn deployment(browser: &Browser) -> String {
    job_of(&reviewed_deployment(browser, "").await)
}

/// Requests the approval of a deployment, and returns the id of the request.
pub async fn requested_deployment(browser: &Browser) -> String {
    let answer = reviewed_deployment(browser, "true").await;
    let next = answer.header("x-postern-next");
    let id = next
        .strip_prefix("/approvals/")
        .unwrap_or_else(|| panic!("{next}: {}", answer.content()));
    id.to_owned()
}

/// The id of the job that an answer leads to.
pub fn job_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 204, "{}", answer.content());
    let next = answer.header("x-postern-next");
    let id = next.strip_prefix("/jobs/").expect("the page of a job");
    id.to_owned()
}

/// Waits for the end of a job with a table of outcomes, and returns its page.
pub async fn finished(browser: &Browser, id: &str) -> Answer {
    let page = over(browser, id).await;
    let is_over = page.shows("Finished.") || page.shows("Interrupted.");
    assert!(is_over, "{}", page.content());
    page
}

/// Waits for the end of a job, which ends its stream of events, and returns its page.
pub async fn over(browser: &Browser, id: &str) -> Answer {
    let address = format!("/jobs/{id}");
    let events = timeout(TIMEOUT, browser.get(&format!("{address}/events"))).await;
    let events = events.expect("the job finishes");
    assert_eq!(events.status, 200, "{}", events.content());
    let page = browser.get(&address).await;
    assert_eq!(page.status, 200, "{}", page.content());
    page
}

/// Text of a page without the escapes of HTML.
pub fn unescaped(html: &str) -> String {
    let escapes = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];
    escapes.iter().fold(html.to_owned(), |text, (escape, character)| {
        text.replace(escape, character)
    })
}

/// The generated password on a page.
pub fn secret(page: &Answer) -> Option<&str> {
    page.between("class=\"secret\"", "</div>")?;
    let rest = &page.body[page.body.find("class=\"secret\"")?..];
    Some(rest.split_once("<code>")?.1.split_once("</code>")?.0)
}

/// Whether a text contains a JSON web token. Random words may begin like one, but have no dot.
pub fn holds_token(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.match_indices("eyJ").any(|(at, _)| {
        let rest = text[at..].trim_start_matches(is_word);
        rest.strip_prefix('.')
            .is_some_and(|rest| rest.starts_with(is_word))
    })
}
