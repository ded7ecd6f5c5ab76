//! Who a simulated viewer is and what they would say now. Pure: the same seed brings the same people and words.

use crate::phrases::*;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

/// What the show is at; the whole audience shares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Opening,
    Product,
    Price,
    Rush,
    Questions,
    Lottery,
    Chat,
}

/// What everybody talks about in one stretch of the show.
#[derive(Debug, Clone)]
pub struct Scene {
    pub mood: Mood,
    goods: &'static str,
    price: u32,
    was: u32,
}

/// Length of such a stretch.
const SCENE_S: u64 = 30;

/// The scene of a show with this seed, `second` seconds in.
pub fn scene(seed: u64, second: u64) -> Scene {
    let stretch = second / SCENE_S;
    // Four stretches belong to one product: shown, priced, rushed for, then something else.
    let mut product = StdRng::seed_from_u64(seed ^ (stretch / 4).wrapping_mul(0xD134_2543_DE82_EF95));
    let goods = pick(&mut product, GOODS);
    let price = product.random_range(9..300);
    let was = price + price * product.random_range(2..10) / 10 + 1;
    let mood = match (stretch, stretch % 4) {
        (0, _) => Mood::Opening,
        (_, 0) => Mood::Product,
        (_, 1) => [Mood::Price, Mood::Questions][product.random_range(0..2)],
        (_, 2) => Mood::Rush,
        _ => [Mood::Lottery, Mood::Chat, Mood::Questions][product.random_range(0..3)],
    };
    Scene { mood, goods, price, was }
}

