//! The executable: its output, its exit codes, and that it stops on a signal.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::support::http_client;
use base64::{Engine, prelude::BASE64_STANDARD};
use proofpoint::Stack;
use simulator::{Fault, FaultRule, Options, ProofpointOptions, Running, RunningProofpoint};

/// How long a command may take to print its address after the start, and to end after the signal.
const TIMEOUT: Duration = Duration::from_secs(20);

const COMMANDS: [&str; 6] = ["serve", "demo", "simulate", "check", "keygen", "routes"];

/// The command with these arguments and an empty environment.
fn postern(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command
        .args(arguments)
        .env_clear()
        .current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

fn run(arguments: &[&str]) -> Output {
    postern(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A file of settings for one test.
fn file(name: &str, content: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, content).expect("the file is written");
    path
}

/// Fails unless the command fails with these words in one sentence, without internals.
fn assert_fails(arguments: &[&str], words: &str) {
    let output = run(arguments);
    let printed = text(&output.stderr);
    assert!(!output.status.success(), "{arguments:?} succeeds");
    assert!(
        printed.contains(words),
        "{arguments:?} does not print {words:?}: {printed}"
    );
    for inside in ["panicked", "RUST_BACKTRACE", "Error {", "Os {"] {
        assert!(!printed.contains(inside), "{arguments:?}: {printed}");
    }
    if printed.starts_with("postern: ") {
        assert_eq!(printed.trim().lines().count(), 1, "{arguments:?}: {printed}");
    }
}

#[test]
fn every_command_has_its_help() {
    let all = text(&run(&["--help"]).stdout);
    for command in COMMANDS {
        assert!(all.contains(command), "--help does not list {command}");
        let output = run(&[command, "--help"]);
        let help = text(&output.stdout);
        assert!(output.status.success(), "{command}");
        assert!(help.contains("Usage: postern"), "{command}: {help}");
        assert!(output.stderr.is_empty(), "{command}");
    }
    assert!(text(&run(&["--version"]).stdout).starts_with("postern "));
}

#[test]
fn bad_input_is_refused_with_one_sentence() {
    let unknown = file("unknown-key.toml", "listne = '127.0.0.1:0'");
    let nested = file(
        "unknown-nested.toml",
        "[protegrity]\nurll = 'https://ppc.example.com'",
    );
    let broken = file("broken.toml", "listen = ");
    let open = file(
        "open.toml",
        "listen = '0.0.0.0:0'\n[protegrity]\nurl = 'https://ppc.example.com'",
    );
    let secrets = [
        "https://someone:S3cret-Word@ppc.example.com",
        "https://someone:S3cret-Word@",
        "someone:S3cret-Word@ppc.example.com",
        "S3cret-Word",
    ]
    .map(|url| {
        let name = format!("secret-{}.toml", url.len());
        file(&name, &format!("[protegrity]\nurl = '{url}'"))
    });
    for command in ["serve", "check"] {
        for (arguments, words) in [
            (&["--config", &unknown][..], "listne"),
            (&["--config", &nested], "urll"),
            (&["--config", &broken], "TOML"),
            (&["--config", &open], "https"),
            (&["--config", "/no/such/file.toml"], "there is no file"),
            (&["--protegrity-url", "http://ppc.example.com"], "https://"),
            (&["--protegrity-url", "not an address"], "protegrity.url"),
            (&["--protegrity-url", "ftp://ppc.example.com"], "https://"),
            (&[], "POSTERN_PROTEGRITY_URL"),
            (&["--no-such-flag"], "--no-such-flag"),
        ] {
            assert_fails(&[&[command], arguments].concat(), words);
        }
        for secret in &secrets {
            let output = run(&[command, "--config", secret]);
            assert!(!output.status.success(), "{command} {secret}");
            let printed = text(&output.stderr) + &text(&output.stdout);
            assert!(!printed.contains("S3cret-Word"), "{command} {secret}: {printed}");
        }
    }
    for (arguments, words) in [
        (&["no-such-command"][..], "no-such-command"),
        (&["demo", "--users", "200001"], "200001"),
        (&["simulate", "--token-mode", "both"], "both"),
        (&["simulate", "--listen", "nowhere"], "nowhere"),
        (&["simulate", "--proofpoint-listen", "nowhere"], "nowhere"),
        (&["keygen", "more"], "more"),
    ] {
        assert_fails(arguments, words);
    }
}

#[test]
fn the_environment_is_read_and_flags_override_it() {
    let output = postern(&["check"])
        .env("POSTERN_SESSION_IDLE_MINUTES", "none")
        .output();
    let printed = text(&output.expect("it runs").stderr);
    assert!(printed.contains("idle_minutes"), "{printed}");
    let output = postern(&["check", "--protegrity-url", "ftp://x"])
        .env("POSTERN_PROTEGRITY_URL", "http://127.0.0.1:1")
        .output();
    let printed = text(&output.expect("it runs").stderr);
    assert!(printed.contains("https://"), "{printed}");
}

#[test]
fn the_table_of_addresses_is_printed() {
    let output = run(&["routes"]);
    assert!(output.status.success() && output.stderr.is_empty());
    let lines = text(&output.stdout);
    let words = |path: &str| -> Vec<String> {
        let line = lines
            .lines()
            .find(|line| line.split_whitespace().nth(1) == Some(path));
        let words = line.expect(path).split_whitespace();
        words.map(ToOwned::to_owned).collect()
    };
    assert_eq!(
        words("/users"),
        [
            "GET",
            "/users",
            "user.list",
            "protegrity:user_manager_viewer",
            "Users"
        ]
    );
    assert_eq!(
        words("/api/sign-in"),
        ["POST", "/api/sign-in", "session.sign_in", "nothing"]
    );

    let output = run(&["routes", "--json"]);
    assert!(output.status.success() && output.stderr.is_empty());
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rows = rows.as_array().expect("rows");
    assert_eq!(rows.len(), lines.lines().count());
    let pages = rows.iter().filter(|row| row["kind"] == "page");
    let paths: Vec<_> = pages.filter_map(|row| row["path"].as_str()).collect();
    assert!(
        paths.contains(&"/users/{id}") && !paths.contains(&"/export/users.csv"),
        "{paths:?}"
    );
}

#[test]
fn a_key_is_32_random_bytes() {
    let keys = [run(&["keygen"]), run(&["keygen"])].map(|output| {
        assert!(output.status.success() && output.stderr.is_empty());
        let line = text(&output.stdout);
        let bytes = BASE64_STANDARD.decode(line.trim_end()).expect("it is base64");
        assert_eq!(bytes.len(), 32);
        bytes
    });
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_reports_whether_both_systems_answer() {
    let cluster = Running::start(Options::default()).await;
    let mail = RunningProofpoint::start(ProofpointOptions::default()).await;
    let settings = |name: &str, cluster: &str, mail: &str| {
        let simulator = format!("[proofpoint]\nstack = 'us2'\nsimulator = '{mail}'\n");
        file(name, &format!("[protegrity]\nurl = '{cluster}'\n{simulator}"))
    };
    let both = settings("both-answer.toml", &cluster.url(), &mail.url());
    let output = run(&["check", "--config", &both]);
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}");
    for line in ["settings: ok", "version 1.2.3", "Proofpoint, us2: it answers"] {
        assert!(printed.contains(line), "{line}: {printed}");
    }
    let calls = mail.simulator().calls();
    assert_eq!(calls.len(), Stack::ALL.len(), "{calls:?}");

    // One failure for each service of the cluster, and one for the instance that is asked first.
    let neither = settings("neither-answers.toml", "http://127.0.0.1:1", "http://127.0.0.1:1");
    let output = run(&["check", "--config", &neither]);
    let printed = text(&output.stdout);
    assert!(!output.status.success(), "{printed}");
    assert_eq!(
        printed.matches("cannot be reached").count(),
        3 + Stack::ALL.len(),
        "{printed}"
    );
    assert_eq!(text(&output.stderr), "postern: 4 of the checks failed\n");

    // Another server than Proofpoint's.
    let other = settings("another-server.toml", &cluster.url(), &cluster.url());
    let output = run(&["check", "--config", &other]);
    assert!(!output.status.success(), "{}", text(&output.stdout));
    assert_eq!(text(&output.stderr), "postern: 1 of the checks failed\n");
}

#[test]
fn an_address_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    assert_fails(&["simulate", "--listen", &address], &address);
    assert_fails(&["demo", "--users", "0", "--listen", &address], &address);
    let serve = [
        "serve",
        "--protegrity-url",
        "http://127.0.0.1:1",
        "--listen",
        &address,
    ];
    assert_fails(&serve, &address);
}

/// A command that keeps running. It is killed when the test ends before it does.
struct Started {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Drop for Started {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Started {
    fn start(arguments: &[&str]) -> Self {
        let mut child = postern(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = lines(child.stdout.take().expect("its output"));
        Self { child, lines }
    }

    /// The rest of the first line of its output that begins with these words.
    fn rest_of_line(&self, words: &str) -> String {
        let end = Instant::now() + TIMEOUT;
        while let Ok(line) = self
            .lines
            .recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            if let Some(rest) = line.strip_prefix(words) {
                return rest.to_owned();
            }
        }
        panic!("it did not print {words:?}");
    }

    /// Stops it as a service manager does, and returns its log.
    fn stop(self) -> String {
        self.ask_to_stop();
        self.ended()
    }

    fn ask_to_stop(&self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.expect("kill runs").success());
    }

    /// Waits until it has ended well, and returns its log.
    fn ended(mut self) -> String {
        let end = Instant::now() + TIMEOUT;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("its status") {
                break status;
            }
            assert!(Instant::now() < end, "it does not stop");
            thread::sleep(Duration::from_millis(10));
        };
        let mut log = String::new();
        let stderr = self.child.stderr.take().expect("its log");
        BufReader::new(stderr).read_to_string(&mut log).expect("text");
        assert_eq!(status.code(), Some(0), "{log}");
        log
    }
}

fn lines(output: ChildStdout) -> mpsc::Receiver<String> {
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// The cookies that an answer sets, as a browser sends them back.
fn cookies(answer: &reqwest::Response) -> String {
    let set = answer.headers().get_all("set-cookie").iter();
    let pairs: Vec<_> = set
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .collect();
    pairs.join("; ")
}

/// The status and body of an answer.
async fn get(url: &str) -> (u16, String) {
    let answer = http_client().get(url).send().await.expect("it answers");
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("a whole answer"))
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_answers_and_stops() {
    let cluster = Running::start(Options::default()).await;
    let url = cluster.url();
    let portal = Started::start(&["serve", "--listen", "127.0.0.1:0", "--protegrity-url", &url]);
    let address = portal.rest_of_line("portal: ");
    let (status, page) = get(&format!("{address}/sign-in")).await;
    assert_eq!(status, 200);
    assert!(page.contains("User name") && !page.contains("Demo accounts"));
    assert_eq!(get(&format!("{address}/healthz")).await.0, 200);
    assert_eq!(get(&format!("{address}/readyz")).await.0, 200);
    assert_eq!(get(&format!("{address}/ui")).await.0, 404);
    drop(cluster);
    // The answer of the cluster counts for some seconds. Each request is a line in the log, which is read at the end.
    let mut ticks = tokio::time::interval(Duration::from_millis(200));
    let gone = async {
        while get(&format!("{address}/readyz")).await.0 != 503 {
            ticks.tick().await;
        }
    };
    let gone = tokio::time::timeout(TIMEOUT, gone).await;
    gone.expect("the cluster is gone");
    let log = portal.stop();
    let is_json = |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok();
    assert!(log.lines().all(is_json), "the log is not JSON: {log}");
    assert!(log.contains("answered") && log.contains("stopping"), "{log}");
}

/// The rows that were sent get their outcome; the rest is not sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_finished_in_order_when_the_process_is_stopped() {
    let options = Options {
        users: 30,
        ..Options::default()
    };
    let cluster = Running::start(options).await;
    let url = cluster.url();
    let portal = Started::start(&["serve", "--listen", "127.0.0.1:0", "--protegrity-url", &url]);
    let address = portal.rest_of_line("portal: ");
    let client = http_client();
    let post = |path: &str, cookie: &str, fields: &[(&str, &str)]| {
        let request = client.post(format!("{address}{path}")).header("origin", &address);
        request.header("cookie", cookie).form(fields).send()
    };
    let admin = [
        ("user_name", "admin"),
        ("password", simulator::DEMO_ACCOUNTS[0].password),
    ];
    let signed_in = post("/api/sign-in", "", &admin).await.expect("it answers");
    let cookie = cookies(&signed_in);

    let locks = "/pty/v1/auth/users/*/lock";
    cluster
        .simulator()
        .set_faults(vec![FaultRule::always(locks, Fault::Hold)]);
    let mut fields = vec![("bulk_action", "lock")];
    let names = [
        "alpha",
        "bdrift",
        "o.brien",
        "svc-backup",
        "auditor",
        "officer",
        "nologin",
    ];
    fields.extend(names.map(|name| ("users[]", name)));
    let started = post("/api/users/many", &cookie, &fields)
        .await
        .expect("it answers");
    assert!(started.status().is_success(), "{}", started.status());
    let held = cluster.simulator().wait_for_held(4).await.len();
    assert_eq!(held, 4);

    portal.ask_to_stop();
    // It takes no connection any more: the signal has arrived. What is under way may end now.
    let host = address.trim_start_matches("http://");
    while tokio::net::TcpStream::connect(host).await.is_ok() {
        tokio::task::yield_now().await;
    }
    cluster.simulator().set_faults(Vec::new());
    let log = tokio::task::spawn_blocking(move || portal.ended())
        .await
        .expect("it stops");
    let calls = cluster.simulator().calls();
    let sent = calls.iter().filter(|call| call.path.ends_with("/lock")).count();
    let outcomes = log.lines().filter(|line| line.contains("user.lock"));
    let done = outcomes.filter(|line| line.contains("\"done\"")).count();
    assert_eq!(
        (sent, done),
        (4, 4),
        "what was sent has its outcome, and nothing else is sent: {log}"
    );
}

/// The process finishes its answers; it does not wait for idle connections.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_does_not_keep_the_process_from_stopping() {
    let portal = Started::start(&["demo", "--users", "0", "--listen", "127.0.0.1:0"]);
    let address = portal.rest_of_line("portal: ");
    let idle = std::net::TcpStream::connect(address.trim_start_matches("http://"));
    let client = http_client();
    let kept = client.get(format!("{address}/healthz")).send().await;
    portal.stop();
    drop((idle, kept, client));
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_lists_its_accounts_and_stops() {
    let demo = Started::start(&["demo", "--users", "0", "--listen", "127.0.0.1:0"]);
    let cluster = demo.rest_of_line("simulator: ");
    let address = demo.rest_of_line("portal: ");
    let (status, page) = get(&format!("{address}/sign-in")).await;
    assert_eq!(status, 200);
    for account in simulator::DEMO_ACCOUNTS {
        assert!(page.contains(account.user_name), "{}", account.user_name);
    }
    assert_eq!(get(&format!("{address}/ui")).await.0, 200);
    assert_eq!(get(&format!("{cluster}/pty/v1/auth/version")).await.0, 200);
    demo.stop();
}

/// The option of `cargo xtask dev` is part of a debug build alone.
#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_development_is_signed_in_and_reloads_itself() {
    let help = text(&run(&["demo", "--help"]).stdout);
    assert!(!help.contains("--dev"), "{help}");
    assert_fails(&["demo", "--dev", "nobody"], "nobody");

    let arguments = ["demo", "--users", "0", "--listen", "127.0.0.1:0"];
    let plain = Started::start(&arguments);
    let address = plain.rest_of_line("portal: ");
    assert_eq!(get(&format!("{address}/dev/events")).await.0, 404);
    assert!(!get(&format!("{address}/sign-in")).await.1.contains("EventSource"));
    drop(plain);

    let demo = Started::start(&[&arguments[..], &["--dev", "auditor"]].concat());
    let address = demo.rest_of_line("portal: ");
    let client = http_client();
    let to_page = client.get(format!("{address}/users?q=a")).send().await;
    let to_page = to_page.expect("it answers");
    assert_eq!(to_page.status(), 303);
    assert_eq!(to_page.headers()["location"], "/users?q=a");
    let cookie = cookies(&to_page);
    let page = client
        .get(format!("{address}/users?q=a"))
        .header("cookie", cookie);
    let page = page
        .header("accept-encoding", "br")
        .send()
        .await
        .expect("it answers");
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().expect("ASCII");
    let (_, nonce) = policy.split_once("'nonce-").expect("a nonce");
    let (nonce, _) = nonce.split_once('\'').expect("its end");
    let script = format!("<script nonce=\"{nonce}\">new EventSource(\"/dev/events\")");
    let page = page.text().await.expect("a whole page");
    assert!(page.contains("auditor") && page.contains(&script), "{page}");

    let events = || client.get(format!("{address}/dev/events"));
    for (events, expected) in [
        (events(), "event: loaded"),
        (events().header("last-event-id", "1"), "event: reload"),
    ] {
        let mut events = events.send().await.expect("it answers");
        let event = events.chunk().await.expect("it is open").expect("an event");
        assert!(text(&event).contains(expected), "{}", text(&event));
    }
    demo.rest_of_line("page: loaded");
    demo.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn simulate_answers_and_stops() {
    let arguments = ["simulate", "--users", "0", "--listen", "127.0.0.1:0"];
    let cluster = Started::start(&arguments);
    let address = cluster.rest_of_line("simulator: ");
    assert_eq!(get(&format!("{address}/pty/v1/auth/version")).await.0, 200);
    cluster.stop();

    let both = Started::start(&[&arguments[..], &["--proofpoint-listen", "127.0.0.1:0"]].concat());
    let address = both.rest_of_line("simulator: ");
    assert_eq!(get(&format!("{address}/pty/v1/auth/version")).await.0, 200);
    let address = both.rest_of_line("proofpoint: ");
    assert_eq!(get(&format!("{address}/api/v1/me")).await.0, 401);
    both.stop();

    let cluster = Started::start(&[&arguments[..], &["--tls"]].concat());
    let address = cluster.rest_of_line("simulator: ");
    assert!(address.starts_with("https://"), "{address}");
    let mut pem = String::new();
    while !pem.contains("END CERTIFICATE") {
        let line = cluster.lines.recv_timeout(TIMEOUT).expect("the certificate");
        pem = format!("{pem}{line}\n");
    }
    let authority = reqwest::Certificate::from_pem(pem.as_bytes()).expect("a certificate");
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([authority])
        .build()
        .expect("a client");
    let answer = client.get(format!("{address}/pty/v1/auth/version")).send().await;
    assert_eq!(answer.expect("it answers").status().as_u16(), 200);
    cluster.stop();
}
