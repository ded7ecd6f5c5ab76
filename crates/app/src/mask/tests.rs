//! What is masked, what stays, and that nothing of a secret is left.

use super::*;
use proptest::prelude::*;
use serde_json::json;

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(Mask::On.text(text), expected);
    assert_eq!(Mask::Off.text(text), text);
}

#[test]
fn phone_numbers_are_found_however_people_write_them() {
    check("加我13800138000谢谢", "加我138******00谢谢");
    check("138 0013 8000", "138 **** **00");
    check("138-0013-8000", "138-****-**00");
    check("１３８００１３８０００", "１３８******００");
    check("+86 138 0013 8000", "+86 1** **** **00");
    check("8613800138000", "861********00");
    check("1 3 8 0 0 1 3 8 0 0 0", "1 3 8 * * * * * * 0 0");
    check("vx13800138000", "vx138******00");
    check("call +1 415 555 0100", "call +1 41* *** **00");
    check("0571-88886666", "057*-******66");
    check("3 13800138000", "3 138******00");
}

#[test]
fn addresses_ids_and_cards_are_found() {
    check("邮箱zhang.san@qq.com。", "邮箱z********@qq.com。");
    check("?mail=li%40example.org", "?mail=l*%40example.org");
    check("身份证11010519491231002X", "身份证11****************");
    check("110105 19491231 002x", "11**** ******** ****");
    check("卡号 6222 0212 3456 7890 128", "卡号 **** **** **** ***0 128");
    check("4111 1111 1111 1111", "**** **** **** 1111");
    check("from 203.0.113.77 now", "from 203.0.***.** now");
    check("[2001:db8::8a2e:370:7334]", "[2001:db8::****:***:****]");
}

#[test]
fn the_innocent_stays() {
    for text in [
        "只要 ¥1,299.00，原价 13999.99",
        "2026-11-28 12:00:00.000",
        "20261128123456",
        "1790000000000",
        "1700000000.123456",
        "订单 202611281234567890",
        "房间 21495945",
        "0190a0c0-0000-7000-8000-13800138000a",
        "4111111111111112",
        "110105194912310021",
        "Chrome/120.0.0.0 Safari/537.36",
        "@小鱼 来了",
        "12:00:00",
        "std::vec::Vec",
        "666666666",
        "0.13800138000",
    ] {
        check(text, text);
    }
}

#[test]
fn names_and_pseudonyms_keep_their_beginning() {
    let nick = |name| Mask::On.nick(name).into_owned();
    assert_eq!([nick(""), nick("鱼"), nick("小鱼"), nick("开播小能手")], ["", "*", "小*", "开**"]);
    let id = |id| Mask::On.pseudonym(id).into_owned();
    assert_eq!([id("bob"), id("0ea1ff82a155"), id("13800138000")], ["***", "0ea1***", "13***"]);
}

#[test]
fn fields_are_known_by_their_names() {
    let mut value = json!({
        "type": "identify", "event": "OrderPaid", "userId": "zhang-san-0001", "anonymousId": "a1", "name": "Home", "user": "platform-user-7",
        "traits": {"name": "张三丰", "email": "zhang@example.org", "phone": 13_800_138_000_i64, "vip": true, "age": 30},
        "properties": {"price": 19.9, "order": "202611281234567890", "note": "call 13800138000", "$ip": "203.0.113.77"},
        "context": {"address": {"city": "杭州", "street": "文一西路"}, "wechat": "san_san"},
        "13800138000": [1, "x@example.org"],
    });
    Mask::On.json(&mut value);
    assert_eq!(
        value,
        json!({
            "type": "identify", "event": "OrderPaid", "userId": "zhan***", "anonymousId": "**", "name": "Home", "user": "plat***",
            "traits": {"name": "张**", "email": "z****@example.org", "phone": "138******00", "vip": true, "age": 30},
            "properties": {"price": 19.9, "order": "202611281234567890", "note": "call 138******00", "$ip": "203.0.***.**"},
            "context": {"address": {"city": "**", "street": "***"}, "wechat": "***"},
            "138******00": [1, "*@example.org"],
        })
    );
    assert_eq!(Mask::On.json_text("{\"phone\":\"138"), "***");
    assert_eq!(Mask::Off.json_text("{\"phone\":\"138"), "{\"phone\":\"138");
}

fn luhn(body: &str) -> String {
    let valid = |last: &u8| is_card(&format!("{body}{last}").bytes().map(|byte| byte - b'0').collect::<Vec<_>>());
    format!("{body}{}", (0..10).find(valid).expect("a check digit"))
}

fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "1[3-9][0-9]{9}",
        "1[3-9][0-9] [0-9]{4} [0-9]{4}",
        "[a-z][a-z0-9]{3,12}@[a-z]{2,8}\\.(com|cn|org)",
        "62[0-9]{13}".prop_map(|body| luhn(&body)),
        "62[0-9]{16}".prop_map(|body| luhn(&body)),
        "\\+[1-9][0-9]{9,13}",
        "[1-9][0-9]\\.[0-9]{2}\\.1[0-9]{2}\\.2[0-4][0-9]",
    ]
}

proptest! {
    #[test]
    fn any_text_keeps_its_length(text in "\\PC{0,80}") {
        let masked = Mask::On.text(&text);
        prop_assert_eq!(masked.chars().count(), text.chars().count());
        prop_assert!(masked.len() <= text.len());
        prop_assert!(Mask::On.nick(&text).len() <= text.len());
        prop_assert!(Mask::On.pseudonym(&text).len() <= text.len());
        Mask::On.json_text(&text);
    }

    #[test]
    fn what_looks_like_numbers_too(text in "[0-9０-９ xX.:@+a-f-]{0,60}") {
        prop_assert_eq!(Mask::On.text(&text).chars().count(), text.chars().count());
    }

    #[test]
    fn a_secret_is_not_in_what_is_shown(before in "[\u{4e00}-\u{4eff}，。 ]{0,6}", secret in secret(), after in "[，。\u{4e00}-\u{4eff}]{0,6}") {
        let text = format!("{before}{secret}{after}");
        let shown = Mask::On.text(&text);
        prop_assert!(!shown.contains(&secret), "{}", shown);
        prop_assert_eq!(Mask::On.text(&shown), shown.clone());
        // Nor any six digits of what was masked.
        let digits: Vec<char> = secret.chars().filter(char::is_ascii_digit).collect();
        let left: String = shown.chars().filter(|c| c.is_ascii_digit()).collect();
        prop_assert!(secret.contains('@') || digits.windows(6).all(|run| !left.contains(&run.iter().collect::<String>())), "{}", shown);
    }

    #[test]
    fn amounts_times_and_ids_stay(yuan in 0u32..10_000_000, cents in 0u32..100, at_ms in 1_500_000_000_000u64..1_900_000_000_000, room in 1u64..9_999_999_999, id in any::<u128>()) {
        let id = uuid::Uuid::from_u128(id);
        for text in [format!("¥{yuan}.{cents:02}"), at_ms.to_string(), (at_ms / 1000).to_string(), format!("room {room}"), id.to_string(), format!("no. {yuan}-{cents}")] {
            let shown = Mask::On.text(&text);
            prop_assert_eq!(shown, text.as_str());
        }
    }
}
