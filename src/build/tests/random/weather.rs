//! The weather that the calls of a process meet, drawn from its seed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::chance::Chance;
use super::scenario::{Demise, Fate};
use crate::cloud::model::{Fault, Forecast, Pace, Weather};

/// The weather of a process of this fate.
pub(super) fn forecast(fate: &Fate) -> Forecast {
    let (fate, chance) = (fate.clone(), Mutex::new(Chance::new(fate.seed)));
    let first = Mutex::new(None);
    Arc::new(move |number, call| {
        let mut chance = chance.lock().unwrap();
        let begin = *first.lock().unwrap().get_or_insert(number);
        let fault = if fate.denied.contains(&call) {
            Some(Fault::Refused("UnauthorizedOperation"))
        } else if chance.below(1000) < fate.faults {
            Some(fault(&mut chance, call))
        } else {
            None
        };
        let death = match fate.death {
            Some(Demise::AtCall(at, death)) if at == 1 + number - begin => Some(death),
            _ => None,
        };
        Weather {
            before: latency(&mut chance),
            fault,
            pace: pace(&mut chance),
            after: latency(&mut chance),
            death,
        }
    })
}

fn latency(chance: &mut Chance) -> Duration {
    match chance.below(50) {
        0 => Duration::from_millis(u64::from(chance.below(20_000))),
        1..10 => Duration::from_millis(u64::from(chance.below(500))),
        _ => Duration::ZERO,
    }
}

fn pace(chance: &mut Chance) -> Pace {
    Pace {
        looks: chance.pick(&[0, 0, 1, 2, 3, 30]),
        hidden: chance.pick(&[0, 0, 0, 1, 3, 6]),
    }
}

fn fault(chance: &mut Chance, call: &str) -> Fault {
    match chance.below(10) {
        0..2 => Fault::Refused("RequestLimitExceeded"),
        2 => Fault::Refused("InternalError"),
        3 => Fault::Late("InternalError"),
        4 => Fault::LostRequest,
        5..7 => Fault::LostAnswer,
        7 => repeated(call),
        // What may be looked at does not change from one moment to the next.
        8 | 9 if call.starts_with("Describe") => Fault::Refused("Unavailable"),
        8 => Fault::Refused("UnauthorizedOperation"),
        _ => Fault::Refused(match call {
            "RunInstances" | "CreateFleet" => "InsufficientInstanceCapacity",
            _ => "InvalidParameterValue",
        }),
    }
}

/// What the client's own repetition of a call hears, whose first answer was lost.
fn repeated(call: &str) -> Fault {
    match call {
        "ImportKeyPair" | "CreateKeyPair" => Fault::Late("InvalidKeyPair.Duplicate"),
        "CreateSecurityGroup" => Fault::Late("InvalidGroup.Duplicate"),
        "CreateImage" | "RegisterImage" => Fault::Late("InvalidAMIName.Duplicate"),
        "CreateRole" | "CreateInstanceProfile" => Fault::Late("EntityAlreadyExists"),
        "DeleteSnapshot" => Fault::Late("InvalidSnapshot.NotFound"),
        "DeleteVolume" => Fault::Late("InvalidVolume.NotFound"),
        "DeregisterImage" => Fault::Late("InvalidAMIID.Unavailable"),
        _ => Fault::LostAnswer,
    }
}
