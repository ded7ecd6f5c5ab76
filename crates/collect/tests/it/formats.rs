//! Every format of [`recorder::LIST`]: a sample as its recorders write it is told, read whole, read again alike, and survives other
//! encodings; and files that mean harm have clear answers.

use collect::{
    ImportRow,
    recorder::{self, BadRecording, LIST, What, read, sniff, survey},
    table::{self, BadTable},
};
use events::Millis;
use std::{
    io::{Cursor, Read, Write},
    ops::ControlFlow,
};

pub struct Sample {
    pub format: &'static str,
    pub text: &'static str,
    /// Each row, and each reason with its line.
    expected: &'static [&'static str],
}

pub const SAMPLES: &[Sample] = &[
    Sample {
        format: "danmaku_xml",
        text: r##"<?xml version="1.0" encoding="utf-8"?>
<?xml-stylesheet type="text/xsl" href="#s"?>
<i><!-- B站录播姬 --><chatserver>chat.bilibili.com</chatserver><BililiveRecorder version="2.4.0"/>
<BililiveRecorderRecordInfo roomid="1" name="主播" start_time="2021-12-28T20:12:48.0000000+08:00"/>
<d p="1.5,1,25,16777215,1640693569500,0,42,0" user="小明" raw="[[0,1]]">你好</d>
<gift ts="2.25" user="小明" giftname="铃铛" giftcount="3" raw="{&quot;uid&quot;:42,&quot;price&quot;:1000,&quot;coin_type&quot;:&quot;gold&quot;,&quot;giftId&quot;:31175,&quot;timestamp&quot;:1640693570}" />
<gift ts="3" user="小红" giftname="辣条" giftcount="1" />
<sc ts="4" user="小红" price="30" time="60">加油</sc>
<guard ts="5" user="小明" level="3" count="1" raw="{&quot;uid&quot;:42,&quot;price&quot;:198000}" />
</i>"##,
        expected: &[
            "5: danmaku 1500 42 你好",
            "6: gift 2250 42 铃铛 3x1000 gold",
            "7: a gift without its price (some recorders keep it in their raw data only)",
            "8: super_chat 4000 小红 加油 30000",
            "9: gift 5000 42 舰长 1x198000 gold",
        ],
    },
    Sample {
        format: "danmaku_xml",
        text: r#"<?xml version="1.0" encoding="UTF-8"?>
<i>
    <metadata><user_name>主播</user_name><live_start_time>1640693500</live_start_time>
    <record_start_time>1640693568</record_start_time><recorder>blrec</recorder></metadata>
    <d p="1.500,1,25,16777215,1640693569500,0,a370d76e,9" uid="42" user="小明">blrec</d>
    <gift ts="2.250" uid="42" user="小明" giftname="铃铛" giftcount="3" cointype="gold" price="1000" />
    <gift ts="2.250" uid="42" user="小明" giftname="辣条" giftcount="3" cointype="silver" price="0" />
    <guard ts="3.000" uid="42" user="小明" giftname="舰长" count="1" price="198000" level="3" />
    <toast ts="3.000" uid="42" user="小明" unit="月" num="1" price="198000" role="舰长" level="3">开通</toast>
    <sc ts="4.000" uid="7" user="小红" price="30" time="60">SC</sc>
</i>"#,
        expected: &[
            "5: danmaku 1500 42 blrec",
            "6: gift 2250 42 铃铛 3x1000 gold",
            "7: gift 2250 42 辣条 3x0 silver",
            "8: gift 3000 42 舰长 1x198000 gold",
            "9: a notice of a purchase that `guard` tells",
            "10: super_chat 4000 7 SC 30000",
        ],
    },
    Sample {
        format: "danmaku_xml",
        text: "<?xml version='1.0' encoding='UTF-8'?>\n<i>\n  <d p=\"1.500,1,25,16777215,1640693569,0,42,0\" timestamp=\"1640693569\" uid=\"42\" user=\"小明\">biliup</d>\n  <s timestamp=\"1640693570\" uid=\"42\" username=\"小明\" price=\"1000\" type=\"gift\" num=\"2\" giftname=\"铃铛\">小明投喂了2个铃铛</s>\n  <o timestamp=\"1640693570\">{}</o>\n  <d p=\"2.000,1,25,16777215,0,0,0,0\">谁</d>\n</i>\n",
        expected: &[
            "3: danmaku 1500 42 biliup",
            "4: gift - 42 铃铛 2x1000 gold",
            "5: a raw message, told by the rows beside it",
            "6: danmaku 2000 - 谁",
        ],
    },
    Sample {
        format: "ass",
        text: "[Script Info]\nScriptType: v4.00+\nPlayResX: 1920\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: R2L,sans\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:01.50,0:00:13.50,R2L,,0000,0000,0000,,{\\move(1920,1,-100,1)\\c&H0000FF&}红, 的\nDialogue: 0,1:00:00.00,1:00:05.00,TOP,,0,0,0,,{\\pos(960,1)}上\\N面\nDialogue: 0,0:00:02.00,0:00:05.00,danmaku,,0,0,0,,{\\an2\\pos(960,1080)}下\nDialogue: 0,0:00:03.00,0:00:05.00,message_box,,0,0,0,,{\\p1}m 0 0\nDialogue: 0,x,0:00:05.00,R2L,,0,0,0,,坏\n",
        expected: &[
            "11: danmaku 1500 - 红, 的 ff0000",
            "12: danmaku 3600000 - 上 面 top",
            "13: danmaku 2000 - 下 bottom",
            "14: a piece of a drawn message box",
            "15: without its time",
        ],
    },
    Sample {
        format: "json",
        text: "{\"items\":[{\"position\":9,\"at\":1640693569500,\"offset_ms\":1500,\"before_air\":false,\"viewer\":\"u1\",\"nick\":\"小明\",\"text\":\"[{\\\"\",\"mode\":1,\"color\":255,\"source\":\"import\"},{\"position\":\"x\",\"offset_ms\":0}],\"next\":null}",
        expected: &["1: danmaku 1500 u1 [{\" 0000ff", "2: with a field missing or of the wrong type"],
    },
    Sample {
        format: "json",
        text: "[\n{\"type\":\"chat\",\"time\":\"2021-12-28T20:12:49+08:00\",\"user\":\"小明\",\"text\":\"在\"},\n {\"a\":{\"b\":[1]}} ]",
        expected: &["1: danmaku - 小明 在", "2: without a time"],
    },
    Sample {
        format: "ndjson",
        text: "{\"ts_ms\":1640693568545,\"kind\":\"gift_combo\",\"user\":\"u7\",\"gift\":\"牛哇\",\"num\":2,\"total_milli\":200}\n{\"ts_ms\":1,\"kind\":\"teleport\"}\n",
        expected: &[
            "1: gift_combo - u7 牛哇 2x-",
            "2: of an unknown kind, or with a field missing or of the wrong type",
        ],
    },
    Sample {
        format: "jsonl",
        text: concat!(
            "{\"event_ts_ms\":1640693569500,\"event_iso\":\"2021-12-28T20:12:49.500+08:00\",\"user_id\":42,\"user_name\":\"小明\",\"content\":\"抖音\"}\n",
            "{\"method\":\"WebcastGiftMessage\",\"common\":{\"createTime\":\"1640693570\"},\"user\":{\"id\":42,\"nickname\":\"小明\"},\"gift\":{\"id\":463,\"name\":\"小心心\",\"diamondCount\":1},\"repeatCount\":\"5\"}\n",
            "{\"type\":\"like\",\"timestamp\":1640693571,\"user_id\":7,\"count\":15}\n",
            "{\"type\":\"gift\",\"timestamp\":1640693571,\"user_id\":7,\"gift_name\":\"x\"}\n",
            "{\"cmd\":\"DANMU_MSG:4:0\",\"info\":[[0,5,25,255,1640693572000,1],\"哔哩\",[42,\"小明\"]]}\n",
            "{\"cmd\":\"SEND_GIFT\",\"data\":{\"uid\":42,\"uname\":\"小明\",\"giftName\":\"铃铛\",\"num\":2,\"price\":1000,\"coin_type\":\"gold\",\"timestamp\":1640693573}}\n",
            "{\"cmd\":\"ONLINE_RANK_COUNT\",\"data\":{}}\n",
            "{\"type\":\"member\",\"ts\":1640693574,\"user\":{\"id_str\":\"8\"}}\n",
        ),
        expected: &[
            "1: danmaku - 42 抖音",
            "2: gift - 42 小心心 5x100 gold",
            "3: like - 7 15",
            "4: a gift without its price (some recorders keep it in their raw data only)",
            "5: danmaku - 42 哔哩 0000ff top",
            "6: gift - 42 铃铛 2x1000 gold",
            "7: a message of another kind",
            "8: enter - 8",
        ],
    },
    Sample {
        format: "kaibo_csv",
        text: "\u{feff}position,time,offset,viewer,nick,text,mode,color,source\r\n9,2021-12-28T12:12:49.500Z,0:00:01.500,u1,,\"'=1+1, 好\",1,FFFFFF,import\r\n10,2021-12-28T12:12:40.000Z,\"'-0:00:08.000\",u1,小明,早,5,0000FF,viewer\r\n11,soon,0:00:01.500,u1,,x,1,FFFFFF,import\r\n",
        expected: &["2: danmaku 1500 u1 =1+1, 好", "3: danmaku -8000 u1 早 0000ff top", "4: without its time"],
    },
];

