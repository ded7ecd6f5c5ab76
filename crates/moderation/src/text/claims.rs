//! Claims in a seller's words 广告极限词: a superlative is a claim only where it says so of the goods.
//!
//! 《中华人民共和国广告法》 art. 9 (3); the exceptions are those of the State Administration for Market Regulation's 《广告绝对化用语执法指南》 (No. 6 of
//! 2023): service and goals, comparison with oneself, advice on use, graded terms of standards, names, background, awards, provable order.

use super::fold::Unit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Words that may claim something, in whatever list they stand; most of the time they are ordinary ones.
const AMBIGUOUS: &[&str] = &[
    "最",
    "第一",
    "绝对",
    "首",
    "首个",
    "首家",
    "国家",
    "国家级",
    "世界",
    "全国",
    "全球",
    "特效",
    "王牌",
    "独家",
    "最好",
    "一流",
    "顶级",
    "唯一",
    "极致",
    "首选",
    "首次",
    "顶尖",
    "最大",
    "最小",
    "最高",
    "最低",
    "最新",
    "最多",
    "最少",
    "最佳",
    "最强",
    "最优",
    "最后",
    "最先",
    "完美",
    "金牌",
    "名牌",
    "永久",
    "万能",
    "极品",
    "巅峰",
    "冠军",
    "领先",
    "领袖",
    "终极",
    "至尊",
    "绝无仅有",
    "史无前例",
    "前所未有",
    "无敌",
    "精确",
    "专家",
    "秒杀",
    "免费",
    "最爱",
    "最美",
    "最终",
    "最近",
    "百分之百",
    "一级",
    "特级",
    "高级",
];

/// What is sold, and what is said of it.
const GOODS: &[&str] = &[
    "品牌", "牌子", "产品", "商品", "单品", "面膜", "面霜", "精华", "口红", "品质", "质量", "品", "技术", "工艺",
    "科技", "配方", "成分", "材质", "面料", "效果", "功效", "疗效", "性能", "销量", "口碑", "排名", "价", "价格", "店",
    "款", "爆款", "货", "厂家", "工厂", "级", "水准", "水平", "享受", "选择", "设计", "研发", "发明", "首创", "专利",
    "好用", "有效", "安全", "便宜", "划算", "优惠", "防晒", "保湿", "美白", "抗皱", "减肥", "瘦身", "健康", "营养",
    "手机", "电脑", "空调", "冰箱", "衣服", "裙", "鞋", "包", "酒", "茶", "奶粉", "车", "房", "楼盘", "地段", "保健",
    "药", "医院", "老师", "课程", "口感", "味道", "食材", "真皮", "材料", "净化", "清洁", "去污",
];

/// What before or after it makes an ordinary word of it.
struct Exempt {
    word: &'static str,
    before: &'static [&'static str],
    after: &'static [&'static str],
}

