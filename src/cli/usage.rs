//! The usage texts.

use crate::fix::FIXERS;

/// The text of `command`; `None` where there is no such command.
pub(crate) fn of(command: &str) -> Option<String> {
    Some(match command {
        "build" => BUILD.to_owned(),
        "rehearse" => REHEARSE.to_owned(),
        "validate" => VALIDATE.to_owned(),
        "inspect" => INSPECT.to_owned(),
        "fix" => fix(),
        "iam-policy" => IAM_POLICY.to_owned(),
        "plan" => PLAN.to_owned(),
        "promote" => PROMOTE.to_owned(),
        "prune" => PRUNE.to_owned(),
        "settle" => SETTLE.to_owned(),
        "version" => VERSION.to_owned(),
        _ => return None,
    })
}

/// Without a command.
pub(crate) const OVERVIEW: &str = "\
Usage: ami-build [--version] [--help] <command> [<args>]

Available commands are:
    build       build image(s) from a Packer JSON template
    fix         print a template with what is outdated in it brought up to date
    iam-policy  print the least IAM policy for a template
    inspect     see the components of a template
    plan        check builds against the account before anything is created
    promote     make the image that a pull request has tested the release
    prune       remove previews and old releases that nobody needs
    rehearse    build without an account: a model of EC2, a sandbox as the machine
    settle      undo what the build of a journal left behind
    sweep       remove by tag what earlier builds left behind
    validate    check that a template is valid
    version     print the version
";

/// `version`.
const VERSION: &str = "\
Usage: ami-build version

  Prints the version of Packer that templates are read as, and our own.
";

/// `build`.
pub(crate) const BUILD: &str = "\
Usage: ami-build build [options] TEMPLATE

  Runs the builds of a Packer JSON template, in parallel, and prints the images
  that come out. Nothing is created before the whole template has been checked,
  and what a build created is removed when it fails or is cancelled.