/// A workbook with one sheet of texts.
pub fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet.write_string(row as u32, column as u16, *text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn shown(line: u64, what: &What) -> Option<String> {
    let row = match what {
        What::Row(row) => row,
        What::Skipped(reason) => return Some(format!("{line}: {reason}")),
        What::Began(_) => return None,
        What::Custom(row) => panic!("{row:?}"),
    };
    let ImportRow { kind, user, text, gift, num, price_milli, coin, color, mode, offset_ms, .. } = row.as_ref();
    let word = |value: serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let mut parts = vec![
        word(serde_json::to_value(kind).unwrap()),
        offset_ms.map_or("-".to_owned(), |offset| offset.to_string()),
        user.clone().unwrap_or("-".to_owned()),
    ];
    parts.extend(text.clone());
    if let Some(gift) = gift {
        let price = price_milli.map_or("-".to_owned(), |price| price.to_string());
        parts.push(format!("{gift} {}x{price}", num.unwrap()));
        parts.extend(coin.map(|coin| word(serde_json::to_value(coin).unwrap())));
    } else {
        parts.extend(num.map(|num| num.to_string()));
        parts.extend(price_milli.map(|price| price.to_string()));
    }
    parts.extend(color.filter(|color| *color != 0xff_ffff).map(|color| format!("{color:06x}")));
    parts.extend(match mode {
        Some(5) => Some("top".to_owned()),
        Some(4) => Some("bottom".to_owned()),
        _ => None,
    });
    Some(format!("{line}: {}", parts.join(" ")))
}

const START: Millis = Millis(1_640_693_568_000);

fn items(bytes: &[u8]) -> (&'static str, Vec<String>, Vec<String>) {
    let mut source = Cursor::new(bytes);
    let format = sniff(&mut source).unwrap();
    let (mut lines, mut ids) = (Vec::new(), Vec::new());
    read(format, &mut source, Some(START), &mut |item| {
        if let What::Row(row) = &item.what {
            ids.push(row.id.clone());
            assert!(row.occurred_at > Millis(1_600_000_000_000) || format.name == "ndjson", "{row:?}");
        }
        lines.extend(shown(item.line, &item.what));
        ControlFlow::Continue(())
    })
    .unwrap();
    (format.name, lines, ids)
}

#[test]
fn every_format_is_told_and_read_whole() {
    for format in LIST.iter().filter(|format| format.name != "kaibo_xlsx") {
        assert!(SAMPLES.iter().any(|sample| sample.format == format.name), "a sample of `{}`", format.name);
    }
    for sample in SAMPLES {
        let (format, lines, ids) = items(sample.text.as_bytes());
        assert_eq!(format, sample.format, "{}", sample.text);
        assert_eq!(lines, sample.expected, "{format}");
        assert_eq!(items(sample.text.as_bytes()).2, ids, "{format}: the same ids at every reading");
        let different: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(different.len(), ids.len(), "{format}: ids are unique");
    }
}

#[test]
fn every_text_format_is_read_in_other_encodings() {
    for sample in SAMPLES {
        let plain = sample.text.trim_start_matches('\u{feff}');
        let marked = format!("\u{feff}{plain}");
        let wide = |to: fn(u16) -> [u8; 2]| marked.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        let gb = encoding_rs::GB18030.encode(plain).0.into_owned();
        for (encoding, bytes) in [
            ("mark", marked.clone().into_bytes()),
            ("le", wide(u16::to_le_bytes)),
            ("be", wide(u16::to_be_bytes)),
            ("gb", gb),
        ] {
            assert_eq!(items(&bytes).1, sample.expected, "{} in {encoding}", sample.format);
        }
    }
}

#[test]
fn a_show_begins_where_its_file_says() {
    let began =
        |text: &str, asked| survey(&mut Cursor::new(text.as_bytes()), None, asked).map(|found| found.started_at);
    for sample in &SAMPLES[..2] {
        assert_eq!(began(sample.text, None).unwrap(), START, "{}", sample.text);
    }
    let head_only =
        "<i><record_start_time>1640693568</record_start_time><sc ts=\"4\" user=\"u\" price=\"30\">x</sc></i>";
    assert_eq!(began(head_only, None).unwrap(), START);
    let ass = SAMPLES.iter().find(|sample| sample.format == "ass").unwrap();
    assert!(matches!(began(ass.text, None), Err(BadRecording::StartUnknown)));
    assert_eq!(began(ass.text, Some(START)).unwrap(), START);
}

#[test]
fn our_workbook_is_read() {
    let head = ["position", "time", "offset", "viewer", "nick", "text", "mode", "color", "source"];
    let row = ["9", "2021-12-28T12:12:49.500Z", "0:00:01.500", "u1", "", "=1+1", "1", "FFFFFF", "import"];
    let (format, lines, _) = items(&workbook(&[&head, &row]));
    assert_eq!((format, lines), ("kaibo_xlsx", vec!["2: danmaku 1500 u1 =1+1".to_owned()]));
}

#[test]
fn entities_do_not_grow() {
    let mut bomb = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">".to_owned();
    for n in 1..10 {
        bomb += &format!("<!ENTITY lol{n} \"{}\">", format!("&lol{};", n - 1).repeat(10));
    }
    bomb += "]>\n<i><d p=\"1,1,25,255,1640693569,0,u,0\">&lol9;</d></i>";
    assert_eq!(items(bomb.as_bytes()).1, ["2: danmaku 1000 u &lol9; 0000ff"]);
}

/// A text, then what never ends.
struct Endless(Cursor<Vec<u8>>, u64);
impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(out)? {
            0 => {
                let len = (out.len() as u64).min(self.1) as usize;
                out[..len].fill(b'y');
                self.1 -= len as u64;
                Ok(len)
            }
            len => Ok(len),
        }
    }
}
impl std::io::Seek for Endless {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.1 = 64 << 20;
        self.0.seek(to)
    }
}

