#include "collect/csv_reader.h"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace collect {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kBuffer = 512 * 1024;
constexpr std::size_t kPadding = 64;  // the scan reads whole blocks, past the end too

/// Positions of two characters in a text, found 64 bytes at a time.
class Scan {
 public:
  Scan(char a, char b) : a_(a), b_(b) {}

  /// The first of the two at or after `at`; `end` when there is none. Up to 63 bytes after `end` must be readable.
  const char* next(const char* at, const char* end) {
    if (at >= end) return end;
    if (block_ == nullptr || at < block_ || at >= block_ + 64) load(at);
    std::uint64_t mask = mask_ >> (at - block_);
    while (mask == 0) {
      const char* const following = block_ + 64;
      if (following >= end) return end;
      load(following);
      at = following;
      mask = mask_;
    }
    const char* const found = at + std::countr_zero(mask);
    return found < end ? found : end;
  }

 private:
  void load(const char* at) {
    block_ = at;
    mask_ = 0;
#if defined(__SSE2__)
    const __m128i a = _mm_set1_epi8(a_);
    const __m128i b = _mm_set1_epi8(b_);
    for (int i = 0; i < 4; ++i) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16 * i));
      const __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(bytes, a), _mm_cmpeq_epi8(bytes, b));
      mask_ |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(hit))) << (16 * i);
    }
#else
    for (int i = 0; i < 64; ++i) mask_ |= static_cast<std::uint64_t>(at[i] == a_ || at[i] == b_) << i;
#endif
  }

  char a_;
  char b_;
  const char* block_ = nullptr;
  std::uint64_t mask_ = 0;
};

std::uint64_t count_of(std::string_view text, char c) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), c));
}

/// How many cells each of the first rows has with this delimiter, quotes respected.
std::vector<std::size_t> widths(std::string_view text, CsvDialect dialect) {
  const char newline = dialect.cr_rows ? '\r' : '\n';
  std::vector<std::size_t> result;
  std::size_t cells = 1;
  bool quoted = false;
  bool cell_start = true;
  bool blank = true;
  for (std::size_t i = 0; i < text.size() && result.size() < 50; ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        ++i;
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == newline) {
      if (!blank) result.push_back(cells);
      cells = 1;
      cell_start = true;
      blank = true;
      continue;
    } else if (c == dialect.delimiter) {
      ++cells;
      cell_start = true;
      blank = false;
      continue;
    } else if (c == '"' && cell_start) {
      quoted = true;
      blank = false;
    } else if (c != '\r') {
      blank = false;
    }
    cell_start = false;
  }
  if (result.empty() && !blank) result.push_back(cells);
  return result;
}

}  // namespace

CsvDialect recognise_dialect(std::string_view start) {
  CsvDialect best;
  best.cr_rows = start.find('\n') == std::string_view::npos && start.find('\r') != std::string_view::npos &&
                 start.find('\r') + 1 < start.size();
  double best_score = 0;
  for (const char delimiter : {',', '\t', ';', '|'}) {
    const CsvDialect tried{delimiter, best.cr_rows};
    const std::vector<std::size_t> found = widths(start, tried);
    if (found.empty() || found.front() < 2) continue;
    const auto agreeing = static_cast<double>(std::count(found.begin(), found.end(), found.front()));
    // agreement of the rows first, then the number of cells
    const double score = agreeing / static_cast<double>(found.size()) * 1000 +
                         static_cast<double>(std::min<std::size_t>(found.front(), 100));
    if (score > best_score) {
      best_score = score;
      best.delimiter = delimiter;
    }
  }
  return best;
}

