//! A first idea of what the columns are: by their headers, in Chinese and English, and by the shape of what is in them. A person
//! looks at it before anything is taken.

use super::{Cell, Column, Field, Glimpse, Money, RowsOf, TableMapping, when::When};
use std::collections::HashSet;

/// Of two that fit, the longer word wins; then the earlier one.
const WORDS: &[(Field, &[&str])] = &[
    (
        Field::Time,
        &[
            "时间",
            "日期",
            "time",
            "date",
            "timestamp",
            "datetime",
            "createdat",
            "occurredat",
            "下单时间",
            "支付时间",
            "付款时间",
            "创建时间",
            "发送时间",
            "赠送时间",
            "进入时间",
            "paidat",
            "tsms",
            "ts",
        ],
    ),
    (
        Field::Id,
        &[
            "订单号",
            "订单编号",
            "主订单编号",
            "子订单编号",
            "流水号",
            "消息id",
            "记录id",
            "orderid",
            "orderno",
            "ordernumber",
            "invoiceno",
            "id",
            "编号",
            "msgid",
            "rowid",
            "transactionid",
        ],
    ),
    (
        Field::User,
        &[
            "用户id",
            "uid",
            "userid",
            "openid",
            "观众id",
            "买家id",
            "买家会员名",
            "buyerid",
            "customerid",
            "customer",
            "memberid",
            "viewerid",
            "viewer",
            "user",
            "抖音号",
            "快手号",
            "用户",
            "观众",
        ],
    ),
    (Field::Nick, &["昵称", "用户昵称", "买家昵称", "用户名", "nickname", "nick", "username", "uname", "viewername"]),
    (
        Field::Text,
        &[
            "弹幕",
            "弹幕内容",
            "评论",
            "评论内容",
            "内容",
            "消息",
            "留言",
            "content",
            "text",
            "comment",
            "message",
            "danmaku",
            "msg",
        ],
    ),
    (Field::Gift, &["礼物", "礼物名", "礼物名称", "gift", "giftname"]),
    (Field::GiftId, &["礼物id", "giftid"]),
    (
        Field::Num,
        &["数量", "个数", "件数", "商品数量", "礼物数量", "num", "count", "quantity", "qty", "units", "amountofitems"],
    ),
    (Field::Price, &["单价", "价格", "price", "unitprice", "礼物单价", "商品单价"]),
    (
        Field::Total,
        &[
            "总价",
            "总额",
            "金额",
            "实付",
            "实付金额",
            "实付款",
            "支付金额",
            "订单金额",
            "付款金额",
            "成交金额",
            "礼物价值",
            "total",
            "amount",
            "totalamount",
            "payamount",
            "revenue",
            "gmv",
            "sum",
        ],
    ),
    (Field::Coin, &["是否付费", "付费类型", "cointype", "coin"]),
    (Field::Level, &["粉丝等级", "粉丝牌等级", "等级", "fanlevel", "level"]),
];

/// What stands in these columns is about a person and stays out, unless somebody chooses otherwise.
const PERSONAL: [&str; 17] = [
    "手机",
    "电话",
    "地址",
    "姓名",
    "收件",
    "收货",
    "身份证",
    "邮箱",
    "微信",
    "备注",
    "phone",
    "mobile",
    "address",
    "email",
    "receiver",
    "recipient",
    "realname",
];

pub fn guess(table: &Glimpse) -> TableMapping {
    let headers: Vec<String> = table.headers.iter().map(|header| plain(header)).collect();
    let mut fields = vec![None; headers.len()];
    let mut fits: Vec<(usize, usize, usize)> = Vec::new();
    for (at, header) in headers.iter().enumerate() {
        for (order, (_, words)) in WORDS.iter().enumerate() {
            if let Some(score) = words.iter().filter_map(|word| score(header, word)).max() {
                fits.push((score, order, at));
            }
        }
    }
    fits.sort_by_key(|(score, order, at)| (std::cmp::Reverse(*score), *order, *at));
    let mut taken = Vec::new();
    for (_, order, at) in fits {
        let Some((field, _)) = WORDS.get(order) else { continue };
        let Some(place) = fields.get_mut(at) else { continue };
        if place.is_none() && !taken.contains(field) && believable(*field, table, at) {
            *place = Some(*field);
            taken.push(*field);
        }
    }
    // A table whose headers say nothing may still show times.
    if !taken.contains(&Field::Time)
        && let Some(at) = (0..headers.len()).find(|at| fields.get(*at) == Some(&None) && are_times(table, *at))
        && let Some(place) = fields.get_mut(at)
    {
        *place = Some(Field::Time);
    }
    let all = headers.join(" ");
    let has = |field: Field| taken.contains(&field);
    let any = |words: &[&str]| words.iter().any(|word| all.contains(word));
    let rows_of = if has(Field::Gift) && (has(Field::Price) || has(Field::Total)) {
        RowsOf::Gift
    } else if any(&["订单", "order", "invoice"]) {
        RowsOf::Custom
    } else if has(Field::Text) {
        RowsOf::Danmaku
    } else if has(Field::User) && any(&["进入", "进场", "enter"]) {
        RowsOf::Enter
    } else {
        RowsOf::Custom
    };
    let event =
        any(&["订单", "order", "invoice"]).then(|| "OrderPaid".to_owned()).filter(|_| rows_of == RowsOf::Custom);
    let columns = table.headers.iter().zip(&headers).zip(fields).map(|((header, plain), field)| {
        let private = PERSONAL.iter().any(|word| plain.contains(word));
        let other = if rows_of == RowsOf::Custom && !private { Field::Property } else { Field::Ignore };
        let field = field.filter(|field| !private || *field == Field::Time).unwrap_or(other);
        Column { header: header.clone(), field }
    });
    TableMapping { rows_of, event, columns: columns.collect(), utc_offset_min: 480, money: money(&all) }
}

