//! Logging in: what is shown to the server, and what it says to that.

use std::io;

use super::{Connection, ErrorCode, KeyboardInteractivePrompt, LibraryError, Prompt};
use crate::remote::terminal::Terminal;
use crate::secret::Secret;

/// `LIBSSH2_ERROR_AUTHENTICATION_FAILED` and `…_PUBLICKEY_UNVERIFIED`: the server said no.
const REFUSALS: [i32; 2] = [-18, -19];

/// The socket's errors and the timeout of libssh2.h: SEND, TIMEOUT, DISCONNECT, RECV, BAD_SOCKET.
const BREAKS: [i32; 5] = [-7, -9, -13, -43, -45];

/// What one try to log in came to.
pub(in crate::remote) enum Proof {
    Accepted,
    /// With libssh2's words where it is not a plain no.
    Refused(Option<String>),
    /// The connection went.
    Broken(io::Error),
}

impl Connection {
    /// The methods that the server takes; empty where it lets everybody in.
    pub(in crate::remote) fn accepted_methods(&self, username: &str) -> io::Result<Vec<String>> {
        match self.session.auth_methods(username) {
            Ok(list) => Ok(list.split(',').map(str::to_owned).collect()),
            Err(_) if self.session.authenticated() => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Shows a private key from memory, with its certificate.
    pub(in crate::remote) fn prove_key(
        &self,
        username: &str,
        key: &Secret,
        certificate: Option<&str>,
    ) -> Proof {
        self.proof(
            self.session
                .userauth_pubkey_memory(username, certificate, key.expose(), None),
        )
    }

    /// Shows a password.
    pub(in crate::remote) fn prove_password(&self, username: &str, password: &Secret) -> Proof {
        self.proof(self.session.userauth_password(username, password.expose()))
    }

    /// Answers every question with a password.
    pub(in crate::remote) fn prove_by_answers(&self, username: &str, password: &Secret) -> Proof {
        self.proof(
            self.session
                .userauth_keyboard_interactive(username, &mut SameAnswer(password)),
        )
    }

    /// Puts the server's questions to a person.
    pub(in crate::remote) fn prove_at_terminal(&self, username: &str, terminal: Terminal) -> Proof {
        let mut person = Person { terminal };
        self.proof(
            self.session
                .userauth_keyboard_interactive(username, &mut person),
        )
    }

    /// Shows the agent's keys, one after the other, until one is accepted; each with its comment.
    pub(in crate::remote) fn prove_by_agent(&self, username: &str) -> Vec<(String, Proof)> {
        let listed = self.session.agent().and_then(|mut agent| {
            agent.connect()?;
            agent.list_identities()?;
            let identities = agent.identities()?;
            Ok((agent, identities))
        });
        let (agent, identities) = match listed {
            Ok(listed) => listed,
            Err(error) => {
                return vec![(
                    "no agent key".to_owned(),
                    Proof::Refused(Some(error.message().to_owned())),
                )];
            }
        };
        let mut proofs = Vec::new();
        for identity in identities {
            let proof = self.proof(agent.userauth(username, &identity));
            let last = !matches!(proof, Proof::Refused(_));
            proofs.push((format!("agent key `{}`", identity.comment()), proof));
            if last {
                break;
            }
        }
        proofs
    }

    fn proof(&self, result: Result<(), LibraryError>) -> Proof {
        match result {
            Ok(()) if self.session.authenticated() => Proof::Accepted,
            Ok(()) => Proof::Refused(Some("the server wants more than this".to_owned())),
            Err(error) => match error.code() {
                ErrorCode::Session(code) if BREAKS.contains(&code) => Proof::Broken(error.into()),
                ErrorCode::Session(code) if REFUSALS.contains(&code) => Proof::Refused(None),
                _ => Proof::Refused(Some(error.message().to_owned())),
            },
        }
    }
}

/// Answers every question of a keyboard-interactive login with the password, as Packer does.
struct SameAnswer<'a>(&'a Secret);

impl KeyboardInteractivePrompt for SameAnswer<'_> {
    fn prompt<'a>(
        &mut self,
        _username: &str,
        _instructions: &str,
        prompts: &[Prompt<'a>],
    ) -> Vec<String> {
        prompts.iter().map(|_| self.0.expose().to_owned()).collect()
    }
}

/// Puts every question to the person at the terminal; where that fails the answer is empty, and the server refuses it.
struct Person {
    terminal: Terminal,
}

impl KeyboardInteractivePrompt for Person {
    fn prompt<'a>(
        &mut self,
        _username: &str,
        instructions: &str,
        prompts: &[Prompt<'a>],
    ) -> Vec<String> {
        self.terminal.tell(instructions);
        let ask = |prompt: &Prompt<'_>| self.terminal.ask(&prompt.text, prompt.echo);
        prompts.iter().map(ask).collect()
    }
}
