#include "adapter/clickhouse/native_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "adapter/clickhouse/wire_type.h"

namespace adapter::clickhouse {

using base::Column;
using base::ColumnKind;
using base::TextData;

base::Result<bool> ByteReader::more() {
  auto got = more_(buffer_);
  if (!got) source_failed_ = true;
  return got;
}

base::Result<void> ByteReader::fill(std::size_t size) {
  if (position_ == buffer_.size()) {
    buffer_.clear();
  } else if (position_ != 0) {
    buffer_.erase(0, position_);
  }
  position_ = 0;
  while (buffer_.size() < size) {
    WB_ASSIGN(const bool more, this->more());
    if (!more) return base::fail(base::Code::unavailable, "the warehouse's answer ended in the middle of a block");
  }
  return {};
}

base::Result<bool> ByteReader::at_end() {
  while (position_ == buffer_.size()) {
    buffer_.clear();
    position_ = 0;
    WB_ASSIGN(const bool more, this->more());
    if (!more) return true;
  }
  return false;
}

base::Result<std::uint64_t> ByteReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (position_ == buffer_.size()) WB_TRY(fill(1));
    const auto byte = static_cast<unsigned char>(buffer_[position_++]);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return base::fail(base::Code::corrupt, "the warehouse's answer is not in the Native format");
}

base::Result<void> ByteReader::read(void* to, std::size_t size) {
  char* next = static_cast<char*>(to);
  while (size > 0) {
    if (position_ == buffer_.size()) WB_TRY(fill(1));
    const std::size_t part = std::min(size, buffer_.size() - position_);
    std::memcpy(next, buffer_.data() + position_, part);
    position_ += part;
    next += part;
    size -= part;
  }
  return {};
}

base::Result<std::string_view> ByteReader::view(std::size_t size) {
  if (buffer_.size() - position_ < size) WB_TRY(fill(size));
  const std::string_view bytes{buffer_.data() + position_, size};
  position_ += size;
  return bytes;
}

namespace {

constexpr std::size_t kReport = 4 << 20;         // an engine's report ends well before
constexpr std::uint64_t kMostRows = 1ULL << 40;  // more is not a block but bytes misread

/// In pieces, so that a count misread from damaged bytes meets their end before it takes all memory.
template <class T>
base::Result<void> read_raw(ByteReader& bytes, std::size_t rows, std::vector<T>& to) {
  constexpr std::size_t kPiece = 1 << 20;
  while (rows > 0) {
    const std::size_t part = std::min(rows, kPiece);
    const std::size_t had = to.size();
    to.resize(had + part);
    WB_TRY(bytes.read(to.data() + had, part * sizeof(T)));
    rows -= part;
  }
  return {};
}

/// Reads `From` values and appends each as `convert` gives it.
template <class From, class To, class Convert>
base::Result<void> read_as(ByteReader& bytes, std::size_t rows, std::vector<To>& to, const Convert& convert) {
  std::vector<From> raw;
  WB_TRY(read_raw(bytes, rows, raw));
  for (const From value : raw) {
    WB_ASSIGN(const To converted, convert(value));
    to.push_back(converted);
  }
  return {};
}

template <class From, class To>
base::Result<void> widen(ByteReader& bytes, std::size_t rows, std::vector<To>& to) {
  if constexpr (std::is_same_v<From, To>) {
    return read_raw(bytes, rows, to);
  } else {
    return read_as<From>(bytes, rows, to, [](From value) -> base::Result<To> { return static_cast<To>(value); });
  }
}

base::Result<void> read_texts(ByteReader& bytes, std::size_t rows, const std::vector<std::uint8_t>& nulls,
                              TextData& to) {
  for (std::size_t row = 0; row < rows; ++row) {
    // The short text that is here whole needs no call.
    const std::string_view ready = bytes.ready();
    if (!ready.empty() && static_cast<unsigned char>(ready[0]) < 0x80 &&
        ready.size() > static_cast<std::size_t>(ready[0])) {
      const auto size = static_cast<std::size_t>(ready[0]);
      to.push_back(nulls.empty() || nulls[row] == 0 ? ready.substr(1, size) : std::string_view{});
      bytes.skip_ready(1 + size);
      continue;
    }
    WB_ASSIGN(const std::uint64_t size, bytes.varint());
    WB_ASSIGN(const std::string_view text, bytes.view(size));
    to.push_back(nulls.empty() || nulls[row] == 0 ? text : std::string_view{});
  }
  return {};
}

constexpr std::int64_t kTens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

base::Result<std::int64_t> to_amount(__int128 value, int scale) {
  for (; scale < 6; ++scale) {
    if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min()) break;
    value *= 10;
  }
  for (; scale > 6; --scale) {
    if (value % 10 != 0)
      return base::fail(base::Code::invalid_input, "it has more than six decimals; round it in the query");
    value /= 10;
  }
  if (scale != 6 || value > std::numeric_limits<std::int64_t>::max() ||
      value < std::numeric_limits<std::int64_t>::min()) {
    return base::fail(base::Code::invalid_input, "an amount is beyond nine trillion");
  }
  return static_cast<std::int64_t>(value);
}

