//! Quotas of virtual CPUs: what is in use, and what the builds need beside it.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Check, Verdict, of_question};
use crate::cloud::outlook_calls::{Market, OutlookCalls, QuotaCalls, UsedMachine};
use crate::cloud::{CloudError, Region};
use crate::plan::amazon::settings::Launch;
use crate::report::conclusion::Conclusion;

const TYPE: &[&str] = &["instance_type", "spot_instance_types"];

/// The families that share a quota, in words, with the codes for machines on demand and on the spot market.
/// <https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html>
const FAMILIES: [(&[&str], &str, &str, &str); 8] = [
    (&["f"], "F", "L-74FC7D96", "L-88CF9481"),
    (&["g", "gr", "vt"], "G and VT", "L-DB2E81BA", "L-3819A6DF"),
    (&["inf"], "Inf", "L-1945791B", "L-B5D1601B"),
    (&["p"], "P", "L-417A185B", "L-7212CCBC"),
    (&["x"], "X", "L-7295265B", "L-E3A00192"),
    (&["dl"], "DL", "L-6E869C2A", "L-85EED4F7"),
    (&["trn"], "Trn", "L-2C3B7624", "L-6B0D517C"),
    (
        &["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"],
        "standard",
        "L-1216C47A",
        "L-34B43A08",
    ),
];

const NEW_P: [&str; 2] = ["p5", "p6"];

/// What a build launches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The type.
    pub(crate) instance_type: String,
    /// How it is bought.
    pub(crate) market: Market,
}

/// What a build of these settings launches. Several types to choose from have quotas of several kinds, so nobody can tell.
pub(crate) fn wanted(launch: &Launch) -> Option<Wanted> {
    let several = launch
        .spot
        .as_ref()
        .is_some_and(|spot| spot.instance_types.len() > 1);
    (!several).then(|| Wanted {
        instance_type: launch.likely_type().to_owned(),
        market: match launch.spot {
            Some(_) => Market::Spot,
            None => Market::OnDemand,
        },
    })
}

/// The quota that a machine counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Quota {
    code: &'static str,
    families: &'static str,
    market: Market,
}

/// Whether each machine has room beside what runs; and whether all of them have at once. One answer for each of `wanted`.
pub(crate) async fn capacity<C, Q>(
    cloud: &C,
    quotas: &Q,
    region: &Region,
    wanted: &[Wanted],
) -> Vec<Check>
where
    C: OutlookCalls,
    Q: QuotaCalls + Sync,
{
    let room = match Room::find(cloud, quotas, region, wanted).await {
        Ok(room) => room,
        Err(error) => {
            let verdict = match of_question(&error) {
                Verdict::Wrong(wrong) => Verdict::Unchecked(wrong.error),
                other => other,
            };
            let unchecked = |_| Check::new(what(region), TYPE, verdict.clone());
            return wanted.iter().map(unchecked).collect();
        }
    };
    let judged = wanted.iter().map(|one| room.judge(one, wanted, region));
    judged
        .map(|verdict| Check::new(what(region), TYPE, verdict))
        .collect()
}

fn what(region: &Region) -> String {
    format!("the quota of virtual CPUs in `{region}`")
}

/// What quotas leave.
struct Room {
    cpus: BTreeMap<String, i32>,
    used: Vec<UsedMachine>,
    limits: BTreeMap<&'static str, Option<f64>>,
}

impl Room {
    async fn find<C: OutlookCalls, Q: QuotaCalls>(
        cloud: &C,
        quotas: &Q,
        region: &Region,
        wanted: &[Wanted],
    ) -> Result<Self, CloudError> {
        let used = cloud.used_machines(region).await?;
        let all = wanted.iter().map(|one| &one.instance_type);
        let all: BTreeSet<&String> = all
            .chain(used.iter().map(|one| &one.instance_type))
            .collect();
        let types: Vec<String> = all.into_iter().cloned().collect();
        let cpus = cloud.virtual_cpus(region, &types).await?;
        let mut limits = BTreeMap::new();
        for quota in wanted.iter().filter_map(quota_of) {
            if !limits.contains_key(quota.code) {
                limits.insert(quota.code, quotas.quota(region, quota.code).await?);
            }
        }
        Ok(Self { cpus, used, limits })
    }

    fn judge(&self, one: &Wanted, all: &[Wanted], region: &Region) -> Verdict {
        let instance_type = &one.instance_type;
        let unknown = |what: &str| Verdict::Unchecked(what.to_owned());
        let Some(quota) = quota_of(one) else {
            return unknown(&format!(
                "which quota is for `{instance_type}` is not known"
            ));
        };
        let Some(limit) = self.limits.get(quota.code).copied().flatten() else {
            return unknown("Service Quotas does not know it");
        };
        let used: f64 = self
            .used
            .iter()
            .filter(|machine| quota_for(&machine.instance_type, machine.market) == Some(quota))
            .map(|machine| self.cpus_of(&machine.instance_type))
            .sum();
        let need = self.cpus_of(instance_type);
        let market = match quota.market {
            Market::OnDemand => "on demand",
            Market::Spot => "on the spot market",
        };
        let families = quota.families;
        let state = format!(
            "`{region}` has a quota of {limit} virtual CPUs for machines of the families {families} {market}, {used} of which are in use"
        );
        if used + need > limit {
            return Verdict::wrong(
                format!("{state}, and `{instance_type}` needs {need}"),
                &format!(
                    "ask for more by Service Quotas (`{}`), or end other machines",
                    quota.code
                ),
                Conclusion::Quota,
            );
        }
        let together: f64 = all
            .iter()
            .filter(|other| quota_of(other) == Some(quota))
            .map(|other| self.cpus_of(&other.instance_type))
            .sum();
        if used + together > limit {
            return Verdict::Doubtful(format!(
                "{state}, and all builds at once need {together}: let fewer run at a time (`max-parallel`, `-parallel-builds`)"
            ));
        }
        Verdict::Fine
    }

    fn cpus_of(&self, instance_type: &str) -> f64 {
        self.cpus.get(instance_type).copied().map_or(0.0, f64::from)
    }
}

fn quota_of(wanted: &Wanted) -> Option<Quota> {
    quota_for(&wanted.instance_type, wanted.market)
}

/// By the letters that a type begins with.
fn quota_for(instance_type: &str, market: Market) -> Option<Quota> {
    // The newest of P have a quota of their own on the spot market.
    if market == Market::Spot && NEW_P.iter().any(|family| instance_type.starts_with(family)) {
        return None;
    }
    let letters = instance_type
        .split_once(|character: char| !character.is_ascii_lowercase())
        .map_or(instance_type, |(letters, _)| letters);
    let (_, families, on_demand, spot) = FAMILIES
        .into_iter()
        .find(|(prefixes, ..)| prefixes.contains(&letters))?;
    let code = match market {
        Market::OnDemand => on_demand,
        Market::Spot => spot,
    };
    Some(Quota {
        code,
        families,
        market,
    })
}
