#include <cstdio>
#include <fstream>
#include <sstream>

#include "app/channels.h"
#include "app/checkup.h"
#include "app/domain.h"
#include "app/engine.h"
#include "app/machine_clock.h"
#include "app/manners_yaml.h"
#include "app/mjml.h"
#include "app/verbs.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using text::say;
using text::Word;

namespace {

Result<std::string> read_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return fail(Code::not_found, "{}: cannot be read", file.string());
  return text.str();
}

/// The user's own parts of letters, as a launch would use them.
Result<void> take_parts(const fs::path& data, Mjml& mjml) {
  std::error_code problem;
  for (fs::directory_iterator at{data / "partials", problem}, end; !problem && at != end; at.increment(problem)) {
    if (at->path().extension() != ".mjml") continue;
    WB_ASSIGN(std::string text, read_file(at->path()));
    mjml.set_part(at->path().stem().string(), std::move(text));
  }
  return {};
}

constexpr std::string_view kSample = "<mjml><mj-body><mj-section><mj-column><mj-text>{{ customer.name }}</mj-text></mj-column></mj-section></mj-body></mjml>";

/// Lines of findings; those that are wrong count.
class Findings {
 public:
  void good(std::string_view text) { std::fputs(fmt::format("  ok  {}\n", text).c_str(), stdout); }
  void note(std::string_view text) { std::fputs(fmt::format("  -   {}\n", text).c_str(), stdout); }
  void bad(const base::Error& error) {
    ++wrong_;
    std::fputs(fmt::format("  !!  {}\n", error.message).c_str(), stdout);
  }
  int wrong() const { return wrong_; }

 private:
  int wrong_ = 0;
};

/// Each provider of `channels:`, asked whether messages could go now; no customer hears of it.
void check_channels(const ActSettings& act, Findings& findings) {
  const auto web = open_outside(act);
  if (!web) return findings.bad(web.error());
  for (const ChannelSetting& setting : act.channels) {
    const auto channels = open_channels({setting}, {.web = **web, .public_url = act.public_url, .shop = act.shop.name[0]});
    const Result<void> checked = !channels ? std::unexpected(channels.error()) : channels->empty() ? Result<void>{} : channels->front()->check();
    if (checked) findings.good(fmt::format("{}: {}", setting.channel, setting.provider));
    else findings.bad({checked.error().code, fmt::format("{} ({}): {}", setting.channel, setting.provider, checked.error().message)});
  }
}

}  // namespace

Result<void> run_letter_compile(const CommonOptions& common, const LetterOptions& options) {
  WB_ASSIGN(const std::string source, read_file(options.file));
  fs::path out{options.out};
  if (out.empty()) out = fs::path{options.file}.replace_extension(".html");
  std::error_code problem;
  if (fs::equivalent(out, options.file, problem)) return fail(Code::invalid_input, "{} would be written over itself; give another name with --out", options.file);
  Mjml mjml{{.cache = {}}};
  WB_TRY(take_parts(common.data, mjml));
  WB_ASSIGN(const std::string html, mjml.compile(options.file, source));
  std::ofstream file{out, std::ios::binary};
  file << html;
  if (!file.flush()) return fail(Code::exhausted, "{} cannot be written; is there such a folder, and room on the disk?", out.string());
  const text::Language l = text::parse_language(common.language.empty() ? "en" : common.language).value_or(text::Language::en);
  std::fputs((say(l, Word::letter_compiled, fmt::arg("file", options.file), fmt::arg("out", out.string())) + "\n").c_str(), stdout);
  return {};
}

Result<void> run_doctor(const CommonOptions& common) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  const text::Language l = context->language();
  Findings findings;
  const auto act = load_act_settings(context->settings_file());
  const auto manners = load_manners(context->settings(), context->settings_file());
  if (!act) findings.bad(act.error());
  else if (!manners) findings.bad(manners.error());
  else findings.good(say(l, Word::doctor_settings));

  const auto store = context->store();
  if (store) findings.good(say(l, Word::doctor_store));
  else findings.bad(store.error());

  if (act && !act->sends_letters()) {
    findings.note(say(l, Word::doctor_no_mail));
  } else if (act && act->letter_provider() == nullptr) {
    const auto mail = open_mail(*act);
    const auto domain = mail ? need_domain(*act, l) : std::unexpected(mail.error());
    if (domain) findings.good(say(l, Word::doctor_mail));
    else findings.bad(domain.error());
    if (act->mail.bounces.empty()) findings.note(say(l, Word::doctor_no_bounces));
    else if (std::error_code problem; fs::is_directory(fs::path{act->mail.bounces} / "new", problem)) findings.good(say(l, Word::doctor_bounces, fmt::arg("path", act->mail.bounces)));
    else findings.bad({Code::not_found, fmt::format("winback.yaml, mail: bounces is no Maildir: there is no folder {}/new", act->mail.bounces)});
  }

  if (act) check_channels(*act, findings);

  const FindingSink sink{.good = [&](std::string_view text) { findings.good(text); },
                         .note = [&](std::string_view text) { findings.note(text); },
                         .bad = [&](const base::Error& error) { findings.bad(error); }};
  check_machine(*context, machine_clock(), sink);

  const Mjml mjml{{.cache = {}}};
  if (const auto made = mjml.compile("doctor.mjml", kSample); made) findings.good(say(l, Word::doctor_mjml));
  else findings.bad(made.error());
  if (const auto letters = load_letters(context->data()); letters) findings.good(say(l, Word::doctor_letters, fmt::arg("count", letters->all().size())));
  else findings.bad(letters.error());

  const auto warehouse = context->warehouse();
  const auto info = warehouse ? (*warehouse)->info() : std::unexpected(warehouse.error());
  if (info) findings.good(say(l, Word::doctor_warehouse, fmt::arg("version", info->version)));
  else findings.bad(info.error());
  if (info) check_tables(*context, **warehouse, sink);
  if (findings.wrong() > 0) return fail(Code::invalid_input, "{} thing{} to mend", findings.wrong(), findings.wrong() == 1 ? "" : "s");
  return {};
}

}  // namespace app
