import { texts } from "../ui/i18n"

export const shellTexts = texts(
  {
    menu: "主菜单",
    user_menu: "账号菜单",
    sign_out: "退出登录",
    change_password: "修改密码",
    account: "账号与安全",
    skip: "跳到正文",
    console: "控制台",
    masked: "已脱敏",
    masked_hint: "您的角色没有“查看个人信息明文”权限：观众的标识、昵称，以及内容里的电话、邮箱、证件号等已被遮盖。",
  },
  {
    menu: "Main menu",
    user_menu: "Account menu",
    sign_out: "Sign out",
    change_password: "Change password",
    account: "Account and security",
    skip: "Skip to content",
    console: "Console",
    masked: "Masked",
    masked_hint: "Your role may not see personal data: viewers' pseudonyms and names, and phone numbers, e-mail addresses and id numbers in texts are masked.",
  },
)
