import { texts } from "../../../ui/i18n"

export const qualityTexts = texts(
  {
    blind: "盲审", blind_hint: "每 20 条裁决抽 1 条，由另一人在不知道原裁决的情况下再裁一次", none_blind: "没有待盲审的内容", pass: "通过", reject: "驳回：{{why}}", reject_by: "驳回，违反…",
    disputes: "争议", disputes_hint: "两次裁决不一致，由您终审", own: "其中一次裁决出自您，须由其他人终审。",
    numbers: "审核质量", period: "时段", days: "近 {{n}} 天", reviewer: "审核员", decided: "裁决数", late: "超时率", judged: "质检数", accuracy: "准确率（95% 区间）",
    pairs: "双人裁决", agreement: "一致率", kappa: "Kappa", kappa_hint: "Cohen's kappa：扣除偶然后的一致程度，1 为完全一致", disputed: "待终审", nobody: "这段时间没有裁决",
    refused_own_verdict: "不能评判自己的裁决", refused_already_decided: "已由他人裁决", refused_bad_clause: "请选择条款",
  },
  {
    blind: "Blind review", blind_hint: "One verdict of 20 is given once more by somebody who does not know the first", none_blind: "Nothing to review blindly", pass: "Pass", reject: "Rejected: {{why}}", reject_by: "Reject, it breaks…",
    disputes: "Disputes", disputes_hint: "Two verdicts differ; you say which is right", own: "One of the two was yours; somebody else decides.",
    numbers: "Quality of review", period: "Period", days: "Last {{n}} days", reviewer: "Reviewer", decided: "Verdicts", late: "Late", judged: "Checked", accuracy: "Accuracy (95 % interval)",
    pairs: "Given twice", agreement: "Agreement", kappa: "Kappa", kappa_hint: "Cohen's kappa: agreement beyond chance; 1 is always the same", disputed: "To settle", nobody: "No verdicts in this time",
    refused_own_verdict: "Not about your own verdict", refused_already_decided: "Somebody else decided", refused_bad_clause: "Choose a rule",
  },
)
