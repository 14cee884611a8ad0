//! ARCHITECTURE.md's invariants that can be read in the source: who does I/O, who names which library, and how long things are.

use std::path::{Path, PathBuf};

use crate::support::repository;

/// Files longer than this are two things. Tests do not count.
const FILE_LINES: usize = 350;
/// Functions longer than this are two things.
const FUNCTION_LINES: usize = 80;

/// A file of `src` without its comments and its tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn is_in(&self, room: &str) -> bool {
        self.path == format!("{room}.rs") || self.path.starts_with(&format!("{room}/"))
    }

    fn is_test(&self) -> bool {
        let mut parts = Path::new(&self.path)
            .iter()
            .filter_map(|part| part.to_str());
        parts.any(|part| part == "tests" || part == "tests.rs")
    }
}

fn sources() -> Vec<Source> {
    let root = repository().join("src");
    let mut found = Vec::new();
    collect(&root, &mut found);
    let read = |path: PathBuf| Source {
        code: code_alone(&std::fs::read_to_string(&path).unwrap()),
        path: path.strip_prefix(&root).unwrap().display().to_string(),
    };
    let sources: Vec<Source> = found
        .into_iter()
        .map(read)
        .filter(|source| !source.is_test())
        .collect();
    assert!(sources.len() > 100, "the source was not found");
    sources
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Comments go, and everything from `#[cfg(test)]` on where tests begin: they stand last in a file.
fn code_alone(text: &str) -> String {
    let tests = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    let lines = text[..tests].lines().map(|line| match line.trim_start() {
        comment if comment.starts_with("//") => "",
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `path: word` for every word that stands where it should not.
fn finds(sources: &[Source], words: &[&str], may: impl Fn(&Source) -> bool) -> Vec<String> {
    let outside = sources.iter().filter(|source| !may(source));
    let found = outside.flat_map(|source| {
        let words = words.iter().filter(|word| source.code.contains(**word));
        words.map(|word| format!("{}: `{word}`", source.path))
    });
    found.collect()
}

fn is_pure(source: &Source) -> bool {
    source.is_in("template") || source.is_in("plan")
}

#[test]
fn template_and_plan_do_no_io_and_are_not_async() {
    let io = [
        "async ",
        ".await",
        "tokio::",
        "std::fs",
        "std::process",
        "std::io::",
        "std::env",
        "std::thread",
        "TcpStream",
        "UdpSocket",
        "ToSocketAddrs",
        "File::open",
        "SystemTime",
        "Instant::now",
        "now_utc",
    ];
    assert_eq!(
        finds(&sources(), &io, |source| !is_pure(source)),
        Vec::<String>::new()
    );
}

#[test]
fn template_and_plan_know_no_room_that_does_io() {
    let rooms = [
        "action",
        "build",
        "cli",
        "gather",
        "http",
        "ledger",
        "post",
        "provision",
        "remote",
        "report",
        "run",
        "stores",
    ];
    let uses: Vec<String> = rooms
        .iter()
        .map(|room| format!("crate::{room}::"))
        .collect();
    // Ids, filters and devices are plain values; what asks EC2 is not.
    let clients = [
        "crate::cloud::ec2::",
        "crate::cloud::connection",
        "crate::cloud::credentials",
        "crate::cloud::api",
    ];
    let uses: Vec<&str> = uses.iter().map(String::as_str).chain(clients).collect();
    assert_eq!(
        finds(&sources(), &uses, |source| !is_pure(source)),
        Vec::<String>::new()
    );
}

#[test]
fn template_does_not_know_plan() {
    let found = finds(&sources(), &["crate::plan"], |source| {
        !source.is_in("template")
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_client_of_ec2_is_named_in_one_file() {
    let found = finds(
        &sources(),
        &["aws_sdk_ec2::Client", "aws_sdk_ec2::client::Client"],
        |_| false,
    );
    assert_eq!(found, ["cloud/ec2.rs: `aws_sdk_ec2::Client`"]);
}

#[test]
fn the_client_of_secrets_manager_is_named_in_one_file() {
    assert_eq!(
        finds(&sources(), &["aws_sdk_secretsmanager"], |_| false),
        ["cloud/secrets_manager.rs: `aws_sdk_secretsmanager`"]
    );
}

#[test]
fn the_client_of_systems_manager_is_named_in_one_file() {
    let found = finds(&sources(), &["aws_sdk_ssm"], |_| false);
    assert_eq!(found, ["cloud/ssm.rs: `aws_sdk_ssm`"]);
}

#[test]
fn the_clients_of_kms_and_of_service_quotas_are_named_in_one_file_each() {
    let clients = ["aws_sdk_kms", "aws_sdk_servicequotas"];
    let found = finds(&sources(), &clients, |_| false);
    assert_eq!(
        found,
        [
            "cloud/kms.rs: `aws_sdk_kms`",
            "cloud/service_quotas.rs: `aws_sdk_servicequotas`"
        ]
    );
}

#[test]
fn the_client_of_iam_is_named_in_one_file() {
    let found = finds(&sources(), &["aws_sdk_iam"], |_| false);
    assert_eq!(found, ["cloud/iam.rs: `aws_sdk_iam`"]);
}

#[test]
fn ssh2_is_named_in_one_file() {
    assert_eq!(
        finds(&sources(), &["ssh2"], |_| false),
        ["remote/ssh.rs: `ssh2`"]
    );
}

#[test]
fn russh_is_named_in_one_file() {
    assert_eq!(
        finds(&sources(), &["russh"], |_| false),
        ["provision/ansible/ssh_server.rs: `russh`"]
    );
}

#[test]
fn the_client_of_the_docker_engine_is_named_in_one_file() {
    let found = finds(&sources(), &["bollard::Docker", "Docker::connect"], |_| {
        false
    });
    assert_eq!(found, ["sandbox/docker/engine.rs: `Docker::connect`"]);
}

#[test]
fn octocrab_is_named_in_one_file() {
    assert_eq!(
        finds(&sources(), &["octocrab"], |_| false),
        ["report/comment.rs: `octocrab`"]
    );
}

#[test]
fn only_action_and_cli_read_the_environment() {
    let reads = [
        "env::var(",
        "env::var_os(",
        "env::vars(",
        "env::vars_os(",
        "env!(\"HOME\")",
    ];
    let found = finds(&sources(), &reads, |source| {
        // Inside a container it is another process, and `sudo` hands on what its caller has.
        let is_sudo = source.is_in("sandbox/docker/inside/sudo");
        source.is_in("action") || source.is_in("cli") || is_sudo
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn nothing_ends_the_process_but_its_end() {
    let ends = ["process::exit", "process::abort"];
    assert_eq!(finds(&sources(), &ends, |_| false), Vec::<String>::new());
}

#[test]
fn only_the_console_prints() {
    let prints = ["println!(", "print!(", "eprint!("];
    assert_eq!(
        finds(&sources(), &prints, |source| source.is_in("report/console")),
        Vec::<String>::new()
    );
}

#[test]
fn no_file_is_longer_than_one_thing() {
    let too_long =
        |source: &Source| (source.code.lines().count() > FILE_LINES).then(|| source.path.clone());
    assert_eq!(
        sources().iter().filter_map(too_long).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}

#[test]
fn no_function_is_longer_than_one_thing() {
    let too_long = |source: &Source| -> Vec<String> {
        let long = functions(&source.code)
            .into_iter()
            .filter(|(_, lines)| *lines > FUNCTION_LINES);
        long.map(|(name, lines)| format!("{}: `{name}` has {lines} lines", source.path))
            .collect()
    };
    assert_eq!(
        sources().iter().flat_map(too_long).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}

/// Names and lengths of functions. rustfmt closes a function's body at the indent at which it was opened.
fn functions(code: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let starts = lines.iter().enumerate().filter_map(|(number, line)| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let keyword = words.iter().position(|word| *word == "fn")?;
        let before = ["pub", "pub(crate)", "pub(super)", "async", "const"];
        words[..keyword]
            .iter()
            .all(|word| before.contains(word))
            .then(|| (number, words[keyword + 1].to_owned()))
    });
    let end = |start: usize| {
        let closes =
            |line: &&str| line.trim_end() == format!("{}}}", " ".repeat(indent(lines[start])));
        let one_line = lines[start].trim_end().ends_with(['}', ';']);
        let further = lines[start..].iter().position(closes);
        if one_line {
            1
        } else {
            further.map_or(1, |further| further + 1)
        }
    };
    starts.map(|(start, name)| (name, end(start))).collect()
}

#[test]
fn the_measure_of_functions_sees_a_long_one() {
    let body = "    let _ = 1;\n".repeat(FUNCTION_LINES);
    let code = format!(
        "impl Thing {{\n    pub(crate) fn long() {{\n{}    }}\n}}\n",
        body.replace("    let", "        let")
    );
    assert_eq!(
        functions(&code),
        [("long()".to_owned(), FUNCTION_LINES + 2)]
    );
}
