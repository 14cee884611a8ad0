//! Whether a script of the template powers the machine off: then a shutdown from within must not terminate the machine.
//!
//! What a script looks like is all that can be known before it runs. Too much suspicion costs little (a machine that is left
//! alone is stopped instead of terminated, as with Packer), too little costs the image.

use crate::facts::Facts;

use super::file_contents;
use super::planned::{Builder, PlannedProvisioner};
use super::provision::{ProvisionerSettings, ScriptSource};

/// Commands that end a machine, whatever stands behind them.
const COMMANDS: [&str; 5] = [
    "poweroff",
    "halt",
    "stop-computer",
    "sysprep",
    "sysprepinstance.ps1",
];
/// Commands that end a machine with this word behind them.
const WITH_LEVEL: [&str; 2] = ["init", "telinit"];
/// What makes `shutdown` something else: a reboot, a cancel, a log-off.
const HARMLESS: [&str; 6] = ["--reboot", "--show", "/r", "/g", "/a", "/l"];
/// The same among letters behind one dash: a reboot, a cancel, a warning.
const HARMLESS_LETTERS: [char; 3] = ['r', 'c', 'k'];

/// The builder, which knows now what its provisioners do to its machine.
pub(super) fn told(
    mut builder: Builder,
    provisioners: &[PlannedProvisioner],
    facts: &Facts,
) -> Builder {
    if let Builder::AmazonEbs(settings) = &mut builder {
        let mut scripts = provisioners.iter().filter_map(script);
        settings.launch.powers_off = scripts.any(|script| source_powers_off(script, facts));
    }
    builder
}

/// The script that runs on the machine.
fn script(provisioner: &PlannedProvisioner) -> Option<&ScriptSource> {
    match &provisioner.settings {
        ProvisionerSettings::Shell(settings) => Some(&settings.source),
        ProvisionerSettings::PowerShell(settings) => Some(&settings.source),
        ProvisionerSettings::WindowsShell(settings) => Some(&settings.source),
        _ => None,
    }
}

fn source_powers_off(source: &ScriptSource, facts: &Facts) -> bool {
    match source {
        ScriptSource::Inline(lines) => lines.iter().any(|line| powers_off(line)),
        ScriptSource::Files(paths) => paths.iter().any(|path| {
            // A file that cannot be read is a problem of its provisioner's.
            let bytes = file_contents::contents(facts, path).and_then(Result::ok);
            bytes.is_some_and(|bytes| powers_off(&String::from_utf8_lossy(bytes)))
        }),
    }
}

fn powers_off(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    lines.any(|line| !line.starts_with('#') && commands(line).any(ends_the_machine))
}

/// The commands of a line, each as its words in lower case.
fn commands(line: &str) -> impl Iterator<Item = Vec<String>> {
    let separators = [';', '&', '|', '(', ')', '{', '}', '`'];
    line.split(separators).map(|command| {
        let words = command.split([' ', '\t', '"', '\'', ',', '=']);
        let words = words.filter(|word| !word.is_empty());
        words.map(str::to_ascii_lowercase).collect()
    })
}

fn ends_the_machine(words: Vec<String>) -> bool {
    let program = |word: &String| {
        let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
        name.strip_suffix(".exe").unwrap_or(name).to_owned()
    };
    let mut names = words.iter().map(program).enumerate();
    names.any(|(place, name)| {
        let behind = &words[place + 1..];
        match name.as_str() {
            "shutdown" => !behind.iter().any(|word| is_harmless(word)),
            name if WITH_LEVEL.contains(&name) => behind.first().is_some_and(|word| word == "0"),
            name => COMMANDS.contains(&name),
        }
    })
}

fn is_harmless(word: &str) -> bool {
    let letters = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
    HARMLESS.contains(&word) || letters.is_some_and(|letters| letters.contains(HARMLESS_LETTERS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_end_a_machine_are_seen_wherever_they_stand() {
        for line in [
            "sudo shutdown -h now",
            "shutdown",
            "nohup sh -c 'sleep 5; /sbin/shutdown -P +1' &",
            "true && sudo systemctl poweroff",
            "systemctl halt",
            "/sbin/init 0",
            "(sleep 3; poweroff) >/dev/null 2>&1 &",
            "Stop-Computer -Force",
            "shutdown /s /t 5",
            r"C:\Windows\System32\Sysprep\sysprep.exe /oobe /generalize",
            r"& C:\ProgramData\Amazon\EC2-Windows\Launch\Scripts\SysprepInstance.ps1",
        ] {
            assert!(powers_off(line), "{line}");
        }
    }

    #[test]
    fn reboots_comments_and_words_that_only_look_alike_are_not() {
        for line in [
            "sudo shutdown -r +1",
            "shutdown /r /t 0",
            "shutdown -fr now",
            "shutdown -c",
            "  # shutdown -h now",
            "systemctl reboot",
            "init 6",
            "git init 0things",
            "apt-get install unattended-upgrades-shutdown",
            "sed -i s/x/y/ /etc/cloud/shutdown.cfg",
        ] {
            assert!(!powers_off(line), "{line}");
        }
    }
}