/// Lower case, without signs and what stands in brackets behind a name.
fn plain(header: &str) -> String {
    header.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect()
}

fn score(header: &str, word: &str) -> Option<usize> {
    let signs = word.chars().count();
    if header == word {
        return Some(1_000 + signs);
    }
    // Short words stand within others by chance.
    let long_enough = if word.is_ascii() { signs >= 4 } else { signs >= 2 };
    (long_enough && header.contains(word)).then_some(signs * if word.is_ascii() { 1 } else { 2 })
}

/// Whether what is in the column could be that.
fn believable(field: Field, table: &Glimpse, at: usize) -> bool {
    match field {
        Field::Time => most(table, at, 50, |cell| When::of(cell).is_some()),
        // The number of an order stands in a row for each of its articles.
        Field::Id => {
            let mut ids = table.rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| cell.text().into_owned());
            let mut seen = HashSet::new();
            ids.all(|id| seen.insert(id))
        }
        Field::Num | Field::Price | Field::Total => {
            most(table, at, 80, |cell| cell.text().contains(|sign: char| sign.is_ascii_digit()))
        }
        _ => true,
    }
}

/// Numbers alone are no times: ids are as long.
fn are_times(table: &Glimpse, at: usize) -> bool {
    let written = |cell: &Cell| matches!(When::of(cell), Some(When::Local(_)));
    table.rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| !cell.is_empty())) && most(table, at, 80, written)
}

/// At least so many of a hundred that say something.
fn most(table: &Glimpse, at: usize, percent: usize, is: impl Fn(&Cell) -> bool) -> bool {
    let cells: Vec<&Cell> =
        table.rows.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_empty()).collect();
    let fitting = cells.iter().filter(|cell| is(cell)).count();
    fitting * 100 >= cells.len() * percent
}

fn money(headers: &str) -> Money {
    let any = |words: &[&str]| words.iter().any(|word| headers.contains(word));
    if any(&["抖币", "钻石", "diamond", "电池", "快币"]) {
        Money::Tenth
    } else if any(&["金瓜子", "milli", "毫"]) {
        Money::Milli
    } else if any(&["额分", "价分", "付分", "fen", "cents"]) {
        Money::Fen
    } else {
        Money::Yuan
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{recorder::Source, table};

    #[track_caller]
    fn check(csv: &str, rows_of: RowsOf, expected: &[Field]) -> TableMapping {
        let mut source = std::io::Cursor::new(csv.as_bytes());
        let glimpse = table::glimpse(&mut source as &mut dyn Source, 20).unwrap();
        let mapping = guess(&glimpse);
        assert_eq!(mapping.columns.iter().map(|column| column.field).collect::<Vec<_>>(), expected, "{csv}");
        assert_eq!(mapping.rows_of, rows_of, "{csv}");
        assert_eq!(mapping.check(), Ok(()), "{csv}");
        mapping
    }

    #[test]
    fn tables_of_platforms_are_understood() {
        use Field::*;
        let orders = check(
            "主订单编号,选购商品,商品数量,手机号,收件人,应付金额(元),订单提交时间,订单状态\n69201,杯子,2,138,王五,19.9,2024-01-02 03:04:05,已完成\n",
            RowsOf::Custom,
            &[Id, Property, Num, Ignore, Ignore, Total, Time, Property],
        );
        assert_eq!((orders.event.as_deref(), orders.money), (Some("OrderPaid"), Money::Yuan));
        let gifts = check(
            "赠送时间,用户ID,昵称,礼物名称,礼物数量,礼物价值(抖币)\n2024/1/2 3:04,1,a,小心心,3,3\n",
            RowsOf::Gift,
            &[Time, User, Nick, Gift, Num, Total],
        );
        assert_eq!(gifts.money, Money::Tenth);
        check("time,user_id,nickname,content\n1704164645,1,a,hello\n", RowsOf::Danmaku, &[Time, User, Nick, Text]);
        check("观众ID,进入时间\n1,2024-01-02 03:04\n", RowsOf::Enter, &[User, Time]);
        check(
            "InvoiceNo;StockCode;Quantity;InvoiceDate;UnitPrice;CustomerID\n1;2;3;2010-12-01 08:26:00;2.55;17850\n1;3;3;2010-12-01 08:26:00;2.55;17850\n",
            RowsOf::Custom,
            &[Property, Property, Num, Time, Price, User],
        );
        check("甲,乙\nx,2024-01-02 03:04\n", RowsOf::Custom, &[Property, Time]);
    }

    #[test]
    fn a_header_alone_is_not_believed() {
        let mapping = check("时间长度,date\n很久,2024-01-02\n", RowsOf::Custom, &[Field::Property, Field::Time]);
        assert_eq!(mapping.utc_offset_min, 480);
    }
}
