#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "base/block.h"

namespace adapter::clickhouse {

/// A block in ClickHouse's Native format, produced as it is asked for: numbers are copied straight from the columns, so
/// sending a block takes no second copy of it in memory. The block must outlive the writer.
class NativeWriter {
 public:
  /// Refuses what the format cannot say: columns of unequal length, missing values in lists.
  static base::Result<NativeWriter> open(const base::Block& block);

  /// The next bytes; 0 at the end.
  std::size_t read(char* to, std::size_t size);

 private:
  struct Raw {
    const char* bytes;
    std::size_t size;
  };
  struct Texts {
    const base::TextData* data;
  };
  using Piece = std::variant<std::string, Raw, Texts>;

  std::size_t read_texts(const base::TextData& data, char* to, std::size_t size);

  std::vector<Piece> pieces_;
  std::size_t piece_ = 0;   // the piece being sent
  std::size_t offset_ = 0;  // bytes of it sent, or the text of it being sent
  std::string head_;        // the length before the text being sent
  std::size_t sent_ = 0;    // bytes of head and text sent
};

/// The engine's type for a kind, as it stands in a CREATE.
std::string wire_type(base::ColumnKind kind);

}  // namespace adapter::clickhouse
