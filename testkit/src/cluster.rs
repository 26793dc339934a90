//! A simulated cluster.

use protegrity::{Authorized, Client, ClientConfig, Group, Login, User};
use secrecy::SecretString;
use simulator::{Call, DEMO_ACCOUNTS, Fault, FaultRule, Options, Running, Simulator};

/// A simulated cluster that listens on a port of its own.
pub struct TestCluster(Running);

impl TestCluster {
    /// A cluster with these options.
    pub async fn start(options: Options) -> Self {
        Self(Running::start(options).await)
    }

    /// The cluster's inside.
    pub fn simulator(&self) -> &Simulator {
        self.0.simulator()
    }

    /// The settings of a client of this cluster.
    pub fn client_config(&self) -> ClientConfig {
        ClientConfig::new(self.0.url().parse().expect("an address"))
    }

    /// A client of this cluster.
    pub fn client(&self) -> Client {
        Client::new(self.client_config()).expect("a client")
    }

    /// Logs an account in, past the portal.
    ///
    /// # Errors
    /// The cluster's error.
    pub async fn log_in(&self, name: &str, password: &str) -> Result<Login, protegrity::Error> {
        self.client().login(name, &SecretString::from(password)).await
    }

    /// The administrator, past the portal. The log of calls is cleared.
    pub async fn as_admin_directly(&self) -> Authorized {
        let login = self.log_in("admin", password()).await.expect("admin logs in");
        self.simulator().clear_calls();
        self.client().with_token(&login.tokens.access)
    }

    /// The first 1,000 users as the cluster has them now. The log of calls is cleared.
    pub async fn users(&self) -> Vec<User> {
        let users = self.as_admin_directly().await.users(0, 1000).await;
        self.simulator().clear_calls();
        users.expect("a page of users")
    }

    /// A user as the cluster has it now. The log of calls is cleared.
    pub async fn user(&self, name: &str) -> User {
        let mut users = self.users().await.into_iter();
        users.find(|user| user.username == name).expect("such a user")
    }

    /// A group as the cluster has it now. The log of calls is cleared.
    pub async fn group(&self, name: &str) -> Group {
        let cluster = self.as_admin_directly().await;
        let groups = cluster.groups(0, 1000).await.expect("a page of groups");
        let group = groups.into_iter().find(|group| group.name == name);
        let group = cluster.group(&group.expect("such a group").id).await;
        self.simulator().clear_calls();
        group.expect("the group")
    }

    /// The calls since the log was last cleared, as `GET /path?query 200`.
    pub fn lines(&self) -> Vec<String> {
        self.simulator().calls().iter().map(line).collect()
    }

    /// The result of a future, with the calls that it made.
    pub async fn calls_of<T>(&self, future: impl Future<Output = T>) -> (T, Vec<String>) {
        self.simulator().clear_calls();
        let result = future.await;
        (result, self.lines())
    }

    /// Lets this path fail, and no other.
    pub fn fail_at(&self, path: &str, fault: Fault) {
        self.simulator().set_faults(vec![FaultRule::always(path, fault)]);
    }
}

/// The password of the demo accounts.
pub fn password() -> &'static str {
    DEMO_ACCOUNTS[0].password
}

/// The number of these calls that went to this path.
pub fn count(lines: &[String], path: &str) -> usize {
    let to = |line: &&String| line.split([' ', '?']).nth(1) == Some(path);
    lines.iter().filter(to).count()
}

fn line(call: &Call) -> String {
    let query = call.query.as_ref().map(|query| format!("?{query}"));
    format!(
        "{} {}{} {}",
        call.method,
        call.path,
        query.unwrap_or_default(),
        call.status
    )
}
