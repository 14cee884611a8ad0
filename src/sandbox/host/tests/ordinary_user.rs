//! The same once more without root.

use super::*;

/// The tests' own files may lie where the user cannot go, and the devices may be root's alone, as on a machine without udev: in a
/// mount namespace they are put where, and as, an ordinary machine has them.
const AS_ANOTHER: &str = r#"
set -e
mount -t tmpfs -o mode=755 own /mnt
mkdir /mnt/tests /mnt/dev
cp "$1" "$2" /mnt/tests/ 2>/dev/null || true
mkdir /mnt/tests/deps
mv "/mnt/tests/${1##*/}" /mnt/tests/deps/
mknod -m 666 /mnt/dev/fuse c 10 229
mount --bind /mnt/dev/fuse /dev/fuse
mkdir -p /dev/net
mknod -m 666 /mnt/dev/tun c 10 200
mount --bind /mnt/dev/tun /dev/net/tun
cd /
exec setpriv --reuid=12345 --regid=12345 --clear-groups --bounding-set=-all env -u HOME "/mnt/tests/deps/${1##*/}" sandbox::host::tests::anybody --test-threads=4
"#;

#[test]
fn all_of_it_holds_for_an_ordinary_user() {
    if !nix::unistd::geteuid().is_root() {
        // Those of `anybody` have just run as one.
        return;
    }
    let tests = this_binary();
    let program = tests.parent().unwrap().parent().unwrap().join("ami-build");
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", AS_ANOTHER, "sh"])
        .args([tests, program])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    assert!(
        text.contains("test result: ok") && !errors.contains("not here"),
        "{text}\n{errors}"
    );
}
