#include "collect/json_lines.h"

#include <nlohmann/json.hpp>

namespace collect {
namespace {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::json;

/// Gathers (dotted path, text) pairs of one object.
class Flatten : public nlohmann::json_sax<json> {
 public:
  static constexpr std::size_t kDeepest = 16;
  std::vector<std::pair<std::string, std::string>> found;
  bool is_object = false;
  std::string error;

  bool null() override { return value(""); }
  bool boolean(bool v) override { return value(v ? "true" : "false"); }
  bool number_integer(number_integer_t v) override { return value(std::to_string(v)); }
  bool number_unsigned(number_unsigned_t v) override { return value(std::to_string(v)); }
  bool number_float(number_float_t, const string_t& written) override { return value(written); }
  bool string(string_t& v) override { return value(v); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    if (levels_.empty()) is_object = true;
    return open(false);
  }
  bool start_array(std::size_t) override { return open(true); }
  bool key(string_t& v) override {
    key_ = v;
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override {
    Level& level = levels_.back();
    if (!level.joined.empty() || level.plain) found.emplace_back(level.path, std::move(level.joined));
    return close();
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    error = fmt::format("is no JSON (at character {})", position);
    return false;
  }

 private:
  struct Level {
    std::string path;
    bool list;
    std::size_t items = 0;
    bool plain = false;
    std::string joined{};
  };

  std::string path_here() {
    if (levels_.empty()) return "";
    Level& level = levels_.back();
    const std::string last = level.list ? std::to_string(level.items++) : key_;
    return level.path.empty() ? last : level.path + "." + last;
  }
  bool open(bool list) {
    if (levels_.size() >= kDeepest) {
      error = "is nested too deeply";
      return false;
    }
    levels_.push_back({path_here(), list});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }
  bool value(std::string text) {
    if (levels_.empty()) return true;  // a bare value: is_object stays false
    Level& level = levels_.back();
    if (level.list) {
      if (level.plain) level.joined += ',';
      level.plain = true;
      level.joined += text;
    } else {
      found.emplace_back(path_here(), std::move(text));
    }
    return true;
  }

  std::vector<Level> levels_;
  std::string key_;
};

}  // namespace

JsonLines::JsonLines(std::unique_ptr<ByteSource> source, std::vector<std::string> heading, std::string file_name)
    : source_(std::move(source)),
      file_name_(std::move(file_name)),
      heading_(std::move(heading)),
      growing_(heading_.empty()) {
  for (std::size_t i = 0; i < heading_.size(); ++i) places_.emplace(heading_[i], i);
}

Result<bool> JsonLines::next_line(std::string& line) {
  for (;;) {
    const std::size_t stop = buffer_.find('\n', at_);
    if (stop != std::string::npos) {
      line.assign(buffer_, at_, stop - at_);
      at_ = stop + 1;
      ++line_;
      return true;
    }
    if (ended_) {
      if (at_ == buffer_.size()) return false;
      line.assign(buffer_, at_);
      at_ = buffer_.size();
      ++line_;
      return true;
    }
    buffer_.erase(0, at_);
    at_ = 0;
    if (buffer_.size() > kLongestLine) {
      return fail(Code::invalid_input, "{}: line {} is longer than {} MB; JSON lines holds one object a line",
                  file_name_, line_ + 1, kLongestLine >> 20);
    }
    const std::size_t old = buffer_.size();
    buffer_.resize(old + 256 * 1024);
    WB_ASSIGN(const std::size_t got, source_->read(buffer_.data() + old, 256 * 1024));
    buffer_.resize(old + got);
    ended_ = got == 0;
  }
}

Result<bool> JsonLines::next(RowBatch& batch) {
  batch.clear();
  values_.clear();
  std::string line;
  std::size_t bytes = 0;
  bool any = false;
  while (bytes < (1 << 19)) {
    WB_ASSIGN(const bool more, next_line(line));
    if (!more) break;
    any = true;
    bytes += line.size() + 64;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    Flatten flatten;
    const bool good = json::sax_parse(line, &flatten);
    if (!good || !flatten.is_object) {
      batch.bad.push_back(
          {line_, "", line.substr(0, 300), flatten.error.empty() ? "is no JSON object" : flatten.error});
      continue;
    }
    std::vector<std::string> row(heading_.size());
    for (auto& [path, text] : flatten.found) {
      const auto [place, is_new] = places_.try_emplace(path, heading_.size());
      if (is_new) {
        if (!growing_) {
          places_.erase(place);
          continue;
        }
        if (heading_.size() == kMostColumns) {
          return fail(Code::invalid_input, "{}: line {} brings more than {} different keys; are ids used as keys?",
                      file_name_, line_, kMostColumns);
        }
        heading_.push_back(path);
      }
      if (place->second >= row.size()) row.resize(heading_.size());
      row[place->second] = std::move(text);
    }
    values_.push_back(std::move(row));
    batch.lines.push_back(line_);
  }
  batch.width = heading_.size();
  batch.cells.reserve(batch.width * values_.size());
  for (std::vector<std::string>& row : values_) {
    row.resize(batch.width);
    for (const std::string& cell : row) batch.cells.emplace_back(cell);
  }
  return any;
}

}  // namespace collect