const EXEMPT: &[Exempt] = &[
    Exempt {
        word: "第一",
        before: &["顾客", "客户", "用户", "安全", "质量", "服务", "信誉", "友谊", "健康", "世界", "生命", "学习"],
        after: &[
            "次",
            "时间",
            "排",
            "季",
            "集",
            "眼",
            "步",
            "天",
            "个",
            "位",
            "人称",
            "件",
            "代",
            "章",
            "页",
            "期",
            "轮",
            "场",
            "批",
            "声",
            "反应",
            "印象",
            "课",
            "节",
            "条",
            "句",
            "层",
            "年",
            "周",
            "月",
            "桶",
            "遍",
            "关",
            "局",
            "行",
            "组",
            "班",
            "届",
            "部",
            "题",
            "段",
            "款",
            "双",
            "套",
            "单",
            "名的",
            "的选手",
            "的球队",
            "的队",
            "的歌",
            "的同学",
            "的学生",
            "的玩家",
            "的战队",
            "视角",
            "季度",
            "手",
            "线",
            "夫人",
            "现场",
            "人民",
            "中学",
            "小学",
        ],
    },
    Exempt {
        word: "绝对",
        before: &[],
        after: &[
            "值", "不", "没", "音感", "零度", "时间", "位置", "路径", "温度", "湿度", "高度", "坐标", "是", "会", "要",
            "多数",
        ],
    },
    Exempt {
        word: "首",
        before: &[],
        after: &["次", "付", "先", "页", "席", "都", "饰", "发", "歌", "日", "单", "映", "班", "重", "演", "款", "批"],
    },
    Exempt {
        word: "首次",
        before: &[],
        after: &["下单", "购买", "登录", "注册", "使用", "见面", "直播", "关注", "进", "充值", "开播"],
    },
    Exempt { word: "首家", before: &[], after: &["开业", "门店开"] },
    Exempt {
        word: "国家",
        before: &[],
        after: &[
            "标准",
            "地理",
            "规定",
            "法",
            "图书馆",
            "公园",
            "队",
            "政策",
            "博物馆",
            "统计",
            "电网",
            "的",
            "宝藏",
            "大剧院",
            "专利局",
            "知识产权",
            "税务",
        ],
    },
    Exempt {
        word: "国家级", before: &[], after: &["非遗", "非物质", "自然保护", "公园", "贫困", "运动员", "新区"]
    },
    Exempt {
        word: "世界",
        before: &[],
        after: &[
            "杯",
            "地图",
            "各",
            "上",
            "那么",
            "这么",
            "观",
            "之",
            "史",
            "大战",
            "末日",
            "和平",
            "读书日",
            "旅",
            "的",
            "赛",
            "真",
            "太",
        ],
    },
    Exempt {
        word: "特效",
        before: &["电影", "视频", "礼物", "进场", "游戏", "滤镜"],
        after: &["化妆", "师", "片", "镜头", "礼物", "好看", "关", "开", "字幕", "妆", "做"],
    },
    Exempt {
        word: "王牌",
        before: &[],
        after: &[
            "特工",
            "对王牌",
            "飞行员",
            "节目",
            "战机",
            "飞行",
            "部队",
            "军",
            "投手",
            "球员",
            "主播",
            "选手",
            "家族",
        ],
    },
    Exempt {
        word: "独家",
        before: &[],
        after: &["记忆", "采访", "报道", "新闻", "直播", "专访", "授权", "号", "播出", "村", "冠名", "秘密"],
    },
    Exempt {
        word: "最好",
        before: &[],
        after: &[
            "在",
            "是在",
            "别",
            "不",
            "先",
            "用",
            "能",
            "提前",
            "早",
            "饭",
            "把",
            "还是",
            "放",
            "去",
            "买大",
            "买小",
            "穿",
            "吃",
            "问",
            "看",
            "再",
            "朋友",
            "的朋友",
            "的时光",
            "的年纪",
            "的我们",
            "的自己",
            "冷藏",
            "避",
            "隔",
        ],
    },
    Exempt {
        word: "一流", before: &[], after: &["水槽", "水", "血", "泪", "汗", "下", "出", "程", "口水", "鼻"]
    },
    Exempt {
        word: "唯一",
        before: &["我的", "你是", "你是我"],
        after: &[
            "的爱",
            "一次",
            "的办法",
            "的缺点",
            "不足",
            "的遗憾",
            "的问题",
            "缺点",
            "码",
            "标识",
            "的是",
            "性",
            "编号",
            "的儿子",
            "的女儿",
        ],
    },
    Exempt { word: "首选", before: &[], after: &["项", "地址", "语言"] },
    Exempt {
        word: "顶级", before: &[], after: &["玩家", "选手", "赛事", "流量", "联赛", "域名", "会所"]
    },
    Exempt {
        word: "完美", before: &[], after: &["主义", "世界", "关系", "的一天", "收官", "结束", "谢幕"]
    },
    Exempt {
        word: "最新",
        before: &[],
        after: &["消息", "一期", "的一期", "版本", "通知", "价", "进展", "地址", "动态", "一集", "款"],
    },
    Exempt {
        word: "最低",
        before: &[],
        after: &["气温", "工资", "生活", "温度", "起", "消费", "要求", "配置", "限度"],
    },
    Exempt {
        word: "最高",
        before: &["限"],
        after: &[
            "气温", "法", "温度", "可", "检", "记录", "领导", "分", "院", "限", "承重", "立减", "优惠", "抵", "返",
        ],
    },
    Exempt {
        word: "最大",
        before: &[],
        after: &["承重", "号", "码", "的问题", "努力", "限度", "值", "尺寸", "公约数", "功率", "容量", "化", "程度"],
    },
    Exempt {
        word: "最小", before: &[], after: &["起订", "号", "码", "值", "尺寸", "的孩子", "单位", "化"]
    },
    Exempt {
        word: "最佳",
        before: &[],
        after: &["食用", "观赏", "使用", "赏味", "时间", "饮用", "辩手", "球员", "男", "女", "导演", "影片", "选手"],
    },
    Exempt { word: "永久", before: &[], after: &["自行车", "居留", "会员", "封", "禁", "地址", "保存"] },
    Exempt { word: "全球", before: &[], after: &["变暖", "购", "化", "直播", "同步", "疫情", "通"] },
    Exempt {
        word: "一级",
        before: &[],
        after: &["棒", "能效", "建造师", "市场", "头", "保护", "方程式", "学科", "消防"],
    },
    Exempt {
        word: "高级", before: &[], after: &["感", "中学", "工程师", "会员", "搜索", "设置", "职称", "定制"]
    },
];