Result<CsvReader> CsvReader::open(std::unique_ptr<ByteSource> source, char delimiter, std::vector<std::string> heading,
                                  std::string file_name) {
  CsvReader reader{std::move(source), std::move(file_name)};
  reader.buffer_.resize(kBuffer + kPadding);
  WB_TRY(reader.fill());
  reader.dialect_ = recognise_dialect({reader.buffer_.data(), std::min<std::size_t>(reader.end_, 64 * 1024)});
  const std::string_view start{reader.buffer_.data(), reader.end_};
  if (start.starts_with("sep=") && start.size() > 6 &&
      (start[5] == '\n' || start[5] == '\r')) {  // a line meant for Excel
    reader.dialect_.delimiter = start[4];
    reader.begin_ = start[5] == '\r' && start[6] == '\n' ? 7 : 6;
    reader.line_ = 2;
  }
  if (delimiter != 0) reader.dialect_.delimiter = delimiter;
  if (!heading.empty()) {
    reader.heading_ = std::move(heading);
    reader.heading_given_ = true;
    return reader;
  }
  RowBatch first;
  while (reader.heading_.empty()) {
    const char* const next =
        reader.parse_row(reader.buffer_.data() + reader.begin_, reader.buffer_.data() + reader.end_);
    if (next == nullptr) {
      if (reader.ended_ && reader.begin_ == reader.end_) break;
      if (reader.ended_ || reader.end_ - reader.begin_ >= kLongestRow) {
        return fail(Code::invalid_input, "{}: the heading in line {} never ends; is a quote left open?",
                    reader.file_name_, reader.line_);
      }
      WB_TRY(reader.fill());
      continue;
    }
    if (reader.row_.size() > 1 || reader.row_.front().size > 0) {
      for (const Cell& cell : reader.row_) {
        std::string text{cell.begin, cell.size};
        if (cell.doubled) {
          for (std::size_t at = 0; (at = text.find("\"\"", at)) != std::string::npos; ++at) text.erase(at, 1);
        }
        reader.heading_.push_back(std::move(text));
      }
    }
    reader.line_ += reader.row_newlines_ + 1;
    reader.begin_ = static_cast<std::size_t>(next - reader.buffer_.data());
  }
  if (reader.heading_.empty()) return fail(Code::invalid_input, "{}: has no rows", reader.file_name_);
  while (reader.heading_.size() > 1 && reader.heading_.back().empty()) reader.heading_.pop_back();
  return reader;
}

/// Moves the unread bytes to the front and reads on until the buffer is full or the source ends.
Result<void> CsvReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ + kPadding == buffer_.size()) buffer_.resize((buffer_.size() - kPadding) * 2 + kPadding);
  while (!ended_ && end_ + kPadding < buffer_.size()) {
    WB_ASSIGN(const std::size_t got, source_->read(buffer_.data() + end_, buffer_.size() - kPadding - end_));
    if (got == 0) ended_ = true;
    end_ += got;
  }
  return {};
}

/// Parses one row into row_; returns where the next begins, or nullptr when the row is not complete yet.
const char* CsvReader::parse_row(const char* row, const char* end) {
  if (row == end) return nullptr;
  const char newline = dialect_.cr_rows ? '\r' : '\n';
  const char delimiter = dialect_.delimiter;
  Scan scan{delimiter, newline};
  row_.clear();
  row_newlines_ = 0;
  const char* at = row;
  for (;;) {
    if (at != end && *at == '"') {
      const char* from = at + 1;
      const char* close = nullptr;
      bool doubled = false;
      for (;;) {
        close = static_cast<const char*>(std::memchr(from, '"', static_cast<std::size_t>(end - from)));
        if (close == nullptr) return nullptr;
        if (close + 1 == end) {
          if (!ended_) return nullptr;
          break;
        }
        if (close[1] != '"') break;
        doubled = true;
        from = close + 2;
      }
      const char* after = close + 1;
      while (after != end && (*after == ' ' || (*after == '\t' && delimiter != '\t'))) ++after;
      if (after != end && *after == '\r' && !dialect_.cr_rows && after + 1 != end && after[1] == '\n') ++after;
      const std::string_view inside{at + 1, static_cast<std::size_t>(close - at - 1)};
      row_newlines_ += count_of(inside, newline);
      if (after == end && !ended_) return nullptr;
      if (after == end || *after == delimiter || *after == newline || (after + 1 == end && ended_ && *after == '\r')) {
        row_.push_back({at + 1, static_cast<std::uint32_t>(inside.size()), doubled});
        if (after == end || *after == '\r') return end;
        at = after + 1;
        if (*after == newline) return at;
        continue;
      }
      // text after the closing quote: the cell is taken as it stands, quotes and all
      const char* const stop = scan.next(after, end);
      if (stop == end && !ended_) return nullptr;
      const char* last = stop;
      if (last != at && last[-1] == '\r' && (stop == end || *stop == newline)) --last;
      row_.push_back({at, static_cast<std::uint32_t>(last - at), false});
      if (stop == end) return end;
      at = stop + 1;
      if (*stop == newline) return at;
      continue;
    }
    const char* const stop = scan.next(at, end);
    if (stop == end) {
      if (!ended_) return nullptr;
      const char* const last = end != at && end[-1] == '\r' ? end - 1 : end;
      row_.push_back({at, static_cast<std::uint32_t>(last - at), false});
      return end;
    }
    if (*stop == delimiter) {
      row_.push_back({at, static_cast<std::uint32_t>(stop - at), false});
      at = stop + 1;
      continue;
    }
    const char* const last = stop != at && stop[-1] == '\r' ? stop - 1 : stop;
    row_.push_back({at, static_cast<std::uint32_t>(last - at), false});
    return stop + 1;
  }
}

