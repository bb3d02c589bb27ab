#include "tests/support/quiet_hours.h"

#include <cstdlib>
#include <map>

#include "tests/support/places.h"

namespace tests {
namespace {

int digits(std::string_view text, std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); }

std::int32_t clock(std::string_view text) { return digits(text, 0) * 60 + digits(text, 3); }

/// "2021-03-14T03:40Z"
base::Instant moment(std::string_view text) {
  return base::Instant{*base::parse_day(text.substr(0, 10))} + std::chrono::minutes{clock(text.substr(11))};
}

}  // namespace

std::vector<QuietHours> read_quiet_hours(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  std::vector<QuietHours> cases;
  std::map<std::string, std::string> fields;
  std::string name;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') {
      const std::size_t close = text.find('"', at + 1);
      const std::string word = text.substr(at + 1, close - at - 1);
      if (name.empty()) {
        name = word;
      } else {
        fields[name] = word;
        name.clear();
      }
      at = close;
    } else if (text[at] == '}') {
      cases.push_back({fields.at("zone"), clock(fields.at("quiet_from")), clock(fields.at("quiet_to")), moment(fields.at("due")),
                       moment(fields.at("send_at"))});
      fields.clear();
    }
  }
  return cases;
}

}  // namespace tests
