//! The steps, in the plugin's order.

use std::fs;

use super::commands::{GalaxySections, Places, base_name, extra_arguments, join, parent};
use super::error::{AnsibleLocalError, StepError};
use super::upload::Site;
use crate::plan::provision::{AnsibleLocalSettings, LocalGalaxySettings, Playbooks};
use crate::provision::staging::Staging;
use crate::provision::{Machine, ProvisionContext, ProvisionError};
use crate::remote::{Exit, Remote};

/// The parent of staging directories.
const STAGING: &str = "/tmp/packer-provisioner-ansible-local";

/// A shell's status where there is no such program.
const NOT_FOUND: i32 = 127;

/// What Packer counts a connection as that went while a command ran.
const DISCONNECTED: i64 = 2_300_218;

const EXECUTING: &str = "Error executing Ansible";

/// Uploads all and plays it.
pub(in crate::provision) async fn run<R: Remote>(
    settings: &AnsibleLocalSettings,
    staging: &Staging,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    let directory = settings.staging_directory.clone();
    let places = Places::new(
        settings,
        directory.unwrap_or_else(|| staging.below(STAGING)),
    );
    let mut work = Work {
        settings,
        staging,
        places,
        site: Site { machine, cx },
    };
    work.all().await.map_err(ProvisionError::AnsibleLocal)
}

struct Work<'a, 'b, R> {
    settings: &'a AnsibleLocalSettings,
    staging: &'a Staging,
    places: Places,
    site: Site<'a, 'b, R>,
}

impl<R: Remote> Work<'_, '_, R> {
    async fn all(&mut self) -> Result<(), AnsibleLocalError> {
        self.site.cx.ui.say("Provisioning with Ansible...");
        self.staging_directory().await?;
        let playbooks = self.playbooks().await?;
        if let Some(galaxy) = &self.settings.galaxy {
            self.tell("Uploading galaxy file...");
            let doing = "Error uploading galaxy file";
            self.file(&galaxy.file, doing).await?;
        }
        let inventory = self.inventory().await?;
        self.directories().await?;
        self.play(&playbooks, &inventory).await?;
        if self.settings.clean_staging_directory {
            self.tell("Removing staging directory...");
            let removed = self.site.remove(&self.places.staging).await;
            removed.map_err(|cause| cause.of("Error removing staging directory"))?;
        }
        Ok(())
    }

    fn tell(&self, text: &str) {
        self.site.cx.ui.message(text);
    }

    async fn staging_directory(&mut self) -> Result<(), AnsibleLocalError> {
        let staging = &self.places.staging;
        match &self.settings.playbook_dir {
            Some(directory) => {
                self.tell("Uploading Playbook directory to Ansible staging directory...");
                let uploaded = self.site.contents(directory, staging).await;
                uploaded.map_err(|cause| cause.of("Error uploading playbook_dir directory"))
            }
            None => {
                self.tell("Creating Ansible staging directory...");
                let made = self.site.make(staging).await;
                made.map_err(|cause| cause.of("Error creating staging directory"))
            }
        }
    }

    /// Uploads a file into the staging directory itself, and gives its place there.
    async fn file(
        &mut self,
        source: &str,
        doing: &'static str,
    ) -> Result<String, AnsibleLocalError> {
        let destination = join(&self.places.staging, base_name(source));
        let uploaded = self.site.file(source, &destination).await;
        uploaded.map_err(|cause| cause.of(doing))?;
        Ok(destination)
    }

    /// Uploads the playbooks, and gives their places on the machine.
    async fn playbooks(&mut self) -> Result<Vec<String>, AnsibleLocalError> {
        let several = match &self.settings.playbooks {
            Playbooks::One(playbook) => {
                self.tell("Uploading main Playbook file...");
                let doing = "Error uploading main playbook";
                return Ok(vec![self.file(playbook, doing).await?]);
            }
            Playbooks::Several(several) => several,
        };
        let absolute = |path: &str| join(&self.site.cx.local_path(path).display().to_string(), "");
        let directory = self.settings.playbook_dir.as_deref().map(absolute);
        let all: Vec<String> = several.iter().map(|path| absolute(path)).collect();
        let mut places = Vec::new();
        for playbook in all {
            let below = directory
                .as_deref()
                .and_then(|directory| playbook.strip_prefix(directory));
            if let Some(below) = below {
                places.push(join(&self.places.staging, below));
                continue;
            }
            places.push(self.one_of_several(&playbook).await?);
        }
        Ok(places)
    }

    /// Uploads one to below the staging directory, by its whole path.
    async fn one_of_several(&mut self, playbook: &str) -> Result<String, AnsibleLocalError> {
        self.tell(&format!("Uploading playbook file: {playbook}"));
        let failed = |doing| {
            move |cause| AnsibleLocalError::Playbook {
                doing,
                playbook: playbook.to_owned(),
                cause,
            }
        };
        let directory = join(&self.places.staging, parent(playbook));
        let made = self.site.make(&directory).await;
        made.map_err(failed("Error uploading playbook file"))?;
        let place = join(&self.places.staging, playbook);
        let uploaded = self.site.file(playbook, &place).await;
        uploaded.map_err(failed("Error uploading playbook"))?;
        Ok(place)
    }