/// Words that never are a claim by themselves; only a longer word of the list is.
fn bare(word: &str) -> bool {
    matches!(
        word,
        "最" | "首"
            | "国家"
            | "世界"
            | "全国"
            | "全球"
            | "绝对"
            | "第一"
            | "最好"
            | "最大"
            | "最小"
            | "最多"
            | "最少"
            | "最后"
            | "最先"
            | "最新"
            | "最近"
            | "最终"
            | "专家"
            | "高级"
            | "一级"
            | "特效"
            | "免费"
            | "秒杀"
            | "首次"
    )
}

/// Why what looks like a claim is none, by 《广告绝对化用语执法指南》 (2023).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ClaimExemption)]
pub enum Exemption {
    /// What a seller strives for, and how it serves 服务态度、经营理念.
    Attitude,
    /// It says nothing of what the goods are worth 与商品性能、质量无关.
    Unrelated,
    /// Compared with goods of one's own 自我比较.
    OwnGoods,
    /// When and how to use it 消费提示.
    Advice,
    /// A grade of a standard 标准分级.
    Grade,
    /// A name or a trademark 名称、商标.
    Name,
    /// 奖项、称号
    Award,
    /// An order in time or place that is a fact 时空顺序.
    Order,
}

impl Exemption {
    /// The guideline's article.
    pub fn article(self) -> &'static str {
        match self {
            Exemption::Attitude | Exemption::Unrelated => "《广告绝对化用语执法指南》第五条",
            _ => "《广告绝对化用语执法指南》第六条",
        }
    }
}

/// Why a hit of this word is no claim; none where it is one.
pub fn exemption(word: &str, category: &str, units: &[Unit], from: usize, behind: usize) -> Option<Exemption> {
    let claim = category == "claim" || category == "ad_law" || AMBIGUOUS.contains(&word);
    if !claim {
        return None;
    }
    let before: String = units[from.saturating_sub(6)..from].iter().map(|unit| unit.shown).collect();
    let after: String = units[behind..].iter().take(8).map(|unit| unit.shown).collect();
    let ordinary = |exempt: &Exempt| {
        exempt.after.iter().any(|text| after.starts_with(text))
            || exempt.before.iter().any(|text| before.ends_with(text))
    };
    // An award is a fact.
    if word == "冠军" {
        return Some(Exemption::Award);
    }
    if EXEMPT.iter().find(|exempt| exempt.word == word).is_some_and(ordinary) {
        return Some(kind(word, &before, &after));
    }
    // Compared with oneself, advice, what somebody wishes.
    if ["本店", "我们家", "自家", "自己"].iter().any(|own| before.ends_with(own)) && word.starts_with('最') {
        return Some(Exemption::OwnGoods);
    }
    if !bare(word) {
        return None;
    }
    let near = |text: &str| GOODS.iter().any(|goods| text.contains(goods));
    let after: String = after.chars().take(4).collect();
    (!near(&after) && !near(&before)).then_some(Exemption::Unrelated)
}

/// Which exception an ordinary use is.
fn kind(word: &str, before: &str, after: &str) -> Exemption {
    let follows = |texts: &[&str]| texts.iter().any(|text| after.starts_with(text));
    const ATTITUDE: &[&str] = &["服务", "顾客", "客户", "用户", "信誉", "友谊", "安全", "质量", "健康", "生命"];
    if ATTITUDE.iter().any(|text| before.ends_with(text)) {
        return Exemption::Attitude;
    }
    match word {
        "最佳" if follows(&["食用", "观赏", "使用", "赏味", "时间", "饮用"]) => Exemption::Advice,
        "最佳" => Exemption::Award,
        "最好" if !follows(&["的", "朋友", "饭"]) => Exemption::Advice,
        "国家" if follows(&["标准", "规定", "法"]) => Exemption::Grade,
        "一级" if follows(&["能效", "棒", "建造师", "学科", "保护", "消防"]) => Exemption::Grade,
        "高级" if follows(&["工程师", "职称"]) => Exemption::Grade,
        "国家" | "国家级" | "王牌" | "永久" | "完美" | "世界" => Exemption::Name,
        "第一" | "首" | "首次" | "首家" | "最新" | "最低" | "最高" | "最大" | "最小" => {
            Exemption::Order
        }
        _ => Exemption::Unrelated,
    }
}

/// Who warns of an abuse repeats its words.
pub fn speaks_against(text: &str) -> bool {
    const AGAINST: &[&str] = &[
        "反对",
        "不要骂",
        "别骂",
        "不要说",
        "请勿",
        "举报",
        "管理员",
        "房管",
        "谴责",
        "抵制",
        "禁止",
        "拒绝",
        "不许",
        "警惕",
        "小心被骗",
        "谨防",
        "别信",
        "不要相信",
        "别加",
    ];
    AGAINST.iter().any(|words| text.contains(words))
}