#[test]
fn a_line_without_end_is_one_skipped_row() {
    for sample in SAMPLES {
        let begin = match sample.format {
            "danmaku_xml" => "<i><d p=\"1,1,25,255,1640693569,0,u,0\">",
            "ass" => "[Script Info]\n[Events]\nDialogue: 0,0:00:01.50,0:00:13.50,R2L,,0,0,0,,",
            "json" => "[{\"a\":\"",
            "ndjson" => "{\"ts_ms\":1,\"kind\":\"share\"}\n{\"a\":\"",
            "jsonl" => "{\"a\":1}\n{\"b\":\"",
            _ => "position,time,offset,viewer,nick,text,mode,color,source\n",
        };
        let mut source = Endless(Cursor::new(begin.as_bytes().to_vec()), 64 << 20);
        let format = sniff(&mut source).unwrap();
        let mut last = String::new();
        read(format, &mut source, Some(START), &mut |item| {
            last = shown(item.line, &item.what).unwrap_or_default();
            ControlFlow::Continue(())
        })
        .unwrap();
        assert!(last.ends_with("longer than 64 KB") || last.ends_with("not closed"), "{}: {last}", format.name);
    }
}

#[test]
fn workbooks_that_mean_harm_are_refused() {
    let refused = |bytes: Vec<u8>| sniff(&mut Cursor::new(bytes)).map(|format| format.name).unwrap_err().to_string();
    let bomb = |part: &str, unit: &str, times: usize| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let packed = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file(part, packed).unwrap();
        let piece = unit.repeat(1 << 20);
        (0..times).for_each(|_| zip.write_all(piece.as_bytes()).unwrap());
        zip.finish().unwrap().into_inner()
    };
    let large = "unpacked, this workbook is larger than is read";
    assert_eq!(refused(bomb("xl/sharedStrings.xml", "<", 65)), large);
    assert_eq!(refused(bomb("xl/worksheets/sheet1.xml", "y", 2)), large, "a text that is one piece");
    let mut broken = workbook(&[&["a"], &["b"]]);
    let half = broken.len() / 2;
    broken.truncate(half);
    assert!(refused(broken).starts_with("this workbook is damaged"));
    let old = table::glimpse(&mut Cursor::new(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....".to_vec()), 5);
    assert!(matches!(old, Err(BadTable::Protected)));
}

#[test]
fn what_is_nothing_known_is_told() {
    for text in ["", "hello", "a,b\n1,2\n", "\u{0}\u{1}\u{2}"] {
        let found = recorder::survey(&mut Cursor::new(text.as_bytes()), None, None);
        assert!(matches!(found, Err(BadRecording::UnknownFormat)), "{text:?}: {found:?}");
    }
    let found = recorder::survey(&mut Cursor::new(b"<html><body>not found</body></html>"), None, None);
    assert!(matches!(found, Err(BadRecording::Empty)));
}
