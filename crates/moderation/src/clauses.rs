//! The published rules 条款 that verdicts and sanctions name: one line each, in both languages, with the law behind it.

/// A rule as viewers and reviewers read it.
#[derive(Debug, Clone, Copy)]
pub struct Clause {
    /// Stable; stands in events and messages. Categories of lists are clauses.
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Which law or rule asks for it.
    pub source: &'static str,
}

const fn clause(code: &'static str, zh: &'static str, en: &'static str, source: &'static str) -> Clause {
    Clause { code, zh, en, source }
}

pub const LIST: &[Clause] = &[
    clause("abuse", "辱骂他人", "insulting others", "《网络信息内容生态治理规定》第十条"),
    clause("sexual", "色情低俗", "sexual content", "《网络信息内容生态治理规定》第六条"),
    clause("gambling", "赌博", "gambling", "《治安管理处罚法》第七十条"),
    clause("fraud", "欺诈与违禁交易", "fraud and forbidden goods", "《反电信网络诈骗法》"),
    clause("contact", "引流到站外", "luring viewers elsewhere", "《网络直播营销管理办法(试行)》第十八条"),
    clause("claim", "广告绝对化用语", "absolute claims in advertising", "《广告法》第九条"),
    clause("medical", "医疗与功效宣称", "medical claims", "《广告法》第十六、十七条"),
    clause("financial", "收益承诺", "promises of returns", "《广告法》第二十五条"),
    clause("politics", "危害国家安全的内容", "content against national security", "《网络安全法》第十二条"),
    clause("spam", "刷屏", "flooding", "《互联网直播服务管理规定》第十一条"),
    clause("minors", "伤害未成年人", "harm to minors", "《未成年人网络保护条例》"),
    clause("privacy", "泄露他人隐私", "telling of others' private life", "《个人信息保护法》"),
    clause("own", "违反本直播间规定", "against the rules of this room", "本平台规则"),
];

pub fn find(code: &str) -> Option<&'static Clause> {
    LIST.iter().find(|clause| clause.code == code)
}

pub fn is_one(code: &str) -> bool {
    find(code).is_some()
}
