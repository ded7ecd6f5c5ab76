//! Which column is what, and the row that comes of it.

use super::{Cell, TableRow, when::When};
use crate::{
    import::{CustomRow, ImportRow, RowKind},
    recorder::What,
};
use events::{Coin, Millis};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use utoipa::ToSchema;

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowsOf {
    Danmaku,
    Gift,
    SuperChat,
    Enter,
    Follow,
    Share,
    Like,
    /// Anything else, orders 订单 for one: events of the `custom` namespace under a name of their own.
    Custom,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Nothing of it is taken.
    Ignore,
    /// What tells the row from all others; without such a column that is everything in the row.
    Id,
    Time,
    User,
    Nick,
    Text,
    Gift,
    GiftId,
    Num,
    /// Of one.
    Price,
    /// Of all.
    Total,
    /// Paid or free.
    Coin,
    Level,
    /// A property of a custom event, under its header.
    Property,
}

/// What an amount of money counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Money {
    Yuan,
    /// 抖币, 电池 and 角: ten of them are a yuan.
    Tenth,
    Fen,
    /// Thousandths: 金瓜子.
    Milli,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// As the table's first row names it.
    #[schema(example = "下单时间")]
    pub header: String,
    pub field: Field,
}

/// How a table is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableMapping {
    pub rows_of: RowsOf,
    /// The name of custom events; `TableRow` without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "OrderPaid")]
    pub event: Option<String>,
    /// All columns, from the first.
    #[schema(min_items = 1, max_items = 256, example = json!([{"header": "下单时间", "field": "time"}, {"header": "内容", "field": "text"}]))]
    pub columns: Vec<Column>,
    /// The zone of times that name none, in minutes east of UTC; 480 is China's.
    #[schema(example = 480, minimum = -840, maximum = 840)]
    pub utc_offset_min: i32,
    pub money: Money,
}

/// What is wrong with a mapping.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct BadMapping(pub String);

const MAX_NAME_BYTES: usize = 200;
const MAX_VALUE_BYTES: usize = 4 << 10;
const MAX_ID_BYTES: usize = 200;
/// Thousandths of a yuan; the row says the same limit again.
const MAX_MILLI: i64 = 1_000_000_000_000;

type Reason = Cow<'static, str>;

