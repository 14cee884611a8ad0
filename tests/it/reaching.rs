//! The ways to a machine that need more than a key file: the agent, tunnels.

use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::support::{Run, Sshd, Workspace, wait_until};

/// An agent with the server's key in it.
struct Agent(Child);

impl Agent {
    fn start(sshd: &Sshd) -> Self {
        let socket = sshd.path("agent");
        let agent = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn();
        let agent = Self(agent.expect("OpenSSH's agent is installed"));
        wait_until("the agent's socket", || socket.exists().then_some(()));
        let added = Command::new("ssh-add")
            .arg(sshd.key())
            .env("SSH_AUTH_SOCK", &socket)
            .stderr(Stdio::null())
            .status();
        assert!(added.unwrap().success());
        agent
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn template(builder: serde_json::Value, command: &str) -> String {
    let mut builder = builder;
    builder["type"] = json!("null");
    builder["ssh_host"] = json!("127.0.0.1");
    builder["ssh_username"] = json!("root");
    json!({
        "builders": [builder],
        "provisioners": [{"type": "shell", "inline": [command]}],
    })
    .to_string()
}

#[test]
fn the_agents_key_lets_us_in() {
    let sshd = Sshd::start();
    let _agent = Agent::start(&sshd);
    let builder = json!({"ssh_port": sshd.port, "ssh_agent_auth": true});
    let workspace = Workspace::with("t.json", &template(builder, "echo it is $((6 * 7))"));
    Run::new(&workspace, &["build", "t.json"])
        .env("SSH_AUTH_SOCK", sshd.path("agent").to_str().unwrap())
        .finish()
        .expect_code(0)
        .expect_text("it is 42");
}

#[test]
fn a_script_on_the_machine_reaches_us_through_a_remote_tunnel() {
    let (sshd, behind) = (Sshd::start(), Sshd::start());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let builder = json!({
        "ssh_port": sshd.port,
        "ssh_private_key_file": sshd.key(),
        "ssh_remote_tunnels": [format!("{port}:127.0.0.1:{}", behind.port)],
    });
    let command =
        format!("ssh-keyscan -T 5 -t ed25519 -p {port} localhost 2>/dev/null | cut -d' ' -f2");
    let workspace = Workspace::with("t.json", &template(builder, &command));
    Run::new(&workspace, &["build", "t.json"])
        .finish()
        .expect_code(0)
        .expect_text("ssh-ed25519");
}