base::Result<std::int64_t> to_millis(std::int64_t value, int scale) {
  if (scale <= 3) return value * kTens[3 - scale];
  const std::int64_t part = kTens[scale - 3];
  return value >= 0 ? value / part : -((-value + part - 1) / part);
}

base::Result<void> read_enum(ByteReader& bytes, std::size_t rows, const WireType& type,
                             const std::vector<std::uint8_t>& nulls, TextData& to) {
  std::vector<std::int16_t> values;
  if (type.size == 1) {
    WB_TRY((widen<std::int8_t>(bytes, rows, values)));
  } else {
    WB_TRY(read_raw(bytes, rows, values));
  }
  for (std::size_t row = 0; row < rows; ++row) {
    std::string_view name;
    for (const auto& [text, number] : type.names) {
      if (number == values[row]) name = text;
    }
    to.push_back(nulls.empty() || nulls[row] == 0 ? name : std::string_view{});
  }
  return {};
}

/// Reads plain values of the type into the right alternative of a column's data (or of a list's items).
template <class Data>
base::Result<void> read_values(ByteReader& bytes, std::size_t rows, const WireType& type,
                               const std::vector<std::uint8_t>& nulls, Data& to) {
  using enum WireType::Kind;
  if constexpr (std::is_same_v<Data, TextData>) {
    switch (type.kind) {
      case string: return read_texts(bytes, rows, nulls, to);
      case enumeration: return read_enum(bytes, rows, type, nulls, to);
      case fixed_string:
      case nothing:
        for (std::size_t row = 0; row < rows; ++row) {
          WB_ASSIGN(const std::string_view text, bytes.view(type.size));
          to.push_back(type.kind == nothing || (!nulls.empty() && nulls[row] != 0) ? std::string_view{} : text);
        }
        return {};
      default: break;
    }
  } else if constexpr (std::is_same_v<Data, std::vector<std::uint8_t>>) {
    if (type.kind == unsigned_integer) return read_raw(bytes, rows, to);
  } else if constexpr (std::is_same_v<Data, std::vector<std::uint32_t>>) {
    if (type.size == 2) return widen<std::uint16_t>(bytes, rows, to);
    return read_raw(bytes, rows, to);
  } else if constexpr (std::is_same_v<Data, std::vector<std::uint64_t>>) {
    return read_raw(bytes, rows, to);
  } else if constexpr (std::is_same_v<Data, std::vector<std::int32_t>>) {
    if (type.kind == date) return widen<std::uint16_t>(bytes, rows, to);
    if (type.kind == unsigned_integer && type.size == 1) return widen<std::uint8_t>(bytes, rows, to);
    if (type.kind == unsigned_integer) return widen<std::uint16_t>(bytes, rows, to);
    if (type.size == 1) return widen<std::int8_t>(bytes, rows, to);
    if (type.size == 2) return widen<std::int16_t>(bytes, rows, to);
    return read_raw(bytes, rows, to);
  } else if constexpr (std::is_same_v<Data, std::vector<std::int64_t>>) {
    const auto amount = [&](auto value) { return to_amount(value, type.scale); };
    switch (type.kind) {
      case date_time:
        return read_as<std::uint32_t>(bytes, rows, to, [](std::uint32_t value) -> base::Result<std::int64_t> {
          return std::int64_t{value} * 1000;
        });
      case date_time64:
        if (type.scale == 3) return read_raw(bytes, rows, to);
        return read_as<std::int64_t>(bytes, rows, to, [&](std::int64_t value) { return to_millis(value, type.scale); });
      case decimal:
        if (type.size == 8 && type.scale == 6) return read_raw(bytes, rows, to);
        if (type.size == 4) return read_as<std::int32_t>(bytes, rows, to, amount);
        if (type.size == 8) return read_as<std::int64_t>(bytes, rows, to, amount);
        return read_as<__int128>(bytes, rows, to, amount);
      case unsigned_integer:
        if (type.size == 4) return widen<std::uint32_t>(bytes, rows, to);
        return read_as<std::uint64_t>(bytes, rows, to, [](std::uint64_t value) -> base::Result<std::int64_t> {
          if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return base::fail(base::Code::invalid_input, "a number in a list is beyond 64 bits with sign");
          }
          return static_cast<std::int64_t>(value);
        });
      default: return read_raw(bytes, rows, to);
    }
  } else if constexpr (std::is_same_v<Data, std::vector<double>>) {
    if (type.size == 4) return widen<float>(bytes, rows, to);
    return read_raw(bytes, rows, to);
  }
  return base::fail(base::Code::unsupported, "its type cannot be read");
}

