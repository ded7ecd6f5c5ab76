import { texts } from "../../../ui/i18n"

export const dryRunTexts = texts(
  {
    try: "试跑", try_hint: "用最近的弹幕试一遍，不会保存", looked_at: "试跑了最近 {{n}} 条弹幕，{{from}} 至 {{to}}", none: "最近没有弹幕可以试跑", outcome: "试跑结果", what: "命中", now: "现在", then: "保存后", change: "变化", all: "合计",
    new: "新命中 {{n}} 条", gone: "不再命中 {{n}} 条", no_change: "没有弹幕的判定会变化", left_out: "{{n}} 行无法识别，没有计入",
    too_many: "会误伤：词库本身命中了 {{n}} 条未被驳回的弹幕，占 {{share}}", too_many_word: "会误伤：“{{word}}”命中了 {{n}} 条未被驳回的弹幕，占 {{share}}",
    refused_dry_run_going: "正在试跑另一个词库，请稍后再试", refused_bad_word: "词条不正确：1 到 64 个字，不以 # 开头，级别和标记须为所列", refused_bad_category: "类别最多 30 个字", refused_too_many_words: "词条数量超出上限", refused_not_ready: "词库正在加载，请稍后再试", refused_beyond_your_reach: "整个机构的词库需要全机构范围的账号",
  },
  {
    try: "Dry run", try_hint: "Tried on the newest danmaku; nothing is saved", looked_at: "Tried on the newest {{n}} danmaku, {{from}} to {{to}}", none: "There are no danmaku to try it on", outcome: "Outcome of the dry run", what: "Hit", now: "Now", then: "Then", change: "Change", all: "In all",
    new: "{{n}} newly hit", gone: "{{n}} no longer hit", no_change: "Nothing else would become of any of them", left_out: "{{n}} lines are no words and were left out",
    too_many: "It hits the innocent: {{n}} danmaku that nobody rejected are hit by the list itself, {{share}}", too_many_word: "It hits the innocent: “{{word}}” hits {{n}} danmaku that nobody rejected, {{share}}",
    refused_dry_run_going: "Another list is being tried; try again in a moment", refused_bad_word: "Not a word: 1 to 64 characters, no # before it, a level and flags that exist", refused_bad_category: "A category has at most 30 characters", refused_too_many_words: "There are too many words", refused_not_ready: "The lists are being read; try again in a moment", refused_beyond_your_reach: "Lists of the whole organisation are beyond your reach",
  },
)
