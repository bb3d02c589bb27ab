#include "tests/golden/uplift_data.h"

#include <algorithm>
#include <map>

#include <zlib.h>

namespace golden {
namespace {

std::vector<std::vector<std::string>> read_rows(const std::filesystem::path& file) {
  std::string bytes;
  gzFile in = gzopen(file.c_str(), "rb");
  if (in == nullptr) throw std::runtime_error("cannot read " + file.string());
  char piece[1 << 16];
  for (int got = 0; (got = gzread(in, piece, sizeof piece)) > 0;) bytes.append(piece, static_cast<std::size_t>(got));
  gzclose(in);
  std::vector<std::vector<std::string>> rows(1);
  std::string cell;
  bool quoted = false;
  for (const char c : bytes) {
    if (c == '"') quoted = !quoted;
    if (c == '\r' || c == '"') continue;
    if (quoted || (c != ',' && c != '\n')) {
      cell += c;
      continue;
    }
    rows.back().push_back(std::move(cell));
    cell.clear();
    if (c == '\n') rows.emplace_back();
  }
  if (rows.back().empty()) rows.pop_back();
  return rows;
}

}  // namespace

Campaign read_hillstrom(const std::filesystem::path& file, const std::string& only) {
  const auto rows = read_rows(file);
  std::map<std::string, std::size_t> at;
  for (std::size_t j = 0; j < rows[0].size(); ++j) at[rows[0][j]] = j;
  Campaign c;
  c.arms = {"No E-Mail", "Mens E-Mail", "Womens E-Mail"};
  if (!only.empty()) c.arms = {"No E-Mail", only};
  c.columns = {"recency", "history", "mens", "womens", "newbie"};
  const std::vector<std::pair<std::string, std::string>> levels = {
      {"zip_code", "Rural"}, {"zip_code", "Surburban"}, {"zip_code", "Urban"}, {"channel", "Multichannel"}, {"channel", "Phone"}, {"channel", "Web"}};
  for (const auto& [column, level] : levels) c.columns.push_back(column + "=" + level);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto cell = [&](const std::string& name) -> const std::string& { return rows[i][at.at(name)]; };
    const auto arm = std::ranges::find(c.arms, cell("segment"));
    if (arm == c.arms.end()) continue;
    c.arm.push_back(static_cast<std::uint8_t>(arm - c.arms.begin()));
    for (const char* name : {"recency", "history", "mens", "womens", "newbie"}) c.x.push_back(std::stof(cell(name)));
    for (const auto& [column, level] : levels) c.x.push_back(cell(column) == level ? 1.0F : 0.0F);
    c.visit.push_back(std::stof(cell("visit")));
    c.conversion.push_back(std::stof(cell("conversion")));
    c.spend.push_back(std::stof(cell("spend")));
    c.history.push_back(std::stod(cell("history")));
    c.recency.push_back(std::stod(cell("recency")));
    c.row_id.push_back(std::stod(cell("row_id")));
  }
  return c;
}

Ihdp read_ihdp(const std::filesystem::path& file) {
  Ihdp data;
  Campaign& c = data.campaign;
  c.arms = {"control", "treated"};
  for (int j = 1; j <= 25; ++j) c.columns.push_back("x" + std::to_string(j));
  for (const auto& row : read_rows(file)) {
    c.arm.push_back(std::stod(row[0]) > 0.5 ? 1 : 0);
    c.spend.push_back(std::stof(row[1]));
    data.effect.push_back(std::stod(row[4]) - std::stod(row[3]));
    for (std::size_t j = 5; j < 30; ++j) c.x.push_back(std::stof(row[j]));
  }
  return data;
}

}  // namespace golden