    /// Uploads the inventory, and gives its place on the machine.
    async fn inventory(&mut self) -> Result<String, AnsibleLocalError> {
        self.tell("Uploading inventory file...");
        let doing = "Error uploading inventory file";
        if let Some(file) = &self.settings.inventory_file {
            return self.file(file, doing).await;
        }
        let groups = &self.settings.inventory_groups;
        let text = if groups.is_empty() {
            "127.0.0.1".to_owned()
        } else {
            let group = |group: &String| format!("[{group}]\n127.0.0.1\n");
            groups.iter().map(group).collect()
        };
        let name = format!("packer-provisioner-ansible-local{}", self.staging.suffix());
        let place = join(&self.places.staging, &name);
        let uploaded = self.site.bytes(text.into_bytes(), &name, &place).await;
        uploaded.map_err(|cause| cause.of(doing))?;
        Ok(place)
    }

    async fn directories(&mut self) -> Result<(), AnsibleLocalError> {
        let settings = self.settings;
        for (source, name, doing) in [
            (
                &settings.group_vars,
                "group_vars",
                "Error uploading group_vars directory",
            ),
            (
                &settings.host_vars,
                "host_vars",
                "Error uploading host_vars directory",
            ),
        ] {
            if let Some(source) = source {
                self.tell(&format!("Uploading {name} directory..."));
                let place = join(&self.places.staging, name);
                let uploaded = self.site.contents(source, &place).await;
                uploaded.map_err(|cause| cause.of(doing))?;
            }
        }
        self.each(
            &settings.role_paths,
            "roles",
            ["Uploading role directories...", "Error uploading roles"],
        )
        .await?;
        let texts = [
            "Uploading collection directories...",
            "Error uploading collections",
        ];
        self.each(&settings.collection_paths, "collections", texts)
            .await?;
        if !settings.playbook_paths.is_empty() {
            self.tell("Uploading additional Playbooks...");
            let place = join(&self.places.staging, "playbooks");
            let made = self.site.make(&place).await;
            made.map_err(|cause| cause.of("Error creating playbooks directory"))?;
        }
        self.each(
            &settings.playbook_paths,
            "playbooks",
            ["", "Error uploading playbooks"],
        )
        .await
    }

    /// Uploads directories to below `name`, each by the last part of its path.
    async fn each(
        &mut self,
        sources: &[String],
        name: &str,
        [announcement, doing]: [&'static str; 2],
    ) -> Result<(), AnsibleLocalError> {
        if !sources.is_empty() && !announcement.is_empty() {
            self.tell(announcement);
        }
        for source in sources {
            let place = join(
                &self.places.staging,
                &format!("{name}/{}", base_name(source)),
            );
            let uploaded = self.site.contents(source, &place).await;
            uploaded.map_err(|cause| cause.of(doing))?;
        }
        Ok(())
    }

    async fn play(
        &mut self,
        playbooks: &[String],
        inventory: &str,
    ) -> Result<(), AnsibleLocalError> {
        let cx = self.site.cx;
        let given: Result<Vec<_>, _> = self
            .settings
            .extra_arguments
            .iter()
            .map(|argument| cx.render(argument))
            .collect();
        let given = given.map_err(AnsibleLocalError::Interpolate)?;
        let http = cx.data.get("PackerHTTPAddr").map_or("", String::as_str);
        let extra = extra_arguments((&cx.build_name, &cx.builder_kind), http, &given);
        let sections = match &self.settings.galaxy {
            Some(galaxy) => self.galaxy(galaxy).await?,
            None => GalaxySections::default(),
        };
        for playbook in playbooks {
            let texts = (playbook.as_str(), extra.as_str(), inventory);
            let command = self.places.play(self.settings, sections, texts);
            self.tell(&format!("Executing Ansible: {command}"));
            let exit = self.site.run(&command).await;
            let judged = exit.and_then(|exit| self.judge(exit));
            judged.map_err(|cause| cause.of(EXECUTING))?;
        }
        Ok(())
    }

    async fn galaxy(
        &mut self,
        galaxy: &LocalGalaxySettings,
    ) -> Result<GalaxySections, AnsibleLocalError> {
        let doing = "Error executing Ansible: Error executing Ansible Galaxy";
        let path = self.site.cx.local_path(&galaxy.file);
        let bytes = fs::read(path).map_err(|cause| {
            let path = galaxy.file.clone();
            StepError::Open { path, cause }.of(doing)
        })?;
        let sections = GalaxySections::of(&String::from_utf8_lossy(&bytes));
        for command in self.places.galaxy(galaxy, sections) {
            self.tell(&format!("Executing Ansible Galaxy: {command}"));
            let exit = self.site.run(&command).await;
            let judged = exit.and_then(|exit| match exit {
                Exit::Status(0) => Ok(()),
                exit => Err(StepError::Status(number(exit))),
            });
            judged.map_err(|cause| cause.of(doing))?;
        }
        Ok(sections)
    }

    fn judge(&self, exit: Exit) -> Result<(), StepError> {
        match exit {
            Exit::Status(0) => Ok(()),
            Exit::Status(NOT_FOUND) => Err(StepError::NoCommand(self.settings.command.clone())),
            exit => Err(StepError::Status(number(exit))),
        }
    }
}

fn number(exit: Exit) -> i64 {
    match exit {
        Exit::Status(status) => i64::from(status),
        Exit::Disconnected => DISCONNECTED,
    }
}
