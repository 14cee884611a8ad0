//! What a run and its images cost, as an estimate with its grounds; or why there is none.

use std::time::Duration;

use super::human;
use super::prices::{self, DATE, LEAST, MONTH, PLATFORM, REGION, SNAPSHOT};
use super::result::Images;
use crate::build::{Market, Usage};

const GIB: f64 = (1_u64 << 30) as f64;

/// One sentence each; empty where nothing can be said of it.
pub(super) fn sentences(images: &Images) -> Vec<String> {
    let estimates = [
        images.usage.as_ref().map(|usage| machine(usage, images)),
        of_images(images).map(Ok),
    ];
    let mut told = Vec::new();
    let mut is_estimated = false;
    for estimate in estimates.into_iter().flatten() {
        is_estimated |= estimate.is_ok();
        told.push(estimate.unwrap_or_else(|reason| format!("No estimate for this run: {reason}.")));
    }
    told.extend(unpriced(images));
    if is_estimated {
        told.push(format!(
            "Estimated by AWS's list prices in {REGION} of {DATE}, without taxes, discounts and traffic."
        ));
    }
    told
}

fn machine(usage: &Usage, images: &Images) -> Result<String, String> {
    if images.region.as_str() != REGION {
        return Err(format!("there are no prices of `{}` here", images.region));
    }
    match usage.platform.as_deref() {
        Some(PLATFORM) => {}
        Some(other) => return Err(format!("there are no prices of `{other}` here")),
        None => return Err("EC2 does not say what the bill calls the system".to_owned()),
    }
    let Some(instance_type) = &usage.instance_type else {
        return Err("EC2 had several types of machines to choose from".to_owned());
    };
    let hourly = prices::machine(instance_type)
        .ok_or_else(|| format!("there is no price of `{instance_type}` here"))?;
    let paid = usage.lived.max(LEAST);
    let (volumes, uncounted) = volumes(usage, paid);
    let sum = hourly * paid.as_secs_f64() / 3600.0 + volumes;
    let about = match usage.market {
        Market::OnDemand => "about",
        Market::Spot => "at most",
    };
    let lived = human::duration(Duration::from_secs(usage.lived.as_secs()));
    let uncounted = match uncounted {
        0 => String::new(),
        count => format!(", without {}", human::counted(count, "volume")),
    };
    Ok(format!(
        "This run: {about} {} (`{instance_type}` at ${hourly:.4} an hour for {lived}, and its volumes{uncounted}).",
        dollars(sum)
    ))
}

/// Dollars for the volumes, and how many have no price.
fn volumes(usage: &Usage, paid: Duration) -> (f64, u128) {
    let (mut sum, mut uncounted) = (0.0, 0);
    for volume in &usage.volumes {
        let price = volume.kind.as_deref().and_then(prices::volume);
        match (volume.gib, price) {
            (Some(gib), Some(price)) => {
                sum += f64::from(gib) * price * paid.as_secs_f64() / MONTH.as_secs_f64();
            }
            _ => uncounted += 1,
        }
    }
    (sum, uncounted)
}

/// Snapshots are paid by what is written in them; the size of the volumes is the bound.
fn of_images(images: &Images) -> Option<String> {
    let is_priced = images.ids.keys().any(|region| region.as_str() == REGION);
    let gib = f64::from(images.gib.filter(|_| is_priced)?);
    let most = dollars(gib * SNAPSHOT);
    let inventories = images.inventories.as_ref();
    let used = inventories.and_then(|both| both.after.as_ref().ok()?.used);
    // Precise enough: no disk has 2^53 bytes.
    let used = used
        .map(|used| used as f64 / GIB)
        .filter(|used| *used < gib);
    let own = match used {
        Some(used) => format!(
            "about {} a month for the {used:.1} GiB in use, at most {most} for all {gib:.0} GiB",
            dollars(used * SNAPSHOT)
        ),
        None => format!("at most {most} a month for {gib:.0} GiB of snapshots"),
    };
    Some(format!("The image in {REGION}: {own}."))
}

