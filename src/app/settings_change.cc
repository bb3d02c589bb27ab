#include "app/settings_change.h"

#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/act_settings.h"
#include "app/manners_yaml.h"
#include "app/outputs.h"
#include "app/settings.h"
#include "app/yaml.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

std::string quoted(const std::string& value) {
  YAML::Emitter out;
  out << YAML::Flow << value;  // quotes it where YAML would read something else
  const YAML::Node back = YAML::Load(out.c_str());
  if (value.find('\n') == std::string::npos && back.IsScalar() && back.Scalar() == value) return out.c_str();
  YAML::Emitter safe;
  safe << YAML::DoubleQuoted << value;
  return safe.c_str();
}

bool begins_key(const std::string& line, const std::string& key) {
  return line.starts_with(key + ":") && (line.size() == key.size() + 1 || line[key.size() + 1] == ' ' || line[key.size() + 1] == '\r');
}

/// Lines [from, to) that a top-level key takes: its own and those further in; empty when it is not there.
std::pair<std::size_t, std::size_t> lines_of(const std::vector<std::string>& lines, const std::string& key) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!begins_key(lines[i], key)) continue;
    std::size_t end = i + 1;
    while (end < lines.size() && (lines[end].starts_with(' ') || lines[end].starts_with('-'))) ++end;
    return {i, end};
  }
  return {lines.size(), lines.size()};
}

void put(std::vector<std::string>& lines, const std::string& key, const std::string& text) {
  const auto [from, to] = lines_of(lines, key);
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(from), lines.begin() + static_cast<std::ptrdiff_t>(to));
  if (!text.empty()) lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(from), key + ": " + text);
}

/// A map as one line: {name: …, address: …}.
std::string in_one_line(const YAML::Node& map) {
  YAML::Emitter out;
  out.SetMapFormat(YAML::Flow);
  out << YAML::Flow << map;
  std::string text = out.c_str();
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text;
}

}  // namespace

Result<void> change_settings(const std::filesystem::path& file, const std::vector<std::pair<std::string, std::string>>& changes) {
  std::vector<std::string> lines;
  std::string whole;
  if (std::ifstream in{file, std::ios::binary}; in) {
    std::ostringstream text;
    text << in.rdbuf();
    whole = text.str();
    std::istringstream each{whole};
    for (std::string line; std::getline(each, line);) lines.push_back(line);
  }
  WB_ASSIGN(YAML::Node root, parse_yaml(whole.empty() ? "{}" : whole, "winback.yaml"));
  for (const auto& [key, value] : changes) {
    const std::size_t dot = key.find('.');
    if (value.find('\n') != std::string::npos) return fail(Code::invalid_input, "{} must be one line", key);
    if (dot == std::string::npos) {
      put(lines, key, value.empty() ? "" : quoted(value));
      continue;
    }
    const std::string map = key.substr(0, dot), field = key.substr(dot + 1);
    if (!root.IsMap()) root = YAML::Node{YAML::NodeType::Map};
    YAML::Node inner = root[map] && root[map].IsMap() ? root[map] : YAML::Node{YAML::NodeType::Map};
    if (inner[field] && inner[field].IsMap()) {
      if (!value.empty()) inner[field]["en"] = value;  // a text in several languages keeps the others
    } else if (value.empty()) {
      inner.remove(field);
    } else {
      inner[field] = value;
    }
    root[map] = inner;
    put(lines, map, inner.size() == 0 ? "" : in_one_line(inner));
  }
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  const std::filesystem::path trial = std::filesystem::path{file}.concat(".check");
  WB_TRY(write_whole(trial, out));
  const auto read = [&]() -> Result<void> {
    WB_ASSIGN(const Settings settings, load_settings(trial));
    WB_TRY(load_act_settings(trial));
    WB_TRY(load_manners(settings, trial));
    return {};
  }();
  std::error_code ignored;
  std::filesystem::remove(trial, ignored);
  if (!read) {  // the file people know, not the one it was tried in
    base::Error error = read.error();
    if (const std::size_t at = error.message.find("winback.yaml.check"); at != std::string::npos) error.message.erase(at + 12, 6);
    return std::unexpected(error);
  }
  return write_whole(file, out);
}

}  // namespace app
