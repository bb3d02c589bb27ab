#include "pages/landing.h"

#include "pages/parts.h"
#include "text/html.h"

namespace pages {

using text::escape_html;
using text::say;
using text::Word;

namespace {

std::string form(std::string_view action, std::string_view inner_html) {
  return fmt::format("<form method=\"post\" action=\"{}\">\n{}</form>\n", escape_html(action), inner_html);
}

std::string button(std::string_view name, std::string_view value, std::string_view html) {
  return fmt::format("<button name=\"{}\" value=\"{}\">{}</button>\n", name, value, html);
}

}  // namespace

std::string reveal(const Frame& frame, const Reveal& what) {
  if (!what.open) {
    return document(frame, said(frame, Word::reveal_title),
                    heading(say(frame.language, Word::reveal_ask, fmt::arg("shop", given(frame.shop)))) + "<p>" + said(frame, Word::reveal_note) + "</p>\n" +
                        form(what.action, button("open", "yes", said(frame, Word::reveal_button))));
  }
  std::string main = heading(escape_html(what.name));
  if (what.over) {
    main += "<p class=\"wrong\">" + said(frame, Word::reveal_over) + "</p>\n";
  } else {
    main += fmt::format("<p class=\"code\"><bdi>{}</bdi></p>\n", escape_html(what.code));
    if (!what.ends_at.empty()) main += "<p>" + escape_html(say(frame.language, Word::reveal_until, fmt::arg("end", what.ends_at))) + "</p>\n";
    main += "<p>" + said(frame, Word::reveal_once) + "</p>\n";
  }
  if (!what.shop_url.empty()) main += "<p>" + link(what.shop_url, said(frame, Word::reveal_shop)) + "</p>\n";
  return document(frame, said(frame, Word::reveal_title), main);
}

std::string request(const Frame& frame, const RequestPage& what) {
  const bool trial = what.kind == Request::trial;
  const Word title = trial ? Word::trial_title : Word::lost_account_title;
  if (what.done) return notice(frame, title, said(frame, trial ? Word::trial_done : Word::lost_account_done), "<p>" + said(frame, Word::request_next) + "</p>\n");
  std::string inner;
  if (!trial) {
    inner += fmt::format("<p><label for=\"words\">{}</label></p>\n<textarea id=\"words\" name=\"words\" rows=\"4\" maxlength=\"1000\"></textarea>\n", said(frame, Word::lost_account_words));
  }
  inner += button("confirm", "yes", said(frame, trial ? Word::trial_button : Word::lost_account_button));
  return document(frame, said(frame, title),
                  heading(say(frame.language, trial ? Word::trial_ask : Word::lost_account_ask, fmt::arg("shop", given(frame.shop)))) + "<p>" +
                      said(frame, trial ? Word::trial_note : Word::lost_account_note) + "</p>\n" + form(what.action, inner));
}

std::string resubscribe_text(text::Language language, std::string_view shop) { return say(language, Word::resubscribe_note, fmt::arg("shop", shop)); }

std::string resubscribe(const Frame& frame, const Resubscribe& what) {
  const std::string choose = what.preferences.empty() ? "" : "<p>" + link(what.preferences, said(frame, Word::resubscribe_choose)) + "</p>\n";
  if (what.refused) return notice(frame, Word::resubscribe_title, said(frame, Word::resubscribe_refused), choose);
  if (what.done) return notice(frame, Word::resubscribe_title, said(frame, Word::resubscribe_done), choose);
  std::string main = heading(say(frame.language, Word::resubscribe_ask, fmt::arg("shop", given(frame.shop))));
  main += "<p>" + resubscribe_text(frame.language, given(frame.shop)) + "</p>\n";
  if (!what.address.empty()) main += "<p>" + given(what.address) + "</p>\n";
  main += form(what.action, button("confirm", "yes", said(frame, Word::resubscribe_button))) + choose;
  return document(frame, said(frame, Word::resubscribe_title), main);
}

std::string app_link(const Frame& frame, const AppLink& what) {
  std::string main = heading(said(frame, Word::app_open));
  const auto row = [&](std::string_view to, Word word) {
    if (!to.empty()) main += "<p>" + link(to, said(frame, word)) + "</p>\n";
  };
  row(what.open_url, Word::app_open_button);
  row(what.ios_store, Word::app_ios);
  row(what.android_store, Word::app_android);
  row(what.web, Word::app_web);
  main += "<p>" + said(frame, Word::app_note) + "</p>\n";
  return document(frame, said(frame, Word::app_open), main);
}

}  // namespace pages