impl TableMapping {
    /// Whether it can be used at all.
    pub fn check(&self) -> Result<(), BadMapping> {
        let bad = |words: &str| Err(BadMapping(words.to_owned()));
        if self.columns.is_empty() || self.columns.len() > super::MAX_COLUMNS {
            return bad("a mapping has 1 to 256 columns");
        }
        if self.columns.iter().any(|column| column.header.len() > 1_000) {
            return bad("a header is longer than 1000 bytes");
        }
        if !(-14 * 60..=14 * 60).contains(&self.utc_offset_min) {
            return bad("the time zone is not within 14 hours of UTC");
        }
        if self.event.as_ref().is_some_and(|event| event.trim().is_empty() || event.len() > MAX_NAME_BYTES) {
            return bad("the event's name is not 1 to 200 bytes");
        }
        let count = |field: Field| self.columns.iter().filter(|column| column.field == field).count();
        let single = [
            Field::Id,
            Field::Time,
            Field::User,
            Field::Nick,
            Field::Text,
            Field::Gift,
            Field::GiftId,
            Field::Num,
            Field::Price,
            Field::Total,
            Field::Coin,
            Field::Level,
        ];
        if let Some(twice) = single.into_iter().find(|field| count(*field) > 1) {
            let name = serde_json::to_value(twice).unwrap_or_default();
            return Err(BadMapping(format!("two columns are `{}`", name.as_str().unwrap_or_default())));
        }
        let needed: &[Field] = match self.rows_of {
            RowsOf::Danmaku => &[Field::Time, Field::Text],
            RowsOf::Gift => &[Field::Time, Field::Gift],
            RowsOf::Enter => &[Field::Time, Field::User],
            _ => &[Field::Time],
        };
        if let Some(missing) = needed.iter().find(|field| count(**field) == 0) {
            let name = serde_json::to_value(missing).unwrap_or_default();
            return Err(BadMapping(format!("no column is `{}`", name.as_str().unwrap_or_default())));
        }
        let priced = count(Field::Price) + count(Field::Total) > 0;
        if matches!(self.rows_of, RowsOf::Gift | RowsOf::SuperChat) && !priced {
            return bad("no column is `price` or `total`");
        }
        Ok(())
    }

    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.header.as_str())
    }

    /// What a row becomes.
    pub fn row(&self, row: &TableRow) -> Result<What, Reason> {
        let cell = |field: Field| {
            let at = self.columns.iter().position(|column| column.field == field)?;
            row.cells.get(at).filter(|cell| !cell.is_empty()).map(|cell| (cell, at))
        };
        let text = |field: Field| cell(field).map(|(cell, _)| cell.text().into_owned());
        let money = |field: Field| {
            let Some((cell, at)) = cell(field) else { return Ok(None) };
            self.milli(cell).map(Some).ok_or_else(|| self.wrong(at, "is no amount of money"))
        };
        let count = |field: Field| {
            let Some((cell, at)) = cell(field) else { return Ok(None) };
            whole(&cell.text()).map(Some).ok_or_else(|| self.wrong(at, "is no number"))
        };
        let (time, at) = cell(Field::Time).ok_or("without a time")?;
        let occurred_at = When::of(time).ok_or_else(|| self.wrong(at, "is no time"))?.at(self.utc_offset_min);
        let id =
            text(Field::Id).filter(|id| id.len() <= MAX_ID_BYTES).map_or_else(|| hash(row), |id| format!("t-{id}"));
        let user = text(Field::User).or_else(|| text(Field::Nick));
        let kind = match self.rows_of {
            RowsOf::Custom => return self.custom(row, id, occurred_at, user),
            RowsOf::Danmaku => RowKind::Danmaku,
            RowsOf::Gift => RowKind::Gift,
            RowsOf::SuperChat => RowKind::SuperChat,
            RowsOf::Enter => RowKind::Enter,
            RowsOf::Follow => RowKind::Follow,
            RowsOf::Share => RowKind::Share,
            RowsOf::Like => RowKind::Like,
        };
        let (mut num, price, total) = (count(Field::Num)?, money(Field::Price)?, money(Field::Total)?);
        let mut price_milli = price;
        if let (None, Some(total)) = (price, total) {
            let of = num.filter(|num| *num > 0).unwrap_or(1);
            // What does not divide is one gift of that price: the sum is right.
            price_milli = Some(if total % of == 0 { total / of } else { total });
            num = Some(if total % of == 0 { of } else { 1 });
        }
        if kind == RowKind::Gift && price_milli.is_none() {
            return Err("without a price".into());
        }
        let coin = cell(Field::Coin)
            .map(|(cell, at)| coin(&cell.text()).ok_or_else(|| self.wrong(at, "is neither paid nor free")));
        let paid = if price_milli.unwrap_or(0) > 0 { Coin::Gold } else { Coin::Silver };
        Ok(What::Row(Box::new(ImportRow {
            user,
            nick: text(Field::Nick),
            text: text(Field::Text),
            gift: text(Field::Gift),
            gift_id: cell(Field::GiftId).and_then(|(cell, _)| whole(&cell.text())),
            num: num.or((kind == RowKind::Gift).then_some(1)),
            price_milli,
            coin: Some(coin.transpose()?.unwrap_or(paid)),
            fan_level: count(Field::Level)?,
            ..ImportRow::new(id, occurred_at, kind)
        })))
    }

    fn custom(&self, row: &TableRow, id: String, occurred_at: Millis, user: Option<String>) -> Result<What, Reason> {
        let mut properties = Map::new();
        for (at, (column, cell)) in self.columns.iter().zip(&row.cells).enumerate() {
            if cell.is_empty() {
                continue;
            }
            let value: Value = match column.field {
                Field::Ignore | Field::Time | Field::User | Field::Nick => continue,
                Field::Price | Field::Total => {
                    let milli = self.milli(cell).ok_or_else(|| self.wrong(at, "is no amount of money"))?;
                    let name = if column.field == Field::Price { "price_milli" } else { "total_milli" };
                    properties.insert(name.to_owned(), milli.into());
                    continue;
                }
                Field::Num | Field::Level => whole(&cell.text()).map_or_else(|| cut(&cell.text()).into(), Value::from),
                field => match cell {
                    Cell::Number(number) if field == Field::Property => Value::from(*number),
                    cell => cut(&cell.text()).into(),
                },
            };
            let name = if column.header.trim().is_empty() {
                format!("column_{}", at + 1)
            } else {
                column.header.trim().to_owned()
            };
            properties.insert(cut(&name), value);
        }
        let name = self.event.clone().unwrap_or_else(|| "TableRow".to_owned());
        Ok(What::Custom(Box::new(CustomRow { id, occurred_at, name, user, properties })))
    }

    fn wrong(&self, column: usize, what: &str) -> Reason {
        let header = self.columns.get(column).map_or("", |column| column.header.as_str());
        let header: String = header.chars().take(60).collect();
        format!("column {} `{header}` {what}", column + 1).into()
    }

    /// Thousandths of a yuan, exactly.
    fn milli(&self, cell: &Cell) -> Option<i64> {
        let text = cell.text();
        let unit = match self.money {
            Money::Yuan => 1_000,
            Money::Tenth => 100,
            Money::Fen => 10,
            Money::Milli => 1,
        };
        decimal(&text, unit).filter(|milli| (0..=MAX_MILLI).contains(milli))
    }
}

