//! A dry run 试跑: what a list would do to what was said lately, beside what is done now. Pure but for the words it is given.

use crate::{
    gate::Lists,
    text::{Filter, Hit, ListLevel, Scope, Scratch, interval},
};
use async_trait::async_trait;
use events::{Millis, OrgId, RoomId};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// So many danmaku are looked at, the newest.
pub const MOST: u64 = 20_000;
const MOST_NEW: usize = 50;
const MOST_GONE: usize = 20;
const MOST_WORDS: usize = 50;
/// A list that hits more of what nobody minded is told of, in hundred thousandths.
const LIST_LIMIT: u64 = 1_000;
/// The same for a word of it.
const WORD_LIMIT: u64 = 50;
/// Fewer hits are chance.
const FEWEST: u64 = 3;

/// What was shown to everybody. Declared here, answered by whoever archives it.
#[async_trait]
pub trait Archive: Send + Sync {
    /// The newest danmaku of an organisation, or of one of its rooms, the newest first.
    async fn newest(&self, org: OrgId, room: Option<RoomId>, most: u64) -> anyhow::Result<Vec<Said>>;
}

/// One danmaku, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub position: u64,
    pub room: RoomId,
    pub at: Millis,
    pub text: String,
    /// It was shown, and nobody rejected it.
    pub innocent: bool,
}

/// What was judged on its way in: it stands in the archive with stars, or not at all.
pub struct Judged {
    pub said: Said,
    /// Where it stands in the archive.
    pub shown: Option<u64>,
}

/// Everything that was said, the newest first: what was judged as its writer wrote it, the rest as it was shown.
pub fn merged(shown: Vec<Said>, judged: Vec<Judged>) -> Vec<Said> {
    let known: HashSet<u64> = judged.iter().filter_map(|judged| judged.shown).collect();
    let mut all: Vec<Said> = shown.into_iter().filter(|said| !known.contains(&said.position)).collect();
    all.extend(judged.into_iter().map(|judged| judged.said));
    all.sort_by_key(|said| std::cmp::Reverse(said.position));
    all.truncate(MOST as usize);
    all
}

/// The filters a danmaku meets.
pub struct Filters {
    pub org: Arc<Lists>,
    /// Of rooms with lists of their own.
    pub rooms: HashMap<RoomId, Arc<Lists>>,
}

impl Filters {
    fn hits(&self, said: &Said, scratch: &mut Scratch) -> Vec<Hit> {
        let mut hits = self.org.filter.hits(&said.text, Scope::Danmaku, scratch);
        if let Some(own) = self.rooms.get(&said.room) {
            hits.extend(own.filter.hits(&said.text, Scope::Danmaku, scratch));
        }
        hits
    }
}

/// How many danmaku are hit, each counted once.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Side {
    pub hit: u64,
    /// By the gravest of their hits.
    pub levels: BTreeMap<ListLevel, u64>,
    pub categories: BTreeMap<Arc<str>, u64>,
}

impl Side {
    fn count(&mut self, hits: &[Hit]) {
        let Some(gravest) = hits.iter().map(|hit| hit.level).max() else { return };
        self.hit += 1;
        *self.levels.entry(gravest).or_default() += 1;
        let categories: BTreeSet<&Arc<str>> = hits.iter().map(|hit| &hit.category).collect();
        for category in categories {
            *self.categories.entry(category.clone()).or_default() += 1;
        }
    }
}

/// A danmaku that is hit now and was not, or the other way round.
#[derive(Debug, PartialEq, Eq)]
pub struct Changed {
    pub said: Said,
    /// The gravest of its hits.
    pub hit: Hit,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub looked_at: u64,
    pub span: Option<(Millis, Millis)>,
    pub before: Side,
    pub after: Side,
    /// Newly hit, up to a few, and how many in all.
    pub new: Vec<Changed>,
    pub new_count: u64,
    /// No longer hit.
    pub gone: Vec<Changed>,
    pub gone_count: u64,
    /// What was shown, and nobody rejected.
    pub innocent: u64,
    /// How many of these the list hits by itself, and its words that hit too many, the worst first.
    pub alone: u64,
    pub words: Vec<(Arc<str>, u64)>,
}

impl Outcome {
    /// The list by itself hits too much of what nobody minded.
    pub fn too_many(&self) -> bool {
        exceeds(self.alone, self.innocent, LIST_LIMIT)
    }
}

fn exceeds(hits: u64, of: u64, limit: u64) -> bool {
    hits >= FEWEST && hits * 100_000 > of * limit
}

/// Hits of so many, as a share with its interval (Wilson).
pub fn share(hits: u64, of: u64) -> (f64, [f64; 2]) {
    (hits as f64 / of.max(1) as f64, interval(hits as usize, of as usize))
}

