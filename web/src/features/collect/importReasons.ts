// Why rows were skipped, in Chinese. The server says it in English, and names columns in it.
const CHINESE: Record<string, string> = {
  "a gift without its price (some recorders keep it in their raw data only)": "礼物没有价格（有的录制工具只在原始数据里记录价格）",
  "a super chat without its price": "醒目留言没有价格",
  "a notice of a purchase that `guard` tells": "购买大航海的提示，已由 guard 记录",
  "a raw message, told by the rows beside it": "原始消息，旁边的行已经记录",
  "a message of another kind": "其他种类的消息",
  "a message without its data": "消息没有内容",
  "a piece of a drawn message box": "画出来的消息框的一部分",
  "a drawing": "图形",
  "longer than 64 KB": "超过 64 KB",
  "more than 256 columns": "超过 256 列",
  "not closed": "没有写完",
  "not UTF-8": "编码有误",
  "not a JSON object": "不是 JSON 对象",
  "neither a text nor a kind": "既没有内容也没有种类",
  "without a kind": "没有种类",
  "without a time": "没有时间",
  "without its time": "没有时间",
  "without its seconds": "没有秒数",
  "without a text": "没有内容",
  "without a price": "没有价格",
  "without `p`": "没有 p 属性",
  "without `ts`": "没有 ts 属性",
  "with too few columns": "列数不够",
  "seconds out of range": "秒数超出范围",
  "`occurred_at` is before the year 2000 or more than a day ahead": "时间早于 2000 年或在一天以后",
  "`user` is missing": "没有用户",
  "`text` is missing": "没有内容",
  "`gift` is missing": "没有礼物名",
  "`num` is not 1 to 10^12": "数量不对",
  "other reasons": "其他原因",
}

const OF_COLUMN: Record<string, string> = {
  "is no time": "不是时间",
  "is no amount of money": "不是金额",
  "is no number": "不是数字",
  "is neither paid nor free": "看不出是否付费",
}

export function reasonIn(language: string, reason: string): string {
  if (!language.startsWith("zh")) return reason
  const [, column, header, what] = /^column (\d+) `(.*)` (.*)$/.exec(reason) ?? []
  const said = what === undefined ? undefined : OF_COLUMN[what]
  return said === undefined ? (CHINESE[reason] ?? reason) : `第 ${column ?? ""} 列“${header ?? ""}”${said}`
}
