//! Masking 脱敏: what somebody without `personal.read` sees of people. Pure; [`Actor::mask`](crate::Actor::mask) decides for a request.
//!
//! Texts keep their length, so that places in them stay right: a masked character becomes a `*`.

use crate::{Permission, PermissionInfo};
use events::ViewerId;
use serde_json::{Map, Value};
use std::{borrow::Cow, net::Ipv6Addr};

/// May see what tells who a viewer is: pseudonyms, nicknames, numbers and addresses in texts. Everybody else sees them masked.
pub struct ReadPersonal;
impl Permission for ReadPersonal {
    const INFO: PermissionInfo =
        PermissionInfo { name: "personal.read", zh: "查看个人信息明文", en: "see personal data unmasked" };
}

/// Whether personal data are masked before they are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mask {
    On,
    Off,
}

impl Mask {
    pub fn is_on(self) -> bool {
        self == Mask::On
    }

    /// What somebody wrote: phone numbers, e-mail and IP addresses, Chinese id numbers and bank cards in it are masked.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Mask::On => masked(text),
            Mask::Off => Cow::Borrowed(text),
        }
    }

    /// A name that somebody chose: its first character stays.
    pub fn nick(self, name: &str) -> Cow<'_, str> {
        if self == Mask::Off { Cow::Borrowed(name) } else { Cow::Owned(beginning(name, 1, 2)) }
    }

    /// An id that stands for one person. Long ones keep their first four characters, so that rows can be told apart.
    pub fn pseudonym(self, id: &str) -> Cow<'_, str> {
        let kept = match id.chars().count() {
            12.. => 4,
            6..12 => 2,
            _ => 0,
        };
        if self == Mask::Off { Cow::Borrowed(id) } else { Cow::Owned(beginning(id, kept, 3)) }
    }

    pub fn viewer(self, viewer: &ViewerId) -> ViewerId {
        // Stars are as good as any sign there, so it always is one again.
        self.pseudonym(viewer.as_str()).parse().unwrap_or_else(|_| ViewerId::random())
    }

    /// Somebody else's JSON: the texts in it, and whatever stands under a name that tells it is about a person.
    pub fn json(self, value: &mut Value) {
        if self == Mask::On {
            walk(value, Kind::Text, false);
        }
    }

    /// The fields of an object, as [`Mask::json`].
    pub fn fields(self, fields: &mut Map<String, Value>) {
        if self == Mask::On {
            walk_object(fields, false);
        }
    }

    /// JSON as text. Of what cannot be read, nobody knows what it holds: nothing of it stays.
    pub fn json_text(self, text: &str) -> Cow<'_, str> {
        if self == Mask::Off {
            return Cow::Borrowed(text);
        }
        match serde_json::from_str::<Value>(text) {
            Ok(mut value) => {
                self.json(&mut value);
                Cow::Owned(value.to_string())
            }
            Err(_) => Cow::Owned(beginning(text, 0, 3)),
        }
    }
}

/// The first characters, and stars in place of the others, some at most: how long a name is tells too much of it.
fn beginning(text: &str, kept: usize, most_stars: usize) -> String {
    let length = text.chars().count();
    let kept = kept.min(length.saturating_sub(1));
    text.chars().take(kept).chain(std::iter::repeat_n('*', (length - kept).min(most_stars))).collect()
}

fn masked(text: &str) -> Cow<'_, str> {
    let digits = text.chars().filter(|c| digit(*c).is_some()).count();
    let colons = text.bytes().filter(|byte| *byte == b':').count();
    // Most texts hold none of it.
    if digits < 4 && colons < 2 && !text.contains(['@', '＠']) && !text.contains("%40") {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut hidden = vec![false; chars.len()];
    emails(&chars, &mut hidden);
    numbers(&chars, &mut hidden);
    long_addresses(&chars, &mut hidden);
    if !hidden.contains(&true) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(chars.iter().zip(hidden).map(|(c, hide)| if hide { '*' } else { *c }).collect())
}

fn hide(hidden: &mut [bool], from: usize, to: usize) {
    if let Some(part) = hidden.get_mut(from..to) {
        part.fill(true);
    }
}

fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => Some(c as u8 - b'0'),
        '０'..='９' => u8::try_from(c as u32 - '０' as u32).ok(),
        _ => None,
    }
}