/// The regions in which an image costs what is not known here.
fn unpriced(images: &Images) -> Option<String> {
    images.gib?;
    let regions = images.ids.keys().map(ToString::to_string);
    let regions: Vec<String> = regions
        .filter(|region| region != REGION)
        .map(|region| format!("`{region}`"))
        .collect();
    (!regions.is_empty()).then(|| {
        format!(
            "No estimate for the image in {}: there are no prices of that here.",
            regions.join(", ")
        )
    })
}

/// To four digits behind the point where that is little; what is less is rounded up, since it is not nothing.
fn dollars(amount: f64) -> String {
    if amount < 0.0001 {
        "$0.0001".to_owned()
    } else if amount < 0.1 {
        format!("${amount:.4}")
    } else {
        format!("${amount:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::UsedVolume;
    use crate::cloud::Region;
    use crate::report::result::tests::images;

    type Change = fn(&mut Usage);

    fn volume(kind: &str) -> UsedVolume {
        UsedVolume {
            gib: Some(8),
            kind: Some(kind.to_owned()),
        }
    }

    fn used(change: impl FnOnce(&mut Usage)) -> Images {
        let mut usage = Usage {
            instance_type: Some("m5.large".to_owned()),
            market: Market::OnDemand,
            platform: Some(PLATFORM.to_owned()),
            lived: Duration::from_secs(1800),
            volumes: vec![volume("gp3")],
        };
        change(&mut usage);
        Images {
            usage: Some(usage),
            ..images()
        }
    }

    #[test]
    fn a_run_costs_its_hours_and_its_volumes_and_the_grounds_have_a_date() {
        let told = sentences(&used(|_| {}));
        // Half an hour at $0.096, and 8 GiB of gp3 for as long: 8 × 0.08 ÷ 1460.
        assert_eq!(
            told[0],
            "This run: about $0.0484 (`m5.large` at $0.0960 an hour for 30 minutes, and its volumes)."
        );
        assert_eq!(
            told[1],
            "The image in us-east-1: at most $0.40 a month for 8 GiB of snapshots."
        );
        assert!(told[2].contains("us-east-1 of January 2026"), "{told:?}");
    }

    #[test]
    fn a_minute_is_the_least_and_a_spot_instance_costs_no_more_than_the_list_says() {
        let told = sentences(&used(|usage| {
            usage.market = Market::Spot;
            usage.lived = Duration::from_secs(5);
            usage.volumes = vec![volume("io2")];
        }));
        assert_eq!(
            told[0],
            "This run: at most $0.0016 (`m5.large` at $0.0960 an hour for 5 seconds, and its volumes, without 1 volume)."
        );
    }

    #[test]
    fn what_has_no_price_has_no_estimate_and_that_is_said() {
        let kinds: [(Change, &str); 4] = [
            (
                |usage| usage.instance_type = Some("x99.large".to_owned()),
                "there is no price of `x99.large` here",
            ),
            (
                |usage| usage.instance_type = None,
                "EC2 had several types of machines to choose from",
            ),
            (
                |usage| usage.platform = Some("Windows".to_owned()),
                "there are no prices of `Windows` here",
            ),
            (
                |usage| usage.platform = None,
                "EC2 does not say what the bill calls the system",
            ),
        ];
        for (change, reason) in kinds {
            let told = sentences(&used(change));
            assert_eq!(told[0], format!("No estimate for this run: {reason}."));
        }
        let mut elsewhere = used(|_| {});
        elsewhere.region = Region::new("eu-west-1");
        let ids = std::mem::take(&mut elsewhere.ids).into_values();
        elsewhere.ids = ids.map(|id| (Region::new("eu-west-1"), id)).collect();
        assert_eq!(
            sentences(&elsewhere)[1..],
            ["No estimate for the image in `eu-west-1`: there are no prices of that here."]
        );
        assert_eq!(
            sentences(&elsewhere)[0],
            "No estimate for this run: there are no prices of `eu-west-1` here."
        );
    }

    #[test]
    fn of_an_image_that_was_there_only_the_image_is_told_and_of_nothing_nothing() {
        let told = sentences(&images());
        assert!(
            told[0].starts_with("The image in us-east-1: at most"),
            "{told:?}"
        );
        let nothing = Images {
            gib: None,
            ..images()
        };
        assert_eq!(sentences(&nothing), Vec::<String>::new());
    }
}
