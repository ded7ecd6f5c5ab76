import { texts } from "../../../ui/i18n"

export const ledgerTexts = texts(
  {
    title: "存证账本", intro: "审核裁决、处罚与申诉、词库和发言模式的变更，逐条相连，不能改动而不被发现。",
    heads: "每日封存", heads_none: "还没有封存的日子", export: "导出封存", day: "日期（北京时间）", rows: "条数", range: "序号", head: "封存值", sealed: "封存时间", today: "今天，尚未封存", copy: "复制", copied: "已复制",
    rows_of: "{{day}} 的记录", rows_all: "全部记录", all_days: "全部日期", none: "没有记录", kind: "类型", all_kinds: "全部类型", about: "对象", about_hint: "如 danmaku:42", at: "时间", what: "内容", details: "详情", evidence: "证据包", show_more: "显示更多", refresh: "刷新",
    kind_verdict: "审核裁决", kind_list_changed: "词库变更", kind_mode_changed: "发言模式变更", kind_sanction_imposed: "处罚", kind_sanction_changed: "处罚变更", kind_evidence_kept: "留证", kind_appeal_filed: "提出申诉", kind_appeal_decided: "申诉裁定", kind_clearance: "开播前审核", kind_signature: "专业签字", kind_days_cut: "到期清除",
    passed: "通过", rejected: "驳回：{{why}}", by: "{{by}}", by_program: "系统", mode: "{{before}} → {{mode}}", cleared: "放行备播单版本 {{n}}", returned: "退回备播单版本 {{n}}", signed: "签署备播单版本 {{n}}（{{number}}）", kept: "录像 {{n}} 秒，SHA-256 {{hash}}…", cut: "第 {{last}} 条及以前已到期清除",
    mode_after_review: "先发后审", mode_before_review: "先审后发", mode_off: "关闭弹幕",
    change_created: "新建“{{name}}”", change_changed: "修改“{{name}}”", change_words_changed: "修改“{{name}}”的词条", change_removed: "删除“{{name}}”", change_expired: "“{{name}}”到期停用", change_other: "“{{name}}”",
    previous: "前一条哈希", hash: "哈希", facts: "事实", people: "观众和原文只以加盐哈希出现；抹除个人信息会销毁盐，账本仍可核验。",
    verify: "如何核验", verify_run: "在服务器上运行，逐条核对并与事件日志中的封存值比较：", verify_kept: "把导出的封存值保存在别处，日后对照：", verify_pack: "证据包自带到当日封存值的路径，不经本系统也能核对：",
  },
  {
    title: "Ledger", intro: "Verdicts, sanctions and appeals, changes of lists and modes, each tied to the one before: none is changed unseen.",
    heads: "Sealed days", heads_none: "No day is sealed yet", export: "Export heads", day: "Day (Beijing)", rows: "Rows", range: "Numbers", head: "Head", sealed: "Sealed", today: "Today, not sealed yet", copy: "Copy", copied: "Copied",
    rows_of: "Rows of {{day}}", rows_all: "All rows", all_days: "All days", none: "No rows", kind: "Kind", all_kinds: "All kinds", about: "About", about_hint: "such as danmaku:42", at: "Time", what: "What", details: "Details", evidence: "Evidence", show_more: "Show more", refresh: "Refresh",
    kind_verdict: "Verdict", kind_list_changed: "List changed", kind_mode_changed: "Mode changed", kind_sanction_imposed: "Sanction", kind_sanction_changed: "Sanction changed", kind_evidence_kept: "Evidence kept", kind_appeal_filed: "Appeal filed", kind_appeal_decided: "Appeal decided", kind_clearance: "Clearance", kind_signature: "Signature", kind_days_cut: "Days cut",
    passed: "Passed", rejected: "Rejected: {{why}}", by: "{{by}}", by_program: "Kaibo", mode: "{{before}} → {{mode}}", cleared: "Version {{n}} of a dossier cleared", returned: "Version {{n}} of a dossier returned", signed: "Version {{n}} of a dossier signed ({{number}})", kept: "{{n}} s of the show, SHA-256 {{hash}}…", cut: "Rows up to {{last}} went by their age",
    mode_after_review: "reviewed afterwards", mode_before_review: "reviewed first", mode_off: "closed",
    change_created: "“{{name}}” made", change_changed: "“{{name}}” changed", change_words_changed: "Words of “{{name}}” changed", change_removed: "“{{name}}” deleted", change_expired: "“{{name}}” ended", change_other: "“{{name}}”",
    previous: "Hash before", hash: "Hash", facts: "Facts", people: "Viewers and their words stand here as salted hashes only. Erasing a viewer destroys the salt; the ledger can still be verified.",
    verify: "How to verify", verify_run: "On the server: walks every row and compares the heads that the event log was told:", verify_kept: "Keep exported heads elsewhere, and compare them later:", verify_pack: "Evidence holds the way to its day's head, and is checked without Kaibo:",
  },
)