/// `¥1,234.50`, `12.5元`, `1.2万`: times `unit`, rounded to a whole one.
fn decimal(text: &str, unit: i64) -> Option<i64> {
    let text: String = text.chars().filter(|sign| !matches!(sign, ',' | ' ' | '¥' | '￥' | '，')).collect();
    let text = text.trim_end_matches(['元', '分', '角', '币']).trim_start_matches("CNY").trim_start_matches("RMB");
    let (text, unit) = match text.strip_suffix('万') {
        Some(text) => (text, unit * 10_000),
        None => (text, unit),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !digits(whole) || !digits(fraction) || whole.len() > 15 {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction = fraction.get(..fraction.len().min(12))?;
    let scale = 10_i128.pow(fraction.len() as u32);
    let part: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let amount = (whole * scale + part) * i128::from(unit);
    ((amount * 2 + scale) / (scale * 2)).try_into().ok()
}

fn whole(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|sign| !matches!(sign, ',' | ' ' | 'x' | '×' | '个')).collect();
    text.parse::<i64>().ok().or_else(|| text.strip_suffix(".0").or_else(|| text.strip_suffix(".00"))?.parse().ok())
}

fn coin(text: &str) -> Option<Coin> {
    match text.to_lowercase().as_str() {
        "gold" | "paid" | "付费" | "是" | "true" | "1" | "金瓜子" => Some(Coin::Gold),
        "silver" | "free" | "免费" | "否" | "false" | "0" | "银瓜子" => Some(Coin::Silver),
        _ => None,
    }
}

/// The same row is the same id, wherever in the table it stands.
fn hash(row: &TableRow) -> String {
    let mut hash = Sha256::new();
    for text in row.texts() {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let hex: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("h-{hex}")
}

fn cut(text: &str) -> String {
    let end = (0..=text.len().min(MAX_VALUE_BYTES)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn mapping(rows_of: RowsOf, columns: &[(&str, Field)]) -> TableMapping {
        let column = |(header, field): &(&str, Field)| Column { header: (*header).to_owned(), field: *field };
        TableMapping {
            rows_of,
            event: None,
            columns: columns.iter().map(column).collect(),
            utc_offset_min: 480,
            money: Money::Yuan,
        }
    }

    fn row(cells: &[&str]) -> TableRow {
        TableRow { line: 2, cells: cells.iter().map(|text| Cell::Text((*text).to_owned())).collect() }
    }

    #[test]
    fn money_is_exact() {
        for (text, milli) in [
            ("12", 12_000),
            ("¥1,234.567", 1_234_567),
            ("0.1元", 100),
            ("1.2万", 12_000_000),
            (".5", 500),
            ("0.0005", 1),
        ] {
            assert_eq!(decimal(text, 1_000), Some(milli), "{text}");
        }
        for text in ["", "-5", "1e3", "abc", ".", "9999999999999999"] {
            assert_eq!(decimal(text, 1_000), None, "{text}");
        }
    }

    #[test]
    fn a_gift_of_a_total_keeps_the_sum() {
        let mapping =
            mapping(RowsOf::Gift, &[("t", Field::Time), ("g", Field::Gift), ("n", Field::Num), ("sum", Field::Total)]);
        assert_eq!(mapping.check(), Ok(()));
        for (num, total, expected) in [("4", "2", (4, 500)), ("3", "0.1", (1, 100)), ("", "5", (1, 5_000))] {
            let What::Row(row) = mapping.row(&row(&["2024-01-02 08:00:00", "x", num, total])).unwrap() else {
                panic!()
            };
            assert_eq!((row.num.unwrap(), row.price_milli.unwrap()), expected);
            assert_eq!((row.occurred_at, row.coin), (Millis(1_704_153_600_000), Some(Coin::Gold)));
        }
        let bad = mapping.row(&row(&["2024-01-02", "x", "1", "-3"])).unwrap_err();
        assert_eq!(bad, "column 4 `sum` is no amount of money");
    }

    #[test]
    fn an_order_is_an_event_of_its_own_and_nobody_is_named_in_it() {
        let columns = [
            ("订单号", Field::Id),
            ("下单时间", Field::Time),
            ("收货人", Field::Ignore),
            ("实付", Field::Total),
            ("状态", Field::Property),
        ];
        let mapping = TableMapping { event: Some("OrderPaid".to_owned()), ..mapping(RowsOf::Custom, &columns) };
        let What::Custom(order) = mapping.row(&row(&["A1", "2024-01-02 08:00:00", "王五", "9.9", "已付款"])).unwrap()
        else {
            panic!()
        };
        assert_eq!((order.id.as_str(), order.name.as_str()), ("t-A1", "OrderPaid"));
        assert_eq!(
            serde_json::to_string(&order.properties).unwrap(),
            r#"{"total_milli":9900,"状态":"已付款","订单号":"A1"}"#
        );
    }

    #[test]
    fn a_mapping_that_cannot_work_is_told() {
        let check = |mapping: TableMapping| mapping.check().unwrap_err().0;
        assert_eq!(check(mapping(RowsOf::Danmaku, &[("a", Field::Time)])), "no column is `text`");
        assert_eq!(check(mapping(RowsOf::Custom, &[("a", Field::Time), ("b", Field::Time)])), "two columns are `time`");
        assert_eq!(
            check(mapping(RowsOf::Gift, &[("a", Field::Time), ("b", Field::Gift)])),
            "no column is `price` or `total`"
        );
        let far = TableMapping { utc_offset_min: 10_000, ..mapping(RowsOf::Share, &[("a", Field::Time)]) };
        assert_eq!(check(far), "the time zone is not within 14 hours of UTC");
    }

    #[test]
    fn without_an_id_the_row_is_its_id() {
        let mapping = mapping(RowsOf::Danmaku, &[("t", Field::Time), ("x", Field::Text)]);
        let id = |cells: &[&str]| match mapping.row(&row(cells)).unwrap() {
            What::Row(row) => row.id,
            other => panic!("{other:?}"),
        };
        assert_eq!(id(&["2024-01-02", "a"]), id(&["2024-01-02", "a"]));
        assert_ne!(id(&["2024-01-02", "a"]), id(&["2024-01-02", "b"]));
    }
}