impl Scene {
    /// How much more everybody writes than usual.
    pub fn heat(&self) -> f64 {
        match self.mood {
            Mood::Rush | Mood::Lottery => 2.2,
            Mood::Opening => 1.5,
            Mood::Price => 1.2,
            _ => 0.8,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Quiet,
    Shopper,
    Asker,
    Joker,
    Regular,
    Sceptic,
    Fan,
}

/// One viewer's character.
#[derive(Debug, Clone)]
pub struct Persona {
    kind: Kind,
    pub nick: Option<String>,
    /// 0xRRGGBB, absent for the usual white.
    pub color: Option<u32>,
    /// 4 bottom, 5 top, absent for scrolling.
    pub mode: Option<u8>,
    /// Seconds between two danmaku, on average.
    pub talks_every_s: f64,
    /// Seconds between two bursts of likes, on average.
    pub likes_every_s: f64,
}

impl Persona {
    pub fn draw(rng: &mut impl Rng, talkative: f64) -> Self {
        let (kind, talks, likes) = match rng.random_range(0..100) {
            0..30 => (Kind::Quiet, 150.0..400.0, 60.0),
            30..52 => (Kind::Shopper, 20.0..45.0, 25.0),
            52..66 => (Kind::Asker, 25.0..55.0, 50.0),
            66..78 => (Kind::Joker, 20.0..50.0, 20.0),
            78..88 => (Kind::Regular, 25.0..60.0, 15.0),
            88..94 => (Kind::Sceptic, 35.0..60.0, 120.0),
            _ => (Kind::Fan, 20.0..40.0, 6.0),
        };
        let nick = rng.random_bool(0.8).then(|| match rng.random_range(0..3) {
            0 => format!("{}{}", pick(rng, NICKS), rng.random_range(1..100)),
            _ => pick(rng, NICKS).to_owned(),
        });
        let color =
            rng.random_bool(0.15).then(|| [0xFFD54F, 0x4FC3F7, 0xFF8A80, 0xA5D6A7, 0xCE93D8][rng.random_range(0..5)]);
        let mode = rng.random_bool(0.03).then(|| [4, 5][rng.random_range(0..2)]);
        let talks_every_s = rng.random_range(talks) / talkative.max(0.01);
        Self { kind, nick, color, mode, talks_every_s, likes_every_s: likes / talkative.max(0.01) }
    }

    /// What this person writes now. `heard` is something others wrote lately, to be joined in with.
    pub fn say(&self, rng: &mut impl Rng, scene: &Scene, heard: Option<&str>) -> String {
        if let Some(heard) = heard
            && rng.random_bool(0.08)
            && (2..=12).contains(&heard.chars().count())
        {
            return heard.to_owned();
        }
        let of_mood = match scene.mood {
            Mood::Opening => GREETING,
            Mood::Product => PRODUCT,
            Mood::Price => PRICE,
            Mood::Rush => RUSH,
            Mood::Questions => QUESTION,
            Mood::Lottery => LOTTERY,
            Mood::Chat => JOKE,
        };
        let of_kind = match self.kind {
            Kind::Quiet => SHORT,
            Kind::Shopper => [PRODUCT, PRICE][rng.random_range(0..2)],
            Kind::Asker => QUESTION,
            Kind::Joker => JOKE,
            Kind::Regular => REGULAR,
            Kind::Sceptic => SCEPTIC,
            Kind::Fan => PRAISE,
        };
        let topic = match rng.random_range(0..100) {
            0..45 => of_mood,
            45..82 => of_kind,
            82..94 => SHORT,
            _ => PRAISE,
        };
        let template = pick(rng, topic);
        self.fill(template, rng, scene)
    }

    fn fill(&self, template: &str, rng: &mut impl Rng, scene: &Scene) -> String {
        let mut text = String::with_capacity(template.len() + 12);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((slot, tail)) = after.split_once('}') else { break };
            text.push_str(before);
            match slot {
                "goods" => text.push_str(scene.goods),
                "price" => text.push_str(&money(scene.price)),
                "was" => text.push_str(&money(scene.was)),
                "n" => text.push_str(&number(template, rng).to_string()),
                "city" => text.push_str(pick(rng, CITIES)),
                "size" => text.push_str(pick(rng, SIZES)),
                "color" | "color2" => text.push_str(pick(rng, COLORS)),
                "kin" => text.push_str(pick(rng, KIN)),
                _ => {}
            }
            rest = tail;
        }
        text.push_str(rest);
        match rng.random_range(0..12) {
            0 => text.push('！'),
            1 => text.push_str("哈哈"),
            2 => text.push('~'),
            _ => {}
        }
        text
    }
}

/// A number that fits its sentence.
fn number(template: &str, rng: &mut impl Rng) -> u32 {
    if template.contains("身高一米") {
        rng.random_range(52..88)
    } else if template.contains("斤刚好") {
        rng.random_range(88..150)
    } else if template.contains("点了还在播") {
        rng.random_range(10..13)
    } else {
        rng.random_range(2..10)
    }
}

fn money(yuan: u32) -> String {
    if yuan.is_multiple_of(3) { format!("{yuan}.9") } else { format!("{yuan}块") }
}

fn pick<'a>(rng: &mut impl Rng, from: &[&'a str]) -> &'a str {
    from.get(rng.random_range(0..from.len().max(1))).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn evening(seed: u64) -> Vec<String> {
        let mut rng = StdRng::seed_from_u64(seed);
        let people: Vec<Persona> = (0..40).map(|_| Persona::draw(&mut rng, 1.0)).collect();
        (0..2000u64)
            .map(|second| {
                let person = &people[rng.random_range(0..people.len())];
                person.say(&mut rng, &scene(seed, second), None)
            })
            .collect()
    }

    #[test]
    fn the_same_seed_says_the_same() {
        assert_eq!(evening(1), evening(1));
        assert_ne!(evening(1), evening(2));
    }

    #[test]
    fn what_is_said_is_varied_and_fits_a_danmaku() {
        let said = evening(3);
        assert!(said.iter().all(|text| !text.is_empty() && text.chars().count() <= 60 && !text.contains(['{', '}'])));
        let different: HashSet<&String> = said.iter().collect();
        assert!(different.len() > 600, "only {} different ones of {}", different.len(), said.len());
    }

    #[test]
    fn a_show_opens_with_greetings_and_comes_to_the_rush() {
        let moods: Vec<Mood> = (0..8).map(|stretch| scene(5, stretch * SCENE_S).mood).collect();
        assert_eq!(moods[0], Mood::Opening);
        assert_eq!((moods[2], moods[4], moods[6]), (Mood::Rush, Mood::Product, Mood::Rush));
    }
}