Result<void> CsvReader::take_row(RowBatch& batch, const char* row, const char* next) {
  const std::size_t width = heading_.size();
  std::size_t count = row_.size();
  while (count > width && row_[count - 1].size == 0) --count;
  std::size_t filled = count;
  while (filled > 0 && row_[filled - 1].size == 0) --filled;
  if (filled == 0 && (width > 1 || row_.size() > 1 || row_[0].begin == row)) {  // blank, or delimiters alone
    after_blank_ = true;
    return {};
  }
  if (count != width) {
    if (after_blank_) {
      suspect_width_ = count;
    } else if (suspect_width_ == count && count > 1) {
      return fail(Code::invalid_input,
                  "{}: a second table begins before line {}; keep one table in one file and import each by itself",
                  file_name_, line_);
    }
    after_blank_ = false;
    const std::string_view text{row, static_cast<std::size_t>(next - row)};
    batch.bad.push_back({line_, "", std::string{text.substr(0, std::min<std::size_t>(text.find_first_of("\r\n"), 300))},
                         fmt::format("the row has {} values, the heading has {}", count, width)});
    return {};
  }
  after_blank_ = false;
  suspect_width_ = 0;
  if (!heading_given_ && std::string_view{row_[0].begin, row_[0].size} == heading_[0]) {
    bool same = true;
    for (std::size_t i = 1; i < width && same; ++i) same = std::string_view{row_[i].begin, row_[i].size} == heading_[i];
    if (same && width > 1) {
      return fail(Code::invalid_input,
                  "{}: line {} repeats the heading; keep one table in one file and import each by itself", file_name_,
                  line_);
    }
  }
  for (std::size_t i = 0; i < width; ++i) {
    const Cell& cell = row_[i];
    if (!cell.doubled) {
      batch.cells.emplace_back(cell.begin, cell.size);
      continue;
    }
    // The row is complete, so its bytes are never parsed again: undouble in place.
    char* const begin = buffer_.data() + (cell.begin - buffer_.data());
    char* to = begin;
    const char* from = begin;
    const char* const stop = begin + cell.size;
    while (from != stop) {
      const char c = *from++;
      *to++ = c;
      if (c == '"' && from != stop && *from == '"') ++from;
    }
    batch.cells.emplace_back(begin, static_cast<std::size_t>(to - begin));
  }
  batch.lines.push_back(line_);
  return {};
}

/// A quote opened in this row and never closed: reject its first line, go on with the next.
void CsvReader::give_up_row(RowBatch& batch) {
  const char newline = dialect_.cr_rows ? '\r' : '\n';
  const std::string_view rest{buffer_.data() + begin_, end_ - begin_};
  const std::size_t found = rest.find(newline);
  const std::size_t stop = std::min(found, rest.size());
  skipping_ = found == std::string_view::npos;
  batch.bad.push_back({line_, "", std::string{rest.substr(0, std::min<std::size_t>(stop, 300))},
                       "a quote opens in this row and never closes"});
  begin_ += std::min(stop + 1, rest.size());
  ++line_;
}

Result<void> CsvReader::parse_rows(RowBatch& batch) {
  const char* const end = buffer_.data() + end_;
  for (;;) {
    const char* const row = buffer_.data() + begin_;
    const char* const next = parse_row(row, end);
    if (next == nullptr) return {};
    WB_TRY(take_row(batch, row, next));
    line_ += row_newlines_ + 1;
    begin_ = static_cast<std::size_t>(next - buffer_.data());
  }
}

Result<bool> CsvReader::next(RowBatch& batch) {
  batch.clear();
  batch.width = heading_.size();
  for (;;) {
    while (skipping_ && begin_ < end_) {  // the rest of a line given up
      const char* const start = buffer_.data() + begin_;
      const void* const found = std::memchr(start, dialect_.cr_rows ? '\r' : '\n', end_ - begin_);
      skipping_ = found == nullptr;
      begin_ = skipping_ ? end_ : begin_ + static_cast<std::size_t>(static_cast<const char*>(found) - start) + 1;
    }
    WB_TRY(parse_rows(batch));
    if (batch.rows() > 0 || !batch.bad.empty()) return true;
    if (ended_) {
      if (begin_ == end_) return false;
      give_up_row(batch);
      return true;
    }
    if (end_ - begin_ >= kLongestRow) {
      give_up_row(batch);
      return true;
    }
    WB_TRY(fill());
  }
}

}  // namespace collect