/// Lets everything that was said meet the filters as they are, as they would be, and the list alone.
pub fn run(said: Vec<Said>, before: &Filters, after: &Filters, alone: &Filter) -> Outcome {
    let mut outcome = Outcome { looked_at: said.len() as u64, ..Outcome::default() };
    outcome.span = said.iter().map(|said| said.at).fold(None, |span, at| match span {
        None => Some((at, at)),
        Some((oldest, newest)) => Some((at.min(oldest), at.max(newest))),
    });
    let (mut scratch, mut words) = (Scratch::default(), HashMap::<Arc<str>, u64>::new());
    for said in said {
        let (was, is) = (before.hits(&said, &mut scratch), after.hits(&said, &mut scratch));
        outcome.before.count(&was);
        outcome.after.count(&is);
        if said.innocent {
            outcome.innocent += 1;
            let own = alone.hits(&said.text, Scope::Danmaku, &mut scratch);
            outcome.alone += u64::from(!own.is_empty());
            let own: HashSet<Arc<str>> = own.into_iter().map(|hit| hit.word).collect();
            own.into_iter().for_each(|word| *words.entry(word).or_default() += 1);
        }
        let (counted, kept, most, hits) = match (was.is_empty(), is.is_empty()) {
            (true, false) => (&mut outcome.new_count, &mut outcome.new, MOST_NEW, is),
            (false, true) => (&mut outcome.gone_count, &mut outcome.gone, MOST_GONE, was),
            _ => continue,
        };
        *counted += 1;
        // The first of the gravest, as the text has them.
        let gravest = hits.into_iter().reduce(|first, hit| if hit.level > first.level { hit } else { first });
        if let Some(hit) = gravest.filter(|_| kept.len() < most) {
            kept.push(Changed { said, hit });
        }
    }
    let innocent = outcome.innocent;
    outcome.words = words.into_iter().filter(|(_, hits)| exceeds(*hits, innocent, WORD_LIMIT)).collect();
    outcome.words.sort_by(|(one, of_one), (other, of_other)| of_other.cmp(of_one).then_with(|| one.cmp(other)));
    outcome.words.truncate(MOST_WORDS);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::read;

    fn filter(list: &str) -> Filter {
        Filter::new(&read(list).0).expect("a filter")
    }

    fn filters(list: &str) -> Filters {
        Filters { org: Arc::new(Lists { filter: filter(list), number: 0 }), rooms: HashMap::new() }
    }

    fn said(position: u64, text: &str) -> Said {
        Said { position, room: RoomId::new(), at: Millis(position as i64), text: text.into(), innocent: true }
    }

    #[test]
    fn each_danmaku_counts_once_by_its_gravest_hit() {
        let spoken = vec![said(3, "骗子 骗子 加群"), said(2, "加群"), said(1, "来了")];
        let list = "骗子\tfraud\tblock\n加群\tcontact\tmask";
        let outcome = run(spoken, &filters("加群\tcontact\tmask"), &filters(list), &filter(list));
        assert_eq!(outcome.before.hit, 2);
        assert_eq!(outcome.after.levels, BTreeMap::from([(ListLevel::Mask, 1), (ListLevel::Block, 1)]));
        assert_eq!(outcome.after.categories.values().copied().collect::<Vec<_>>(), [2, 1], "contact, fraud");
        assert_eq!((outcome.new_count, outcome.gone_count), (0, 0), "both were hit before");
        assert_eq!(outcome.span, Some((Millis(1), Millis(3))));
    }

    #[test]
    fn what_is_newly_hit_and_what_no_longer_is_come_with_their_words() {
        let spoken = vec![said(2, "我要加群"), said(1, "真好吃")];
        let outcome = run(spoken, &filters("好吃"), &filters("加群"), &filter("加群"));
        let words = |changed: &[Changed]| changed.iter().map(|one| one.hit.word.to_string()).collect::<Vec<_>>();
        assert_eq!((words(&outcome.new), words(&outcome.gone)), (vec!["加群".to_owned()], vec!["好吃".to_owned()]));
        assert_eq!((outcome.new_count, outcome.gone_count), (1, 1));
    }

    #[test]
    fn a_word_that_hits_the_innocent_is_named_and_one_that_hits_the_rejected_is_not() {
        let mut spoken: Vec<Said> = (0..990).map(|at| said(at, "主播好看")).collect();
        spoken.extend((990..1_000).map(|at| said(at, "好喝的茶")));
        spoken.extend((1_000..1_100).map(|at| Said { innocent: false, ..said(at, "加群领奖") }));
        let list = "好喝\town\thold\n加群\tcontact\thold";
        let outcome = run(spoken.clone(), &filters(""), &filters(list), &filter(list));
        assert_eq!((outcome.innocent, outcome.alone), (1_000, 10));
        assert!(!outcome.too_many(), "1 % is not more than 1 %");
        assert_eq!(outcome.words, [("好喝".into(), 10)]);
        let wide = run(spoken, &filters(""), &filters("主播"), &filter("主播"));
        assert!(wide.too_many());
        assert_eq!((wide.new.len(), wide.new_count), (MOST_NEW, 990));
    }

    #[test]
    fn two_hits_of_a_few_texts_are_chance() {
        let outcome = run(
            vec![said(1, "加群"), said(2, "加群"), said(3, "来了")],
            &filters(""),
            &filters("加群"),
            &filter("加群"),
        );
        assert!(!outcome.too_many() && outcome.words.is_empty());
    }

    #[test]
    fn what_was_masked_is_looked_at_as_it_was_written() {
        let masked = said(7, "他是**");
        let judged = Judged { said: said(6, "他是骗子"), shown: Some(7) };
        let held = Judged { said: Said { innocent: false, ..said(8, "加群") }, shown: None };
        let all = merged(vec![masked, said(5, "来了")], vec![judged, held]);
        assert_eq!(all.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(), ["加群", "他是骗子", "来了"]);
    }

    #[test]
    fn a_room_s_own_list_counts_in_the_room_only() {
        let (here, elsewhere) = (said(1, "加群"), said(2, "加群"));
        let own = Arc::new(Lists { filter: filter("加群"), number: 1 });
        let after = Filters { rooms: HashMap::from([(here.room, own)]), ..filters("") };
        let outcome = run(vec![here.clone(), elsewhere], &filters(""), &after, &filter("加群"));
        assert_eq!(outcome.new.iter().map(|one| &one.said).collect::<Vec<_>>(), [&here]);
    }
}