template <class T>
base::Result<T> read_number(ByteReader& bytes) {
  T value{};
  WB_TRY(bytes.read(&value, sizeof value));
  return value;
}

/// Values of a LowCardinality type: the distinct keys, then for each row the position of its key. With missing values
/// key 0 stands for "missing".
template <class Data>
base::Result<void> read_dictionary(ByteReader& bytes, std::size_t rows, const WireType& type,
                                   std::vector<std::uint8_t>& nulls, Data& to) {
  constexpr std::uint64_t kGlobal = 1 << 8;
  constexpr std::uint64_t kOwnKeys = 1 << 9;
  if (rows == 0) return {};
  WB_ASSIGN(const auto flags, read_number<std::uint64_t>(bytes));
  if ((flags & kGlobal) != 0 || (flags & kOwnKeys) == 0) {
    return base::fail(base::Code::unsupported, "its dictionary is shared between blocks, which cannot be read");
  }
  WB_ASSIGN(const auto key_count, read_number<std::uint64_t>(bytes));
  if (key_count > kMostRows) return base::fail(base::Code::corrupt, "its dictionary is not in the Native format");
  Data keys;
  WB_TRY(read_values(bytes, key_count, type, {}, keys));
  WB_ASSIGN(const auto row_count, read_number<std::uint64_t>(bytes));
  std::vector<std::uint64_t> positions;
  switch (flags & 0xFF) {
    case 0: WB_TRY((widen<std::uint8_t>(bytes, row_count, positions))); break;
    case 1: WB_TRY((widen<std::uint16_t>(bytes, row_count, positions))); break;
    case 2: WB_TRY((widen<std::uint32_t>(bytes, row_count, positions))); break;
    default: WB_TRY((widen<std::uint64_t>(bytes, row_count, positions))); break;
  }
  if (row_count != rows) return base::fail(base::Code::corrupt, "its dictionary is not in the Native format");
  if (type.nullable) nulls.assign(rows, 0);
  for (std::size_t row = 0; row < rows; ++row) {
    if (positions[row] >= key_count)
      return base::fail(base::Code::corrupt, "its dictionary is not in the Native format");
    const bool missing = type.nullable && positions[row] == 0;
    if (missing) nulls[row] = 1;
    using Value = std::remove_cvref_t<decltype(keys[0])>;
    to.push_back(missing ? Value{} : keys[positions[row]]);
  }
  return {};
}