Options:

  -color=false                  No colours. (Default: colours)
  -debug                        One build after the other.
  -except=foo,bar,baz           Run all builds and post-processors other than these.
  -only=foo,bar,baz             Run only these builds.
  -force                        Go on if an image or file exists; replace it.
  -kind=[preview|release]       Tag the images with where they come from and how
                                long they stay. (Not Packer's, as are the next)
  -ttl=7d                       How long a preview stays. (Default: 7d)
  -deprecate-at=90d             When a release is deprecated: a time from now, or
                                an instant as 2027-01-31T00:00:00Z.
  -reuse=[off|same-repo]        Take an image of the same repository whose content
                                would be the same, and launch no machine.
  -volatile-vars=a,b            Variables that do not decide what an image holds.
  -reuse-files=path,path        Files that do, although the template does not name
                                them.
  -machine-readable             Machine-readable output.
  -on-error=[cleanup|abort|ask|run-cleanup-provisioner]
                                If a build fails: clean up (default), keep
                                everything, ask, or run the cleanup provisioner
                                and keep everything.
  -parallel-builds=1            Builds at a time; 0 is no limit. (Default: 0)
  -survive-disconnect           Scripts of `shell` provisioners outlive a lost
                                connection. (Not Packer's; a provisioner has
                                `survive_disconnect` for itself)
  -timestamp-ui                 Begin each line of a build with the time.
  -var 'key=value'              A variable; may be given several times.
  -var-file=path                A JSON file of variables; may be given several times.
";

/// `rehearse`.
pub(crate) const REHEARSE: &str = "\
Usage: ami-build rehearse [options] TEMPLATE

  Does the whole job of `build` here, without an account: checks the template,
  takes every step against a model of EC2, and runs the provisioners in a
  sandbox. Then it tells what the provisioners changed, which calls a build
  would make, and what could not be checked. Nothing exists afterwards, and
  nothing is asked of AWS.

Options:

  -sandbox=[auto|host|docker|docker:IMAGE|none]
                                Where provisioners run: in a copy of this
                                machine, in a container, or nowhere.
                                (Default: auto, which takes what works here)
  -network=none                 The sandbox reaches nothing. (Default: host,
                                what this machine reaches)
  -local-commands=run           Run on this machine what the template runs on
                                it: `shell-local` and `ansible`. (Default: list)
  -color=false                  No colours. (Default: colours)
  -except=foo,bar,baz           Run all builds and post-processors other than these.
  -only=foo,bar,baz             Run only these builds.
  -machine-readable             Machine-readable output.
  -parallel-builds=1            Builds at a time; 0 is no limit. (Default: 0)
  -timestamp-ui                 Begin each line of a build with the time.
  -var 'key=value'              A variable; may be given several times.
  -var-file=path                A JSON file of variables; may be given several times.
";

/// `validate`.
pub(crate) const VALIDATE: &str = "\
Usage: ami-build validate [options] TEMPLATE

  Checks a template: its JSON, its variables, and the settings of every
  builder, provisioner and post-processor. Ends with 0 if all is well, with 1
  and a list of all problems if not.

Options:

  -syntax-only           Only check the syntax.
  -except=foo,bar,baz    Check all builds other than these.
  -only=foo,bar,baz      Check only these builds.
  -var 'key=value'       A variable; may be given several times.
  -var-file=path         A JSON file of variables; may be given several times.
";

/// `inspect`.
pub(crate) const INSPECT: &str = "\
Usage: ami-build inspect TEMPLATE

  Shows the variables, builders and provisioners of a template. The settings
  themselves are not checked.

Options:

  -machine-readable  Machine-readable output
";

/// `iam-policy`.
pub(crate) const IAM_POLICY: &str = "\
Usage: ami-build iam-policy [options] TEMPLATE

  Prints the least IAM policy for exactly this template, as JSON: what its builds
  call, what removes their things again, on which resources and under which
  conditions. The builds run in a model of EC2, so no AWS account is needed and
  nothing is asked.

Options:

  -except=foo,bar,baz    All builds other than these.
  -only=foo,bar,baz      Only these builds.
  -var 'key=value'       A variable; may be given several times.
  -var-file=path         A JSON file of variables; may be given several times.
";

/// `plan`.
pub(crate) const PLAN: &str = "\
Usage: ami-build plan [options] TEMPLATE

  Lists the builds of a template and asks AWS what can be known before anything is
  created: names, permissions, source images, networks, keys, quotas. All problems
  come at once, and nothing is created. What the credentials may not ask is said
  and is no failure.

Options:

  -except=foo,bar,baz    All builds other than these.
  -only=foo,bar,baz      Only these builds.
  -force                 Existing images would be replaced: names may be taken.
  -preflight=false       Ask AWS nothing; needs no credentials.
  -json                  Print the builds as a matrix of jobs for GitHub's
                         strategy.matrix, as one JSON object and nothing else.
  -var 'key=value'       A variable; may be given several times.
  -var-file=path         A JSON file of variables; may be given several times.
";

/// `fix`, with what it fixes.
pub(crate) fn fix() -> String {
    let fixers: String = FIXERS
        .iter()
        .map(|fixer| format!("  {:<27}{}\n", fixer.name, fixer.synopsis))
        .collect();
    format!("{FIX}{fixers}{FIX_OPTIONS}")
}

const FIX: &str = "\
Usage: ami-build fix [options] TEMPLATE

  Prints a JSON template with what is outdated in it brought up to date, and
  checks it. The file itself is not changed.

Fixes that are run (in order):

";

const FIX_OPTIONS: &str = "
Options:

  -validate=true      Check the fixed template. (Default: true)
";

/// `settle`.
pub(crate) const SETTLE: &str = "\
Usage: ami-build settle PATH

  Removes what the build that wrote the journal PATH left behind: after it was
  killed, or after -on-error=abort kept its machine. Where PATH is a directory,
  all journals in it are settled. Safe to run twice.
";

/// `promote`.
pub(crate) const PROMOTE: &str = "\
Usage: ami-build promote [options] [TEMPLATE]

  Makes the image that a merged pull request has tested the release, instead of
  building another one: marks it, copies it, verifies the copies, shares them, and
  lets parameters and launch templates lead to them. Can be run again at any time:
  it goes on where it ended. What is published is put back where a step fails.

Options:

  -pr=N                  The pull request. (Default: the merged one of the event,
                         or the one that the commit came with)
  -digest=HEX            The digest of the content, in place of a pull request.
                         A TEMPLATE, as it was tested, tells it too; with it
                         -var, -var-file, -volatile-vars and -reuse-files count
                         as they did for the build.
  -only=name             The name of the build, where there are several.
  -region=name           Where the image was built. (Default: the region of
                         profile or environment)
  -regions=name,name     Where the release is to be too.
  -release-name=name     A name of its own: then the release is a copy.
  -release-tag=key=value A tag; may be given several times.
  -kms-key=key,region:key
                         What copies are encrypted with. (Default: the account's
                         own key, where the image is encrypted)
  -share-with=id,arn     Accounts, organisations and their units, or `all`.
  -protect               Protect the release against deregistration.
  -deprecate-at=90d      When it is deprecated.
  -publish-ssm-parameter=name,region:name
                         Parameters that hold the id of the image in their region.
  -launch-template=name,region:name
                         Launch templates whose new default version launches it.
  -repository-id=id      Whose image, such as github.com/1296269. (Default: the
                         workflow's)
";

/// `prune`.
pub(crate) const PRUNE: &str = "\
Usage: ami-build prune [options]

  Removes images of a repository with their snapshots: the previews of a pull
  request that is closed, or what rules by age and number say. An image that is in
  use, shared, protected, promoted or not this repository's is never touched, and
  one of which that cannot be learnt stays too. Safe to run twice, and two at once.

Options:

  -pr=N                  The pull request that is closed. (Default: the event's)
  -merged-head=sha       The head that it was merged with: its image stays. Without
                         it the newest image of each build stays.
  -expired               Previews whose ttl is over. (Default where there is neither
                         a pull request nor another rule)
  -older-than=30d        What is older.
  -keep-last=N           So many of each build stay in any case; alone, the others go.
  -kinds=preview,release Of which kinds images may go by a rule. (Default: preview)
  -max-removals=N        How many images one run removes. (Default: 50)
  -region=name,name      Where to look. (Default: every region that the account has
                         enabled)
  -dry-run               Remove nothing, only show what would be removed.
  -json                  Print one JSON object and nothing else.
  -repository-id=id      Whose images, such as github.com/1296269. (Default: the
                         workflow's)
";

/// `sweep`.
pub(crate) const SWEEP: &str = "\
Usage: ami-build sweep [options]

  Finds by tag what earlier builds left behind: machines, key pairs, security
  groups, volumes, snapshots, images that were never finished, launch templates,
  roles and instance profiles; and removes what has one owner and a deadline that
  is over. It never touches an image that a build finished. Safe to run twice,
  and two at once. Ends with 0 if all is well, with 1 if something could not be
  looked for or removed.

Options:

  -region=name,name      Where to look; may be given several times. `all` is every
                         region that the account has enabled. (Default: the
                         region of profile or environment)
  -older-than=6h         Only what builds left that began so long ago.
  -owner=name            Whose things. (Default: in a workflow the repository's,
                         else those of this account, user and host)
  -dry-run               Remove nothing, only show what would be removed.
  -json                  Print one JSON object and nothing else.
  -machine-readable      Machine-readable output.
";