/// The part before the `@`, but for its first character.
fn emails(chars: &[char], hidden: &mut [bool]) {
    let word = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    for (at, c) in chars.iter().enumerate() {
        let behind = match c {
            '@' | '＠' => at + 1,
            '%' if chars.get(at..at + 3) == Some(&['%', '4', '0']) => at + 3,
            _ => continue,
        };
        let local = chars.iter().take(at).rev().take_while(|c| word(c)).count();
        let host: String =
            chars.iter().skip(behind).take_while(|c| c.is_ascii_alphanumeric() || **c == '.' || **c == '-').collect();
        let named = host.trim_end_matches(['.', '-']).rsplit_once('.').is_some_and(|(name, last)| {
            !name.is_empty() && last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        if local > 0 && named {
            hide(hidden, at - local + usize::from(local > 1), at);
        }
    }
}

/// Digits that stand together.
struct Group {
    from: usize,
    to: usize,
    /// What stands between it and the group before, if that is one sign only.
    joined: Option<char>,
}

impl Group {
    fn len(&self) -> usize {
        self.to - self.from
    }
}

fn groups(chars: &[char]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let length = chars.iter().skip(at).take_while(|c| digit(**c).is_some()).count();
        if length == 0 {
            at += 1;
            continue;
        }
        let between = |before: &Group| if before.to + 1 == at { chars.get(before.to).copied() } else { None };
        let joined = groups.last().and_then(between);
        let joined = joined.filter(|c| matches!(c, ' ' | '-' | '.' | '－' | '\u{3000}' | '\u{200b}'..='\u{200d}'));
        groups.push(Group { from: at, to: at + length, joined });
        at += length;
    }
    groups
}

/// How people write a mobile phone number of China, a bank card, an id number.
const PHONES: [&[usize]; 5] = [&[11], &[3, 4, 4], &[3, 8], &[7, 4], &[1; 11]];
const CARDS: [&[usize]; 8] = [&[15], &[16], &[17], &[18], &[19], &[4, 4, 4, 4], &[4, 4, 4, 4, 3], &[4, 6, 5]];
const IDS: [&[usize]; 4] = [&[18], &[17], &[6, 8, 4], &[6, 8, 3]];

fn numbers(chars: &[char], hidden: &mut [bool]) {
    let ids = ids_of_things(chars);
    let groups = groups(chars);
    let mut at = 0;
    while let Some(rest) = groups.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.first().map_or(0, |group| group.from);
        let thing = ids.iter().any(|(from, to)| (*from..*to).contains(&first));
        let found = if thing { None } else { number(chars, rest) };
        match found {
            Some(Number { groups, from, to, kept: (head, tail) }) => {
                let places: Vec<usize> = (from..to).filter(|place| chars.get(*place).is_some_and(counts)).collect();
                let inner = head..places.len().saturating_sub(tail);
                for place in places.get(inner).unwrap_or_default() {
                    hide(hidden, *place, place + 1);
                }
                at += groups;
            }
            None => at += 1,
        }
    }
}

/// A digit, or the letter at the end of an id number.
fn counts(c: &char) -> bool {
    digit(*c).is_some() || matches!(c, 'x' | 'X')
}

struct Number {
    /// So many groups are part of it.
    groups: usize,
    from: usize,
    to: usize,
    /// So many digits stay at its beginning, and at its end.
    kept: (usize, usize),
}

fn number(chars: &[char], rest: &[Group]) -> Option<Number> {
    let first = rest.first()?;
    let shaped = |shape: &[usize]| -> Option<(Vec<u8>, usize)> {
        let part = rest.get(..shape.len())?;
        let fits = part
            .iter()
            .zip(shape)
            .enumerate()
            .all(|(n, (group, length))| group.len() == *length && (n == 0 || group.joined.is_some()));
        let last = part.last().filter(|_| fits)?;
        Some((chars.get(first.from..last.to)?.iter().filter_map(|c| digit(*c)).collect(), last.to))
    };
    let found = |groups: usize, to: usize, kept| Some(Number { groups, from: first.from, to, kept });
    for shape in IDS {
        let Some((mut digits, mut to)) = shaped(shape) else { continue };
        if digits.len() == 17 {
            // Ten is written as an X.
            let Some('x' | 'X') = chars.get(to) else { continue };
            digits.push(10);
            to += 1;
        }
        if is_id_number(&digits) {
            return found(shape.len(), to, (2, 0));
        }
    }
    for shape in CARDS {
        if let Some((digits, to)) = shaped(shape)
            && is_card(&digits)
        {
            return found(shape.len(), to, (0, 4));
        }
    }
    let before = first.from.checked_sub(1).and_then(|at| chars.get(at)).copied();
    if matches!(before, Some('+' | '＋')) {
        // Abroad: a country's code and what belongs to it.
        let (mut best, mut digits) = (None, 0);
        for (n, group) in rest.iter().enumerate().take_while(|(n, group)| *n == 0 || group.joined.is_some()) {
            digits += group.len();
            if (10..=15).contains(&digits) {
                best = found(n + 1, group.to, (3, 2));
            }
        }
        if best.is_some() {
            return best;
        }
    }
    for shape in PHONES {
        let Some((digits, to)) = shaped(shape) else { continue };
        // Places behind a decimal point are no number of their own.
        let fraction = shape.len() == 1 && first.joined == Some('.');
        if is_mobile(&digits) && !fraction {
            return found(shape.len(), to, (3, 2));
        }
    }
    if let Some((digits, to)) = [13, 14, 15].iter().find_map(|length| shaped(&[*length]))
        && digits
            .strip_prefix(&[8, 6])
            .or_else(|| digits.strip_prefix(&[0, 8, 6]))
            .or_else(|| digits.strip_prefix(&[0, 0, 8, 6]))
            .is_some_and(is_mobile)
    {
        return found(1, to, (3, 2));
    }
    // A landline: without a sign behind its area code it could be any number.
    for shape in [&[3, 8], &[4, 8], &[4, 7]] {
        if let Some((digits, to)) = shaped(shape)
            && matches!(digits.as_slice(), [0, 1..=9, ..])
        {
            return found(2, to, (3, 2));
        }
    }
    address(chars, rest)
}