base::Result<void> read_column(ByteReader& bytes, std::size_t rows, const WireType& type, Column& column) {
  if (rows == 0) return {};  // no rows are no bytes
  const bool list = type.kind == WireType::Kind::array;
  const WireType& value_type = list ? type.items.front() : type;
  if (value_type.dictionary) {
    WB_ASSIGN(const auto version, read_number<std::uint64_t>(bytes));
    if (version != 1) return base::fail(base::Code::unsupported, "its dictionary has a version that cannot be read");
  } else if (type.nullable) {
    WB_TRY(read_raw(bytes, rows, column.nulls));
  }
  const auto forget_nulls = [&] {
    if (column.nulls.empty() || std::memchr(column.nulls.data(), 1, rows) == nullptr) column.nulls.clear();
  };
  forget_nulls();
  return std::visit(
      [&]<class Data>(Data& data) -> base::Result<void> {
        if constexpr (requires { data.ends; }) {
          WB_TRY(read_raw(bytes, rows, data.ends));
          const std::size_t items = rows == 0 ? 0 : data.ends.back();
          if (!std::ranges::is_sorted(data.ends)) {
            return base::fail(base::Code::corrupt, "its lists are not in the Native format");
          }
          if (value_type.dictionary) return read_dictionary(bytes, items, value_type, column.nulls, data.items);
          return read_values(bytes, items, value_type, {}, data.items);
        } else {
          if (type.dictionary) {
            WB_TRY(read_dictionary(bytes, rows, type, column.nulls, data));
            forget_nulls();
            return {};
          }
          WB_TRY(read_values(bytes, rows, type, column.nulls, data));
          if constexpr (!std::is_same_v<Data, TextData>) {
            for (std::size_t row = 0; row < column.nulls.size(); ++row) {
              if (column.nulls[row] != 0) data[row] = {};
            }
          }
          return {};
        }
      },
      column.data);
}

}  // namespace

base::Result<bool> read_native(ByteReader& bytes, base::Block& block) {
  block.columns.clear();
  WB_ASSIGN(const bool end, bytes.at_end());
  if (end) return false;
  WB_ASSIGN(const std::uint64_t columns, bytes.varint());
  WB_ASSIGN(const std::uint64_t rows, bytes.varint());
  if (columns > 100000 || rows > kMostRows)
    return base::fail(base::Code::corrupt, "the warehouse's answer is not in the Native format");
  for (std::uint64_t i = 0; i < columns; ++i) {
    WB_ASSIGN(const std::uint64_t name_size, bytes.varint());
    WB_ASSIGN(const std::string_view name_view, bytes.view(name_size));
    std::string name{name_view};
    WB_ASSIGN(const std::uint64_t type_size, bytes.varint());
    WB_ASSIGN(const std::string_view type_text, bytes.view(type_size));
    const auto type = read_wire_type(type_text);
    const auto kind = type ? kind_of(*type) : std::nullopt;
    if (!kind) {
      return base::fail(base::Code::unsupported,
                        "column '{}' has the type {}, which cannot be read here; cast it in the query", name,
                        type_text);
    }
    Column column{std::move(name), *kind};
    if (auto read = read_column(bytes, rows, *type, column); !read) {
      if (bytes.source_failed()) return std::unexpected(read.error());
      return base::fail(read.error().code, "column '{}': {}", column.name, read.error().message);
    }
    block.columns.push_back(std::move(column));
  }
  return true;
}

base::Result<void> read_all_native(const ByteReader::More& source, const base::BlockSink& sink) {
  ByteReader bytes{source};
  base::Block block;
  for (;;) {
    const auto more = read_native(bytes, block);
    if (!more) {
      std::string rest;
      for (std::size_t read = 0; !bytes.source_failed() && read < kReport; read += rest.size()) {
        rest.clear();
        auto got = source(rest);
        if (!got) return std::unexpected(got.error());
        if (!*got) break;
      }
      return std::unexpected(more.error());
    }
    if (!*more) return {};
    if (block.rows() == 0) continue;
    WB_TRY(sink(std::move(block)));
    block = {};
  }
}

}  // namespace adapter::clickhouse
