#include <cstdio>
#include <filesystem>

#include "app/campaign_file.h"
#include "app/domain.h"
#include "app/engine.h"
#include "app/letter_reader.h"
#include "app/machine_clock.h"
#include "app/outputs.h"
#include "app/verbs.h"

namespace app {

namespace fs = std::filesystem;
using act::letter::Language;
using act::letter::LetterData;
using base::Code;
using base::fail;
using base::Result;
using text::say;
using text::Word;

Result<void> run_campaign_preview(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(Workplace place, open_workplace(common, true));
  const base::Instant now = machine_clock().now();
  std::vector<std::string> letters = {options.journey};
  if (place.desk->letter(options.journey) == nullptr) {
    WB_ASSIGN(const CampaignFile file, read_campaign_file(options.journey));
    letters = letters_of(file.journey);
  }
  WB_ASSIGN(const LetterData data, reader_of(place, options.customer, options.language, now));
  const liquid::Value value = act::letter::value_of(data);
  const Language reader = act::letter::parse_language(data.customer.language).value_or(Language::en);
  const base::Zone& clock = place.desk->zone({});
  std::error_code problem;
  fs::create_directories(options.out, problem);
  if (problem) return fail(Code::unavailable, "the folder {} cannot be made: {}", options.out, problem.message());
  std::size_t written = 0;
  for (const std::string& id : letters) {
    const act::letter::Letter* letter = place.desk->letter(id);
    if (letter == nullptr) return fail(Code::not_found, "there is no letter '{}'", id);
    WB_ASSIGN(const model::Content content, act::letter::render(place.desk->config().letters, *letter, value,
                                                                {.reader = reader, .shop = reader, .now = now, .zone = &clock}));
    std::string name = id;
    std::ranges::replace(name, '/', '.');
    const fs::path base = fs::path{options.out} / fmt::format("{}.{}", name, act::letter::tag_of(reader));
    WB_TRY(write_whole(fs::path{base}.concat(".html"), content.html));
    WB_TRY(write_whole(fs::path{base}.concat(".txt"), content.subject + "\n\n" + content.text));
    written += 2;
  }
  const std::string line = say(place.context->language(), Word::preview_written, fmt::arg("count", written), fmt::arg("folder", options.out),
                               fmt::arg("customer", options.customer.empty() ? data.customer.name : options.customer));
  std::fputs((line + "\n").c_str(), stdout);
  return {};
}

Result<void> run_campaign_test_send(const CommonOptions& common, const CampaignOptions& options) {
  WB_ASSIGN(Workplace place, open_workplace(common, true));
  const base::Instant now = machine_clock().now();
  WB_ASSIGN(const auto mail, open_mail(place.desk->config().act));
  WB_ASSIGN(const LetterData data, reader_of(place, options.customer, options.language, now));
  WB_ASSIGN(const model::Outcome outcome, send_test(*place.desk, *mail, options.journey, options.to, data, now));
  if (outcome.kind != model::OutcomeKind::accepted)
    return fail(Code::unavailable, "the server did not take it ({}): {}", model::name_of(outcome.kind), outcome.detail);
  const std::string line = say(place.context->language(), Word::test_sent, fmt::arg("letter", options.journey), fmt::arg("address", options.to),
                               fmt::arg("outcome", model::name_of(outcome.kind)));
  std::fputs((line + "\n").c_str(), stdout);
  return {};
}

}  // namespace app
