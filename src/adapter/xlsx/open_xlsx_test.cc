#include "adapter/xlsx/open_xlsx.h"

#include <array>
#include <cstdio>

#include <gtest/gtest.h>

#include "tests/support/places.h"

namespace adapter::xlsx {
namespace {

std::string run(const std::string& command) {
  std::array<char, 4096> buffer{};
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) output += buffer.data();
  pclose(pipe);
  return output;
}

/// The parts of the workbook as text, by Python's own zip reader.
std::string inside(const std::string& path, const std::string& part) {
  return run("python3 -c \"import zipfile;print(zipfile.ZipFile('" + path + "').read('" + part + "').decode())\"");
}

TEST(Xlsx, TextsAreNeverFormulas) {
  tests::TemporaryFolder folder;
  const std::string path = (folder.path() / "out.xlsx").string();
  bool given = false;
  const auto written = open_xlsx()->write(path, {{"Plan", {"name", "money"}, [&](base::Block& block) -> base::Result<bool> {
    if (given) return false;
    given = true;
    block.columns.emplace_back("name", base::ColumnKind::text);
    block.columns.emplace_back("money", base::ColumnKind::f64);
    for (const char* name : {"=1+1", "@SUM(A1)", "-cmd|' /C calc'!A0", "plain", "咖啡"}) {
      block.columns[0].text().push_back(name);
      block.columns[1].as<double>().push_back(12.5);
    }
    return true;
  }}});
  ASSERT_TRUE(written) << written.error().message;
  const std::string sheet = inside(path, "xl/worksheets/sheet1.xml");
  EXPECT_EQ(sheet.find("<f>"), std::string::npos);
  EXPECT_NE(sheet.find("=1+1"), std::string::npos);  // as text
  EXPECT_NE(sheet.find("12.5"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
}

TEST(Xlsx, AFailingSourceLeavesNoFile) {
  tests::TemporaryFolder folder;
  const std::string path = (folder.path() / "out.xlsx").string();
  const auto written = open_xlsx()->write(path, {{"Plan", {"a"}, [](base::Block&) -> base::Result<bool> {
    return base::fail(base::Code::unavailable, "gone");
  }}});
  ASSERT_FALSE(written);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
}

}  // namespace
}  // namespace adapter::xlsx
