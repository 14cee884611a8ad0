//! `ssh_local_tunnels` and `ssh_remote_tunnels`: `LISTEN_PORT:HOST:PORT`.

use crate::plan::communicator::{Tunnel, Tunnels};
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// The keys, in the order in which they are read.
const KEYS: [&str; 2] = ["ssh_local_tunnels", "ssh_remote_tunnels"];

/// Reads both keys.
pub(super) fn read(fields: &mut Fields<'_>) -> [Vec<String>; 2] {
    KEYS.map(|key| fields.strings(key))
}

/// Reports every tunnel that cannot be read, and notes the key where one has a port that cannot exist: Packer's `validate`
/// lets that pass.
pub(super) fn check(
    fields: &Fields<'_>,
    tunnels: &[Vec<String>; 2],
    unsupported: &mut Unsupported,
) {
    for (key, tunnels) in KEYS.into_iter().zip(tunnels) {
        for tunnel in tunnels {
            match parse(tunnel) {
                Ok(parsed) if parsed.possible().is_none() => unsupported.note(fields, key),
                Ok(_) => {}
                Err(why) => fields.problem_with_hint(
                    key,
                    format!("{key} ('{tunnel}') is invalid: {why}"),
                    "a tunnel is `LISTEN_PORT:HOST:PORT`, such as `8080:localhost:80`",
                ),
            }
        }
    }
}

/// The tunnels; those that were reported are left out.
pub(super) fn settings([local, remote]: [Vec<String>; 2]) -> Tunnels {
    let parsed = |texts: Vec<String>| {
        let parsed = texts.iter().filter_map(|text| parse(text).ok());
        parsed.filter_map(|tunnel| tunnel.possible()).collect()
    };
    Tunnels {
        local: parsed(local),
        remote: parsed(remote),
    }
}

/// A tunnel as it is written: Packer takes every whole number as a port.
struct Parsed<'a> {
    listen: i64,
    host: &'a str,
    port: i64,
}

impl Parsed<'_> {
    /// The tunnel, where its ports can exist.
    fn possible(&self) -> Option<Tunnel> {
        Some(Tunnel {
            listen: self.listen.try_into().ok()?,
            host: self.host.to_owned(),
            port: self.port.try_into().ok()?,
        })
    }
}

fn parse(tunnel: &str) -> Result<Parsed<'_>, String> {
    let (listen, target) = tunnel.split_once(':').ok_or("there is no colon in it")?;
    let (host, port) = target.rsplit_once(':').ok_or("the target has no port")?;
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    if bare.is_none() && host.contains(':') {
        return Err("too many colons in the target's address".to_owned());
    }
    let number = |text: &str| {
        text.parse()
            .map_err(|_| format!("`{text}` is not a port number"))
    };
    Ok(Parsed {
        listen: number(listen)?,
        host: bare.unwrap_or(host),
        port: number(port)?,
    })
}

#[cfg(test)]
mod tests {
    use super::{parse, settings};
    use crate::plan::communicator::Tunnel;

    #[test]
    fn a_tunnel_is_a_port_a_host_and_a_port() {
        for (good, host) in [
            ("8080:localhost:80", "localhost"),
            ("8080:[::1]:80", "::1"),
            ("8080::80", ""),
        ] {
            let tunnel = Tunnel {
                listen: 8080,
                host: host.to_owned(),
                port: 80,
            };
            let read = settings([vec![good.to_owned()], Vec::new()]);
            assert_eq!(read.local, [tunnel], "{good}");
        }
        for bad in ["a", "80:a", "1:a:b", "x:a:1", "1:a:b:2", " 1:a:2"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_port_that_cannot_exist_is_read_but_makes_no_tunnel() {
        for text in ["70000:a:1", "1:a:70000", "-1:a:2"] {
            let parsed = parse(text);
            assert!(
                parsed.is_ok_and(|tunnel| tunnel.possible().is_none()),
                "{text}"
            );
        }
    }
}
