#include "pages/pages.h"

#include <algorithm>
#include <array>

#include "pages/parts.h"
#include "text/html.h"

namespace pages {
namespace {

using text::escape_html;
using text::Language;
using text::say;
using text::Word;

std::string group(const Frame& frame, Word legend, std::string_view options) {
  return fmt::format("<fieldset><legend>{}</legend>\n{}</fieldset>\n", said(frame, legend), options);
}

std::string label_of(const Frame& frame, std::string_view id) {
  constexpr std::array<std::pair<std::string_view, Word>, 9> kKnown = {{{"win_back", Word::page_topic_win_back},
                                                                        {"tips", Word::page_topic_tips},
                                                                        {"news", Word::page_topic_news},
                                                                        {"email", Word::page_channel_email},
                                                                        {"in_app", Word::page_channel_in_app},
                                                                        {"sms", Word::page_channel_sms},
                                                                        {"push", Word::page_channel_push},
                                                                        {"phone", Word::page_channel_phone},
                                                                        {"wechat", Word::page_channel_wechat}}};
  const auto* known = std::ranges::find(kKnown, id, &std::pair<std::string_view, Word>::first);
  return known == kKnown.end() ? given(id) : said(frame, known->second);
}

std::string choices(const Frame& frame, std::string_view name, const std::vector<Choice>& all) {
  std::string out;
  for (const Choice& one : all) out += option("checkbox", name, one.id, one.on, label_of(frame, one.id));
  return out;
}

std::string pauses(const Frame& frame, const Preferences& what) {
  const bool paused = what.paused_until.has_value();
  std::string out;
  if (paused) {
    out += option("radio", "pause", "keep", true,
                  escape_html(say(frame.language, Word::page_pause_keep, fmt::arg("date", text::date(frame.language, *what.paused_until)))));
  }
  out += option("radio", "pause", "none", !paused, said(frame, Word::page_pause_none));
  out += option("radio", "pause", "30", false, said(frame, Word::page_pause_30));
  out += option("radio", "pause", "90", false, said(frame, Word::page_pause_90));
  return out;
}

std::string reasons(const Frame& frame, const Why& why) {
  const Language l = frame.language;
  std::string out;
  // The words hold no markup, the values are escaped before they are put in.
  const auto add = [&](const std::string& html) { out += "<li>" + html + "</li>\n"; };
  const auto day = [&](base::Day d) { return text::date(l, d); };
  if (why.sent_on) add(say(l, Word::page_why_sent, fmt::arg("date", day(*why.sent_on)), fmt::arg("journey", given(why.journey))));
  if (why.last_order) add(say(l, Word::page_why_bought, fmt::arg("date", day(*why.last_order))));
  if (why.agreed_on) {
    add(say(l, Word::page_why_agreed, fmt::arg("date", day(*why.agreed_on)), fmt::arg("how", given(why.agreed_how))));
  }
  if (why.as_customer) add(said(frame, Word::page_why_customer));
  add(said(frame, why.not_personalised ? Word::page_why_no_profile : Word::page_why_program));
  if (why.offer) add(said(frame, Word::page_why_offer));
  return out;
}

}  // namespace

std::string unsubscribe(const Frame& frame, const Unsubscribe& what) {
  const std::string ask = what.address.empty()
                              ? say(frame.language, Word::page_unsubscribe_ask_unnamed, fmt::arg("shop", given(frame.shop)))
                              : say(frame.language, Word::page_unsubscribe_ask, fmt::arg("shop", given(frame.shop)),
                                    fmt::arg("address", given(what.address)));
  std::string main = heading(ask);
  main += fmt::format("<p>{}</p>\n<form method=\"post\" action=\"{}\">\n<button name=\"confirm\" value=\"yes\">{}</button>\n</form>\n",
                      said(frame, Word::page_unsubscribe_note), escape_html(what.action), said(frame, Word::page_unsubscribe_button));
  if (!what.preferences.empty()) main += "<p>" + link(what.preferences, said(frame, Word::page_unsubscribe_instead)) + "</p>\n";
  return document(frame, said(frame, Word::page_unsubscribe_title), main);
}

std::string unsubscribed(const Frame& frame, std::string_view preferences) {
  std::string rest = "<p>" + said(frame, Word::page_done_note) + "</p>\n";
  if (!preferences.empty()) rest += "<p>" + link(preferences, said(frame, Word::page_done_change)) + "</p>\n";
  return notice(frame, Word::page_done_title, say(frame.language, Word::page_done_unsubscribed, fmt::arg("shop", given(frame.shop))), rest);
}

std::string preferences(const Frame& frame, const Preferences& what) {
  const std::string title = say(frame.language, Word::page_preferences_title, fmt::arg("shop", given(frame.shop)));
  std::string main = heading(title);
  if (what.saved) main += fmt::format("<p class=\"done\" role=\"status\">{}</p>\n", said(frame, Word::page_preferences_saved));
  if (what.stopped) main += fmt::format("<p class=\"done\">{}</p>\n", said(frame, Word::page_preferences_stopped));
  if (!what.address.empty()) {
    main += fmt::format("<p>{}</p>\n", say(frame.language, Word::page_preferences_for, fmt::arg("address", given(what.address))));
  }
  main += fmt::format("<form method=\"post\" action=\"{}\">\n", escape_html(what.action));
  main += group(frame, Word::page_how_often,
                option("radio", "often", "usual", !what.less_often, said(frame, Word::page_often_usual)) +
                    option("radio", "often", "less", what.less_often, said(frame, Word::page_often_less)));
  main += group(frame, Word::page_pause, pauses(frame, what));
  if (!what.topics.empty()) main += group(frame, Word::page_topics, choices(frame, "topic", what.topics));
  if (!what.channels.empty()) main += group(frame, Word::page_channels, choices(frame, "channel", what.channels));
  if (what.offers_non_personalised) {
    main += group(frame, Word::page_profile,
                  option("checkbox", "not_personalised", "yes", what.not_personalised, said(frame, Word::page_not_personalised)));
  }
  main += fmt::format("<button>{}</button>\n</form>\n", said(frame, Word::page_save));
  if (!what.stopped) {
    main += fmt::format("<form method=\"post\" action=\"{}\">\n<button class=\"plain\" name=\"stop\" value=\"all\">{}</button>\n</form>\n",
                        escape_html(what.action), said(frame, Word::page_stop_all));
  }
  main += fmt::format("<section aria-labelledby=\"why\">\n<h2 id=\"why\">{}</h2>\n<ul>\n{}</ul>\n", said(frame, Word::page_why),
                      reasons(frame, what.why));
  if (!what.erase.empty()) main += "<p>" + link(what.erase, said(frame, Word::page_erase_link)) + "</p>\n";
  main += "</section>\n";
  return document(frame, escape_html(say(frame.language, Word::page_preferences_title, fmt::arg("shop", frame.shop))), main);
}

std::string erase(const Frame& frame, const Erase& what) {
  std::string main = heading(say(frame.language, Word::page_erase_ask, fmt::arg("shop", given(frame.shop))));
  main += "<p>" + said(frame, Word::page_erase_what) + "</p>\n";
  if (what.not_ticked) main += fmt::format("<p class=\"wrong\" role=\"alert\">{}</p>\n", said(frame, Word::page_erase_tick));
  main += fmt::format("<form method=\"post\" action=\"{}\">\n", escape_html(what.action));
  main += option("checkbox", "sure", "yes", false, said(frame, Word::page_erase_sure));
  main += fmt::format("<button class=\"grave\">{}</button>\n</form>\n<p>{}</p>\n", said(frame, Word::page_erase_button),
                      link(what.back, said(frame, Word::page_back)));
  return document(frame, said(frame, Word::page_erase_title), main);
}

std::string erased(const Frame& frame) { return notice(frame, Word::page_erased_title, said(frame, Word::page_erased), ""); }

std::string expired(const Frame& frame) {
  return notice(frame, Word::page_expired_title, said(frame, Word::page_expired), "<p>" + said(frame, Word::page_expired_note) + "</p>\n");
}

std::string busy(const Frame& frame) { return notice(frame, Word::page_busy_title, said(frame, Word::page_busy), ""); }
std::string failed(const Frame& frame) { return notice(frame, Word::page_failed_title, said(frame, Word::page_failed), ""); }

std::string_view style() {
  return R"css(:root{--ink:#1B1F24;--muted:#5F6873;--line:#E3E7EC;--paper:#FFFFFF;--teal:#0F7B6C;--on:#FFFFFF;--red:#B3261E;--wash:#F6F7F9}
@media (prefers-color-scheme:dark){:root{--ink:#E8EAED;--muted:#A3ABB5;--line:#3A4149;--paper:#14171A;--teal:#3FB6A3;--on:#0B1210;--red:#EF7A72;--wash:#1B2025}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:32px 24px 48px;max-width:608px;background:var(--paper);color:var(--ink);overflow-wrap:break-word;
font:16px/24px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
:lang(zh-TW) body{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang TC","Microsoft JhengHei","Noto Sans CJK TC",sans-serif}
header{border-top:4px solid var(--ink);padding-top:12px;color:var(--muted);font-size:14px;line-height:20px}
h1{font-size:28px;line-height:36px;margin:8px 0 16px;text-wrap:balance;overflow-wrap:anywhere}
h1:lang(zh){text-wrap:wrap}
h2{font-size:16px;line-height:24px;margin:0 0 8px}
p{margin:0 0 16px}
a{color:inherit;text-underline-offset:4px}
fieldset{border:0;border-top:1px solid var(--line);margin:0;padding:16px 0;min-width:0}
legend{float:left;width:100%;font-weight:600;padding:0;margin:0 0 4px}
legend+*{clear:both}
.option{display:flex;gap:12px;align-items:flex-start;padding:8px 0;min-height:40px;cursor:pointer}
.option span{min-width:0;overflow-wrap:anywhere}
.option input{flex:none;width:20px;height:20px;margin:2px 0;accent-color:var(--teal)}
button{font:inherit;font-weight:600;min-height:48px;padding:8px 24px;border:1px solid var(--teal);border-radius:4px;background:var(--teal);color:var(--on);cursor:pointer}
button.grave{background:var(--red);border-color:var(--red)}
button.plain{background:none;color:var(--ink);border-color:var(--muted)}
form{margin:0 0 16px}
.option+button{margin-top:8px}
textarea,.words{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--muted);border-radius:4px;padding:8px 12px;width:100%;min-height:48px;margin:0 0 16px}
legend h1{margin-top:0}
.step{color:var(--muted);font-size:14px;line-height:20px;margin:0}
.scale{display:flex;flex-wrap:wrap;gap:4px}
.scale label{display:flex;flex-direction:column;align-items:center;min-width:44px;min-height:56px;padding:4px;cursor:pointer}
.scale input{width:24px;height:24px;margin:0 0 4px;accent-color:var(--teal)}
.ends{display:flex;justify-content:space-between;gap:16px;color:var(--muted);font-size:14px;line-height:20px}
.code{font-size:28px;line-height:36px;font-weight:600;letter-spacing:2px;border-left:4px solid var(--teal);background:var(--wash);padding:12px 16px;overflow-wrap:anywhere}
:focus-visible{outline:3px solid var(--teal);outline-offset:2px}
.done,.wrong{border-left:4px solid var(--teal);background:var(--wash);padding:12px 16px}
.wrong{border-color:var(--red)}
section{border-top:1px solid var(--line);margin-top:32px;padding-top:16px;font-size:14px;line-height:22px}
ul{margin:0 0 16px;padding-left:20px}
li{margin:0 0 4px}
footer{border-top:1px solid var(--line);margin-top:32px;padding-top:16px;color:var(--muted);font-size:14px;line-height:20px}
footer p{margin:0 0 8px}
nav{display:flex;flex-wrap:wrap;gap:4px 20px}
nav a,nav span{padding:4px 0;min-height:28px}
nav [aria-current]{color:var(--ink)}
@media (max-width:480px){body{padding:16px 16px 32px}h1{font-size:20px;line-height:28px}button{width:100%}}
)css";
}

std::string masked(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) {
    // Digits of a telephone number; a name of another kind shows nothing.
    const bool digits = address.size() > 6 && std::ranges::all_of(address.substr(address.size() - 2), [](char c) { return c >= '0' && c <= '9'; });
    return digits ? "•••" + std::string{address.substr(address.size() - 2)} : "•••";
  }
  std::size_t first = std::min<std::size_t>(at, 1);
  while (first < at && (static_cast<unsigned char>(address[first]) & 0xC0U) == 0x80U) ++first;  // a whole character of UTF-8
  return std::string{address.substr(0, first)} + "•••" + std::string{address.substr(at)};
}

Language preferred_language(std::string_view accept_language) {
  while (!accept_language.empty()) {
    std::string_view one = accept_language.substr(0, accept_language.find(','));
    accept_language.remove_prefix(std::min(accept_language.size(), one.size() + 1));
    one = one.substr(0, one.find(';'));  // browsers list them in the order of preference
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (const auto language = text::parse_language(one); language) return *language;
  }
  return Language::en;
}

}  // namespace pages