/// Of four numbers with points between them, the last two.
fn address(chars: &[char], rest: &[Group]) -> Option<Number> {
    let [a, b, c, d] = rest.get(..4)? else { return None };
    let dotted = [b, c, d].iter().all(|group| group.joined == Some('.'));
    let small = |group: &&Group| {
        let value = chars
            .get(group.from..group.to)?
            .iter()
            .try_fold(0u32, |value, c| Some(value * 10 + u32::from(digit(*c)?)))?;
        (value <= 255).then_some(())
    };
    let fits = [a, b, c, d].iter().all(|group| group.len() <= 3 && small(group).is_some());
    let longer = rest.get(4).is_some_and(|next| next.joined == Some('.'));
    let before = |back: usize| a.from.checked_sub(back).and_then(|at| chars.get(at));
    let within = before(1).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '.');
    // `Chrome/120.0.0.0` is a program.
    let program = before(1) == Some(&'/') && before(2).is_some_and(char::is_ascii_alphabetic);
    let found = dotted && fits && !longer && !within && !program && a.joined != Some('.');
    found.then_some(Number { groups: 4, from: c.from, to: d.to, kept: (0, 0) })
}

/// IPv6, from its third group on.
fn long_addresses(chars: &[char], hidden: &mut [bool]) {
    let mut at = 0;
    while at < chars.len() {
        let length = chars.iter().skip(at).take_while(|c| c.is_ascii_hexdigit() || **c == ':').count();
        let (from, to) = (at, at + length);
        at = to + 1;
        let before = from.checked_sub(1).and_then(|at| chars.get(at));
        if before.is_some_and(|c| c.is_ascii_alphanumeric()) || chars.get(to).is_some_and(|c| c.is_ascii_alphanumeric())
        {
            continue;
        }
        let Some(part) = chars.get(from..to) else { continue };
        let text: String = part.iter().collect();
        let text = text.trim_end_matches(':');
        if text.split(':').filter(|group| !group.is_empty()).count() < 3 || text.parse::<Ipv6Addr>().is_err() {
            continue;
        }
        let mut colons = 0;
        for (place, c) in part.iter().enumerate() {
            match c {
                ':' => colons += 1,
                _ if colons >= 2 => hide(hidden, from + place, from + place + 1),
                _ => {}
            }
        }
    }
}

/// UUIDs and long hexadecimal words, whose digits are nobody's number: from, and up to.
fn ids_of_things(chars: &[char]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let length = chars.iter().skip(at).take_while(|c| c.is_ascii_hexdigit() || **c == '-').count();
        let (from, to) = (at, at + length);
        at = to + 1;
        let Some(word) = chars.get(from..to) else { continue };
        let parts: Vec<&[char]> = word.split(|c| *c == '-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        let mut place = from;
        if lengths == [8, 4, 4, 4, 12] {
            found.push((from, to));
            continue;
        }
        for part in parts {
            let mixed = part.iter().any(|c| c.is_ascii_alphabetic()) && part.iter().any(|c| c.is_ascii_digit());
            if part.len() >= 16 && mixed {
                found.push((place, place + part.len()));
            }
            place += part.len() + 1;
        }
    }
    found
}

fn is_mobile(digits: &[u8]) -> bool {
    digits.len() == 11 && matches!(digits, [1, 3..=9, ..])
}

/// GB 11643: a province, a day of birth, and a check digit.
fn is_id_number(digits: &[u8]) -> bool {
    let value = |from: usize, to: usize| {
        digits.get(from..to).unwrap_or_default().iter().fold(0u32, |value, digit| value * 10 + u32::from(*digit))
    };
    let province = matches!(value(0, 2), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91);
    let born =
        (1900..=2099).contains(&value(6, 10)) && (1..=12).contains(&value(10, 12)) && (1..=31).contains(&value(12, 14));
    const WEIGHTS: [u32; 18] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    digits.len() == 18 && province && born && sum % 11 == 1
}

