import { texts } from "../../../ui/i18n"

export const sanctionTexts = texts(
  {
    sanctions: "处罚", sanction: "处罚", appeals: "申诉", appeal: "申诉", none: "没有处罚记录", no_appeals: "没有申诉", show_more: "显示更多", erased: "已抹除",
    impose: "处罚这位观众", impose_ok: "实施处罚", imposed: "已实施：{{what}}", already: "这条弹幕已经处罚过。", clause: "违反条款", ladder: "处罚阶梯", first_time: "30 天内首次违反该条款", strikes: "30 天内已因该条款处罚 {{n}} 次",
    impose_room: "处罚直播间", why_room: "原因", cut_hint: "期间只引来平时十分之一的流量，直播照常进行。", end_hint: "本场直播立即结束。", reach: "曝光权重", reach_hint: "决定直播在推荐列表中的位置", reach_cut: "限流至 {{at}}", reach_cut_for_good: "限流", reach_score: "内容安全分 {{score}}",
    what: "处罚方式", as_ladder: "按阶梯：{{what}}", how_long: "时长", everywhere: "全部直播间", everywhere_too: "在全部直播间生效（需要全机构范围）", why: "备注（可不填）", why_needed: "为什么不按阶梯处罚",
    kind_warn: "警告", kind_mute: "禁言", kind_kick: "踢出", kind_ban: "封禁", kind_cut_traffic: "限流", kind_cut_stream: "断播", all_kinds: "全部方式",
    minutes: "{{n}} 分钟", hours: "{{n}} 小时", days: "{{n}} 天", for_good: "永久", until: "至 {{at}}", nth: "30 天内第 {{n}} 次", not_as_ladder: "未按阶梯",
    state: "状态", all_states: "全部状态", state_active: "生效", state_lifted: "已解除", state_reversed: "申诉撤销", state_suspended: "暂停执行", state_expired: "已到期", room: "直播间", all_rooms: "全部直播间",
    evidence: "留证录像", in_recording: "在录像中看", evidence_play: "播放留证录像", evidence_kept: "留证录像", evidence_waiting: "录像尚未到达，留证待完成", evidence_none: "当时没有录像", evidence_lost: "录像在留证前已被删除", evidence_expired: "留证录像已到期清除", evidence_failed: "留证录像无法播放", mistaken: "系误处罚", lift: "解除处罚", lift_title: "解除这条处罚？", lift_why: "原因", lift_mistaken: "本不该处罚：不再计入违规次数",
    appeal_open: "待裁决", appeal_upheld: "维持", appeal_reversed: "撤销", left: "剩余 {{time}}", late_by: "已超时 {{time}}，处罚暂停执行", was_late: "超时裁决", reason: "裁决理由（观众可见）", uphold: "维持处罚", reverse: "撤销处罚",
    not_own: "这条处罚由您实施，须由其他人裁决。",
    refused_bad_clause: "请选择条款", refused_bad_subject: "没有处罚对象", refused_bad_length: "只有禁言、封禁和限流可以设时长", refused_bad_why: "原因为 1 到 500 个字", refused_bad_reason: "理由为 1 到 500 个字", refused_why_needed: "不按阶梯处罚需要说明原因",
    refused_already_sanctioned: "这条弹幕已经处罚过", refused_already_decided: "已由他人裁决", refused_not_in_force: "处罚已不再生效", refused_own_sanction: "不能裁决对自己所作处罚的申诉", refused_beyond_your_reach: "需要全机构范围的账号", refused_not_live: "直播已经结束",
  },
  {
    sanctions: "Sanctions", sanction: "Sanction", appeals: "Appeals", appeal: "Appeal", none: "Nothing was imposed", no_appeals: "No appeals", show_more: "Show more", erased: "Erased",
    impose: "Sanction this viewer", impose_ok: "Impose", imposed: "Imposed: {{what}}", already: "This danmaku was punished before.", clause: "Rule", ladder: "Ladder", first_time: "The first time within 30 days", strikes: "Punished {{n}} times for this within 30 days",
    impose_room: "Sanction a room", why_room: "Why", cut_hint: "Meanwhile a tenth of the usual traffic is led to it; its shows go on.", end_hint: "The show ends at once.", reach: "Reach", reach_hint: "decides where its shows stand in lists", reach_cut: "Cut from traffic until {{at}}", reach_cut_for_good: "Cut from traffic", reach_score: "Safety score {{score}}",
    what: "Sanction", as_ladder: "By the ladder: {{what}}", how_long: "How long", everywhere: "All rooms", everywhere_too: "In all rooms (headquarters only)", why: "Note (optional)", why_needed: "Why not by the ladder",
    kind_warn: "Warning", kind_mute: "Mute", kind_kick: "Kick", kind_ban: "Ban", kind_cut_traffic: "Cut traffic", kind_cut_stream: "Cut the stream", all_kinds: "All sanctions",
    minutes: "{{n}} min", hours: "{{n}} h", days: "{{n}} d", for_good: "for good", until: "until {{at}}", nth: "no. {{n}} within 30 days", not_as_ladder: "not by the ladder",
    state: "State", all_states: "All states", state_active: "In force", state_lifted: "Lifted", state_reversed: "Reversed", state_suspended: "Suspended", state_expired: "Expired", room: "Room", all_rooms: "All rooms",
    evidence: "Evidence", in_recording: "In the recording", evidence_play: "Play the evidence", evidence_kept: "Evidence", evidence_waiting: "The recording has not come so far; the evidence waits", evidence_none: "Nothing was recorded then", evidence_lost: "The recording went before it was kept", evidence_expired: "The evidence went by its age", evidence_failed: "The evidence cannot be played", mistaken: "imposed by mistake", lift: "Lift", lift_title: "Lift this sanction?", lift_why: "Why", lift_mistaken: "It should not have been imposed: it counts no more",
    appeal_open: "Appeal waits", appeal_upheld: "Upheld", appeal_reversed: "Reversed on appeal", left: "{{time}} left", late_by: "Overdue by {{time}}: the sanction is suspended", was_late: "decided late", reason: "Reason (the viewer reads it)", uphold: "Uphold", reverse: "Reverse",
    not_own: "You imposed this sanction; somebody else decides.",
    refused_bad_clause: "Choose a rule", refused_bad_subject: "Nobody to sanction", refused_bad_length: "Only mutes, bans and cuts of traffic last", refused_bad_why: "A reason has 1 to 500 characters", refused_bad_reason: "A reason has 1 to 500 characters", refused_why_needed: "Say why it is not by the ladder",
    refused_already_sanctioned: "This danmaku was punished before", refused_already_decided: "Somebody else decided", refused_not_in_force: "The sanction is over", refused_own_sanction: "Not about your own sanction", refused_beyond_your_reach: "Needs an account with the organisation's scope", refused_not_live: "The show is over",
  },
)
