#include "adapter/clickhouse/native_writer.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace adapter::clickhouse {

namespace {

static_assert(std::endian::native == std::endian::little, "the Native format is little-endian memory");
static_assert(sizeof(std::size_t) == 8, "list ends are sent as they stand in memory");

void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out.append(text);
}

bool is_list(base::ColumnKind kind) { return kind >= base::ColumnKind::i32_list; }

}  // namespace

std::string wire_type(base::ColumnKind kind) {
  using enum base::ColumnKind;
  switch (kind) {
    case u8: return "UInt8";
    case u32: return "UInt32";
    case u64: return "UInt64";
    case i32: return "Int32";
    case i64: return "Int64";
    case f64: return "Float64";
    case day: return "Date32";
    case instant: return "DateTime64(3, 'UTC')";
    case amount: return "Decimal(18, 6)";
    case text: return "String";
    case i32_list: return "Array(Int32)";
    case i64_list: return "Array(Int64)";
    case f64_list: return "Array(Float64)";
    case text_list: return "Array(String)";
  }
  return "String";
}

base::Result<NativeWriter> NativeWriter::open(const base::Block& block) {
  NativeWriter writer;
  std::string head;
  put_varint(head, block.columns.size());
  put_varint(head, block.rows());
  for (const base::Column& column : block.columns) {
    if (column.size() != block.rows() || (!column.nulls.empty() && column.nulls.size() != block.rows())) {
      return base::fail(base::Code::internal, "column '{}' has {} rows where its block has {}", column.name,
                        column.size(), block.rows());
    }
    if (is_list(column.kind) && !column.nulls.empty()) {
      return base::fail(base::Code::internal, "column '{}' is a list and cannot miss values", column.name);
    }
    put_text(head, column.name);
    put_text(head, column.nulls.empty() ? wire_type(column.kind) : "Nullable(" + wire_type(column.kind) + ")");
    writer.pieces_.emplace_back(std::exchange(head, {}));
    const auto raw = [&](const auto& values) {
      writer.pieces_.emplace_back(Raw{reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0])});
    };
    if (!column.nulls.empty()) raw(column.nulls);
    std::visit(
        [&]<class Data>(const Data& data) {
          if constexpr (std::is_same_v<Data, base::TextData>) {
            writer.pieces_.emplace_back(Texts{&data});
          } else if constexpr (requires { data.ends; }) {
            raw(data.ends);
            if constexpr (std::is_same_v<decltype(data.items), base::TextData>) {
              writer.pieces_.emplace_back(Texts{&data.items});
            } else {
              raw(data.items);
            }
          } else {
            raw(data);
          }
        },
        column.data);
  }
  if (block.columns.empty()) writer.pieces_.emplace_back(head);
  return writer;
}

std::size_t NativeWriter::read(char* to, std::size_t size) {
  std::size_t done = 0;
  while (done < size && piece_ < pieces_.size()) {
    const Piece& piece = pieces_[piece_];
    std::size_t took = 0;
    if (const auto* texts = std::get_if<Texts>(&piece)) {
      took = read_texts(*texts->data, to + done, size - done);
    } else {
      const auto* text = std::get_if<std::string>(&piece);
      const Raw raw = text != nullptr ? Raw{text->data(), text->size()} : std::get<Raw>(piece);
      took = std::min(size - done, raw.size - offset_);
      if (took != 0) std::memcpy(to + done, raw.bytes + offset_, took);
      offset_ += took;
    }
    done += took;
    if (took == 0) {
      ++piece_;
      offset_ = 0;
    }
  }
  return done;
}

std::size_t NativeWriter::read_texts(const base::TextData& data, char* to, std::size_t size) {
  std::size_t done = 0;
  while (offset_ < data.size()) {
    const std::string_view text = data[offset_];
    if (sent_ == 0 && text.size() < 0x80 && size - done > text.size()) {  // nearly every text is short and fits
      to[done++] = static_cast<char>(text.size());
      if (!text.empty()) std::memcpy(to + done, text.data(), text.size());
      done += text.size();
      ++offset_;
      continue;
    }
    if (sent_ == 0) {
      head_.clear();
      put_varint(head_, text.size());
    }
    if (sent_ < head_.size()) {
      const std::size_t part = std::min(size - done, head_.size() - sent_);
      std::memcpy(to + done, head_.data() + sent_, part);
      done += part;
      sent_ += part;
    }
    if (sent_ >= head_.size()) {
      const std::size_t from = sent_ - head_.size();
      const std::size_t part = std::min(size - done, text.size() - from);
      if (part != 0) std::memcpy(to + done, text.data() + from, part);
      done += part;
      sent_ += part;
      if (from + part == text.size()) {
        sent_ = 0;
        ++offset_;
        continue;
      }
    }
    if (done == size) break;
  }
  return done;
}

}  // namespace adapter::clickhouse