/// The beginnings that banks have, of the length that theirs have, with Luhn's check digit.
fn is_card(digits: &[u8]) -> bool {
    let bank = matches!(
        (digits, digits.len()),
        ([6, 2, ..] | [9, 5, 5, ..], 16..=19)
            | ([4, ..] | [5, 1..=5, ..] | [2, 2..=7, ..] | [3, 5, ..] | [6, 0, 1, 1, ..] | [6, 5, ..], 16)
            | ([3, 4 | 7, ..], 15)
    );

    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(n, digit)| {
            let twice = u32::from(*digit) * if n % 2 == 1 { 2 } else { 1 };
            twice / 10 + twice % 10
        })
        .sum();
    bank && sum.is_multiple_of(10)
}

/// What a value is, by the name it stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Id,
    Name,
    /// A number or an address, however it is written.
    Contact,
    /// Nothing of it stays.
    Secret,
}

fn kind(name: &str, of_person: bool) -> Kind {
    match name {
        // A collector's or an import's; an object under it is known by its own names.
        "user"
        | "userid"
        | "anonymousid"
        | "distinctid"
        | "deviceid"
        | "clientid"
        | "previousid"
        | "openid"
        | "unionid"
        | "loginid"
        | "identityloginid"
        | "identityanonymousid"
        | "originalid"
        | "visitorid"
        | "viewer"
        | "viewerid"
        | "externalid"
        | "aliasid"
        | "alias"
        | "uid" => Kind::Id,
        "nick" | "nickname" | "username" | "realname" | "fullname" | "firstname" | "lastname" | "displayname"
        | "姓名" | "昵称" | "真实姓名" | "收货人" => Kind::Name,
        "phone" | "phonenumber" | "mobile" | "mobilephone" | "tel" | "telephone" | "cellphone" | "email" | "mail"
        | "ip" | "ipaddress" | "clientip" | "userip" | "remoteaddr" | "手机" | "手机号" | "电话" | "邮箱" => {
            Kind::Contact
        }
        "idcard" | "idnumber" | "idno" | "cardno" | "bankcard" | "cardnumber" | "passport" | "wechat" | "weixin"
        | "wx" | "qq" | "address" | "street" | "birthday" | "birthdate" | "dateofbirth" | "latitude" | "longitude"
        | "身份证" | "身份证号" | "银行卡" | "微信" | "地址" => Kind::Secret,
        "id" if of_person => Kind::Id,
        "name" if of_person => Kind::Name,
        _ => Kind::Text,
    }
}

/// Under these names stands what is known of a person, whose `name` is no event's.
fn is_person(name: &str) -> bool {
    matches!(
        name,
        "traits"
            | "usertraits"
            | "user"
            | "userproperties"
            | "person"
            | "personproperties"
            | "profile"
            | "customer"
            | "contact"
            | "recipient"
            | "receiver"
            | "buyer"
            | "member"
            | "set"
            | "setonce"
    )
}

/// `$Device_ID` is `deviceid`.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn walk(value: &mut Value, kind: Kind, of_person: bool) {
    match value {
        // Whatever an address is made of.
        Value::Object(fields) if kind == Kind::Secret => {
            fields.values_mut().for_each(|part| walk(part, kind, of_person))
        }
        Value::Object(fields) => walk_object(fields, of_person),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, kind, of_person)),
        Value::String(text) => {
            if let Cow::Owned(masked) = leaf(text, kind) {
                *text = masked;
            }
        }
        Value::Number(number) => {
            let text = number.to_string();
            // A fraction is an amount, or a place on the map, which its name tells.
            if kind == Kind::Text && !number.is_i64() && !number.is_u64() {
                return;
            }
            let masked = leaf(&text, kind);
            if masked != text {
                *value = Value::String(masked.into_owned());
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn walk_object(fields: &mut Map<String, Value>, of_person: bool) {
    for (name, value) in std::mem::take(fields) {
        let (plain, mut value) = (plain(&name), value);
        walk(&mut value, kind(&plain, of_person), of_person || is_person(&plain));
        // Some write a number as a name.
        fields.insert(masked(&name).into_owned(), value);
    }
}

fn leaf(text: &str, kind: Kind) -> Cow<'_, str> {
    match kind {
        Kind::Text => masked(text),
        Kind::Id => Mask::On.pseudonym(text),
        Kind::Name => Mask::On.nick(text),
        Kind::Contact => match masked(text) {
            Cow::Borrowed(text) => Mask::On.nick(text),
            masked => masked,
        },
        Kind::Secret => Cow::Owned(beginning(text, 0, 3)),
    }
}

#[cfg(test)]
mod tests;
