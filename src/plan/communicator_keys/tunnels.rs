//! `ssh_local_tunnels` and `ssh_remote_tunnels`: `PORT:HOST:PORT`, checked; not done yet.

use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// Both keys.
pub(super) const KEYS: [&str; 2] = ["ssh_local_tunnels", "ssh_remote_tunnels"];

/// Reports every tunnel of `key` that cannot be read, and notes the key where it has one that can.
pub(super) fn check(
    fields: &Fields<'_>,
    key: &str,
    tunnels: &[String],
    unsupported: &mut Unsupported,
) {
    for tunnel in tunnels {
        if let Err(why) = parse(tunnel) {
            fields.problem_with_hint(
                key,
                format!("{key} ('{tunnel}') is invalid: {why}"),
                "a tunnel is `LISTEN_PORT:HOST:PORT`, such as `8080:localhost:80`",
            );
        }
    }
    if !tunnels.is_empty() {
        unsupported.note(fields, key);
    }
}

fn parse(tunnel: &str) -> Result<(), String> {
    let (listen, target) = tunnel.split_once(':').ok_or("there is no colon in it")?;
    let (host, port) = target.rsplit_once(':').ok_or("the target has no port")?;
    if host.contains(':') && !(host.starts_with('[') && host.ends_with(']')) {
        return Err("too many colons in the target's address".to_owned());
    }
    for text in [listen, port] {
        text.parse::<i64>()
            .map_err(|_| format!("`{text}` is not a port number"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_tunnel_is_a_port_a_host_and_a_port() {
        for good in ["8080:localhost:80", "1:[::1]:2", "1::2"] {
            assert_eq!(parse(good), Ok(()), "{good}");
        }
        for bad in ["a", "80:a", "1:a:b", "x:a:1", "1:a:b:2"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
