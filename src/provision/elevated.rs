//! Runs a command as another user of a Windows machine: a script registers a scheduled task, starts it, prints what it
//! prints, gives its status and removes everything. It is the only way to an elevated token without a desktop.

use crate::build::time_ordered_uuid;
use crate::remote::Remote;

use super::powershell_text::literal;
use super::{Machine, ProvisionError, on_machine};

/// What the task is known by on the machine.
#[derive(Clone, Debug)]
pub(super) struct ElevatedNames {
    task: String,
    script: String,
}

/// Whose task it is. Without a password it is a service account such as `SYSTEM`.
#[derive(Clone, Copy)]
pub(super) struct ElevatedUser<'a> {
    /// Perhaps with its domain.
    pub(super) name: &'a str,
    /// Empty for a service account.
    pub(super) password: &'a str,
}

impl ElevatedNames {
    /// New names, in Packer's places.
    pub(super) fn choose() -> Self {
        Self {
            task: format!("packer-{}", time_ordered_uuid()),
            script: format!(
                "C:/Windows/Temp/packer-elevated-shell-{}.ps1",
                time_ordered_uuid()
            ),
        }
    }
}

/// Uploads the script for `command`, which `cmd` understands, and gives the command line that runs it.
///
/// # Errors
/// When the script cannot be uploaded.
pub(super) async fn prepare<R: Remote>(
    machine: &mut Machine<'_, R>,
    command: &str,
    user: ElevatedUser<'_>,
    names: &ElevatedNames,
) -> Result<String, ProvisionError> {
    let script = script(command, user, names);
    let doing = "Error preparing elevated powershell script";
    on_machine::put(machine, (script.as_bytes(), 0o644), &names.script, doing).await?;
    Ok(format!(
        "powershell -executionpolicy bypass -file \"{}\"",
        names.script
    ))
}

fn script(command: &str, user: ElevatedUser<'_>, names: &ElevatedNames) -> String {
    // Only %NAME% is expanded here, by the task's `cmd` as by the script.
    let log = format!("%SYSTEMROOT%/Temp/{}.out", names.task);
    let values = [
        ("TASK", literal(&names.task)),
        ("LOG", literal(&log)),
        ("SCRIPT", literal(&names.script)),
        ("USER", literal(user.name)),
        ("PASSWORD", literal(user.password)),
        ("XMLUSER", xml(user.name)),
        ("XMLCOMMAND", xml(&format!("{command} > {log} 2>&1"))),
    ];
    let mut text = String::with_capacity(TEMPLATE.len() + command.len());
    // Each value is put in once, so that a value that looks like a place stays a value.
    for (number, piece) in TEMPLATE.split('~').enumerate() {
        let value = values.iter().find(|(name, _)| *name == piece);
        match value {
            Some((_, value)) if number % 2 == 1 => text += value,
            _ => text += piece,
        }
    }
    text
}

fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&#34;",
            '\'' => escaped += "&#39;",
            '\t' => escaped += "&#x9;",
            '\n' => escaped += "&#xA;",
            '\r' => escaped += "&#xD;",
            other => escaped.push(other),
        }
    }
    escaped
}

/// The places of values stand between tildes. State 4 of a task is running, 3 is ready again; flag 6 creates or replaces;
/// logon type 1 is by password, 5 a service account
/// (<https://learn.microsoft.com/en-us/windows/win32/taskschd/taskschedulerschema>).
const TEMPLATE: &str = r#"$task = ~TASK~
$log = [System.Environment]::ExpandEnvironmentVariables(~LOG~)
$definition = [xml]@'
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Packer elevated task</Description>
  </RegistrationInfo>
  <Principals>
    <Principal id="Author">
      <UserId>~XMLUSER~</UserId>
      <LogonType>Password</LogonType>
      <RunLevel>HighestAvailable</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>false</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <IdleSettings>
      <StopOnIdleEnd>false</StopOnIdleEnd>
      <RestartOnIdle>false</RestartOnIdle>
    </IdleSettings>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>4</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>cmd</Command>
      <Arguments>/c ~XMLCOMMAND~</Arguments>
    </Exec>
  </Actions>
</Task>
'@
$logon = 1
$password = ~PASSWORD~
if ($password.Length -eq 0) {
  $logon = 5
  $password = $null
  $spaces = New-Object System.Xml.XmlNamespaceManager($definition.NameTable)
  $spaces.AddNamespace("t", $definition.DocumentElement.NamespaceURI)
  $type = $definition.SelectSingleNode("/t:Task/t:Principals/t:Principal/t:LogonType", $spaces)
  $type.ParentNode.RemoveChild($type) | Out-Null
}
if (Test-Path variable:global:ProgressPreference) { $ProgressPreference = "SilentlyContinue" }
$service = New-Object -ComObject "Schedule.Service"
$service.Connect()
$folder = $service.GetFolder("\")
$new = $service.NewTask($null)
$new.XmlText = $definition.OuterXml
try {
  $folder.RegisterTaskDefinition($task, $new, 6, ~USER~, $password, $logon, $null) | Out-Null
} catch {
  Write-Error -Message "cannot register the elevated task: $_" -ErrorAction Continue
  Remove-Item ~SCRIPT~ -Force -ErrorAction SilentlyContinue
  exit 1
}
$registered = $folder.GetTask("\$task")
$registered.Run($null) | Out-Null
$seconds = 0
while (($registered.State -ne 4) -and ($seconds -lt 10)) {
  Start-Sleep -Seconds 1
  $seconds++
}
$shown = 0
do {
  Start-Sleep -Milliseconds 100
  $ended = $registered.State -eq 3
  if (Test-Path $log) {
    Get-Content $log | Select-Object -Skip $shown | ForEach-Object {
      $shown += 1
      Write-Output "$_"
    }
  }
} while (!$ended)
$status = $registered.LastTaskResult
Remove-Item $log -Force -ErrorAction SilentlyContinue
Remove-Item ~SCRIPT~ -Force -ErrorAction SilentlyContinue
$folder.DeleteTask("\$task", 0)
[System.Runtime.InteropServices.Marshal]::ReleaseComObject($service) | Out-Null
exit $status
"#;

#[cfg(test)]
mod unit {
    use super::*;

    fn made(command: &str, name: &str, password: &str) -> String {
        let names = ElevatedNames {
            task: "packer-1".into(),
            script: "C:/Windows/Temp/packer-elevated-shell-2.ps1".into(),
        };
        script(command, ElevatedUser { name, password }, &names)
    }

    #[test]
    fn the_command_goes_into_the_task_with_its_output_into_a_file() {
        let text = made(
            r#"powershell "& { . c:/a & 'b'; exit }""#,
            "Administrator",
            "x",
        );
        let line = "<Arguments>/c powershell &#34;&amp; { . c:/a &amp; &#39;b&#39;; exit }&#34; &gt; %SYSTEMROOT%/Temp/packer-1.out 2&gt;&amp;1</Arguments>";
        assert!(text.contains(line), "{text}");
    }

    #[test]
    fn neither_user_nor_password_can_end_its_quotes() {
        let text = made("x", r"DOM\o'neil<", "it's ~USER~ $x`");
        assert!(text.contains("$password = 'it''s ~USER~ $x`'\n"), "{text}");
        assert!(
            text.contains(r"<UserId>DOM\o&#39;neil&lt;</UserId>"),
            "{text}"
        );
        assert!(text.contains(r"6, 'DOM\o''neil<', $password"), "{text}");
    }

    #[test]
    fn every_place_is_filled() {
        assert!(!made("x", "u", "p").contains('~'));
    }
}
