//! Logs in: key or agent first, then the password, plain and as the answer to every question.

use std::io;

use crate::plan::communicator::Questions;
use crate::secret::Secret;

use super::ResolvedLogin;
use super::ssh::{Connection, Proof};
use super::terminal::Terminal;

/// A login that did not succeed.
#[derive(Debug)]
pub(super) enum LoginFailure {
    /// What was offered, and what the server says it takes.
    Refused {
        offered: Vec<String>,
        accepts: Vec<String>,
    },
    /// The connection went.
    Broken(io::Error),
}

/// Shows what `login` has, in Packer's order.
pub(super) fn log_in(
    connection: &Connection,
    (username, questions): (&str, Questions),
    login: &ResolvedLogin,
) -> Result<(), LoginFailure> {
    let accepts = connection
        .accepted_methods(username)
        .map_err(LoginFailure::Broken)?;
    if accepts.is_empty() {
        return Ok(());
    }
    let mut offers = Offers {
        connection,
        username,
        offered: Vec::new(),
    };
    let answer = match questions {
        Questions::Terminal => offers.person()?,
        Questions::Unanswered => Answer::No,
    };
    let answer = match answer {
        Answer::In => Answer::In,
        Answer::No => offers.show(login)?,
    };
    match answer {
        Answer::In => Ok(()),
        Answer::No => Err(LoginFailure::Refused {
            offered: offers.offered,
            accepts,
        }),
    }
}

enum Answer {
    In,
    No,
}

/// Shows one means after the other, and keeps a list of them for the message.
struct Offers<'a> {
    connection: &'a Connection,
    username: &'a str,
    offered: Vec<String>,
}

impl Offers<'_> {
    fn show(&mut self, login: &ResolvedLogin) -> Result<Answer, LoginFailure> {
        let (first, password) = match login {
            ResolvedLogin::Password(password) => return self.password(password),
            ResolvedLogin::Agent { password } => (self.agent()?, password),
            ResolvedLogin::Key {
                label,
                private_key,
                certificate,
                password,
            } => {
                let certificate = certificate.as_deref().map(str::trim);
                let proof = self
                    .connection
                    .prove_key(self.username, private_key, certificate);
                (self.note(label, proof)?, password)
            }
        };
        match (first, password) {
            (Answer::No, Some(password)) => self.password(password),
            (answer, _) => Ok(answer),
        }
    }

    /// Passes the server's questions on to the person at the terminal, before anything else is shown, as Packer does.
    fn person(&mut self) -> Result<Answer, LoginFailure> {
        let proof = match Terminal::open() {
            Ok(terminal) => self.connection.prove_at_terminal(self.username, terminal),
            Err(error) => Proof::Refused(Some(format!("there is no terminal: {error}"))),
        };
        self.note("the answers of the person at the terminal", proof)
    }

    fn agent(&mut self) -> Result<Answer, LoginFailure> {
        for (label, proof) in self.connection.prove_by_agent(self.username) {
            if let Answer::In = self.note(&label, proof)? {
                return Ok(Answer::In);
            }
        }
        Ok(Answer::No)
    }

    fn password(&mut self, password: &Secret) -> Result<Answer, LoginFailure> {
        let plain = self.connection.prove_password(self.username, password);
        if let Answer::In = self.note("the password", plain)? {
            return Ok(Answer::In);
        }
        let answers = self.connection.prove_by_answers(self.username, password);
        self.note("the password (keyboard-interactive)", answers)
    }

    fn note(&mut self, label: &str, proof: Proof) -> Result<Answer, LoginFailure> {
        match proof {
            Proof::Accepted => return Ok(Answer::In),
            Proof::Broken(error) => return Err(LoginFailure::Broken(error)),
            Proof::Refused(None) => self.offered.push(label.to_owned()),
            Proof::Refused(Some(why)) => self.offered.push(format!("{label} ({why})")),
        }
        Ok(Answer::No)
    }
}
