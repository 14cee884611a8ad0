use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_host_is_inside_and_root_is_not_the_hosts() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let mounts = said(&mut remote, "cat /proc/self/mountinfo").await;
    assert!(!mounts.contains("docker.sock"), "{mounts}");
    let sockets = said(&mut remote, "sudo find / -xdev -type s 2>/dev/null; true").await;
    assert_eq!(sockets, "");
    for forbidden in [
        "mount -t tmpfs none /mnt",
        "mknod /tmp/disk b 254 0",
        "chroot / unshare -n true",
    ] {
        let (words, exit) = run(&mut remote, &format!("sudo {forbidden}")).await;
        assert_ne!(exit, Exit::Status(0), "{forbidden}: {words}");
    }
    let capabilities = said(&mut remote, "sudo grep CapBnd /proc/self/status").await;
    let bits = u64::from_str_radix(capabilities.split_whitespace().last().unwrap(), 16).unwrap();
    // NET_ADMIN, NET_RAW, SYS_PTRACE, SYS_ADMIN, MKNOD.
    for bit in [12, 13, 19, 21, 27] {
        assert_eq!(bits & (1 << bit), 0, "{capabilities}");
    }
    sandbox.close().await;
}

/// Bash's own sockets: the image has no other client.
fn reach(address: &str, port: u16) -> String {
    format!("timeout 5 bash -c 'exec 3<>/dev/tcp/{address}/{port}' 2>&1")
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_cannot_be_reached_even_by_root_and_even_after_a_restart() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    for turn in ["before", "after"] {
        for address in [
            "169.254.169.254",
            "169.254.170.2",
            "168.63.129.16",
            "100.100.100.200",
        ] {
            let (words, exit) = run(&mut remote, &reach(address, 80)).await;
            assert_ne!(exit, Exit::Status(0), "{turn}: {address}");
            // At once, and not because nobody answered.
            assert!(words.contains("unreachable"), "{turn}: {address}: {words}");
        }
        if turn == "before" {
            assert_eq!(run(&mut remote, "sudo reboot").await.1, Exit::Disconnected);
        }
    }
    sandbox.close().await;
}

/// Connects by a socket that is bound to the device, as everybody may, and lists the neighbours that were asked for.
const BOUND: &str = r#"perl -MSocket -e '
    socket(my $s, PF_INET, SOCK_STREAM, 0); setsockopt($s, 1, 25, "eth0\0") or die "cannot bind: $!\n";
    $SIG{ALRM} = sub { die "no answer\n" }; alarm 2;
    connect($s, sockaddr_in(80, inet_aton(shift))) or die "$!\n"; print "connected\n"
' 169.254.77.77 2>&1; cat /proc/net/arp"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_is_bound_to_the_device_asks_no_neighbour_for_metadata() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let words = said(&mut remote, BOUND).await;
    for word in ["cannot bind", "connected", "169.254"] {
        assert!(!words.contains(word), "{words}");
    }
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_is_reached_by_the_network_unless_that_is_refused() {
    let Some(sandbox) = open(PLAIN).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let gateway = said(&mut remote, "cut -f 3 /proc/net/route | sed -n 2p").await;
    assert_eq!(gateway.len(), 8, "{gateway}");
    sandbox.close().await;

    let order = Order {
        network: Network::Nothing,
        ..order()
    };
    let Some(sandbox) = open_as(PLAIN, &order).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    assert_eq!(said(&mut remote, "ls /sys/class/net").await, "lo");
    assert!(sandbox.description().ends_with("without a network"));
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_memory_than_allowed_kills_the_command_and_says_why() {
    let order = Order {
        limits: Limits {
            memory: 96 << 20,
            ..order().limits
        },
        ..order()
    };
    let Some(sandbox) = open_as(PLAIN, &order).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let (words, exit) = run(&mut remote, "x=$(head -c 300000000 /dev/zero | tr '\\0' x)").await;
    assert_eq!(exit, Exit::Status(137), "{words}");
    assert!(
        words.contains("the sandbox may use 96 MiB of memory"),
        "{words}"
    );
    assert_eq!(said(&mut remote, "echo alive").await, "alive");
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_processes_than_allowed_cannot_be_made() {
    let order = Order {
        limits: Limits {
            processes: 32,
            ..order().limits
        },
        ..order()
    };
    let Some(sandbox) = open_as(PLAIN, &order).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let (words, _) = run(&mut remote, "for n in $(seq 60); do sleep 2 & done; wait").await;
    assert!(words.contains("fork: "), "{words}");
    sandbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_its_time_is_over_the_command_is_cut_and_says_why_as_does_the_next_one() {
    let order = Order {
        limits: Limits {
            time: Duration::from_secs(2),
            ..order().limits
        },
        ..order()
    };
    let Some(sandbox) = open_as(PLAIN, &order).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let (words, exit) = run(&mut remote, "sleep 100").await;
    assert_eq!(exit, Exit::Disconnected);
    assert_eq!(
        words,
        "ami-build: the sandbox ended: its time of 2 s is over"
    );
    let error = remote.run("true", &mut |_| {}).await.unwrap_err();
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(why, "the sandbox ended: its time of 2 s is over");
    sandbox.close().await;
}
