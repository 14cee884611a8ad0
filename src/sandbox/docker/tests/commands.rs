use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_command_runs_as_the_templates_user_in_its_home_with_the_few_variables_of_a_login() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    assert_eq!(
        said(&mut remote, "id -un; pwd; echo $0").await,
        "ubuntu\n/home/ubuntu\n/bin/bash"
    );
    let names = said(&mut remote, "env | sed 's/=.*//' | sort | tr '\\n' ' '").await;
    let expected = "HOME LOGNAME PATH PWD SHELL SHLVL SSH_CLIENT SSH_CONNECTION USER _";
    assert_eq!(names, expected);
    assert_eq!(
        said(&mut remote, "ls -A ~").await,
        ".bash_logout\n.bashrc\n.profile\n.ssh"
    );
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outputs_come_apart_and_the_status_is_the_commands_own() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut sink = |output| match output {
        Output::Stdout(piece) => out.extend(piece),
        Output::Stderr(piece) => err.extend(piece),
    };
    let exit = remote
        .run("echo one; echo two >&2; cat; exit 7\n", &mut sink)
        .await;
    assert_eq!(exit.unwrap(), Exit::Status(7));
    assert_eq!((&*out, &*err), (&b"one\n"[..], &b"two\n"[..]));
    assert_eq!(run(&mut remote, "kill -TERM $$").await.1, Exit::Status(143));
    let much = said(
        &mut remote,
        "seq 1 200000 | tail -c 1000000 | wc -c; seq 1 200000",
    )
    .await;
    assert!(much.ends_with("\n199999\n200000"), "{}", much.len());
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sudo_works_without_a_password_whether_the_image_has_one_or_not() {
    for image in [PLAIN, FULL] {
        let Some(sandbox) = open(image).await else {
            return;
        };
        let mut remote = sandbox.connect().await.unwrap();
        assert_eq!(said(&mut remote, "sudo id -u").await, "0", "{image}");
        let line = "export PACKER_X=1; echo packer | sudo -S -E sh -eux -c 'echo $PACKER_X $SUDO_USER' 2>/dev/null";
        assert_eq!(said(&mut remote, line).await, "1 ubuntu", "{image}");
        assert_eq!(
            said(&mut remote, "sudo -Hu nobody id -un").await,
            "nobody",
            "{image}"
        );
        assert_eq!(said(&mut remote, "sudo -i pwd").await, "/root", "{image}");
        assert_eq!(
            said(&mut remote, "X=1 sudo sh -c 'echo -$X-'").await,
            "--",
            "{image}"
        );
        let other = "sudo -u nobody sudo -n id";
        assert_ne!(run(&mut remote, other).await.1, Exit::Status(0), "{image}");
        sandbox.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_can_be_unpacked_and_a_user_added() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let script = "set -e
        mkdir -p /tmp/p/DEBIAN /tmp/p/usr/bin
        printf 'Package: rehearsed\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@x>\\nDescription: x\\n' >/tmp/p/DEBIAN/control
        echo hello >/tmp/p/usr/bin/rehearsed
        dpkg-deb -b /tmp/p /tmp/p.deb >/dev/null
        sudo dpkg -i /tmp/p.deb >/dev/null
        sudo useradd -m -G sudo service
        sudo chown service /usr/bin/rehearsed
        stat -c %U /usr/bin/rehearsed";
    assert_eq!(said(&mut remote, script).await, "service");
    let changes = sandbox.changes().await.unwrap();
    let names: Vec<String> = changes
        .packages
        .iter()
        .map(|it| format!("{it:?}"))
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].contains("rehearsed"), "{names:?}");
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sandboxes_do_not_see_each_other() {
    let (first, second) = tokio::join!(open(PLAIN), open(PLAIN));
    let (Some(first), Some(second)) = (first, second) else {
        return;
    };
    let (mut one, mut two) = (
        first.connect().await.unwrap(),
        second.connect().await.unwrap(),
    );
    said(&mut one, "echo mine >/tmp/file").await;
    assert_ne!(run(&mut two, "cat /tmp/file").await.1, Exit::Status(0));
    first.close().await;
    assert_eq!(said(&mut two, "echo still").await, "still");
    second.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_run_beside_each_other_with_an_input_of_their_own() {
    use crate::remote::{Piped, Terminal};
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let remote = sandbox.connect().await.unwrap();
    let pipes = remote.pipes();
    let mut ends = Vec::new();
    for word in ["one", "two"] {
        let (to, input) = tokio::sync::mpsc::channel(1);
        let (output, mut from) = tokio::sync::mpsc::channel(4);
        let command = "cat; exit 3".to_owned();
        let terminal = Terminal::Never;
        let end = pipes.clone().run(Piped {
            command,
            terminal,
            input,
            output,
        });
        ends.push(tokio::spawn(async move {
            to.send(word.as_bytes().to_vec()).await.unwrap();
            drop(to);
            let heard = tokio::spawn(async move {
                let mut heard = Vec::new();
                while let Some(Output::Stdout(piece)) = from.recv().await {
                    heard.extend(piece);
                }
                heard
            });
            let exit = end.await.unwrap();
            (
                String::from_utf8(heard.await.unwrap()).unwrap() == word,
                exit,
            )
        }));
    }
    for end in ends {
        let end = tokio::time::timeout(Duration::from_secs(20), end).await;
        assert_eq!(end.unwrap().unwrap(), (true, Exit::Status(3)));
    }
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_can_run_nothing_is_told_before_anything_is_tried() {
    let Some(socket) = socket() else { return };
    let terms = terms(&socket, PLAIN);
    for (user, words) in [
        ("x:y", "nobody can be called `x:y`"),
        ("daemon", "no command of `daemon` runs in the image"),
    ] {
        let order = Order {
            user: user.into(),
            ..order()
        };
        let opened = DockerSandbox::open(&order, &terms, &|_| {}, &Stop::never()).await;
        let error = opened.err().unwrap().to_string();
        assert!(error.contains(words), "{error}");
    }
}
