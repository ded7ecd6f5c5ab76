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
  },
  {
    menu: "Main menu",
    user_menu: "Account menu",
    sign_out: "Sign out",
    change_password: "Change password",
    account: "Account and security",
    skip: "Skip to content",
    console: "Console",
  },
)
