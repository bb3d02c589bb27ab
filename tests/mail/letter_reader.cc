#include "tests/mail/letter_reader.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/mail/suite_json.h"
#include "tests/support/places.h"

namespace tests {

nlohmann::json read_letters(const std::vector<adapter::smtp::DkimKey>& keys, const std::vector<std::filesystem::path>& files) {
  const TemporaryFolder folder;
  nlohmann::json dns;
  for (const auto& key : keys) {
    const auto signer = adapter::smtp::DkimSigner::open(key);
    dns[signer->record_name()] = signer->public_record();
  }
  write_file(folder.path() / "dns.json", dns.dump());
  std::string command =
      fmt::format("/usr/bin/python3 {} {}", (source_dir() / "tests/mail/read_letter.py").string(),
                  (folder.path() / "dns.json").string());
  for (const auto& file : files) command += " " + file.string();
  const auto out = folder.path() / "out.json";
  const int status = std::system((command + " >" + out.string()).c_str());
  if (WEXITSTATUS(status) == 77) return nullptr;
  EXPECT_EQ(status, 0);
  return status == 0 ? read_json(out) : nlohmann::json::array();
}

}  // namespace tests
