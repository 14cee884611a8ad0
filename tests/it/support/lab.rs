//! The lab's EC2: one account of its own for each test.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::account::Account;
use super::http::{Answer, ask};
use super::pool::{Pool, Server};

static POOL: Pool = Pool::new();

/// A lab with a fresh account. It goes back to the pool when it is dropped.
#[derive(Debug)]
pub(crate) struct Lab(Option<Server>);

/// A call that the lab received.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) service: String,
    pub(crate) action: String,
    pub(crate) error: Option<String>,
    /// It took effect or was refused, and is not under way any more.
    pub(crate) answered: bool,
    /// By their names on the wire, nested.
    pub(crate) parameters: Value,
}

impl Lab {
    /// A fresh account, in which states change after about 30 ms.
    pub(crate) fn new() -> Self {
        let lab = Self(Some(POOL.take(start)));
        lab.post("reset", &Value::Null);
        lab
    }

    /// The address of every AWS service, as `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    fn address(&self) -> &str {
        &self
            .0
            .as_ref()
            .expect("a lab has its server until it is dropped")
            .address
    }

    fn get(&self, path: &str) -> Answer {
        ask(self.address(), "GET", &format!("/_lab/{path}"), None)
    }

    fn post(&self, path: &str, body: &Value) {
        ask(self.address(), "POST", &format!("/_lab/{path}"), Some(body)).json();
    }

    /// Delays and the like, as the lab's README lists them.
    pub(crate) fn settings(&self, settings: &Value) {
        self.post("settings", settings);
    }

    /// The rules of what goes wrong, in place of all before.
    pub(crate) fn faults(&self, rules: &Value) {
        self.post("faults", rules);
    }

    /// Nothing goes wrong any more.
    pub(crate) fn heal(&self) {
        self.faults(&json!([]));
    }

    /// Only these calls are allowed.
    pub(crate) fn policy(&self, allow: &[&str]) {
        self.post("policy", &json!({ "allow": allow }));
    }

    /// A snapshot is gone although an image is made of it.
    pub(crate) fn lose_snapshot(&self, region: &str, id: &str) {
        self.post("lose-snapshot", &json!({"region": region, "id": id}));
    }

    /// A parameter of plain text, as a user made it before.
    pub(crate) fn parameter(&self, region: &str, name: &str, value: &str) {
        let wish = json!({"region": region, "name": name, "value": value});
        self.post("parameters", &wish);
    }

    /// Makes a launch template with so many versions, and gives its id.
    pub(crate) fn launch_template(&self, region: &str, name: &str, versions: u32) -> String {
        let wish = json!({"region": region, "name": name, "versions": versions});
        let made = ask(
            self.address(),
            "POST",
            "/_lab/launch-templates",
            Some(&wish),
        )
        .json();
        made["id"]
            .as_str()
            .expect("the lab names what it made")
            .to_owned()
    }

    /// The deadline of everything that is not finished is over, as if hours had passed.
    pub(crate) fn let_deadlines_pass(&self) {
        let over = json!({
            "name": "ami-build:deadline",
            "value": "2026-01-01T00:00:00Z",
            "unless": "kept",
        });
        self.post("tags", &over);
    }

    /// The time of everything that has an end is over, as if days had passed.
    pub(crate) fn let_previews_expire(&self) {
        let over = json!({
            "name": "ami-build:expires",
            "value": "2026-01-01T00:00:00Z",
            "unless": "never",
        });
        self.post("tags", &over);
    }

    /// What the owner does with an image, as the lab's README lists it.
    pub(crate) fn owner(&self, deed: &Value) {
        self.post("owner", deed);
    }

    /// What Consul and Vault hold, as the lab's README lists it.
    pub(crate) fn stores(&self, wishes: &Value) {
        self.post("stores", wishes);
    }

    /// Every request to Consul and Vault.
    pub(crate) fn asked_stores(&self) -> Vec<String> {
        let asked = self.get("stores").json();
        let asked = asked["asked"].as_array().expect("the requests are a list");
        let texts = asked.iter().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    /// GitHub's token service and the trust of roles, as the lab's README lists it.
    pub(crate) fn identity(&self, wishes: &Value) {
        self.post("identity", wishes);
    }

    /// How often a token was asked for.
    pub(crate) fn asked_tokens(&self) -> usize {
        let asked = self.get("identity").json();
        asked["asked"]
            .as_array()
            .expect("the requests are a list")
            .len()
    }

    /// Makes a key of KMS in this state, and gives its id.
    pub(crate) fn key(&self, region: &str, state: &str) -> String {
        let wish = json!({"region": region, "state": state});
        let made = ask(self.address(), "POST", "/_lab/keys", Some(&wish)).json();
        made["id"]
            .as_str()
            .expect("the lab names what it made")
            .to_owned()
    }

    /// A secret in Secrets Manager.
    pub(crate) fn create_secret(&self, name: &str, text: &str) {
        self.post("secrets/us-east-1", &json!({ name: text }));
    }

    /// Does something to a machine as soon as it runs: `kill-sshd`, `poweroff` and so on.
    pub(crate) fn machine(&self, instance: &str, order: &str) {
        wait_until("sshd", || {
            let console = self.get(&format!("machines/{instance}/console")).json();
            let booted = console["console"].as_str()?.contains("started sshd");
            booted.then_some(())
        });
        let path = format!("/_lab/machines/{instance}/{order}");
        wait_until("a machine that runs", || {
            (ask(self.address(), "POST", &path, None).status == 200).then_some(())
        });
    }

    /// Every call since the start.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let calls = self.get("calls").json();
        let text = |call: &Value, name: &str| call[name].as_str().map(str::to_owned);
        let calls = calls
            .as_array()
            .expect("the calls are a list")
            .iter()
            .map(|call| Call {
                service: text(call, "service").unwrap_or_default(),
                action: text(call, "action").unwrap_or_default(),
                error: text(call, "error"),
                answered: call["status"] != 0,
                parameters: call["parameters"].clone(),
            });
        calls.collect()
    }

    /// The access keys that signed the calls of an action, in order.
    pub(crate) fn access_keys(&self, action: &str) -> Vec<String> {
        let calls = self.get("calls").json();
        let calls = calls.as_array().expect("the calls are a list").iter();
        let keys = calls
            .filter(|call| call["action"] == action)
            .filter_map(|call| call["access_key"].as_str());
        keys.map(str::to_owned).collect()
    }

    /// How often an action was called.
    pub(crate) fn count(&self, action: &str) -> usize {
        self.calls()
            .iter()
            .filter(|call| call.action == action)
            .count()
    }

    /// What is in the account at this moment.
    pub(crate) fn account(&self) -> Account {
        Account::of(&self.get("inventory").json())
    }

    /// What is in the account once no machine is on its way out any more.
    pub(crate) fn account_at_rest(&self) -> Account {
        wait_until("machines that are shutting down to be gone", || {
            let account = self.account();
            (!account.has_ending_machines()).then_some(account)
        })
    }

    /// The content of a file of an image, where a machine wrote it.
    pub(crate) fn file(&self, image: &str, path: &str) -> Option<String> {
        let answer = self.get(&format!("images/{image}/files?path={path}"));
        (answer.status == 200).then(|| String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// Every path that machines wrote on the way to an image.
    pub(crate) fn tree(&self, image: &str) -> Vec<String> {
        let tree = self.get(&format!("images/{image}/tree")).json();
        let paths = tree.as_array().expect("a tree is a list").iter();
        let path = |entry: &Value| entry.as_str().or(entry["path"].as_str()).map(str::to_owned);
        paths.filter_map(path).collect()
    }

    /// The mode of a file of an image, in octal.
    pub(crate) fn mode(&self, image: &str, path: &str) -> Option<String> {
        let answer = self.get(&format!("images/{image}/files?path={path}"));
        answer.header("X-Lab-Mode").map(str::to_owned)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if let Some(server) = self.0.take() {
            POOL.give_back(server);
        }
    }
}

fn start() -> Server {
    Server::start(
        &["lab", "serve", "--port", "0", "--speed", "10"],
        |directory| {
            vec![
                "--state-dir".to_owned(),
                directory.join("state").display().to_string(),
            ]
        },
        |text| text.trim().parse().ok(),
    )
}

/// How long anything may take that a test waits for. It is what a loaded machine may need, not what is expected.
const LONGEST: Duration = Duration::from_secs(60);

/// Waits, at most a minute, until `look` finds something.
#[expect(clippy::disallowed_methods, reason = "a test has no stop signal")]
pub(crate) fn wait_until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < LONGEST, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
